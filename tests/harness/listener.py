"""Open pages that listen, many at once in one thread: what they hear, and when."""

from __future__ import annotations

import asyncio
import json
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.harness.street import HOST

HEAD_END = b"\r\n\r\n"


@dataclass
class Listener:
    """One page. heard: each event with the moment it was there (``time.perf_counter``). status: of the answer."""

    token: str
    place: str = ""
    status: int = 0
    heard: list[tuple[float, dict[str, Any]]] = field(default_factory=list)
    is_over: bool = False

    async def listen(self, port: int) -> None:
        """Until the server ends it."""
        reader, writer = await asyncio.open_connection(HOST, port)
        try:
            lines = ["GET /api/live HTTP/1.1", f"Host: {HOST}", f"Authorization: Bearer {self.token}"]
            lines += [f"Last-Event-ID: {self.place}"] if self.place else []
            writer.write("\r\n".join([*lines, "", ""]).encode())
            self.status = int((await reader.readuntil(HEAD_END)).split()[1])
            if self.status == 200:
                await self._hear(reader)
        finally:
            self.is_over = True
            writer.close()

    async def _hear(self, reader: asyncio.StreamReader) -> None:
        while size := int((await reader.readline()).strip() or b"0", 16):
            part = (await reader.readexactly(size + 2))[:-2].decode()
            if part != ":\n\n":
                place, told = part.split("\n")[:2]
                self.place = place.removeprefix("id: ")
                self.heard.append((time.perf_counter(), json.loads(told.removeprefix("data: "))))
                await self.told(self.heard[-1][1])

    async def told(self, news: dict[str, Any]) -> None:
        """What a page does when it hears something; nothing here."""


class Hall:
    """Listeners in a thread of their own; a block."""

    def __init__(self, port: int, listeners: Sequence[Listener]) -> None:
        self.listeners = listeners
        self._port = port
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_until_complete, args=(self._all(),), daemon=True)

    def __enter__(self) -> Hall:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._stop)
        self._thread.join(10)

    async def _all(self) -> None:
        try:
            await asyncio.gather(*(one.listen(self._port) for one in self.listeners), return_exceptions=True)
        except asyncio.CancelledError:
            return  # the block is over

    def _stop(self) -> None:
        for task in asyncio.all_tasks(self._loop):
            task.cancel()


def until(what: Callable[[], bool], wait_s: float = 20) -> None:
    """Wait until something is so. Raises TimeoutError."""
    end = time.monotonic() + wait_s
    while not what():
        if time.monotonic() > end:
            raise TimeoutError
        time.sleep(0.01)
