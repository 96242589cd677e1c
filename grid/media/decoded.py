"""What is left of a photo that passed: redrawn pictures and what the file said of itself. Plain values only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple


class Claim(NamedTuple):
    """Shot time and place (WGS-84 degrees) as the file has them; None where it has none or nonsense."""

    shot_at: datetime | None = None
    lon: float | None = None
    lat: float | None = None


@dataclass(frozen=True)
class Decoded:
    """A photo that passed: size in pixels as seen upright, two redrawn JPEGs without metadata, and its claims."""

    media_type: str
    width: int
    height: int
    full: bytes
    thumb: bytes
    claimed: Claim
