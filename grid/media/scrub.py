"""Scrub (校验): is every photo that was acknowledged still there, and still what was sent?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from enum import StrEnum
from typing import NamedTuple

from grid.errors import NotFound
from grid.media.image import decode
from grid.media.store import Damaged, MediaKind, MediaStore


class Fault(StrEnum):
    """What is wrong with a file of the media store (照片文件的问题)."""

    MISSING = "missing"
    DAMAGED = "damaged"

    @property
    def label(self) -> str:
        return {"missing": "不在了", "damaged": "已损坏"}[self]


class Finding(NamedTuple):
    """One file that is not as it should be."""

    name: str
    kind: MediaKind
    fault: Fault


def scrub(store: MediaStore, name: str, kinds: Iterable[MediaKind] = MediaKind) -> Iterator[Finding]:
    """Open all that is kept of a photo or voice note and compare it with its hash. kinds: what there should be."""
    for kind in kinds:
        try:
            store.read(name, kind)
        except Damaged:
            yield Finding(name, kind, Fault.DAMAGED)
        except NotFound:
            yield Finding(name, kind, Fault.MISSING)


def redraw(store: MediaStore, findings: list[Finding]) -> set[Finding]:
    """Redraw from the originals what can be; answers what cannot: originals, and pictures without a good one."""
    lost = {finding for finding in findings if finding.kind is MediaKind.ORIGINAL}
    beyond = {finding.name for finding in lost}
    for finding in set(findings) - lost:
        if finding.name in beyond:
            lost.add(finding)
            continue
        decoded = decode(store.read(finding.name))
        picture = decoded.full if finding.kind is MediaKind.FULL else decoded.thumb
        store.put_redrawn(finding.name, finding.kind, picture)
    return lost
