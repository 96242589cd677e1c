"""Gate (外发关口): the only way out. https to public addresses, and to internal hosts the site has named.

A name is resolved here, every address it has is looked at, and the connection goes to the address that was looked
at: a name that says something else a moment later leads nowhere. Redirects are not followed.
"""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from urllib.parse import SplitResult, urlsplit

import httpx

from grid.errors import Invalid
from grid.notices.outcome import Failed, Result

STEP_S, WHOLE_S = 5.0, 10.0
ANSWER_MAX = 64 * 1024
URL_MAX = 1000
_NAT64 = IPv6Network("64:ff9b::/96")
Address = IPv4Address | IPv6Address


@dataclass(frozen=True, slots=True)
class Parcel:
    """One request."""

    url: str = field(repr=False)
    body: bytes = field(repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back."""

    status: int
    body: bytes = field(default=b"", repr=False)


class Gate:
    """hosts: internal hosts that may be called. is_demo: this machine may be called too, without https."""

    def __init__(self, hosts: Iterable[str] = (), *, is_demo: bool = False) -> None:
        self._hosts = frozenset(host.strip().lower().strip("[]") for host in hosts if host.strip())
        self._is_demo = is_demo

    def check(self, url: str) -> None:
        """Refuse an address that can never be called. Raises Invalid."""
        try:
            parts = urlsplit(url)
            host, _ = (parts.hostname or "").lower(), parts.port
        except ValueError:
            raise Invalid("地址格式不对，应像 https://…。", field="url") from None
        if not host or parts.username is not None or parts.fragment or len(url) > URL_MAX or not url.isascii():
            raise Invalid("地址格式不对，应像 https://…，不带用户名。", field="url")
        literal = _literal(host)
        is_here = self._is_demo and (host == "localhost" or (literal is not None and literal.is_loopback))
        if parts.scheme != "https" and not (parts.scheme == "http" and is_here):
            raise Invalid("地址要以 https:// 开头。", field="url")
        if literal is not None and not self._may(host, literal):
            raise Invalid(
                "这是内部地址，不能外发。确是内部网关的，请运维把它写进 WANGGE_NOTICE_HOSTS。", field="url"
            )

    def post(self, parcel: Parcel) -> Answer:
        """Send it. Raises Failed."""
        try:
            self.check(parcel.url)
        except Invalid as error:
            raise Failed(Result.REFUSED, error.detail) from None
        parts = urlsplit(parcel.url)
        host = (parts.hostname or "").lower()
        address = self._resolve(host, parts.port or (443 if parts.scheme == "https" else 80))
        request = httpx.Request(
            "POST",
            _towards(parts, address),
            headers={**parcel.headers, "Host": parts.netloc, "Accept-Encoding": "identity"},
            content=parcel.body,
            extensions={"sni_hostname": host},
        )
        try:
            return self._send(request)
        except (httpx.HTTPError, httpx.InvalidURL, OSError, RuntimeError):
            # RuntimeError: closed under the request, because it took too long.
            raise Failed(Result.TROUBLE, "连不上，或对方没有及时答复。") from None

    def _send(self, request: httpx.Request) -> Answer:
        client = httpx.Client(verify=self._trust, trust_env=False, timeout=STEP_S, follow_redirects=False)
        # Each read may take its time; all of them together may not.
        too_long = threading.Timer(WHOLE_S, client.close)
        too_long.daemon = True
        too_long.start()
        try:
            response = client.send(request, stream=True)
            return Answer(response.status_code, _read(response))
        finally:
            too_long.cancel()
            client.close()

    @cached_property
    def _trust(self) -> ssl.SSLContext:
        """The system's certificates: an internal authority is added there."""
        return ssl.create_default_context()

    def _resolve(self, host: str, port: int) -> Address:
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except OSError:
            raise Failed(Result.TROUBLE, "找不到这个地址。") from None
        addresses = [ip_address(str(entry[4][0]).partition("%")[0]) for entry in found]
        if not addresses or not all(self._may(host, address) for address in addresses):
            raise Failed(Result.REFUSED, "这个名字指向内部地址，没有发送。")
        return addresses[0]

    def _may(self, host: str, address: Address) -> bool:
        if host in self._hosts:
            return True
        return is_public(address) or (self._is_demo and address.is_loopback)


def is_public(address: Address) -> bool:
    """May anybody be there but ourselves? An IPv4 address inside an IPv6 one counts as itself."""
    if isinstance(address, IPv6Address):
        inner = [address.ipv4_mapped, address.sixtofour, *(address.teredo or ())]
        if address in _NAT64:
            inner.append(IPv4Address(int(address) & 0xFFFFFFFF))
        if any(one is not None and not is_public(one) for one in inner):
            return False
        if address.ipv4_mapped is not None:
            return True
    return address.is_global and not address.is_multicast and not address.is_reserved


def _literal(host: str) -> Address | None:
    """A host that is an address, however it is written: 127.1 and 0x7f000001 are ones for the resolver too."""
    try:
        return ip_address(host)
    except ValueError:
        pass
    try:
        return IPv4Address(socket.inet_aton(host))
    except (OSError, ValueError, UnicodeError):
        return None


def _towards(parts: SplitResult, address: Address) -> str:
    host = f"[{address}]" if address.version == 6 else str(address)
    port = f":{parts.port}" if parts.port else ""
    return parts._replace(netloc=host + port).geturl()


def _read(response: httpx.Response) -> bytes:
    body = b""
    for piece in response.iter_raw():
        body += piece
        if len(body) > ANSWER_MAX:
            raise Failed(Result.REFUSED, "对方的答复太长，没有读完。")
    return body
