"""record.put: a record is begun or changed; other fields than others changed merge, the same ones clash."""

from __future__ import annotations

from typing import Any

from grid.accounts.user import User
from grid.errors import Invalid
from grid.forms import form as forms
from grid.records import record as records
from grid.records.record import Draft
from grid.sync.ledger import Status
from grid.sync.push import Asked, Effect, Kind
from mobile_api.record import RecordSchema


def _apply(actor: User, asked: Asked) -> Effect:
    kept = records.put(actor, _draft(asked))
    rev = kept.record.version
    if not kept.clash:
        return Effect(Status.MERGED if kept.is_merged else Status.APPLIED, rev)
    labels = {field.name: field.label for field in forms.find(kept.record.kind, kept.record.form_version).fields}
    words = "、".join(labels.get(name, name) for name in kept.clash)
    error = {"code": "conflict", "field": kept.clash[0], "message": f"别人也改了{words}，请看两份再决定。"}
    return Effect(Status.CONFLICT, rev, server=RecordSchema().dump(kept.record), error=error)


def _draft(asked: Asked) -> Draft:
    payload, form = asked.payload or {}, asked.form or {}
    values, kind = payload.get("values"), payload.get("kind")
    if asked.entity_id is None or asked.occurred_at is None or not isinstance(values, dict):
        raise Invalid("没有填写内容。", field="values")
    if not isinstance(kind, str) or not isinstance(form.get("version"), int) or form.get("id", kind) != kind:
        raise Invalid("没有说是哪个表单的哪一版，请升级应用。", field="form")
    values = _plain(values)
    return Draft(asked.entity_id, forms.find(kind, form["version"]), values, asked.base_rev, asked.occurred_at)


def _plain(values: dict[Any, Any]) -> dict[str, Any]:
    return {str(name): value for name, value in values.items()}


KIND = Kind(_apply)
