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


def flag(name: str) -> Callable[[View], View]:
    """A further mark: something that is so of a route beside what it needs. Asked with ``flagged``."""

    def mark(view: View) -> View:
        setattr(view, name, True)
        return view

    return mark


def flagged(name: str, endpoint: str, method: str) -> bool:
    """Does a route carry this mark?"""
    return bool(getattr(_view(endpoint, method), name, False))


# The route reads its body itself, piece by piece, and keeps what came of one that was cut.
streamed = flag("streamed")
# It may be called while the password is still the one that was given out.
early = flag("early")


def marked(endpoint: str, method: str) -> Permission | None:
    """The permission a route declares; None for a public one. Raises LookupError for an unmarked route."""
    view = _view(endpoint, method)
    if not hasattr(view, "permission"):
        raise LookupError(f"{endpoint} declares no permission")
    return cast("Permission | None", view.permission)


def _view(endpoint: str, method: str) -> Any:
    view: Any = current_app.view_functions[endpoint]
    return getattr(view.view_class, method.lower(), view) if hasattr(view, "view_class") else view
