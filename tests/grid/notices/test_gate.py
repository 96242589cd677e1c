"""The gate: https to public addresses, internal hosts by name, nothing else; no other side can hold us up."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from grid.errors import Invalid
from grid.notices import gate as gates
from grid.notices.gate import Answer, Gate, Parcel
from grid.notices.outcome import Failed, Result
from tests.harness.receiver import Receiver, Reply, receiving

DEMO = Gate(is_demo=True)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as one:
        yield one


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com/",
        "ftp://example.com/",
        "file:///etc/passwd",
        "https://",
        "https://user:pass@example.com/",
        "https://example.com/#x",
        "https://example.com:99999/",
        "https://例子.com/",
        "https://127.0.0.1/",
        "https://127.1/",
        "https://0x7f000001/",
        "https://2130706433/",
        "https://[::1]/",
        "https://[::ffff:10.0.0.1]/",
        "https://[64:ff9b::a00:1]/",
        "https://[2002:7f00:1::]/",
        "https://10.1.2.3/",
        "https://169.254.169.254/latest/meta-data",
        "https://192.168.1.1/",
        "https://100.64.0.1/",
        "https://0.0.0.0/",
        "https://224.0.0.1/",
        "http://127.0.0.1/",
    ],
)
def test_an_address_that_must_not_be_called_is_refused_before_anything_is_looked_up(url: str) -> None:
    with pytest.raises(Invalid):
        Gate().check(url)


@pytest.mark.parametrize("url", ["https://oapi.dingtalk.com/robot/send?access_token=x", "https://8.8.8.8/"])
def test_public_addresses_are_welcome(url: str) -> None:
    Gate().check(url)


def test_the_site_may_name_internal_hosts() -> None:
    named = Gate(["10.1.2.3", "SMS.internal "])

    named.check("https://10.1.2.3:8443/send")
    with pytest.raises(Invalid):
        named.check("https://10.1.2.4/send")


def _names(monkeypatch: pytest.MonkeyPatch, *addresses: str) -> None:
    """Let every name have these addresses."""
    real = socket.getaddrinfo

    def found(host: Any, port: Any, *args: Any, **more: Any) -> Any:
        if str(host).endswith(".example"):
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in addresses]
        return real(host, port, *args, **more)

    monkeypatch.setattr(socket, "getaddrinfo", found)


@pytest.mark.parametrize("addresses", [["10.0.0.1"], ["93.184.216.34", "127.0.0.1"], []])
def test_a_name_that_leads_inside_is_refused_whatever_else_it_has(
    monkeypatch: pytest.MonkeyPatch, addresses: list[str]
) -> None:
    _names(monkeypatch, *addresses)

    with pytest.raises(Failed) as caught:
        Gate().post(Parcel("https://inside.example/", b""))

    assert caught.value.outcome.result is Result.REFUSED


def test_plain_http_is_for_this_machine_only(monkeypatch: pytest.MonkeyPatch, receiver: Receiver) -> None:
    _names(monkeypatch, "127.0.0.1")
    port = receiver.url.split(":")[2].split("/")[0]

    with pytest.raises(Failed) as caught:
        Gate(["sms.example"], is_demo=True).post(Parcel(f"http://sms.example:{port}/", b""))

    assert caught.value.outcome.result is Result.REFUSED
    assert receiver.got == []


def test_what_is_sent_arrives(receiver: Receiver) -> None:
    answer = DEMO.post(Parcel(receiver.url, b"{}", {"X-One": "1"}))

    assert answer == Answer(200, b'{"errcode": 0}')
    [got] = receiver.got
    assert (got.path, got.body, got.headers["X-One"]) == ("/hook", b"{}", "1")


def test_a_redirect_is_not_followed(receiver: Receiver) -> None:
    receiver.answering = lambda number, got: Reply(302, headers={"Location": receiver.url})

    assert DEMO.post(Parcel(receiver.url, b"")).status == 302
    assert len(receiver.got) == 1


def test_an_endless_answer_is_not_read_to_its_end(receiver: Receiver) -> None:
    receiver.answering = lambda number, got: Reply(body=b"x" * (gates.ANSWER_MAX + 1))

    with pytest.raises(Failed) as caught:
        DEMO.post(Parcel(receiver.url, b""))

    assert caught.value.outcome.result is Result.REFUSED


@pytest.mark.parametrize(
    "reply",
    [Reply(cut=True), Reply(wait_s=1.5), Reply(body=b"x" * 1000, drip_s=0.1)],
    ids=["cut", "silent", "drip"],
)
def test_who_does_not_answer_in_time_is_left(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch, reply: Reply
) -> None:
    monkeypatch.setattr(gates, "STEP_S", 0.4)
    monkeypatch.setattr(gates, "WHOLE_S", 0.8)
    receiver.answering = lambda number, got: reply
    began = time.monotonic()

    with pytest.raises(Failed) as caught:
        DEMO.post(Parcel(receiver.url, b""))

    assert caught.value.outcome.result is Result.TROUBLE
    assert time.monotonic() - began < 20  # the last would drip for 100 s, the second would have answered


def test_nobody_listening_is_trouble_not_an_error() -> None:
    with pytest.raises(Failed) as caught:
        DEMO.post(Parcel("http://127.0.0.1:9/", b""))

    assert caught.value.outcome.result is Result.TROUBLE


def test_https_asks_for_the_name_though_it_calls_the_address(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ours = _certificate(tmp_path, "localhost")
    with receiving(ours) as receiver:
        with pytest.raises(Failed):  # nobody we trust has signed it
            Gate(is_demo=True).post(Parcel(receiver.url, b""))
        monkeypatch.setenv("SSL_CERT_FILE", str(ours))

        assert Gate(is_demo=True).post(Parcel(receiver.url, b"")).status == 200

    theirs = _certificate(tmp_path, "other.example")
    monkeypatch.setenv("SSL_CERT_FILE", str(theirs))
    with receiving(theirs) as receiver, pytest.raises(Failed):
        Gate(is_demo=True).post(Parcel(receiver.url, b""))


def _certificate(folder: Path, name: str) -> Path:
    """A certificate that signs itself, with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = folder / f"{name}.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    return path


@pytest.mark.parametrize(
    "address, is_public",
    [
        ("8.8.8.8", True),
        ("2001:4860:4860::8888", True),
        ("::ffff:8.8.8.8", True),
        ("fe80::1", False),
        ("fc00::1", False),
    ],
)
def test_which_addresses_are_public(address: str, is_public: bool) -> None:
    assert gates.is_public(ip_address(address)) is is_public
