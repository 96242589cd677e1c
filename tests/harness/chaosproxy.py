"""A bad network between a handset and the server: an HTTP proxy on loopback that loses, doubles and delays.

    with ChaosProxy(server_port, seed=1) as proxy:
        httpx.post(f"{proxy.url}/mobile/v1/reports", ...)
    proxy.counts["lose"]

One request a connection (it answers ``Connection: close``), so that each request meets its own fate.
"""

from __future__ import annotations

import asyncio
import random
import socket
import struct
import threading
from collections import Counter
from dataclasses import asdict, dataclass
from typing import Self

from tests.harness.port import free_port

HEAD_END = b"\r\n\r\n"
HEAD_MAX = 64 * 1024
RESET = struct.pack("ii", 1, 0)  # SO_LINGER of no time: close() sends a reset


@dataclass(frozen=True)
class Odds:
    """Share of requests that meet each fate; what is left over passes unharmed."""

    drop: float = 0.10  # nothing reaches the server, the client gets a reset
    truncate: float = 0.05  # the server gets a part, the client a reset
    lose: float = 0.12  # the server did it, the client gets a reset
    duplicate: float = 0.15  # the server gets it two or three times at once
    delay: float = 0.13  # everything arrives, late
    halve: float = 0.05  # the server did it, the client gets half an answer, then a reset


CALM = Odds(0, 0, 0, 0, 0, 0)


@dataclass(frozen=True)
class Request:
    """One request as it came."""

    head: bytes
    body: bytes

    @property
    def data(self) -> bytes:
        """What goes on the wire to the server: the same, but for one connection only."""
        lines = [
            line for line in self.head.split(b"\r\n") if not line.lower().startswith((b"connection:", b"expect:"))
        ]
        return b"\r\n".join(lines) + b"\r\nConnection: close" + HEAD_END + self.body


class ChaosProxy:
    """The proxy, in a thread of its own; ``odds`` may be changed while it runs."""

    def __init__(
        self, server_port: int, *, seed: int, odds: Odds | None = None, delay_s: tuple[float, float] = (0.02, 0.3)
    ) -> None:
        self.server_port = server_port
        self.odds = odds or Odds()
        self.delay_s = delay_s
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.counts: Counter[str] = Counter()
        self._random = random.Random(seed)

    def __enter__(self) -> Self:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="chaosproxy", daemon=True)
        self._thread.start()
        listen = asyncio.start_server(self._serve, "127.0.0.1", self.port, limit=HEAD_MAX, backlog=1024)
        self._server = asyncio.run_coroutine_threadsafe(listen, self._loop).result(5)
        return self

    def __exit__(self, *_: object) -> None:
        asyncio.run_coroutine_threadsafe(self._close(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)
        self._loop.close()

    async def _close(self) -> None:
        self._server.close()
        tasks = asyncio.all_tasks() - {asyncio.current_task()}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, client: asyncio.StreamWriter) -> None:
        try:
            request = await _read_request(reader, client)
            fate = self._draw()
            self.counts["requests"] += 1
            self.counts[fate] += 1
            await getattr(self, f"_{fate}")(request, client)
        except (OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            self.counts["broken"] += 1  # the client or the server itself went away
            _reset(client)
        finally:
            client.close()

    def _draw(self) -> str:
        chance = self._random.random()
        for fate, share in asdict(self.odds).items():
            chance -= share
            if chance < 0:
                return fate
        return "passed"

    async def _passed(self, request: Request, client: asyncio.StreamWriter) -> None:
        await _answer(client, await self._forward(request))

    async def _drop(self, request: Request, client: asyncio.StreamWriter) -> None:
        _reset(client)

    async def _truncate(self, request: Request, client: asyncio.StreamWriter) -> None:
        data = request.data
        reader, server = await asyncio.open_connection("127.0.0.1", self.server_port)
        # Somewhere in the body, if there is one: the server has read the head and waits for more.
        start = len(data) - len(request.body) if request.body else 1
        server.write(data[: self._random.randrange(start, len(data))])
        await server.drain()
        server.close()
        _reset(client)

    async def _lose(self, request: Request, client: asyncio.StreamWriter) -> None:
        await self._forward(request)
        _reset(client)

    async def _duplicate(self, request: Request, client: asyncio.StreamWriter) -> None:
        copies = self._random.choice((2, 3))
        self.counts["copies"] += copies
        answers = await asyncio.gather(*(self._forward(request) for _ in range(copies)))
        await _answer(client, self._random.choice(answers))

    async def _delay(self, request: Request, client: asyncio.StreamWriter) -> None:
        await asyncio.sleep(self._random.uniform(*self.delay_s))
        await self._passed(request, client)

    async def _halve(self, request: Request, client: asyncio.StreamWriter) -> None:
        answer = await self._forward(request)
        await _answer(client, answer[: len(answer) // 2])
        await asyncio.sleep(0.01)  # else the reset overtakes the half
        _reset(client)

    async def _forward(self, request: Request) -> bytes:
        reader, server = await asyncio.open_connection("127.0.0.1", self.server_port)
        try:
            server.write(request.data)
            await server.drain()
            return await reader.read()
        finally:
            server.close()


async def _read_request(reader: asyncio.StreamReader, client: asyncio.StreamWriter) -> Request:
    head = (await reader.readuntil(HEAD_END))[: -len(HEAD_END)]
    fields = dict(line.lower().split(b":", 1) for line in head.split(b"\r\n")[1:])
    if b"chunked" in fields.get(b"transfer-encoding", b""):
        raise OSError("the chaos proxy reads bodies of stated length only")
    if b"expect" in fields:
        client.write(b"HTTP/1.1 100 Continue" + HEAD_END)
    return Request(head, await reader.readexactly(int(fields.get(b"content-length", b"0"))))


async def _answer(client: asyncio.StreamWriter, data: bytes) -> None:
    client.write(data)
    await client.drain()


def _reset(client: asyncio.StreamWriter) -> None:
    transport = client.transport
    if not transport.is_closing():
        transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
        transport.abort()
