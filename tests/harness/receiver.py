"""A real HTTP server in place of a robot, a gateway, a webhook: it remembers, and misbehaves on demand."""

from __future__ import annotations

import json
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from tests.harness.port import free_port


@dataclass(frozen=True)
class Got:
    """One request."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Reply:
    """What to answer. cut: hang up half way. drip_s: that long between two bytes. wait_s: before the first."""

    status: int = 200
    body: bytes = b'{"errcode": 0}'
    headers: dict[str, str] = field(default_factory=dict)
    cut: bool = False
    drip_s: float = 0.0
    wait_s: float = 0.0


Answering = Callable[[int, Got], Reply]


class Receiver:
    """Everything that arrived, in order. answering: which reply the n-th request gets, from 0."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.got: list[Got] = []
        self.answering: Answering = lambda number, got: Reply()
        self.lock = threading.Lock()

    def items(self) -> list[dict[str, Any]]:
        """The matters of all webhooks that arrived whole, repeated ones too."""
        return [item for got in self.got for item in got.json["items"]]

    def take(self, got: Got) -> Reply:
        with self.lock:
            self.got.append(got)
            return self.answering(len(self.got) - 1, got)


def _handler(receiver: Receiver) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            reply = receiver.take(Got(self.path, dict(self.headers), body))
            time.sleep(reply.wait_s)
            self.send_response(reply.status)
            for name, value in {"Content-Length": str(len(reply.body)), **reply.headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self._write(reply)

        def _write(self, reply: Reply) -> None:
            try:
                if reply.drip_s:
                    for byte in reply.body:
                        self.wfile.write(bytes([byte]))
                        time.sleep(reply.drip_s)
                else:
                    self.wfile.write(reply.body[: len(reply.body) // 2] if reply.cut else reply.body)
            except OSError:
                pass  # they hung up
            self.close_connection = True

        def log_message(self, *args: Any) -> None:
            """Silence."""

    return Handler


@contextmanager
def receiving(certificate: Path | None = None) -> Iterator[Receiver]:
    """Listen on loopback. certificate: file with key and certificate, for https."""
    port = free_port()
    receiver = Receiver(
        f"http://127.0.0.1:{port}/hook" if certificate is None else f"https://localhost:{port}/hook"
    )
    server = ThreadingHTTPServer(("127.0.0.1", port), _handler(receiver))
    server.daemon_threads = True
    if certificate is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield receiver
    finally:
        server.shutdown()
        server.server_close()
