"""Decoder (解码进程): redraws photos for one application process, in a cell of its own.

``python -m grid.media.decoder PARENT CPU_S`` with its end of a socket as standard input. It holds no key and no
database, writes no file, may take only so much memory, and only CPU_S seconds of processor time over one photo. It
ends with its parent: the line closes, or the kernel tells it.
"""

from __future__ import annotations

import ctypes
import os
import resource
import signal
import socket
import sys
import warnings
from pathlib import Path

from PIL import JpegImagePlugin, PngImagePlugin, TiffImagePlugin, WebPImagePlugin

from grid.errors import Invalid
from grid.media import wire
from grid.media.decoded import Decoded
from grid.media.redraw import redraw

MEMORY_BYTES = 330 * 1024 * 1024  # above what it has when idle: the worst photo we take needs 290
IDLE_BYTES = 64 * 1024 * 1024
PR_SET_PDEATHSIG = 1
ADDRESSED, RESIDENT = 0, 1  # columns of /proc/self/statm
FILES_MAX = 16
LINE = 0  # standard input

PLUGINS = (JpegImagePlugin, PngImagePlugin, WebPImagePlugin, TiffImagePlugin)  # loaded now; Tiff reads EXIF


def main() -> None:
    """Answer photos until the application goes."""
    libc = ctypes.CDLL(None, use_errno=True)
    _confine(libc, parent=int(sys.argv[1]))
    cpu_s = float(sys.argv[2])
    with socket.socket(fileno=os.dup(LINE)) as line:
        line.sendall(wire.READY)
        try:
            while True:
                data = wire.receive_photo(line)
                signal.setitimer(signal.ITIMER_PROF, cpu_s)  # SIGPROF ends us
                answer = _answer(data)
                signal.setitimer(signal.ITIMER_PROF, 0)
                wire.send_answer(line, answer)
                del data, answer
                if _memory_bytes(RESIDENT) > IDLE_BYTES:
                    libc.malloc_trim(0)  # what a big photo took must not stay taken
        except (EOFError, ConnectionError):
            return


def _answer(data: bytes) -> Decoded | Invalid:
    try:
        return redraw(data)
    except Invalid as refusal:
        return refusal


def _confine(libc: ctypes.CDLL, parent: int) -> None:
    """Give away what a decoder has no use for."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the application, which then closes the line
    signal.signal(signal.SIGPROF, signal.SIG_DFL)
    libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:  # it died before we could ask to be told
        raise SystemExit
    for limit, most in (
        (resource.RLIMIT_AS, _memory_bytes(ADDRESSED) + MEMORY_BYTES),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, FILES_MAX),
    ):
        resource.setrlimit(limit, (most, most))
    warnings.simplefilter("ignore")
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)  # from here on a line on standard error would be the photo's, not ours


def _memory_bytes(column: int) -> int:
    return int(Path("/proc/self/statm").read_text().split()[column]) * resource.getpagesize()


if __name__ == "__main__":
    main()
