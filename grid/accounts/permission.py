"""Permission (权限) and relation (关系): the words authz.yaml is written in."""

from __future__ import annotations

from enum import StrEnum


class Permission(StrEnum):
    """What one may do, ``resource:action``, sorted; what people call it stands in authz.yaml and the glossary."""

    ACCOUNT_MANAGE = "account:manage"
    AREA_MANAGE = "area:manage"
    AREA_READ = "area:read"
    ASSIGNMENT_CONFIRM = "assignment:confirm"
    ASSIGNMENT_HANDLE = "assignment:handle"
    CALENDAR_MANAGE = "calendar:manage"
    CALENDAR_READ = "calendar:read"
    CALLER_REVEAL = "caller:reveal"
    CATEGORY_READ = "category:read"
    DELEGATION_MANAGE = "delegation:manage"
    DEPARTMENT_READ = "department:read"
    DESK_HAND_OVER = "desk:hand_over"
    DEVICE_MANAGE = "device:manage"
    DEVICE_READ = "device:read"
    DEVICE_WIPE = "device:wipe"
    EVENT_ACCEPT = "event:accept"
    EVENT_ARBITRATE = "event:arbitrate"
    EVENT_CHECK = "event:check"
    EVENT_CLOSE = "event:close"
    EVENT_DISPATCH = "event:dispatch"
    EVENT_ENTER = "event:enter"
    EVENT_FILE = "event:file"
    EVENT_FORCE_CLOSE = "event:force_close"
    EVENT_HAND = "event:hand"
    EVENT_INTAKE = "event:intake"
    EVENT_LOCATE = "event:locate"
    EVENT_MERGE = "event:merge"
    EVENT_READ = "event:read"
    EVENT_REOPEN = "event:reopen"
    EVENT_REPORT = "event:report"
    EVENT_REVIEW = "event:review"
    EVENT_SEND_CHECK = "event:send_check"
    EVENT_SEND_VERIFY = "event:send_verify"
    EVENT_VERIFY = "event:verify"
    EVENT_VOID = "event:void"
    JOB_MANAGE = "job:manage"
    NOTICE_MANAGE = "notice:manage"
    MATTER_ISSUE = "matter:issue"
    MATTER_READ = "matter:read"
    MATTER_WRITE = "matter:write"
    NOTICE_READ = "notice:read"
    PATROL_WATCH = "patrol:watch"
    PHOTO_UPLOAD = "photo:upload"
    PRACTICE_WIPE = "practice:wipe"
    PROCEDURE_MANAGE = "procedure:manage"
    PROCEDURE_READ = "procedure:read"
    QUARANTINE_MEND = "quarantine:mend"
    RECORD_READ = "record:read"
    RECORD_WRITE = "record:write"
    REPORT_READ = "report:read"
    RULES_MANAGE = "rules:manage"
    RULES_TRY = "rules:try"
    SELF_READ = "self:read"
    SUPERVISION_ISSUE = "supervision:issue"
    SUPERVISION_LEAD = "supervision:lead"
    SUPERVISION_READ = "supervision:read"
    SUPERVISION_REPLY = "supervision:reply"
    SYNC_USE = "sync:use"
    TASK_ANSWER = "task:answer"
    TASK_READ = "task:read"
    TRACK_READ_OTHERS = "track:read_others"
    TRACK_REPORT = "track:report"
    TRAIL_READ = "trail:read"
    WHISTLE_ANSWER = "whistle:answer"
    WHISTLE_BLOW = "whistle:blow"
    WHISTLE_READ = "whistle:read"
    WORKER_CALL = "worker:call"
    WORKER_READ = "worker:read"
    WORKLOAD_READ = "workload:read"


class Relation(StrEnum):
    """How a row must hang together with the person (关系)."""

    OWN = "own"  # made by them, or addressed to them
    AREA = "area"  # inside the area of the post
    DEPARTMENT = "department"  # an assignment of their department
    TASK = "task"  # the thing an open or answered task of theirs is about
    ANY = "any"  # not bound to rows: dictionaries, one's own account

    @property
    def label(self) -> str:
        """Words for people."""
        return _RELATIONS[self]


_RELATIONS = {
    Relation.OWN: "本人的",
    Relation.AREA: "本区域的",
    Relation.DEPARTMENT: "本部门的",
    Relation.TASK: "派给本人去看的",
    Relation.ANY: "不限",
}
