"""Fields and the base schema: Chinese messages, coded values, aware times, text without control characters."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any, TypeVar
from uuid import UUID

import marshmallow
from marshmallow import ValidationError, fields, pre_load, validate

from grid import clock

When = TypeVar("When", bound=date)

MESSAGES: dict[type[fields.Field[Any]], dict[str, str]] = {
    fields.Field: {"required": "必须填写。", "null": "不能为空。", "validator_failed": "填写有误。"},
    fields.String: {"invalid": "应是文字。", "invalid_utf8": "文字编码有误。"},
    fields.Number: {"invalid": "应是数字。", "too_large": "数字太大。"},
    fields.Integer: {"invalid": "应是整数。"},
    fields.Float: {"special": "应是普通数字。"},
    fields.Boolean: {"invalid": "应是 true 或 false。"},
    fields.UUID: {"invalid_uuid": "编号格式不对。"},
    fields.DateTime: {
        "invalid": "时间格式不对，应像 2026-11-22T10:08:00+08:00。",
        "invalid_awareness": "时间要带时区。",
        "format": "时间写不出来。",
    },
    fields.Date: {"invalid": "日期应写成 2026-11-23 这样。", "format": "日期写不出来。"},
    fields.List: {"invalid": "应是列表。"},
    fields.Nested: {"type": "格式不对。"},
}
for _field, _messages in MESSAGES.items():
    _field.default_error_messages = {**_field.default_error_messages, **_messages}


class Schema(marshmallow.Schema):
    """Base of all schemas: unknown fields are errors, and so is what no database could hold."""

    error_messages = {"unknown": "没有这一项，请去掉。", "type": "格式不对，应是一个对象。"}

    def on_bind_field(self, field_name: str, field_obj: fields.Field[Any]) -> None:
        if isinstance(field_obj, fields.String) and _storable not in field_obj.validators:
            field_obj.validators.append(_storable)
        if isinstance(field_obj, fields.Integer) and not field_obj.validators:
            field_obj.validators.append(_countable)

    @pre_load
    def _as_json_has_it(self, told: Any, **kwargs: Any) -> Any:
        """In a body numbers are numbers, and 1 is not true; a query has nothing but words."""
        if isinstance(told, dict):
            wrong = {key: [field.error_messages["invalid"]] for key, field in _of_other_type(self, told)}
            if wrong:
                raise ValidationError(wrong)
        return told


def _of_other_type(schema: Schema, told: dict[str, Any]) -> Iterator[tuple[str, fields.Field[Any]]]:
    for name, field in schema.load_fields.items():
        key = field.data_key or name
        value = told.get(key)
        is_word = isinstance(field, fields.Boolean | fields.Number) and isinstance(value, str)
        is_count = (
            isinstance(field, fields.Boolean) and isinstance(value, int | float) and not isinstance(value, bool)
        )
        is_part = isinstance(field, fields.Integer) and isinstance(value, float) and not value.is_integer()
        if is_word or is_count or is_part:
            yield key, field


def _storable(words: str) -> None:
    if any(sign == "\0" or "\ud800" <= sign <= "\udfff" for sign in words):
        raise ValidationError("含有不能显示的字符，请去掉。")


def _countable(number: int) -> None:
    """An integer column of PostgreSQL holds no more."""
    if not -(2**31) <= number < 2**31:
        raise ValidationError("数字太大。")


class Text(fields.String):
    """People's words: length in characters, no control characters but line ends, trimmed."""

    def __init__(self, *, maximum: int, minimum: int = 0, **kwargs: Any) -> None:
        words = f"最多 {maximum} 个字。" if not minimum else f"要 {minimum} 到 {maximum} 个字。"
        super().__init__(validate=validate.Length(min=minimum, max=maximum, error=words), **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        words = super()._deserialize(value, attr, data, **kwargs).strip()
        if any(unicodedata.category(sign) in ("Cc", "Cs") and sign not in "\n\r\t" for sign in words):
            raise ValidationError("含有不能显示的字符，请去掉。")
        return words


class Word(fields.Field[Any]):
    """A word that stands for something else: text on the way, what it stands for inside."""

    def __init__(self, *, metadata: dict[str, Any] | None = None, **kwargs: Any) -> None:
        super().__init__(metadata={"type": "string"} | (metadata or {}), **kwargs)

    def read(self, word: str) -> Any:
        """What it stands for. Raises ValidationError."""
        raise NotImplementedError

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        if not isinstance(value, str):
            raise ValidationError("应是文字。")
        return self.read(value)


class Ids(Word):
    """Ids with commas between, as an address carries them; a tuple of UUIDs, in their order."""

    def __init__(self, *, most: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.most = most

    def read(self, word: str) -> tuple[UUID, ...]:
        words = word.split(",")
        if len(words) > self.most:
            raise ValidationError(f"一次最多 {self.most} 个。")
        try:
            return tuple(UUID(one) for one in words)
        except ValueError:
            raise ValidationError("编号格式不对。") from None


def in_our_time(when: When) -> When:
    """A day or a moment that any calendar of ours and any time zone can hold. Raises ValidationError."""
    if not clock.is_ours(when):
        raise ValidationError(f"年份不对，应在 {clock.YEARS[0]} 到 {clock.YEARS[-1]} 之间。")
    return when


class Day(fields.Date):
    """A local day that somebody tells; one can reckon with it."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> date:
        day: date = super()._deserialize(value, attr, data, **kwargs)
        return in_our_time(day)


class Moment(fields.AwareDateTime):
    """An aware time, ISO 8601 with offset; local time on the way out."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(format="iso", **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> datetime:
        moment: datetime = super()._deserialize(value, attr, data, **kwargs)
        return in_our_time(moment)

    def _serialize(self, value: datetime | None, attr: str | None, obj: Any, **kwargs: Any) -> Any:
        return None if value is None else clock.local(value).isoformat(timespec="milliseconds")


class Degrees(fields.Float):
    """Degrees of longitude (limit 180) or latitude (limit 90) in the declared datum; finite."""

    def __init__(self, *, limit: int, **kwargs: Any) -> None:
        between = validate.Range(-limit, limit, error=f"应在 -{limit} 到 {limit} 之间，请重新定位。")
        super().__init__(validate=[between, _finite], **kwargs)


def _finite(value: float) -> None:
    if not math.isfinite(value):
        raise ValidationError("应是普通数字。")


def one_of(values: Any) -> validate.OneOf:
    """One of a list of codes; the message names them."""
    codes = [str(value) for value in values]
    return validate.OneOf(codes, error="应是其中之一：" + "、".join(codes) + "。")


class CodedSchema(Schema):
    """A coded value (代码与名称) from an enumeration that knows its labels."""

    code = fields.String(attribute="value", required=True)
    label = fields.String(required=True)


def coded(**kwargs: Any) -> fields.Nested:
    """A coded value: {code, label}."""
    return fields.Nested(CodedSchema, dump_only=True, **kwargs)


__all__ = ["Degrees", "Ids", "Moment", "Schema", "Text", "Word", "coded", "fields", "in_our_time", "one_of"]
