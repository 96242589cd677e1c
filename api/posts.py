"""Posts (岗位): who may do what, as authz.yaml says it; read only."""

from __future__ import annotations

from typing import Any

from api.fields import Schema, fields
from api.http import Blueprint
from api.mark import requires
from api.paging import list_of
from grid.accounts import post as posts
from grid.accounts.permission import Permission
from grid.accounts.post import Post

blp = Blueprint("posts", __name__, url_prefix="/api", description="岗位与权限")


class GrantSchema(Schema):
    """A permission in words, and for what it holds."""

    code = fields.String(required=True)
    label = fields.String(required=True)
    relations = fields.List(fields.String(), required=True)


class PostSchema(Schema):
    """A post. by_command: only a command gives it. separate: excludes other administrators' posts (三权分立)."""

    code = fields.String(required=True)
    label = fields.String(required=True)
    by_command = fields.Boolean(required=True)
    separate = fields.Boolean(required=True)
    needs_department = fields.Boolean(required=True)
    grants = fields.List(fields.Nested(GrantSchema), required=True)


@blp.get("/posts")
@requires(Permission.ACCOUNT_MANAGE)
@blp.response(200, list_of(PostSchema))
def post_list() -> dict[str, Any]:
    """The posts people hold, with what each may do."""
    return {"items": [_shown(post) for post in posts.posts().values() if not post.is_internal]}


def _shown(post: Post) -> dict[str, Any]:
    return {
        "code": post.code,
        "label": post.label,
        "by_command": post.is_by_command,
        "separate": post.is_separate,
        "needs_department": post.needs_department,
        "grants": [
            {
                "code": permission.value,
                "label": posts.words(permission),
                "relations": sorted(relation.label for relation in relations),
            }
            for permission, relations in sorted(post.grants.items())
        ],
    }
