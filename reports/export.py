"""Export (导出): a report as a file that leaves the house, with its entry in the trail."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass

from grid.accounts.user import User
from grid.trail import entry as trail
from reports import pdf, screen, xlsx
from reports.dataset import Report


@dataclass(frozen=True, slots=True)
class Form:
    """A kind of file. render: the report's bytes."""

    code: str
    media_type: str
    render: Callable[[Report], bytes]


def _json(report: Report) -> bytes:
    return json.dumps(screen.document(report), ensure_ascii=False, indent=1).encode()


FORMS = {
    form.code: form
    for form in (
        Form("pdf", "application/pdf", pdf.render),
        Form("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", xlsx.render),
        Form("json", "application/json", _json),
    )
}


def file_name(report: Report, form: Form) -> str:
    """What the file is called."""
    return f"{report.title}{report.period.first}.{form.code}"


def record(actor: User, report: Report, form: Form) -> None:
    """Say in the trail who took what out; inside the caller's transaction, before the file leaves."""
    told = {"day": report.period.first.isoformat(), "format": form.code, "as_of": report.as_of}
    trail.record(actor, "report:export", "report", report.code, report.place.path, **told)
