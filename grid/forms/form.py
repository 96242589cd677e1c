"""Form (表单): the fields of a kind of record in one version, and whether values fit it."""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from grid.errors import NotFound
from grid.forms import value

Values = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Field:
    """One thing asked. show_if: (field, value) it depends on; hidden, it is neither required nor kept."""

    name: str
    label: str
    type: str
    is_required: bool = False
    options: tuple[str, ...] = ()
    min: float | None = None
    max: float | None = None
    show_if: tuple[str, Any] | None = None

    def is_shown(self, values: Values) -> bool:
        return self.show_if is None or values.get(self.show_if[0]) == self.show_if[1]


@dataclass(frozen=True, slots=True)
class Form:
    """Form (表单) in one version. text: the released file, as it is sent; sha256: of its bytes."""

    id: str
    version: int
    title: str
    fields: tuple[Field, ...]
    list_title: str
    text: bytes
    sha256: str

    def check(self, values: Values) -> dict[str, Any]:
        """The values as they are kept: known fields only, each of its type, none that is hidden or empty.

        Raises Invalid, naming the field.
        """
        known = {field.name: field for field in self.fields}
        for name in values:
            if name not in known:
                raise value.refused(name, f"“{self.title}”没有这一项，请升级应用后重填。")
        kept = {}
        for field in self.fields:
            told = values.get(field.name)
            if not field.is_shown(values) or field.type == "note":
                continue
            if told is None or told == "" or told == []:
                if field.is_required:
                    raise value.refused(field.name, f"必须填写{field.label}。")
                continue
            kept[field.name] = value.read(field, told)
        return kept

    def photos_of(self, values: Values) -> list[str]:
        """The hashes of the photos among the values."""
        return [name for field in self.fields if field.type == "photo" for name in values.get(field.name, ())]

    def places(self) -> list[str]:
        """The names of the fields that hold a place."""
        return [field.name for field in self.fields if field.type == "place"]

    def title_of(self, values: Values) -> str:
        """What a list shows of a record."""
        words = {field.name: str(values.get(field.name, "")) for field in self.fields}
        return self.list_title.format_map(words).strip()[:100] or self.title


@cache
def catalogue() -> dict[tuple[str, int], Form]:
    """Every version that was ever released: a draft keeps its version."""
    folder = resources.files("grid.forms")
    with folder.joinpath("released.csv").open(encoding="utf-8") as file:
        next(file)  # the source
        rows = list(csv.DictReader(file))
    return {
        (row["id"], int(row["version"])): _read(
            folder.joinpath(f"{row['id']}-{row['version']}.json").read_bytes(), row["sha256"]
        )
        for row in rows
    }


def newest() -> list[Form]:
    """The version of each form that is filled in now."""
    found: dict[str, Form] = {}
    for form in sorted(catalogue().values(), key=lambda form: form.version):
        found[form.id] = form
    return list(found.values())


def find(form_id: str, version: int) -> Form:
    """One version of a form. Raises NotFound."""
    try:
        return catalogue()[form_id, version]
    except KeyError:
        raise NotFound("没有这个表单，或没有这一版。", field="form") from None


def _read(text: bytes, sha256: str) -> Form:
    told = json.loads(text)
    return Form(
        id=told["id"],
        version=told["version"],
        title=told["title"],
        fields=tuple(_field(field) for field in told["fields"]),
        list_title=told["list"]["title"],
        text=text,
        sha256=sha256,
    )


def _field(told: dict[str, Any]) -> Field:
    shown = told.get("show_if")
    return Field(
        name=told["name"],
        label=told["label"],
        type=told["type"],
        is_required=told["required"],
        options=tuple(option["value"] for option in told.get("options", ())),
        min=told.get("min"),
        max=told.get("max"),
        show_if=(shown["field"], shown["equals"]) if shown else None,
    )
