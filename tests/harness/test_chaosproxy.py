"""The chaos proxy does what it says, and counts it."""

import threading
import time
from collections import Counter
from dataclasses import asdict
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx
import pytest

from tests.harness.chaosproxy import CALM, ChaosProxy, Odds
from tests.harness.port import free_port

BODY = b"x" * 100_000


class Upstream(ThreadingHTTPServer):
    """A server that remembers which bodies arrived whole, and how many came at the same time."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", free_port()), Handler)
        self.whole: Counter[str] = Counter()
        self.cut = 0
        self.running = self.most = 0
        self.lock = threading.Lock()

    def handle_error(self, *_: object) -> None:
        """Say nothing: broken connections are what we are here for."""


class Handler(BaseHTTPRequestHandler):
    server: Upstream

    def do_POST(self) -> None:
        with self.server.lock:
            self.server.running += 1
            self.server.most = max(self.server.most, self.server.running)
        length = int(self.headers["Content-Length"])
        body = self.rfile.read(length)
        time.sleep(float(self.headers.get("X-Work", 0)))
        with self.server.lock:
            self.server.running -= 1
            if len(body) < length:
                self.server.cut += 1
                return
            self.server.whole[self.path] += 1
        self.send_response(201)
        self.send_header("Content-Length", str(length))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def upstream():
    with Upstream() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def proxy_with(upstream: Upstream, **odds: float) -> ChaosProxy:
    return ChaosProxy(upstream.server_port, seed=1, odds=Odds(**{**asdict(CALM), **odds}))


def post(proxy: ChaosProxy, path: str = "/a", **headers: str) -> httpx.Response:
    return httpx.post(proxy.url + path, content=BODY, headers=headers, timeout=10)


def wait_for(condition) -> None:
    limit = time.monotonic() + 5
    while not condition() and time.monotonic() < limit:
        time.sleep(0.01)
    assert condition()


def test_calm_weather_changes_nothing(upstream):
    with proxy_with(upstream) as proxy, httpx.Client() as client:
        answers = [client.post(f"{proxy.url}/{n}", content=BODY) for n in range(5)]

    assert [(answer.status_code, answer.content) for answer in answers] == [(201, BODY)] * 5
    assert proxy.counts == {"requests": 5, "passed": 5}


def test_a_dropped_request_never_arrives(upstream):
    with proxy_with(upstream, drop=1) as proxy, pytest.raises(httpx.NetworkError):
        post(proxy)

    assert not upstream.whole and proxy.counts["drop"] == 1


def test_a_truncated_request_arrives_in_part(upstream):
    with proxy_with(upstream, truncate=1) as proxy, pytest.raises(httpx.NetworkError):
        post(proxy)

    wait_for(lambda: upstream.cut == 1)
    assert not upstream.whole


def test_a_lost_answer_was_given(upstream):
    with proxy_with(upstream, lose=1) as proxy, pytest.raises(httpx.NetworkError):
        post(proxy)

    assert upstream.whole["/a"] == 1


def test_a_duplicate_arrives_at_the_same_time(upstream):
    with proxy_with(upstream, duplicate=1) as proxy:
        answer = post(proxy, **{"X-Work": "0.3"})

    assert answer.status_code == 201 and answer.content == BODY
    assert upstream.whole["/a"] == upstream.most == proxy.counts["copies"]
    assert proxy.counts["copies"] in (2, 3)


def test_a_delayed_request_arrives_late(upstream):
    with proxy_with(upstream, delay=1) as proxy:
        begin = time.monotonic()
        answer = post(proxy)

    assert answer.status_code == 201 and time.monotonic() - begin >= proxy.delay_s[0]


def test_half_an_answer_is_seen_as_broken(upstream):
    with proxy_with(upstream, halve=1) as proxy, pytest.raises((httpx.NetworkError, httpx.RemoteProtocolError)):
        post(proxy)

    assert upstream.whole["/a"] == 1


def test_a_server_that_is_down_looks_like_a_reset():
    with ChaosProxy(free_port(), seed=1, odds=CALM) as proxy, pytest.raises(httpx.NetworkError):
        post(proxy)

    assert proxy.counts["broken"] == 1


def is_sent(client: httpx.Client, url: str) -> bool:
    try:
        return client.post(url, content=b"report").status_code == 201
    except httpx.TransportError:
        return False


def test_fates_come_in_their_shares_and_a_patient_client_gets_through(upstream):
    with ChaosProxy(upstream.server_port, seed=7, delay_s=(0, 0.01)) as proxy, httpx.Client(timeout=10) as client:
        for n in range(600):
            while not is_sent(client, f"{proxy.url}/{n}"):
                pass

    counts, total = proxy.counts, proxy.counts["requests"]
    assert set(upstream.whole) == {f"/{n}" for n in range(600)}
    assert {fate: counts[fate] / total for fate in asdict(Odds())} == pytest.approx(asdict(Odds()), abs=0.04)
    assert sum(counts[fate] for fate in (*asdict(Odds()), "passed")) == total


def test_the_same_seed_has_the_same_fates():
    first, second, other = (ChaosProxy(1, seed=seed) for seed in (5, 5, 6))

    fates = [[proxy._draw() for _ in range(50)] for proxy in (first, second, other)]

    assert fates[0] == fates[1] != fates[2]
