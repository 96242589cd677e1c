"""Phones that send files in pieces (tus 1.0.0) to a running server, and go on wherever it says they are."""

from __future__ import annotations

import base64
import hashlib
import http.client
import io
import json
import random
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from PIL import Image

from tests.harness.street import HOST, sign_in

STREAM = "application/offset+octet-stream"
TIMEOUT_S = 20


def noise(number: int, size: tuple[int, int]) -> bytes:
    """A JPEG nobody can compress; another number, another picture."""
    chance = random.Random(number)
    out = io.BytesIO()
    Image.frombytes("RGB", size, chance.randbytes(size[0] * size[1] * 3)).save(out, "JPEG", quality=90)
    return out.getvalue()


def metadata(data: bytes, media_id: UUID) -> dict[str, str]:
    """What a creation says of a photo."""
    digest = hashlib.sha256(data).hexdigest()
    return {
        "media_id": str(media_id),
        "sha256": digest,
        "mime": "image/jpeg",
        "role": "near",
        "filename": "照片.jpg",
    }


def encoded(told: dict[str, str]) -> str:
    """The Upload-Metadata header."""
    return ",".join(f"{name} {base64.b64encode(value.encode()).decode()}" for name, value in told.items())


@dataclass
class Seat:
    """A phone in somebody's hands, enrolled and signed in at the server on ``home``."""

    username: str
    home: int
    device_id: UUID
    token: str = ""

    def __post_init__(self) -> None:
        self.token = sign_in(self.home, self.username)
        told = json.dumps({"device_id": str(self.device_id)})
        headers = self.headers | {"Content-Type": "application/json"}
        connection = http.client.HTTPConnection(HOST, self.home, timeout=TIMEOUT_S)
        connection.request("POST", "/mobile/v1/device/enroll", told, headers)
        assert connection.getresponse().status == 200
        connection.close()

    @property
    def headers(self) -> dict[str, str]:
        return {
            "Authorization": f"Bearer {self.token}",
            "X-WG-Device": str(self.device_id),
            "Tus-Resumable": "1.0.0",
        }


@dataclass
class Sender:
    """Sends files through a bad network; one counts as sent only when the server says it has all of it."""

    seat: Seat
    port: int
    seed: int
    piece: int = 4096
    patience_s: float = 60.0
    counts: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self._chance = random.Random(self.seed)

    def deliver(self, data: bytes) -> None:
        """Send a photo; returns when it is acknowledged."""
        media_id = UUID(int=self._chance.getrandbits(128), version=4)
        begin = {"Upload-Length": str(len(data)), "Upload-Metadata": encoded(metadata(data, media_id))}
        where, offset = "", -1
        limit = time.monotonic() + self.patience_s
        while offset < len(data):
            assert time.monotonic() < limit, f"not acknowledged in {self.patience_s:.0f} s: {self.counts}"
            if not where:
                told = self._try("POST", "/mobile/v1/files", begin)
                where, offset = (told.get("Location", ""), int(told["Upload-Offset"])) if told else ("", -1)
            elif offset < 0:
                told = self._try("HEAD", where, {})
                offset = int(told["Upload-Offset"]) if told else -1
            else:
                offset = self._go_on(where, offset, data)

    def _go_on(self, where: str, offset: int, data: bytes) -> int:
        piece = data[offset : offset + self.piece]
        headers = {"Upload-Offset": str(offset), "Content-Type": STREAM}
        if self._chance.random() < 0.3:
            headers["Upload-Checksum"] = f"sha256 {base64.b64encode(hashlib.sha256(piece).digest()).decode()}"
        told = self._try("PATCH", where, headers, piece)
        return int(told["Upload-Offset"]) if told else -1

    def _try(self, method: str, path: str, headers: dict[str, str], body: bytes = b"") -> Any:
        """The headers of the answer, if it is ours and good; a refusal that would not change ends the drill."""
        self.counts["tries"] += 1
        connection = http.client.HTTPConnection(HOST, self.port, timeout=TIMEOUT_S)
        try:
            connection.request(method, path, body, self.seat.headers | headers | {"Connection": "close"})
            answer = connection.getresponse()
            said = answer.read()
        except (OSError, http.client.HTTPException) as error:
            self.counts[type(error).__name__] += 1
            time.sleep(self._chance.uniform(0, 0.1))
            return None
        finally:
            connection.close()
        if answer.headers.get("X-WG-Api") != "1":
            return None
        if answer.status in (200, 201, 204):
            return answer.headers
        self.counts[str(answer.status)] += 1
        assert answer.status in (400, 409, 423, 503), f"{method} {path}: {answer.status} {said[:300]!r}"
        time.sleep(self._chance.uniform(0, 0.1))
        return None
