"""The mark every route carries: the permission it needs, or that it is public."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

from flask import current_app

from grid.accounts.permission import Permission

View = TypeVar("View", bound=Callable[..., Any])


def requires(permission: Permission) -> Callable[[View], View]:
    """Mark a route with the permission it needs. Where one may use it, is a question of the row."""

    def mark(view: View) -> View:
        view.permission = permission  # type: ignore[attr-defined]
        return view

    return mark


def public(view: View) -> View:
    """Mark a route that anybody may call."""
    view.permission = None  # type: ignore[attr-defined]
    return view


def marked(endpoint: str, method: str) -> Permission | None:
    """The permission a route declares; None for a public one. Raises LookupError for an unmarked route."""
    view: Any = current_app.view_functions[endpoint]
    if hasattr(view, "view_class"):
        view = getattr(view.view_class, method.lower(), view)
    if not hasattr(view, "permission"):
        raise LookupError(f"{endpoint} declares no permission")
    return cast("Permission | None", view.permission)
