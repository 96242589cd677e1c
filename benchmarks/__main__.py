"""`python -m benchmarks`: all of them, or those named; exit code 1 when a bar is not met.

Writes nothing unless told where: `--write docs/performance.md` replaces the figures measured now in that file.
"""

from __future__ import annotations

import argparse
import logging
import os
import platform
import signal
import sys
from collections.abc import Callable, Iterable
from datetime import date
from pathlib import Path

from benchmarks import (
    brief,
    console_map,
    console_page,
    create,
    deadline,
    handset_page,
    handsets,
    list,
    live,
    locate,
    media,
    memory,
    push,
    standards,
    start,
    sweep,
)
from benchmarks.table import Table

ALL: dict[str, Callable[[], Table]] = {
    "brief": brief.measure,
    "console_map": console_map.measure,
    "console_page": console_page.measure,
    "create": create.measure,
    "deadline": deadline.measure,
    "handset_page": handset_page.measure,
    "handsets": handsets.measure,
    "list": list.measure,
    "live": live.measure,
    "locate": locate.measure,
    "media": media.measure,
    "memory": memory.measure,
    "push": push.measure,
    "standards": standards.measure,
    "start": start.measure,
    "sweep": sweep.measure,
}
MARK = "<!-- figures: written by python -m benchmarks --write; do not edit below -->\n"


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="name", help=", ".join(ALL))
    parser.add_argument("--write", type=Path, metavar="FILE", help="replace the figures in this file")
    told = parser.parse_args()
    if unknown := set(told.names) - ALL.keys():
        parser.error(f"no benchmark named {', '.join(sorted(unknown))}")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that servers and folders are cleared away
    logging.disable(logging.INFO)  # a line a request is not what is measured here in process
    tables = []
    for name in told.names or ALL:
        tables.append(ALL[name]())
        print(tables[-1].markdown(), flush=True)
    if told.write:
        write(told.write, tables)
    return 0 if all(table.is_met for table in tables) else 1


def write(path: Path, tables: Iterable[Table]) -> None:
    """Replace the figures of these tables below the mark, each with its day; the others stay as they were."""
    above, _, below = path.read_text(encoding="utf-8").partition(MARK)
    sections = {part.splitlines()[0]: part.rstrip() for part in below.split("## ")[1:]}
    for table in tables:
        _, _, body = table.markdown().partition("\n\n")
        sections[table.title] = f"{table.title}\n\n{machine()}\n\n{body}".rstrip()
    figures = "\n\n".join(f"## {sections[title]}" for title in sorted(sections))
    path.write_text(f"{above}{MARK}\n{figures}\n", encoding="utf-8")


def machine() -> str:
    """The day and the machine, in a sentence."""
    memory_gib = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    cores = f"{os.cpu_count()} cores, {memory_gib:.0f} GiB"
    return f"Measured on {date.today()}: {cores}, Linux, CPython {platform.python_version()}."


if __name__ == "__main__":
    sys.exit(main())
