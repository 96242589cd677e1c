"""Imports (导入): what every import from a file shares.

A file is checked as an archive before anything parses it, read as sheets and tables without evaluating anything,
compared row by row, and kept as a preview until somebody confirms it.
"""
