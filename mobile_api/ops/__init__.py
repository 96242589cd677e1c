"""Kinds of ops a handset may push, one file a kind; ``KINDS`` is what the server knows."""

from __future__ import annotations

from grid.sync.push import Kind
from mobile_api.ops import checkpoint_visit, event_report, notice_read, record_put, shift, task_answer

KINDS: dict[str, Kind] = {
    "checkpoint.visit": checkpoint_visit.KIND,
    "event.report": event_report.KIND,
    "notice.read": notice_read.KIND,
    "record.put": record_put.KIND,
    "shift.off": shift.OFF,
    "shift.on": shift.ON,
    "task.answer": task_answer.KIND,
}
