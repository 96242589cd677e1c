"""Photos on paper (照片): two a row, each with what it shows and when it was taken; what has not come says so."""

from __future__ import annotations

import io
from collections.abc import Sequence

from reportlab.lib.units import mm
from reportlab.lib.utils import ImageReader
from reportlab.platypus import Flowable, Image, Table

from grid.errors import NotFound
from grid.events.event import Event
from grid.events.photo import EventPhoto, PhotoRole
from grid.media.store import MediaKind, MediaStore
from reports import paper
from reports.color import LINE
from reports.fonts import Typesetter
from reports.paper import WIDTH, words
from reports.papers.taker import full

EACH = (WIDTH - 4 * mm) / 2
TALLEST = 60 * mm


def of(event: Event) -> list[EventPhoto]:
    """What can be printed: pictures, sounds left out."""
    return [photo for photo in event.photos if photo.role is not PhotoRole.VOICE]


def table(
    photos: Sequence[EventPhoto], store: MediaStore, script: Typesetter, tallest: float = TALLEST
) -> list[Flowable]:
    """Rows of two; a row is never cut by the end of a page. tallest: points."""
    cells = [_cell(photo, store, script, tallest) for photo in photos]
    rows = [cells[at : at + 2] for at in range(0, len(cells), 2)]
    made = [Table([[*row, *[""] * (2 - len(row))]], [EACH + 2 * mm] * 2) for row in rows]
    for one in made:
        one.setStyle(paper.bare(("BOTTOMPADDING", (0, 0), (-1, -1), 6), ("RIGHTPADDING", (0, 0), (-1, -1), 4)))
    return list(made)


def _cell(photo: EventPhoto, store: MediaStore, script: Typesetter, tallest: float) -> list[Flowable]:
    caption = f"{photo.role.label} · {full(photo.shot_at)}" if photo.shot_at else photo.role.label
    return [_picture(photo, store, script, tallest), words(caption, "muted", script)]


def _picture(photo: EventPhoto, store: MediaStore, script: Typesetter, tallest: float) -> Flowable:
    if not photo.has_arrived:
        return _empty("照片还没传到，有网后手机会接着传", script)
    try:
        data = store.read(photo.sha256, MediaKind.FULL)
    except NotFound as error:
        return _empty(error.detail, script)
    wide, tall = ImageReader(io.BytesIO(data)).getSize()
    scale = min(EACH / wide, tallest / tall)
    return Image(io.BytesIO(data), wide * scale, tall * scale, hAlign="LEFT")


def _empty(why: str, script: Typesetter) -> Table:
    box = Table([[words(why, "muted", script)]], [EACH], [30 * mm])
    box.setStyle(paper.bare(("BOX", (0, 0), (-1, -1), 0.5, LINE), ("LEFTPADDING", (0, 0), (-1, -1), 8)))
    return box
