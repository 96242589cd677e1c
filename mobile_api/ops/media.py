"""The photos an op promises."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from grid.errors import Invalid
from grid.sync.push import Asked


def photos(asked: Asked, roles: Collection[str], otherwise: str | None) -> list[dict[str, Any]]:
    """What is to come: {sha256, role?, shot_at?}; sound only where "voice" is a role.

    otherwise: any other role; None: it is not told, what they are about says it.
    """
    found = []
    for told in asked.media:
        role, mime = told.get("role"), told.get("mime")
        if isinstance(mime, str) and mime.startswith("audio/"):
            role = "voice"
        if role == "voice" and role not in roles:
            continue
        if not isinstance(told.get("sha256"), str):
            raise Invalid("照片没有认出来，请重新拍。", field="media")
        photo = {"sha256": told["sha256"].lower()}
        if (role := role if role in roles else otherwise) is not None:
            photo["role"] = role
        if told.get("shot_at"):
            photo["shot_at"] = told["shot_at"]
        found.append(photo)
    return found
