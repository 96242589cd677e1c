"""Classes and colours of the map."""

from __future__ import annotations

import pytest

from reports.choropleth import bands, color, shade, short
from reports.color import RAMP


@pytest.mark.parametrize("most", [0, 1, 3, 5, 6, 62, 1000])
def test_every_count_has_one_class_and_more_is_darker(most: int) -> None:
    classes = bands(most)

    assert len(classes) <= len(RAMP)
    places = [shade(count, classes) for count in range(most + 1)]
    assert places == sorted(places) and places[0] == 0
    assert all(classes[place][0] <= count <= classes[place][1] for count, place in enumerate(places))
    shades = [RAMP.index(color(band, classes)) for band in range(len(classes))]
    assert shades == sorted(set(shades)) and shades[0] == 0


def test_only_nothing_is_white() -> None:
    assert [color(shade(count, bands(3)), bands(3)) == RAMP[0] for count in range(4)] == [
        True,
        False,
        False,
        False,
    ]


def test_grids_are_named_as_short_as_a_map_needs() -> None:
    assert short("富祥社区第2网格") == "富祥2"
    assert short("大洲村") == "大洲村"
