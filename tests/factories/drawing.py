"""GeoJSON of grids, made on the spot."""

from __future__ import annotations

import json
from typing import Any

from shapely.geometry.base import BaseGeometry

from fixtures import daling
from grid.geo import shapes

CGCS2000 = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::4490"}}
VILLAGE = "441323002201"


def make_feature(shape: BaseGeometry | dict[str, Any] | None, **told: Any) -> dict[str, Any]:
    """A feature; its properties as told."""
    geometry = shapes.geojson(shape) if isinstance(shape, BaseGeometry) else shape  # type: ignore[arg-type]
    return {"type": "Feature", "properties": told, "geometry": geometry}


def make_map(*features: Any, crs: Any = CGCS2000, **more: Any) -> bytes:
    """A file with these features, in CGCS2000 degrees unless said otherwise."""
    told = {"type": "FeatureCollection", "features": list(features), **more}
    return json.dumps(told | ({"crs": crs} if crs else {}), ensure_ascii=False).encode()


def outline(code: str) -> Any:
    """An area of Daling as it is drawn."""
    return shapes.read(next(f["geometry"] for f in daling.features() if f["properties"]["code"] == code))


def make_village_grid() -> dict[str, Any]:
    """A grid that covers a village of Daling, which has none yet."""
    return make_feature(outline(VILLAGE), community=VILLAGE, name="大洲村第1网格")
