"""Where an order is about (工单地点): a place known from before, or the community its words name."""

from __future__ import annotations

from dataclasses import dataclass

from grid.accounts.user import User
from grid.areas.net import Node
from grid.events.place import Position
from grid.geo.crs import Datum
from grid.imports.line import Line
from grid.imports.table import Row
from grid.imports.wording import loose
from grid.intake import place
from grid.intake.order import Order
from grid.intake.place import Place


@dataclass(frozen=True, slots=True)
class Gazetteer:
    """What may be meant. by_address: as ``loose`` has it. areas: small ones, of the caller."""

    by_address: dict[str, Place]
    areas: list[Node]


@dataclass(frozen=True, slots=True)
class Spot:
    """Where an order is about, and how we know. position None: somewhere in the area."""

    area: Node
    position: Position | None
    why: str


def known(actor: User, addresses: list[str]) -> Gazetteer:
    """What is to be known for a whole sheet, looked up once."""
    return Gazetteer(place.named(actor, addresses), place.areas_of(actor))


def find(line: Line, row: Row, order: Order, known: Gazetteer) -> Spot | None:
    """The address as it was handled before; else the community that is named; None: the line is refused."""
    found = known.by_address.get(loose(order.address))
    if found is not None:
        position = Position(found.lon, found.lat, Datum.CGCS2000)
        return Spot(found.area, position, f"{found.name}（{found.kind.label}，{found.area.name}）")
    told = row.text("area")
    named = _named(known.areas, told) if told else _within(known.areas, order.address)
    if named is None:
        cell = row.cells.get("area") or row.cells.get("address") or row.cells["content"]
        what = (
            f"没有“{told[:20]}”这个社区或村，或不在你的范围里" if told else "看不出在哪个社区，请加“社区”一列填上"
        )
        line.refuse(cell.address, what)
        return None
    return Spot(named, None, f"{named.name}（只知道大概位置）")


def _named(areas: list[Node], told: str) -> Node | None:
    found = [node for node in areas if told in (node.name, node.code)]
    return found[0] if len(found) == 1 else None


def _within(areas: list[Node], address: str) -> Node | None:
    """The area whose name stands in the address, the most exact; none where two do."""
    found = sorted((node for node in areas if node.name in address), key=lambda node: -len(node.name))
    is_alone = len({node.name for node in found if len(node.name) == len(found[0].name)}) == 1 if found else False
    return found[0] if is_alone else None
