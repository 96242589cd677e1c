"""Numbers nobody else uses, for photos that differ and names that are new."""

from __future__ import annotations

from itertools import count

shades = count(1000)
