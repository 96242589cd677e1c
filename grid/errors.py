"""Domain errors, one tree; each carries the slug, title and HTTP status it leaves the house with (RFC 9457).

DomainError
├── NotFound            404  not there, or outside the caller's scope
├── Forbidden           403
│   └── PasswordChangeRequired  the password was given out; one's own must be set first
├── Unauthenticated     401  wrong password, locked account, dead session
├── Conflict            409
│   ├── IllegalTransition    the lifecycle table has no such step from here
│   └── RuleForbids          the table has it, a rule of procedure (办理规定) forbids it now; names the rule
├── Stale               412  somebody else changed it first
├── Invalid             422  a value breaks a rule; names the field
│   └── IdempotencyMismatch  same client id, another body
├── Busy                503  the machine has no time for it now; nothing was stored
└── StorageFull         507  nothing was stored; try again later
"""

from __future__ import annotations

from typing import Any


class DomainError(Exception):
    """Base of the tree. ``detail`` is shown to people: Simplified Chinese, what happened and what to do."""

    slug = "error"
    title = "操作没有完成"
    status = 400

    def __init__(self, detail: str = "", *, field: str | None = None, **extra: Any) -> None:
        super().__init__(detail or self.title)
        self.detail = detail or self.title
        self.field = field
        self.extra = extra


class NotFound(DomainError):
    slug = "not-found"
    title = "没有找到"
    status = 404


class Forbidden(DomainError):
    slug = "forbidden"
    title = "没有权限"
    status = 403


class PasswordChangeRequired(Forbidden):
    slug = "password-change-required"
    title = "请先改密码"


class Unauthenticated(DomainError):
    slug = "unauthenticated"
    title = "请重新登录"
    status = 401


class Conflict(DomainError):
    slug = "conflict"
    title = "与现有记录冲突"
    status = 409


class IllegalTransition(Conflict):
    slug = "illegal-transition"
    title = "现在不能做这一步"


class RuleForbids(Conflict):
    slug = "rule-forbids"
    title = "办理规定不允许"


class Stale(DomainError):
    slug = "stale"
    title = "已被别人更新"
    status = 412


class Invalid(DomainError):
    slug = "invalid"
    title = "填写有误"
    status = 422


class IdempotencyMismatch(Invalid):
    slug = "idempotency-mismatch"
    title = "编号已用于另一份内容"


class Busy(DomainError):
    slug = "service-unavailable"
    title = "系统正忙"
    status = 503


class StorageFull(DomainError):
    slug = "storage-full"
    title = "存储空间不足"
    status = 507
