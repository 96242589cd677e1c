"""Signing in, and what one is told about oneself."""

from __future__ import annotations

from typing import Any

from api.fields import Schema, Text, fields, one_of
from api.schemas.named import NamedSchema
from grid.accounts import post as posts
from grid.accounts.user import User
from grid.areas import net


class DeviceSchema(Schema):
    """The install seat that signs in."""

    id = Text(maximum=64)
    label = Text(maximum=60)


class SignInSchema(Schema):
    """User name and password. refresh_in: where the refresh token goes; browsers say cookie."""

    username = Text(maximum=40, minimum=1, required=True)
    password = fields.String(required=True, metadata={"format": "password"})
    refresh_in = fields.String(load_default="body", validate=one_of(["body", "cookie"]))
    device = fields.Nested(DeviceSchema, load_default=dict)


class RefreshSchema(Schema):
    """The refresh token, unless it is in the cookie."""

    refresh_token = fields.String(load_default=None)


class HeldPostSchema(Schema):
    """A post and where it is held."""

    code = fields.String(required=True)
    label = fields.String(required=True)
    area = fields.Nested(NamedSchema, required=True)


class MeSchema(Schema):
    """The caller: posts, places, permissions."""

    username = fields.String(required=True)
    name = fields.String(required=True)
    department = fields.Nested(NamedSchema, allow_none=True, required=True)
    posts = fields.List(fields.Nested(HeldPostSchema), required=True)
    permissions = fields.List(fields.String(), required=True)
    demo = fields.Boolean(required=True)
    must_change_password = fields.Boolean(
        required=True, metadata={"description": "true: until PUT …/me/password every other route answers 403"}
    )


class TokensSchema(Schema):
    """Fresh tokens. The access token lives in memory only."""

    access_token = fields.String(required=True)
    expires_in_s = fields.Integer(required=True)
    refresh_token = fields.String()
    user = fields.Nested(MeSchema, required=True)


def me(user: User, is_demo: bool) -> dict[str, Any]:
    """What a person is told about themselves."""
    node = net.current().node
    return {
        "username": user.username,
        "name": user.name,
        "department": user.department,
        "posts": [
            {"code": held.post, "label": posts.find(held.post).label, "area": node(held.area_id)}
            for held in user.posts
        ],
        "permissions": [str(permission) for permission in user.permissions()],
        "demo": is_demo,
        "must_change_password": user.must_change_password,
    }
