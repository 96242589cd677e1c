"""Area (区域): a node of the tree, with dated official codes."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from shapely import MultiPolygon, Polygon
from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from grid import revision
from grid.db import Base, Coded, Geometry, PathText, Versioned, db
from grid.geo import shapes


class Level(StrEnum):
    """Levels of the tree (层级); a village and an urban community stand side by side."""

    PROVINCE = "province"
    CITY = "city"
    COUNTY = "county"
    STREET = "street"
    COMMUNITY = "community"
    VILLAGE = "village"
    GRID = "grid"

    @property
    def label(self) -> str:
        return _LEVELS[self]


_LEVELS = {
    Level.PROVINCE: "省",
    Level.CITY: "市",
    Level.COUNTY: "县区",
    Level.STREET: "街道",
    Level.COMMUNITY: "社区",
    Level.VILLAGE: "村",
    Level.GRID: "网格",
}


class Area(Versioned, Base):
    """Area (区域): a node of the administrative tree; a unit grid is its leaf.

    path: ids from the root, "/1/12/88/"; scope is a prefix of it. boundary: lon/lat, CGCS2000 degrees.
    """

    __tablename__ = "area"

    id: Mapped[int] = mapped_column(primary_key=True)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("area.id"), index=True)
    path: Mapped[str] = mapped_column(PathText, unique=True)
    level: Mapped[Level] = mapped_column(Coded(Level))
    name: Mapped[str] = mapped_column(String(100))
    boundary: Mapped[Polygon | MultiPolygon | None] = mapped_column(Geometry, deferred=True)  # heavy: ask for it
    x0: Mapped[float | None]
    y0: Mapped[float | None]
    x1: Mapped[float | None]
    y1: Mapped[float | None]
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]

    codes: Mapped[list[AreaCode]] = relationship(order_by="AreaCode.valid_from")


class AreaCode(Base):
    """Area code (区划代码): an official (国家统计局, GB/T 30428.1) or local code, with its dates; never reused."""

    __tablename__ = "area_code"
    __table_args__ = (
        CheckConstraint("kind in ('official', 'local')", name="kind"),
        Index("ix_area_code_area_id_valid_from", "area_id", "valid_from"),
    )

    code: Mapped[str] = mapped_column(String(20), primary_key=True)
    kind: Mapped[str] = mapped_column(String(10), default="official")
    area_id: Mapped[int] = mapped_column(ForeignKey("area.id"))
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]


class Cell(Base):
    """Unit grid (单元网格): what GB/T 30428.1 records of a grid beside its code and outline."""

    __tablename__ = "cell"
    __table_args__ = (CheckConstraint("kind in ('basic', 'special')", name="kind"),)

    area_id: Mapped[int] = mapped_column(ForeignKey("area.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(10), default="basic")
    area_m2: Mapped[float]
    initial_on: Mapped[date]
    changed_on: Mapped[date | None]
    ended_on: Mapped[date | None]
    note: Mapped[str] = mapped_column(String(200), default="")


def add_grid(
    parent: Area,
    name: str,
    code: str,
    boundary: Polygon | MultiPolygon,
    since: date,
    kind: str = "basic",
    note: str = "",
) -> Area:
    """Hang a new unit grid under its community, with what the standard records of it."""
    area = add(parent, Level.GRID, name, code, boundary, since)
    area_m2 = round(shapes.area_m2(boundary), 1)
    db.session.add(Cell(area_id=area.id, kind=kind, area_m2=area_m2, initial_on=since, note=note))
    return area


def add(
    parent: Area | None,
    level: Level,
    name: str,
    code: str,
    boundary: Polygon | MultiPolygon | None,
    valid_from: date,
) -> Area:
    """Hang a new area under ``parent`` and give it its first official code."""
    area = Area(parent_id=parent.id if parent else None, level=level, name=name, path="", valid_from=valid_from)
    if boundary is not None:
        area.boundary = boundary
        area.x0, area.y0, area.x1, area.y1 = boundary.bounds
    area.path = f"new:{code}"
    db.session.add(area)
    db.session.flush()  # the path holds the id the database gives
    area.path = f"{parent.path if parent else '/'}{area.id}/"
    db.session.add(AreaCode(code=code, area_id=area.id, valid_from=valid_from))
    revision.bump(revision.NET)
    return area
