"""Voice note (语音): sound is kept as it came and never decoded here; only its container is looked at."""

from __future__ import annotations

from grid.errors import Invalid

BYTES_MAX = 1024 * 1024
LONGEST_S = 60
GRACE_S = 2  # recorders stop a little late
TYPES = ("audio/webm", "audio/ogg", "audio/mp4")
OPUS_HZ = 48_000


def check(data: bytes, mime: str) -> None:
    """Is it a voice note of that kind? Raises Invalid."""
    if len(data) > BYTES_MAX:
        raise Invalid("语音超过 1 MB，请录短一些。", field="file")
    if container(data) != mime:
        raise Invalid("不是能播放的语音，请重新录。", field="file")
    if (duration_s(data) or 0) > LONGEST_S + GRACE_S:
        raise Invalid(f"语音最长 {LONGEST_S} 秒，请录短一些。", field="file")


def container(data: bytes) -> str:
    """The media type by the first bytes; empty for anything else."""
    if data.startswith(b"\x1a\x45\xdf\xa3") and b"webm" in data[:64]:
        return "audio/webm"
    if data.startswith(b"OggS") and b"OpusHead" in data[:64]:
        return "audio/ogg"
    if data[4:8] == b"ftyp" and b"vide" not in data[:4096]:
        return "audio/mp4"
    return ""


def duration_s(data: bytes) -> float | None:
    """How long it plays where the container says so in passing (Ogg, WebM at least); None where it does not."""
    if data.startswith(b"OggS"):
        last = data.rfind(b"OggS")
        samples = int.from_bytes(data[last + 6 : last + 14], "little", signed=True)
        return samples / OPUS_HZ if samples >= 0 and len(data) >= last + 14 else None
    if data.startswith(b"\x1a\x45\xdf\xa3"):
        return _last_cluster_s(data)
    return None


def _last_cluster_s(data: bytes) -> float | None:
    """When the last cluster of a WebM begins, in the usual scale of milliseconds: it plays at least that long."""
    place = data.rfind(b"\x1f\x43\xb6\x75")
    at = data.find(b"\xe7", place + 4, place + 16) if place >= 0 else -1
    if at < 0 or at + 2 > len(data):
        return None
    length = data[at + 1] & 0x7F
    if not data[at + 1] & 0x80 or length > 8:
        return None
    return int.from_bytes(data[at + 2 : at + 2 + length], "big") / 1000
