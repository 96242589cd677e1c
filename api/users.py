"""People as their administrator sees them: search, edit, stop, new password, one number at a time; import."""

from __future__ import annotations

import base64
from typing import Any
from uuid import UUID

from flask import Response
from marshmallow import RAISE, validate

from api import imports
from api.auth import current_user
from api.fields import Schema, Text, fields, one_of
from api.file import BINARY
from api.http import Blueprint
from api.idempotency import once
from api.imports import XLSX, Importer, sealer
from api.mark import requires
from api.schemas.imports import ImportPreviewSchema
from api.schemas.named import NamedSchema
from api.schemas.person import RevealedSchema, RevealSchema
from api.schemas.session import HeldPostSchema
from grid.accounts import department as departments
from grid.accounts import password as passwords
from grid.accounts import post as posts
from grid.accounts.permission import Permission
from grid.accounts.user import User
from grid.areas import net
from grid.db import transaction
from grid.imports import preview
from grid.imports.preview import ImportPreview
from grid.staff import account, mobile, roster, search, staff_import, workbook
from grid.staff.account import Particulars
from grid.staff.search import Wanted

blp = Blueprint("users", __name__, url_prefix="/api/users", description="人员管理")

STATES = {"active": True, "stopped": False}
MAX_PAGE = 100


class StaffSchema(Schema):
    """An account. mobile: masked, empty when there is none. editable: false where only a command may touch it."""

    username = fields.String(required=True)
    name = fields.String(required=True)
    mobile = fields.String(required=True)
    department = fields.Nested(NamedSchema, allow_none=True, required=True)
    posts = fields.List(fields.Nested(HeldPostSchema), required=True)
    active = fields.Boolean(required=True)
    must_change_password = fields.Boolean(required=True)
    editable = fields.Boolean(required=True)
    version = fields.Integer(required=True)


class StaffWithPasswordSchema(StaffSchema):
    """password: the first one, told once; null in the answer to a repeated request."""

    password = fields.String(allow_none=True, required=True)


class StaffQuerySchema(Schema):
    """q: words of account or name. department, post, area: codes."""

    q = Text(maximum=50, load_default="")
    department = Text(maximum=40, load_default="")
    post = fields.String(load_default="", validate=one_of(["", *posts.posts()]))
    area = Text(maximum=20, load_default="")
    state = fields.String(load_default=None, validate=one_of(STATES))
    after = Text(maximum=40, load_default="")
    limit = fields.Integer(
        load_default=20, validate=validate.Range(1, MAX_PAGE, error=f"应在 1 到 {MAX_PAGE} 之间。")
    )


class StaffPageSchema(Schema):
    """Accounts by name; next: what the next page is asked ``after``."""

    items = fields.List(fields.Nested(StaffSchema), required=True)
    next = fields.String(allow_none=True, required=True)


class HeldPostEditSchema(Schema):
    """A post to be held; areas: codes."""

    post = fields.String(required=True, validate=one_of(posts.posts()))
    areas = fields.List(
        Text(maximum=20, minimum=1),
        required=True,
        validate=validate.Length(1, roster.AREAS_MAX, error=f"要 1 到 {roster.AREAS_MAX} 个区域。"),
    )


class StaffEditSchema(Schema):
    """What an account is to be. department: code or null. mobile: left out, it stays; empty, it goes."""

    name = Text(maximum=account.NAME_MAX, minimum=1, required=True)
    department = Text(maximum=40, minimum=1, required=True, allow_none=True)
    posts = fields.List(
        fields.Nested(HeldPostEditSchema),
        required=True,
        validate=validate.Length(1, 20, error="至少要有一个岗位。"),
    )
    mobile = Text(maximum=20)
    active = fields.Boolean(load_default=True)


class StaffNewSchema(StaffEditSchema):
    """An account to be opened."""

    username = Text(maximum=40, minimum=2, required=True)


@blp.get("")
@requires(Permission.ACCOUNT_MANAGE)
@blp.arguments(StaffQuerySchema, location="query", unknown=RAISE)
@blp.response(200, StaffPageSchema)
@blp.alt_response(404, description="no such area")
def user_list(told: dict[str, Any]) -> dict[str, Any]:
    """Accounts, by name; mobile numbers masked."""
    wanted = Wanted(told["q"], told["department"], told["post"], told["area"], STATES.get(told["state"]))
    found, following = search.page(wanted, told["after"], told["limit"])
    return {"items": [_shown(user) for user in found], "next": following}


@blp.post("")
@requires(Permission.ACCOUNT_MANAGE)
@blp.arguments(StaffNewSchema)
@blp.response(201, StaffWithPasswordSchema)
@blp.alt_response(404, description="no such area")
def user_add(told: dict[str, Any]) -> dict[str, Any]:
    """Open an account; its first password is told once and must be changed at the first sign-in."""
    username, first = told["username"], passwords.initial(told["username"])
    password_hash, given = passwords.hash_password(first), []
    with transaction():

        def work() -> dict[str, Any]:
            account.open_(current_user, username, _particulars(told), password_hash, sealer())
            given.append(first)
            return {"user": username}

        # The ledger's fingerprint has no key: eleven digits could be guessed from it.
        asked = told | {"mobile": mobile.fingerprint(told["mobile"], sealer())} if told.get("mobile") else told
        once("account.create", asked, work)
    return _shown(account.get(username)) | {"password": given[0] if given else None}


@blp.get("/<word:username>")
@requires(Permission.ACCOUNT_MANAGE)
@blp.etag
@blp.response(200, StaffSchema)
def user_show(username: str) -> dict[str, Any]:
    """One account."""
    found = account.get(username)
    blp.set_etag({"version": found.version})
    return _shown(found)


@blp.put("/<word:username>")
@requires(Permission.ACCOUNT_MANAGE)
@blp.etag
@blp.arguments(StaffEditSchema)
@blp.response(200, StaffSchema)
def user_put(told: dict[str, Any], username: str) -> dict[str, Any]:
    """Change an account. Other posts, areas, department or state end its sessions; nobody changes his own."""
    with transaction():
        found = account.get(username)
        blp.check_etag({"version": found.version})
        account.change(current_user, found, _particulars(told), sealer())
    blp.set_etag({"version": found.version})
    return _shown(found)


@blp.post("/<word:username>/password-reset")
@requires(Permission.ACCOUNT_MANAGE)
@blp.etag
@blp.response(200, StaffWithPasswordSchema)
def user_password_reset(username: str) -> dict[str, Any]:
    """A new first password, told once; the account's sessions end."""
    with transaction():
        found = account.get(username)
        blp.check_etag({"version": found.version})
        password = account.reset_password(current_user, found)
    blp.set_etag({"version": found.version})
    return _shown(found) | {"password": password}


@blp.post("/<word:username>/reveal")
@requires(Permission.ACCOUNT_MANAGE)
@blp.arguments(RevealSchema)
@blp.response(200, RevealedSchema)
def user_reveal(told: dict[str, str], username: str) -> dict[str, str]:
    """One whole mobile number, for a purpose; the look is in the trail before the number leaves."""
    with transaction():
        digits = mobile.reveal(current_user, account.get(username), told["purpose"], sealer())
    return {"mobile": digits}


class StaffImportSchema(ImportPreviewSchema):
    """password_sheet: .xlsx in base64, the first passwords of new accounts; only in the answer that made them."""

    password_sheet = fields.String(dump_default=None, allow_none=True)


@blp.get("/imports/<uuid:import_id>/errors.xlsx")
@requires(Permission.ACCOUNT_MANAGE)
@blp.response(200, BINARY, content_type=XLSX)
def user_import_errors(import_id: UUID) -> Response:
    """The uploaded sheet with its faulty cells red and a column that says what is wrong."""
    return imports.error_sheet(preview.get(import_id, staff_import.KIND), roster.LIMITS, "staff:error_sheet")


def _confirm(actor: User, found: ImportPreview, chosen: list[int] | None, prepared: Any) -> dict[str, Any]:
    first = staff_import.confirm(actor, found, chosen, prepared, sealer())
    if not first:
        return {}
    sheet = workbook.passwords((one.username, one.name, one.password) for one in first)
    return {"password_sheet": base64.b64encode(sheet).decode("ascii")}


imports.routes(
    blp,
    "",
    Importer(
        kind=staff_import.KIND,
        permission=Permission.ACCOUNT_MANAGE,
        draft=lambda actor, data, told: staff_import.draft(actor, data, told["name"], sealer()),
        prepare=lambda actor, found: staff_import.prepare(actor, found, sealer()),
        confirm=_confirm,
        shown=StaffImportSchema,
    ),
)


def _particulars(told: dict[str, Any]) -> Particulars:
    snapshot = net.current()
    held = frozenset((one["post"], snapshot.find(code).id) for one in told["posts"] for code in one["areas"])
    department = departments.find(told["department"]) if told["department"] else None
    digits = told.get("mobile")
    return Particulars(
        told["name"],
        held,
        department.id if department else None,
        told["active"],
        mobile.read(digits) if digits else digits,
    )


def _shown(user: User) -> dict[str, Any]:
    node = net.current().node
    return {
        "username": user.username,
        "name": user.name,
        "mobile": mobile.shown(user, sealer()),
        "department": user.department,
        "posts": [
            {"code": held.post, "label": posts.find(held.post).label, "area": node(held.area_id)}
            for held in user.posts
        ],
        "active": user.is_active,
        "must_change_password": user.must_change_password,
        "editable": not user.is_by_command and user.id != current_user.id,
        "version": user.version,
    }
