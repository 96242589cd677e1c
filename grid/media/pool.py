"""Pool of decoder processes (解码进程池): a few for each application process, started when first needed."""

from __future__ import annotations

import logging
import os
import signal
import socket
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from grid.errors import Busy, Invalid
from grid.media import wire
from grid.media.budget import Budget
from grid.media.decoded import Decoded

log = logging.getLogger(__name__)

PLACES = 2
MEMORY_BYTES = 300_000_000
CPU_S = 1.6  # processor time of one photo: past it, it is refused
WALL_S = 5.0  # past it the machine is overloaded, for which the photo cannot help: come again
START_S = 30.0
USES_MAX = 500  # then a fresh one: no leak in a decoder grows for ever
COMMAND = (sys.executable, "-B", "-P", "-s", "-m", "grid.media.decoder")


class Decoder:
    """One decoder process and the line to it. Raises OSError when it does not start."""

    def __init__(self) -> None:
        self.uses = 0
        self.line, far = socket.socketpair()
        with far:
            self.process = subprocess.Popen(  # noqa: S603  our own command
                [*COMMAND, str(os.getpid()), str(CPU_S)],
                stdin=far.fileno(),
                stdout=subprocess.DEVNULL,
                env=_environment(),
                cwd="/",
            )
        try:
            self.line.settimeout(START_S)
            wire.receive(self.line, len(wire.READY))
            self.line.settimeout(WALL_S)
        except (OSError, EOFError) as error:
            raise OSError("the decoder does not start") from error

    def ask(self, data: bytes) -> Decoded:
        """A photo, redrawn. Raises Invalid, TimeoutError; when it broke down OSError, EOFError, ValueError."""
        self.uses += 1
        wire.send_photo(self.line, data)
        return wire.receive_answer(self.line)

    def is_fit(self) -> bool:
        """Whether it lives and is not worn out."""
        return self.process.poll() is None and self.uses < USES_MAX

    def end(self) -> int:
        """End it if it has not ended by itself; how it ended (a signal as negative number)."""
        self.line.close()
        try:
            self.process.wait(0.5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        return int(self.process.returncode)


class Pool:
    """The decoders of this process; any thread may ask."""

    def __init__(self) -> None:
        self._budget = Budget(PLACES, MEMORY_BYTES)
        self._idle: list[Decoder] = []
        self._all: set[Decoder] = set()
        self._lock = threading.Lock()
        # The kernel ends a decoder with the thread that started it, so that thread must live as long as we do.
        self._starter = ThreadPoolExecutor(1, "decoder-starter")

    def decode(self, data: bytes, need_bytes: int) -> Decoded:
        """A photo, redrawn; need_bytes: what decoding it may take.

        Raises Invalid when it cannot be decoded, Busy when the machine has no time for it now.
        """
        with self._budget.hold(need_bytes):
            # One that was killed from outside (out of memory, an administrator) is no fault of the photo.
            answer = self._ask(data) or self._ask(data)
        if answer is None:
            raise Busy("系统正忙,照片没有保存;请保留照片,稍后再试。")
        return answer

    def pids(self) -> list[int]:
        """Process ids of the decoders."""
        with self._lock:
            return [decoder.process.pid for decoder in self._all]

    def close(self) -> None:
        """End the decoders that do nothing."""
        while self._idle:
            self._drop(self._idle.pop())
        self._starter.shutdown()

    def abandon(self) -> None:
        """Forget the decoders without ending them: in a forked child they are the parent's."""
        for decoder in self._all:
            decoder.line.close()
            decoder.process.returncode = 0  # else its destructor complains about somebody else's child

    def _ask(self, data: bytes) -> Decoded | None:
        decoder = self._take()
        try:
            answer = decoder.ask(data)
        except Invalid:
            self._give(decoder)
            raise
        except TimeoutError as error:
            decoder.process.kill()
            self._drop(decoder)
            raise Busy("系统正忙,照片没有保存;请保留照片,稍后再试。") from error
        except (OSError, EOFError, ValueError) as error:
            if self._drop(decoder) == -signal.SIGKILL:
                return None
            raise Invalid("照片的编码方式过于复杂,无法处理,请用手机相机重新拍照。", field="photo") from error
        except BaseException:
            self._drop(decoder)
            raise
        self._give(decoder)
        return answer

    def _take(self) -> Decoder:
        with self._lock:
            decoder = self._idle.pop() if self._idle else None
        if decoder is not None and decoder.is_fit():
            return decoder
        if decoder is not None:
            self._drop(decoder)
        try:
            fresh = self._starter.submit(Decoder).result()
        except OSError as error:
            log.error("no decoder", extra={"error": str(error)})
            raise Busy("系统正忙,照片没有保存;请保留照片,稍后再试。") from error
        with self._lock:
            self._all.add(fresh)
        return fresh

    def _give(self, decoder: Decoder) -> None:
        with self._lock:
            self._idle.append(decoder)

    def _drop(self, decoder: Decoder) -> int:
        with self._lock:
            self._all.discard(decoder)
        code = decoder.end()
        if code:
            log.warning("decoder ended", extra={"error": str(code)})
        return code


def _environment() -> dict[str, str]:
    """What a decoder needs to start; no secret of ours."""
    kept = {name: os.environ[name] for name in ("LD_LIBRARY_PATH",) if name in os.environ}
    root = str(Path(__file__).parents[2])
    return kept | {"MALLOC_ARENA_MAX": "1", "PATH": os.defpath, "LC_ALL": "C.UTF-8", "PYTHONPATH": root}


_pool: Pool | None = None
_making = threading.Lock()


def pool() -> Pool:
    """This process's pool."""
    global _pool
    with _making:
        if _pool is None:
            _pool = Pool()
        return _pool


def _after_fork() -> None:
    global _pool, _making
    if _pool is not None:
        _pool.abandon()
    _pool, _making = None, threading.Lock()


os.register_at_fork(after_in_child=_after_fork)
