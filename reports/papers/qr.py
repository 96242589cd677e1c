"""QR code (二维码) that opens a case in the console: where the house stands and the id of the case, no more."""

from __future__ import annotations

from uuid import UUID

from reportlab.graphics.barcode.qr import QrCodeWidget
from reportlab.graphics.shapes import Drawing


def address_of(installation: str, event_id: UUID) -> str:
    """Where a case is opened. installation: https://…, without a path."""
    return f"{installation.rstrip('/')}/console/#/events/{event_id}"


def drawing(told: str, size: float) -> Drawing:
    """The code, ``size`` points wide; a quarter of it may be dirty (level Q)."""
    code = QrCodeWidget(told, barLevel="Q", barBorder=2, barWidth=size, barHeight=size)
    picture = Drawing(size, size)
    picture.add(code)
    return picture
