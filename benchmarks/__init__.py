"""Benchmarks (性能测量): ratios in one run, so that they hold on another machine; `python -m benchmarks`."""
