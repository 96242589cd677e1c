"""Permission (权限) and relation (关系): the words authz.yaml is written in."""

from __future__ import annotations

from enum import StrEnum


class Permission(StrEnum):
    """What one may do, ``resource:action``, sorted."""

    ACCOUNT_MANAGE = "account:manage"
    AREA_READ = "area:read"
    ASSIGNMENT_CONFIRM = "assignment:confirm"
    ASSIGNMENT_HANDLE = "assignment:handle"
    CALENDAR_MANAGE = "calendar:manage"
    CALENDAR_READ = "calendar:read"
    CATEGORY_READ = "category:read"
    DEPARTMENT_READ = "department:read"
    EVENT_ACCEPT = "event:accept"
    EVENT_CHECK = "event:check"
    EVENT_CLOSE = "event:close"
    EVENT_DISPATCH = "event:dispatch"
    EVENT_FILE = "event:file"
    EVENT_READ = "event:read"
    EVENT_REPORT = "event:report"
    EVENT_REVIEW = "event:review"
    EVENT_SEND_CHECK = "event:send_check"
    NOTICE_READ = "notice:read"
    PHOTO_UPLOAD = "photo:upload"
    PRACTICE_WIPE = "practice:wipe"
    REPORT_READ = "report:read"
    RULES_MANAGE = "rules:manage"
    RULES_TRY = "rules:try"
    SELF_READ = "self:read"
    TASK_ANSWER = "task:answer"
    TASK_READ = "task:read"
    TRAIL_READ = "trail:read"
    WORKER_READ = "worker:read"


class Relation(StrEnum):
    """How a row must hang together with the person (关系)."""

    OWN = "own"  # made by them, or addressed to them
    AREA = "area"  # inside the area of the post
    DEPARTMENT = "department"  # an assignment of their department
    TASK = "task"  # the thing an open or answered task of theirs is about
    ANY = "any"  # not bound to rows: dictionaries, one's own account
