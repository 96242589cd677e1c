"""Foundation: areas, accounts, rules, events, tasks, notices, jobs, trail.

Expand first, contract in a later release: the previous version of the app may still be running.
"""

import sqlalchemy as sa
from alembic import op

import grid.db
from migrations.append_only import drop_functions, keep_real_events, protect, protect_but_practice
from migrations.seed_calendar import seed_calendar
from migrations.seed_epoch import seed_epoch

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "area",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("parent_id", sa.Integer(), nullable=True),
        sa.Column(
            "path",
            sa.String(length=255).with_variant(sa.String(length=255, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("level", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("boundary", grid.db.Geometry(), nullable=True),
        sa.Column("x0", sa.Double(), nullable=True),
        sa.Column("y0", sa.Double(), nullable=True),
        sa.Column("x1", sa.Double(), nullable=True),
        sa.Column("y1", sa.Double(), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["parent_id"], ["area.id"], name=op.f("fk_area_parent_id_area")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_area")),
        sa.UniqueConstraint("path", name=op.f("uq_area_path")),
    )
    with op.batch_alter_table("area", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_area_parent_id"), ["parent_id"], unique=False)

    op.create_table(
        "calendar_day",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("source", sa.String(length=120), nullable=False),
        sa.Column("is_provisional", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_calendar_day")),
    )
    op.create_table(
        "case_counter",
        sa.Column("street", sa.String(length=9), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("is_practice", sa.Boolean(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("street", "day", "is_practice", name=op.f("pk_case_counter")),
    )
    op.create_table(
        "category_scheme",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_category_scheme")),
        sa.UniqueConstraint("code", name=op.f("uq_category_scheme_code")),
    )
    op.create_table(
        "job",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("key", sa.String(length=120), nullable=False),
        sa.Column("payload", sa.JSON(), nullable=False),
        sa.Column("run_at", grid.db.UTCDateTime(), nullable=False),
        sa.Column("lease_until", grid.db.UTCDateTime(), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("done_at", grid.db.UTCDateTime(), nullable=True),
        sa.Column("error", sa.String(length=500), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job")),
        sa.UniqueConstraint("key", name=op.f("uq_job_key")),
    )
    with op.batch_alter_table("job", schema=None) as batch_op:
        batch_op.create_index(
            "ix_job_open",
            ["run_at"],
            unique=False,
            sqlite_where=sa.text("done_at IS NULL"),
            postgresql_where=sa.text("done_at IS NULL"),
        )

    op.create_table(
        "login_throttle",
        sa.Column("key", sa.String(length=120), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("since", grid.db.UTCDateTime(), nullable=False),
        sa.Column("locked_until", grid.db.UTCDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_login_throttle")),
    )
    op.create_table(
        "media",
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("mime", sa.String(length=20), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("shot_at", grid.db.UTCDateTime(), nullable=True),
        sa.Column("shot_lon", sa.Double(), nullable=True),
        sa.Column("shot_lat", sa.Double(), nullable=True),
        sa.Column("created_at", grid.db.UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_media")),
    )
    op.create_table(
        "revision",
        sa.Column("name", sa.String(length=20), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_revision")),
    )
    op.create_table(
        "sync_change",
        sa.Column("seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("collection", sa.String(length=20), nullable=False),
        sa.Column("record_id", sa.Uuid(), nullable=False),
        sa.Column("op", sa.String(length=20), nullable=False),
        sa.Column(
            "area_path",
            sa.String(length=255).with_variant(sa.String(length=255, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("at", grid.db.UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_sync_change")),
    )
    with op.batch_alter_table("sync_change", schema=None) as batch_op:
        batch_op.create_index("ix_sync_change_area_path_seq", ["area_path", "seq"], unique=False)
        batch_op.create_index("ix_sync_change_user_id_seq", ["user_id", "seq"], unique=False)

    op.create_table(
        "area_code",
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("area_id", sa.Integer(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.CheckConstraint("kind in ('official', 'local')", name=op.f("ck_area_code_kind")),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_area_code_area_id_area")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_area_code")),
    )
    with op.batch_alter_table("area_code", schema=None) as batch_op:
        batch_op.create_index("ix_area_code_area_id_valid_from", ["area_id", "valid_from"], unique=False)

    op.create_table(
        "category",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("scheme_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("code", sa.String(length=10), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("big_name", sa.String(length=60), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.CheckConstraint("kind in ('component', 'event')", name=op.f("ck_category_kind")),
        sa.ForeignKeyConstraint(
            ["scheme_id"], ["category_scheme.id"], name=op.f("fk_category_scheme_id_category_scheme")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_category")),
    )
    with op.batch_alter_table("category", schema=None) as batch_op:
        batch_op.create_index(
            "uq_category_scheme_id_code_valid_from", ["scheme_id", "code", "valid_from"], unique=True
        )

    op.create_table(
        "category_mapping",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("left_scheme_id", sa.Integer(), nullable=False),
        sa.Column("left_code", sa.String(length=10), nullable=False),
        sa.Column("right_scheme_id", sa.Integer(), nullable=False),
        sa.Column("right_code", sa.String(length=10), nullable=False),
        sa.Column("relation", sa.String(length=20), nullable=False),
        sa.ForeignKeyConstraint(
            ["left_scheme_id"],
            ["category_scheme.id"],
            name=op.f("fk_category_mapping_left_scheme_id_category_scheme"),
        ),
        sa.ForeignKeyConstraint(
            ["right_scheme_id"],
            ["category_scheme.id"],
            name=op.f("fk_category_mapping_right_scheme_id_category_scheme"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_category_mapping")),
    )
    with op.batch_alter_table("category_mapping", schema=None) as batch_op:
        batch_op.create_index(
            "uq_category_mapping_left_right",
            ["left_scheme_id", "left_code", "right_scheme_id", "right_code"],
            unique=True,
        )

    op.create_table(
        "cell",
        sa.Column("area_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("area_m2", sa.Double(), nullable=False),
        sa.Column("initial_on", sa.Date(), nullable=False),
        sa.Column("changed_on", sa.Date(), nullable=True),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("note", sa.String(length=200), nullable=False),
        sa.CheckConstraint("kind in ('basic', 'special')", name=op.f("ck_cell_kind")),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_cell_area_id_area")),
        sa.PrimaryKeyConstraint("area_id", name=op.f("pk_cell")),
    )
    op.create_table(
        "checkpoint",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("area_id", sa.Integer(), nullable=False),
        sa.Column(
            "area_path",
            sa.String(length=255).with_variant(sa.String(length=255, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("lon", sa.Double(), nullable=False),
        sa.Column("lat", sa.Double(), nullable=False),
        sa.Column("radius_m", sa.Integer(), nullable=False),
        sa.Column("every_days", sa.Integer(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("visits", sa.Integer(), nullable=False),
        sa.Column("visited_at", grid.db.UTCDateTime(), nullable=True),
        sa.Column("created_at", grid.db.UTCDateTime(), nullable=False),
        sa.Column("moved_at", grid.db.UTCDateTime(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("every_days between 1 and 366", name=op.f("ck_checkpoint_every")),
        sa.CheckConstraint("radius_m between 5 and 500", name=op.f("ck_checkpoint_radius")),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_checkpoint_area_id_area")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_checkpoint")),
    )
    with op.batch_alter_table("checkpoint", schema=None) as batch_op:
        batch_op.create_index("ix_checkpoint_area_path", ["area_path"], unique=False)
        batch_op.create_index(
            "uq_checkpoint_area_id_name",
            ["area_id", "name"],
            unique=True,
            sqlite_where=sa.text("is_active"),
            postgresql_where=sa.text("is_active"),
        )

    op.create_table(
        "department",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("area_id", sa.Integer(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_department_area_id_area")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_department")),
        sa.UniqueConstraint("code", name=op.f("uq_department_code")),
    )
    op.create_table(
        "ladder_rule",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("rungs", sa.JSON(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("area_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("valid_to IS NULL OR valid_to > valid_from", name=op.f("ck_ladder_rule_dates")),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_ladder_rule_area_id_area")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ladder_rule")),
    )
    with op.batch_alter_table("ladder_rule", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_ladder_rule_area_id"), ["area_id"], unique=False)
        batch_op.create_index("ix_ladder_rule_area_id_kind", ["area_id", "kind"], unique=False)

    op.create_table(
        "notice_endpoint",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("area_id", sa.Integer(), nullable=False),
        sa.Column(
            "area_path",
            sa.String(length=255).with_variant(sa.String(length=255, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("host", sa.String(length=260), nullable=False),
        sa.Column("settings", sa.LargeBinary(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("lease", sa.Uuid(), nullable=True),
        sa.Column("lease_until", grid.db.UTCDateTime(), nullable=True),
        sa.Column("rests_until", grid.db.UTCDateTime(), nullable=False),
        sa.Column("fails", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_notice_endpoint_area_id_area")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice_endpoint")),
    )
    with op.batch_alter_table("notice_endpoint", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_notice_endpoint_area_path"), ["area_path"], unique=False)

    op.create_table(
        "procedure_rule",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("rule", sa.String(length=20), nullable=False),
        sa.Column("key", sa.String(length=20), nullable=False),
        sa.Column("value", sa.Integer(), nullable=True),
        sa.Column("unit", sa.String(length=15), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("area_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("valid_to IS NULL OR valid_to > valid_from", name=op.f("ck_procedure_rule_dates")),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_procedure_rule_area_id_area")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_procedure_rule")),
    )
    with op.batch_alter_table("procedure_rule", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_procedure_rule_area_id"), ["area_id"], unique=False)
        batch_op.create_index("ix_procedure_rule_area_id_rule", ["area_id", "rule", "key"], unique=False)

    op.create_table(
        "quiet_hours",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("begins", sa.Time(), nullable=False),
        sa.Column("ends", sa.Time(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("area_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("begins <> ends", name=op.f("ck_quiet_hours_hours")),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_quiet_hours_area_id_area")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quiet_hours")),
    )
    with op.batch_alter_table("quiet_hours", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_quiet_hours_area_id"), ["area_id"], unique=False)

    op.create_table(
        "watch",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("area_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("until", grid.db.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_watch_area_id_area")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_watch")),
    )
    with op.batch_alter_table("watch", schema=None) as batch_op:
        batch_op.create_index("uq_watch_area_id_kind", ["area_id", "kind"], unique=True)

    op.create_table(
        "work_policy",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("area_id", sa.Integer(), nullable=False),
        sa.Column("slots", sa.JSON(), nullable=False),
        sa.Column("workday_mode", sa.String(length=20), nullable=False),
        sa.Column("wording", sa.JSON(), nullable=False),
        sa.Column("valid_from", grid.db.UTCDateTime(), nullable=False),
        sa.Column("valid_to", grid.db.UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_work_policy_area_id_area")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_work_policy")),
    )
    with op.batch_alter_table("work_policy", schema=None) as batch_op:
        batch_op.create_index(
            "uq_work_policy_area_id",
            ["area_id"],
            unique=True,
            sqlite_where=sa.text("valid_to IS NULL"),
            postgresql_where=sa.text("valid_to IS NULL"),
        )

    op.create_table(
        "filing_condition",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("category_id", sa.Integer(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(length=500), nullable=False),
        sa.Column("limit_value", sa.Integer(), nullable=False),
        sa.Column("limit_unit", sa.String(length=15), nullable=False),
        sa.Column("closing", sa.String(length=500), nullable=False),
        sa.Column("authority", sa.String(length=60), nullable=False),
        sa.Column("is_certain", sa.Boolean(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["category_id"], ["category.id"], name=op.f("fk_filing_condition_category_id_category")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_filing_condition")),
    )
    with op.batch_alter_table("filing_condition", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_filing_condition_category_id"), ["category_id"], unique=False)

    op.create_table(
        "notice_rule",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("cause", sa.String(length=20), nullable=False),
        sa.Column("key", sa.String(length=20), nullable=False),
        sa.Column("endpoint_id", sa.Uuid(), nullable=False),
        sa.Column("post", sa.String(length=40), nullable=False),
        sa.Column("department_id", sa.Integer(), nullable=True),
        sa.Column("way", sa.String(length=20), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("area_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_notice_rule_area_id_area")),
        sa.ForeignKeyConstraint(
            ["department_id"], ["department.id"], name=op.f("fk_notice_rule_department_id_department")
        ),
        sa.ForeignKeyConstraint(
            ["endpoint_id"], ["notice_endpoint.id"], name=op.f("fk_notice_rule_endpoint_id_notice_endpoint")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice_rule")),
    )
    with op.batch_alter_table("notice_rule", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_notice_rule_area_id"), ["area_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_notice_rule_endpoint_id"), ["endpoint_id"], unique=False)

    op.create_table(
        "user_account",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("username", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=50), nullable=False),
        sa.Column("password_hash", sa.String(length=200), nullable=False),
        sa.Column("department_id", sa.Integer(), nullable=True),
        sa.Column("session_version", sa.Integer(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("must_change_password", sa.Boolean(), nullable=False),
        sa.Column("mobile", sa.LargeBinary(), nullable=True),
        sa.Column("mobile_blind", sa.String(length=64), nullable=True),
        sa.Column("created_at", grid.db.UTCDateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["department_id"], ["department.id"], name=op.f("fk_user_account_department_id_department")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user_account")),
        sa.UniqueConstraint("mobile_blind", name=op.f("uq_user_account_mobile_blind")),
        sa.UniqueConstraint("username", name=op.f("uq_user_account_username")),
    )
    with op.batch_alter_table("user_account", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_user_account_department_id"), ["department_id"], unique=False)

    op.create_table(
        "calendar_import",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("file_name", sa.String(length=120), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("source", sa.String(length=120), nullable=False),
        sa.Column("lines", sa.JSON(), nullable=False),
        sa.Column("years", sa.JSON(), nullable=False),
        sa.Column("warnings", sa.JSON(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=True),
        sa.Column("made_at", grid.db.UTCDateTime(), nullable=False),
        sa.Column("confirmed_at", grid.db.UTCDateTime(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["made_by"], ["user_account.id"], name=op.f("fk_calendar_import_made_by_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_import")),
    )
    op.create_table(
        "checkpoint_visit",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("checkpoint_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("occurred_at", grid.db.UTCDateTime(), nullable=False),
        sa.Column("received_at", grid.db.UTCDateTime(), nullable=False),
        sa.Column("distance_m", sa.Double(), nullable=True),
        sa.Column("accuracy_m", sa.Double(), nullable=True),
        sa.ForeignKeyConstraint(
            ["checkpoint_id"], ["checkpoint.id"], name=op.f("fk_checkpoint_visit_checkpoint_id_checkpoint")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_checkpoint_visit_user_id_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_checkpoint_visit")),
    )
    with op.batch_alter_table("checkpoint_visit", schema=None) as batch_op:
        batch_op.create_index(
            "ix_checkpoint_visit_checkpoint_id_occurred_at", ["checkpoint_id", "occurred_at"], unique=False
        )
        batch_op.create_index("ix_checkpoint_visit_user_id_occurred_at", ["user_id", "occurred_at"], unique=False)

    op.create_table(
        "delegation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("from_user_id", sa.Integer(), nullable=False),
        sa.Column("to_user_id", sa.Integer(), nullable=False),
        sa.Column("begins_at", grid.db.UTCDateTime(), nullable=False),
        sa.Column("ends_at", grid.db.UTCDateTime(), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("maker_id", sa.Integer(), nullable=False),
        sa.Column("made_at", grid.db.UTCDateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("ends_at > begins_at", name=op.f("ck_delegation_dates")),
        sa.CheckConstraint("from_user_id <> to_user_id", name=op.f("ck_delegation_people")),
        sa.ForeignKeyConstraint(
            ["from_user_id"], ["user_account.id"], name=op.f("fk_delegation_from_user_id_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["maker_id"], ["user_account.id"], name=op.f("fk_delegation_maker_id_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["to_user_id"], ["user_account.id"], name=op.f("fk_delegation_to_user_id_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delegation")),
    )
    with op.batch_alter_table("delegation", schema=None) as batch_op:
        batch_op.create_index("ix_delegation_from_user_id", ["from_user_id"], unique=False)
        batch_op.create_index("ix_delegation_to_user_id", ["to_user_id"], unique=False)

    op.create_table(
        "device",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("device_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("label", sa.String(length=60), nullable=False),
        sa.Column("platform", sa.String(length=100), nullable=False),
        sa.Column("app", sa.String(length=20), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("enrolled_at", grid.db.UTCDateTime(), nullable=False),
        sa.Column("seen_at", grid.db.UTCDateTime(), nullable=False),
        sa.Column("queue", sa.Integer(), nullable=False),
        sa.Column("oldest_at", grid.db.UTCDateTime(), nullable=True),
        sa.Column("storage", sa.JSON(), nullable=False),
        sa.Column("clock_offset_ms", sa.BigInteger(), nullable=True),
        sa.Column("battery", sa.Double(), nullable=True),
        sa.Column("last_error", sa.String(length=300), nullable=False),
        sa.Column("last_seq", sa.BigInteger(), nullable=False),
        sa.Column("evicted_at", grid.db.UTCDateTime(), nullable=True),
        sa.Column("revoked_at", grid.db.UTCDateTime(), nullable=True),
        sa.Column("revoked_by", sa.Integer(), nullable=True),
        sa.Column("revoke_reason", sa.String(length=200), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["revoked_by"], ["user_account.id"], name=op.f("fk_device_revoked_by_user_account")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_device_user_id_user_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_device")),
    )
    with op.batch_alter_table("device", schema=None) as batch_op:
        batch_op.create_index("ix_device_user_id", ["user_id"], unique=False)
        batch_op.create_index("uq_device_device_id_user_id", ["device_id", "user_id"], unique=True)

    op.create_table(
        "event",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("case_no", sa.String(length=30), nullable=True),
        sa.Column("source", sa.String(length=20), nullable=False),
        sa.Column("is_practice", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("category_id", sa.Integer(), nullable=False),
        sa.Column("condition_id", sa.Uuid(), nullable=True),
        sa.Column("description", sa.String(length=500), nullable=False),
        sa.Column("address", sa.String(length=200), nullable=False),
        sa.Column("lon", sa.Double(), nullable=False),
        sa.Column("lat", sa.Double(), nullable=False),
        sa.Column("raw_lon", sa.Double(), nullable=False),
        sa.Column("raw_lat", sa.Double(), nullable=False),
        sa.Column("datum", sa.String(length=10), nullable=False),
        sa.Column("accuracy_m", sa.Double(), nullable=True),
        sa.Column("provider", sa.String(length=20), nullable=False),
        sa.Column("fixed_at", grid.db.UTCDateTime(), nullable=True),
        sa.Column("h3", sa.String(length=16), nullable=False),
        sa.Column("area_id", sa.Integer(), nullable=False),
        sa.Column(
            "area_path",
            sa.String(length=255).with_variant(sa.String(length=255, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("flags", sa.JSON(), nullable=False),
        sa.Column("reporter_id", sa.Integer(), nullable=False),
        sa.Column("occurred_at", grid.db.UTCDateTime(), nullable=False),
        sa.Column("reported_at", grid.db.UTCDateTime(), nullable=False),
        sa.Column("filed_at", grid.db.UTCDateTime(), nullable=True),
        sa.Column("yellow_at", grid.db.UTCDateTime(), nullable=True),
        sa.Column("due_at", grid.db.UTCDateTime(), nullable=True),
        sa.Column("is_due_provisional", sa.Boolean(), nullable=False),
        sa.Column("closed_at", grid.db.UTCDateTime(), nullable=True),
        sa.Column("rework_no", sa.Integer(), nullable=False),
        sa.Column("bounces", sa.Integer(), nullable=False),
        sa.Column("level", sa.String(length=20), nullable=False),
        sa.Column("suspended_until", grid.db.UTCDateTime(), nullable=True),
        sa.Column("pending_requests", sa.Integer(), nullable=False),
        sa.Column("is_self_handled", sa.Boolean(), nullable=False),
        sa.Column("is_retrospective", sa.Boolean(), nullable=False),
        sa.Column("merged_into_id", sa.Uuid(), nullable=True),
        sa.Column("reopened_from_id", sa.Uuid(), nullable=True),
        sa.Column("history_seq", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_event_area_id_area")),
        sa.ForeignKeyConstraint(["category_id"], ["category.id"], name=op.f("fk_event_category_id_category")),
        sa.ForeignKeyConstraint(
            ["condition_id"], ["filing_condition.id"], name=op.f("fk_event_condition_id_filing_condition")
        ),
        sa.ForeignKeyConstraint(["merged_into_id"], ["event.id"], name=op.f("fk_event_merged_into_id_event")),
        sa.ForeignKeyConstraint(["reopened_from_id"], ["event.id"], name=op.f("fk_event_reopened_from_id_event")),
        sa.ForeignKeyConstraint(
            ["reporter_id"], ["user_account.id"], name=op.f("fk_event_reporter_id_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event")),
        sa.UniqueConstraint("case_no", name=op.f("uq_event_case_no")),
        sa.UniqueConstraint("client_id", name=op.f("uq_event_client_id")),
    )
    with op.batch_alter_table("event", schema=None) as batch_op:
        batch_op.create_index("ix_event_area_id_id", ["area_id", "id"], unique=False)
        batch_op.create_index("ix_event_category_id_id", ["category_id", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_event_due_at"), ["due_at"], unique=False)
        batch_op.create_index("ix_event_h3", ["h3", "reported_at"], unique=False)
        batch_op.create_index(
            "ix_event_merged_into_id",
            ["merged_into_id"],
            unique=False,
            sqlite_where=sa.text("merged_into_id IS NOT NULL"),
            postgresql_where=sa.text("merged_into_id IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_event_reopened_from_id",
            ["reopened_from_id"],
            unique=False,
            sqlite_where=sa.text("reopened_from_id IS NOT NULL"),
            postgresql_where=sa.text("reopened_from_id IS NOT NULL"),
        )
        batch_op.create_index("ix_event_reported_at", ["reported_at"], unique=False)
        batch_op.create_index("ix_event_reporter_id_id", ["reporter_id", "id"], unique=False)
        batch_op.create_index("ix_event_state_id", ["state", "id"], unique=False)
        batch_op.create_index(
            "ix_event_suspended_until",
            ["suspended_until"],
            unique=False,
            sqlite_where=sa.text("suspended_until IS NOT NULL"),
            postgresql_where=sa.text("suspended_until IS NOT NULL"),
        )

    op.create_table(
        "import_batch",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("scheme_code", sa.String(length=20), nullable=False),
        sa.Column("scheme_name", sa.String(length=60), nullable=False),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("is_complete", sa.Boolean(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("notes", sa.JSON(), nullable=False),
        sa.Column("lines", sa.JSON(), nullable=False),
        sa.Column("taken", sa.JSON(), nullable=False),
        sa.Column("created_at", grid.db.UTCDateTime(), nullable=False),
        sa.Column("created_by", sa.Integer(), nullable=True),
        sa.Column("confirmed_at", grid.db.UTCDateTime(), nullable=True),
        sa.Column("confirmed_by", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["confirmed_by"], ["user_account.id"], name=op.f("fk_import_batch_confirmed_by_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["created_by"], ["user_account.id"], name=op.f("fk_import_batch_created_by_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_batch")),
    )
    op.create_table(
        "import_preview",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("file", sa.LargeBinary(), nullable=True),
        sa.Column("lines", sa.JSON(), nullable=False),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("notes", sa.JSON(), nullable=False),
        sa.Column("taken", sa.JSON(), nullable=False),
        sa.Column("basis", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=True),
        sa.Column("made_at", grid.db.UTCDateTime(), nullable=False),
        sa.Column("confirmed_by", sa.Integer(), nullable=True),
        sa.Column("confirmed_at", grid.db.UTCDateTime(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["confirmed_by"], ["user_account.id"], name=op.f("fk_import_preview_confirmed_by_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["made_by"], ["user_account.id"], name=op.f("fk_import_preview_made_by_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_preview")),
    )
    with op.batch_alter_table("import_preview", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_import_preview_made_at"), ["made_at"], unique=False)

    op.create_table(
        "login_session",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("device", sa.String(length=100), nullable=False),
        sa.Column("token_id", sa.Uuid(), nullable=False),
        sa.Column("spent_token_id", sa.Uuid(), nullable=True),
        sa.Column("rotated_at", grid.db.UTCDateTime(), nullable=False),
        sa.Column("created_at", grid.db.UTCDateTime(), nullable=False),
        sa.Column("expires_at", grid.db.UTCDateTime(), nullable=False),
        sa.Column("ended_at", grid.db.UTCDateTime(), nullable=True),
        sa.Column("end_reason", sa.String(length=20), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_login_session_user_id_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_login_session")),
    )
    with op.batch_alter_table("login_session", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_login_session_user_id"), ["user_id"], unique=False)

    op.create_table(
        "matter",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("area_id", sa.Integer(), nullable=False),
        sa.Column(
            "area_path",
            sa.String(length=255).with_variant(sa.String(length=255, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column(
            "office_path",
            sa.String(length=255).with_variant(sa.String(length=255, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("title", sa.String(length=100), nullable=False),
        sa.Column("content", sa.String(length=1000), nullable=False),
        sa.Column("source", sa.String(length=100), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("issuer_id", sa.Integer(), nullable=False),
        sa.Column("issued_at", grid.db.UTCDateTime(), nullable=False),
        sa.Column("done_at", grid.db.UTCDateTime(), nullable=True),
        sa.Column("closed_at", grid.db.UTCDateTime(), nullable=True),
        sa.Column("entry_count", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_matter_area_id_area")),
        sa.ForeignKeyConstraint(["issuer_id"], ["user_account.id"], name=op.f("fk_matter_issuer_id_user_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_matter")),
    )
    with op.batch_alter_table("matter", schema=None) as batch_op:
        batch_op.create_index("ix_matter_state_id", ["state", "id"], unique=False)

    op.create_table(
        "media_upload",
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("at", grid.db.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["sha256"], ["media.sha256"], name=op.f("fk_media_upload_sha256_media")),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_media_upload_user_id_user_account")
        ),
        sa.PrimaryKeyConstraint("sha256", "user_id", name=op.f("pk_media_upload")),
    )
    op.create_table(
        "notice",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=120), nullable=False),
        sa.Column("title", sa.String(length=100), nullable=False),
        sa.Column("text", sa.String(length=300), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=True),
        sa.Column("at", grid.db.UTCDateTime(), nullable=False),
        sa.Column("read_at", grid.db.UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_notice_user_id_user_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice")),
    )
    with op.batch_alter_table("notice", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_notice_user_id"), ["user_id"], unique=False)
        batch_op.create_index("uq_notice_user_id_key", ["user_id", "key"], unique=True)

    op.create_table(
        "notice_delivery",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("endpoint_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.String(length=140), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("cause", sa.String(length=20), nullable=False),
        sa.Column("words", sa.String(length=200), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=True),
        sa.Column(
            "area_path",
            sa.String(length=255).with_variant(sa.String(length=255, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("is_urgent", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("at", grid.db.UTCDateTime(), nullable=False),
        sa.Column("waits_since", grid.db.UTCDateTime(), nullable=False),
        sa.Column("bundle_id", sa.Uuid(), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("error", sa.String(length=200), nullable=False),
        sa.Column("sent_at", grid.db.UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["endpoint_id"], ["notice_endpoint.id"], name=op.f("fk_notice_delivery_endpoint_id_notice_endpoint")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_notice_delivery_user_id_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice_delivery")),
    )
    with op.batch_alter_table("notice_delivery", schema=None) as batch_op:
        batch_op.create_index("ix_notice_delivery_area_path_id", ["area_path", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_notice_delivery_bundle_id"), ["bundle_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_notice_delivery_event_id"), ["event_id"], unique=False)
        batch_op.create_index(
            "ix_notice_delivery_waiting",
            ["endpoint_id", "id"],
            unique=False,
            sqlite_where=sa.text("state = 'waiting'"),
            postgresql_where=sa.text("state = 'waiting'"),
        )
        batch_op.create_index("uq_notice_delivery_endpoint_id_key", ["endpoint_id", "key"], unique=True)

    op.create_table(
        "op",
        sa.Column("actor_id", sa.Integer(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("result", sa.JSON(), nullable=False),
        sa.Column("received_at", grid.db.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["actor_id"], ["user_account.id"], name=op.f("fk_op_actor_id_user_account")),
        sa.PrimaryKeyConstraint("actor_id", "client_id", name=op.f("pk_op")),
    )
    op.create_table(
        "record",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("form_version", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=100), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=False),
        sa.Column("area_id", sa.Integer(), nullable=False),
        sa.Column(
            "area_path",
            sa.String(length=255).with_variant(sa.String(length=255, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("made_at", grid.db.UTCDateTime(), nullable=False),
        sa.Column("updated_at", grid.db.UTCDateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_record_area_id_area")),
        sa.ForeignKeyConstraint(["owner_id"], ["user_account.id"], name=op.f("fk_record_owner_id_user_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_record")),
    )
    with op.batch_alter_table("record", schema=None) as batch_op:
        batch_op.create_index("ix_record_area_path", ["area_path"], unique=False)
        batch_op.create_index("ix_record_owner_id_kind_id", ["owner_id", "kind", "id"], unique=False)

    op.create_table(
        "responsibility",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("category_id", sa.Integer(), nullable=False),
        sa.Column("condition_id", sa.Uuid(), nullable=True),
        sa.Column("area_id", sa.Integer(), nullable=True),
        sa.Column("department_id", sa.Integer(), nullable=False),
        sa.Column("is_certain", sa.Boolean(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_responsibility_area_id_area")),
        sa.ForeignKeyConstraint(
            ["category_id"], ["category.id"], name=op.f("fk_responsibility_category_id_category")
        ),
        sa.ForeignKeyConstraint(
            ["condition_id"], ["filing_condition.id"], name=op.f("fk_responsibility_condition_id_filing_condition")
        ),
        sa.ForeignKeyConstraint(
            ["department_id"], ["department.id"], name=op.f("fk_responsibility_department_id_department")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_responsibility")),
    )
    with op.batch_alter_table("responsibility", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_responsibility_category_id"), ["category_id"], unique=False)
        batch_op.create_index("uq_responsibility_number_valid_from", ["number", "valid_from"], unique=True)

    op.create_table(
        "shift",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("started_at", grid.db.UTCDateTime(), nullable=False),
        sa.Column("ended_at", grid.db.UTCDateTime(), nullable=True),
        sa.Column("start_place", sa.JSON(), nullable=True),
        sa.Column("end_place", sa.JSON(), nullable=True),
        sa.Column("is_forgotten", sa.Boolean(), nullable=False),
        sa.Column("received_at", grid.db.UTCDateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_shift_user_id_user_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shift")),
    )
    with op.batch_alter_table("shift", schema=None) as batch_op:
        batch_op.create_index("ix_shift_ended_at_started_at", ["ended_at", "started_at"], unique=False)
        batch_op.create_index("ix_shift_user_id_started_at", ["user_id", "started_at"], unique=False)

    op.create_table(
        "task",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column(
            "area_path",
            sa.String(length=255).with_variant(sa.String(length=255, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("assignee_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("created_at", grid.db.UTCDateTime(), nullable=False),
        sa.Column("due_at", grid.db.UTCDateTime(), nullable=False),
        sa.Column("result", sa.String(length=20), nullable=True),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.Column("answered_at", grid.db.UTCDateTime(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["assignee_id"], ["user_account.id"], name=op.f("fk_task_assignee_id_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_task")),
    )
    with op.batch_alter_table("task", schema=None) as batch_op:
        batch_op.create_index("ix_task_assignee_id_state_id", ["assignee_id", "state", "id"], unique=False)
        batch_op.create_index("ix_task_subject_id", ["subject_id"], unique=False)

    op.create_table(
        "trail_entry",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", grid.db.UTCDateTime(), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("action", sa.String(length=40), nullable=False),
        sa.Column("object_type", sa.String(length=30), nullable=False),
        sa.Column("object_id", sa.String(length=64), nullable=False),
        sa.Column("area_path", sa.String(length=255), nullable=False),
        sa.Column("request_id", sa.String(length=36), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["actor_id"], ["user_account.id"], name=op.f("fk_trail_entry_actor_id_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trail_entry")),
    )
    with op.batch_alter_table("trail_entry", schema=None) as batch_op:
        batch_op.create_index("ix_trail_entry_actor_id_at", ["actor_id", "at"], unique=False)
        batch_op.create_index("ix_trail_entry_object", ["object_type", "object_id"], unique=False)

    op.create_table(
        "user_post",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("post", sa.String(length=40), nullable=False),
        sa.Column("area_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_user_post_area_id_area")),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_user_post_user_id_user_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user_post")),
    )
    with op.batch_alter_table("user_post", schema=None) as batch_op:
        batch_op.create_index("ix_user_post_area_id_post", ["area_id", "post"], unique=False)
        batch_op.create_index(
            "uq_user_post_separate",
            ["user_id"],
            unique=True,
            sqlite_where=sa.text("post in ('system_admin', 'security_admin', 'audit_admin')"),
            postgresql_where=sa.text("post in ('system_admin', 'security_admin', 'audit_admin')"),
        )
        batch_op.create_index("uq_user_post_user_id_post_area_id", ["user_id", "post", "area_id"], unique=True)

    op.create_table(
        "assignment",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("department_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("dispatched_at", grid.db.UTCDateTime(), nullable=False),
        sa.Column("signed_at", grid.db.UTCDateTime(), nullable=True),
        sa.Column("handled_at", grid.db.UTCDateTime(), nullable=True),
        sa.Column("confirmed_at", grid.db.UTCDateTime(), nullable=True),
        sa.Column("due_at", grid.db.UTCDateTime(), nullable=True),
        sa.Column("sign_due_at", grid.db.UTCDateTime(), nullable=True),
        sa.Column("limit_value", sa.Integer(), nullable=True),
        sa.Column("limit_unit", sa.String(length=15), nullable=True),
        sa.Column("bounces", sa.Integer(), nullable=False),
        sa.Column("is_forced", sa.Boolean(), nullable=False),
        sa.Column("handler_id", sa.Integer(), nullable=True),
        sa.Column("result", sa.String(length=500), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["department_id"], ["department.id"], name=op.f("fk_assignment_department_id_department")
        ),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_assignment_event_id_event")),
        sa.ForeignKeyConstraint(
            ["handler_id"], ["user_account.id"], name=op.f("fk_assignment_handler_id_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assignment")),
    )
    with op.batch_alter_table("assignment", schema=None) as batch_op:
        batch_op.create_index("ix_assignment_department_id_state", ["department_id", "state"], unique=False)
        batch_op.create_index("ix_assignment_event_id", ["event_id"], unique=False)

    op.create_table(
        "delegated_post",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("delegation_id", sa.Integer(), nullable=False),
        sa.Column("post", sa.String(length=40), nullable=False),
        sa.Column("area_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_delegated_post_area_id_area")),
        sa.ForeignKeyConstraint(
            ["delegation_id"], ["delegation.id"], name=op.f("fk_delegated_post_delegation_id_delegation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delegated_post")),
    )
    with op.batch_alter_table("delegated_post", schema=None) as batch_op:
        batch_op.create_index("ix_delegated_post_delegation_id", ["delegation_id"], unique=False)

    op.create_table(
        "event_link",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("other_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("maker_id", sa.Integer(), nullable=False),
        sa.Column("made_at", grid.db.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_event_link_event_id_event")),
        sa.ForeignKeyConstraint(
            ["maker_id"], ["user_account.id"], name=op.f("fk_event_link_maker_id_user_account")
        ),
        sa.ForeignKeyConstraint(["other_id"], ["event.id"], name=op.f("fk_event_link_other_id_event")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event_link")),
    )
    with op.batch_alter_table("event_link", schema=None) as batch_op:
        batch_op.create_index("ix_event_link_other_id", ["other_id"], unique=False)
        batch_op.create_index("uq_event_link_event_id_other_id", ["event_id", "other_id"], unique=True)

    op.create_table(
        "event_photo",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("uploader_id", sa.Integer(), nullable=False),
        sa.Column("shot_at", grid.db.UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_event_photo_event_id_event")),
        sa.ForeignKeyConstraint(
            ["uploader_id"], ["user_account.id"], name=op.f("fk_event_photo_uploader_id_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event_photo")),
    )
    with op.batch_alter_table("event_photo", schema=None) as batch_op:
        batch_op.create_index("ix_event_photo_event_id", ["event_id"], unique=False)
        batch_op.create_index("ix_event_photo_sha256", ["sha256"], unique=False)

    op.create_table(
        "matter_entry",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("matter_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("at", grid.db.UTCDateTime(), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=False),
        sa.Column("department_id", sa.Integer(), nullable=True),
        sa.Column("words", sa.String(length=1000), nullable=False),
        sa.ForeignKeyConstraint(
            ["actor_id"], ["user_account.id"], name=op.f("fk_matter_entry_actor_id_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["department_id"], ["department.id"], name=op.f("fk_matter_entry_department_id_department")
        ),
        sa.ForeignKeyConstraint(["matter_id"], ["matter.id"], name=op.f("fk_matter_entry_matter_id_matter")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_matter_entry")),
    )
    with op.batch_alter_table("matter_entry", schema=None) as batch_op:
        batch_op.create_index("ix_matter_entry_matter_id", ["matter_id"], unique=False)

    op.create_table(
        "matter_unit",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("matter_id", sa.Uuid(), nullable=False),
        sa.Column("department_id", sa.Integer(), nullable=False),
        sa.Column("is_lead", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["department_id"], ["department.id"], name=op.f("fk_matter_unit_department_id_department")
        ),
        sa.ForeignKeyConstraint(["matter_id"], ["matter.id"], name=op.f("fk_matter_unit_matter_id_matter")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_matter_unit")),
    )
    with op.batch_alter_table("matter_unit", schema=None) as batch_op:
        batch_op.create_index("ix_matter_unit_department_id", ["department_id"], unique=False)
        batch_op.create_index(
            "uq_matter_unit_matter_id_department_id", ["matter_id", "department_id"], unique=True
        )

    op.create_table(
        "quarantine",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("op_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("device_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("raw", sa.JSON(), nullable=False),
        sa.Column("reason", sa.String(length=40), nullable=False),
        sa.Column("field", sa.String(length=100), nullable=False),
        sa.Column("message", sa.String(length=500), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("at", grid.db.UTCDateTime(), nullable=False),
        sa.Column("settled_at", grid.db.UTCDateTime(), nullable=True),
        sa.Column("settled_by", sa.Integer(), nullable=True),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["device_id"], ["device.id"], name=op.f("fk_quarantine_device_id_device")),
        sa.ForeignKeyConstraint(
            ["settled_by"], ["user_account.id"], name=op.f("fk_quarantine_settled_by_user_account")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_quarantine_user_id_user_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quarantine")),
    )
    with op.batch_alter_table("quarantine", schema=None) as batch_op:
        batch_op.create_index("ix_quarantine_state_id", ["state", "id"], unique=False)
        batch_op.create_index("uq_quarantine_user_id_op_id_sha256", ["user_id", "op_id", "sha256"], unique=True)

    op.create_table(
        "record_conflict",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("record_id", sa.Uuid(), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=False),
        sa.Column("at", grid.db.UTCDateTime(), nullable=False),
        sa.Column("base_version", sa.Integer(), nullable=False),
        sa.Column("current_version", sa.Integer(), nullable=False),
        sa.Column("fields", sa.JSON(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["actor_id"], ["user_account.id"], name=op.f("fk_record_conflict_actor_id_user_account")
        ),
        sa.ForeignKeyConstraint(["record_id"], ["record.id"], name=op.f("fk_record_conflict_record_id_record")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_record_conflict")),
    )
    with op.batch_alter_table("record_conflict", schema=None) as batch_op:
        batch_op.create_index("ix_record_conflict_record_id", ["record_id"], unique=False)

    op.create_table(
        "record_photo",
        sa.Column("record_id", sa.Uuid(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("uploader_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["record_id"], ["record.id"], name=op.f("fk_record_photo_record_id_record")),
        sa.ForeignKeyConstraint(
            ["uploader_id"], ["user_account.id"], name=op.f("fk_record_photo_uploader_id_user_account")
        ),
        sa.PrimaryKeyConstraint("record_id", "sha256", name=op.f("pk_record_photo")),
    )
    with op.batch_alter_table("record_photo", schema=None) as batch_op:
        batch_op.create_index("ix_record_photo_sha256", ["sha256"], unique=False)

    op.create_table(
        "record_version",
        sa.Column("record_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("form_version", sa.Integer(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=False),
        sa.Column("at", grid.db.UTCDateTime(), nullable=False),
        sa.Column("occurred_at", grid.db.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["actor_id"], ["user_account.id"], name=op.f("fk_record_version_actor_id_user_account")
        ),
        sa.ForeignKeyConstraint(["record_id"], ["record.id"], name=op.f("fk_record_version_record_id_record")),
        sa.PrimaryKeyConstraint("record_id", "version", name=op.f("pk_record_version")),
    )
    op.create_table(
        "responsibility_proposal",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("category_id", sa.Integer(), nullable=False),
        sa.Column("condition_id", sa.Uuid(), nullable=True),
        sa.Column("area_id", sa.Integer(), nullable=False),
        sa.Column("department_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("maker_id", sa.Integer(), nullable=False),
        sa.Column("made_at", grid.db.UTCDateTime(), nullable=False),
        sa.Column("settler_id", sa.Integer(), nullable=True),
        sa.Column("settled_at", grid.db.UTCDateTime(), nullable=True),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_responsibility_proposal_area_id_area")),
        sa.ForeignKeyConstraint(
            ["category_id"], ["category.id"], name=op.f("fk_responsibility_proposal_category_id_category")
        ),
        sa.ForeignKeyConstraint(
            ["condition_id"],
            ["filing_condition.id"],
            name=op.f("fk_responsibility_proposal_condition_id_filing_condition"),
        ),
        sa.ForeignKeyConstraint(
            ["department_id"], ["department.id"], name=op.f("fk_responsibility_proposal_department_id_department")
        ),
        sa.ForeignKeyConstraint(
            ["event_id"], ["event.id"], name=op.f("fk_responsibility_proposal_event_id_event")
        ),
        sa.ForeignKeyConstraint(
            ["maker_id"], ["user_account.id"], name=op.f("fk_responsibility_proposal_maker_id_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["settler_id"], ["user_account.id"], name=op.f("fk_responsibility_proposal_settler_id_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_responsibility_proposal")),
    )
    with op.batch_alter_table("responsibility_proposal", schema=None) as batch_op:
        batch_op.create_index("ix_responsibility_proposal_event_id", ["event_id"], unique=False)

    op.create_table(
        "supervision",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("area_id", sa.Integer(), nullable=False),
        sa.Column(
            "area_path",
            sa.String(length=255).with_variant(sa.String(length=255, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column(
            "office_path",
            sa.String(length=255).with_variant(sa.String(length=255, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("department_id", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("level", sa.String(length=20), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("requirement", sa.String(length=500), nullable=False),
        sa.Column("need_reply", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("issuer_id", sa.Integer(), nullable=False),
        sa.Column("issued_at", grid.db.UTCDateTime(), nullable=False),
        sa.Column("yellow_at", grid.db.UTCDateTime(), nullable=True),
        sa.Column("due_at", grid.db.UTCDateTime(), nullable=True),
        sa.Column("reply", sa.String(length=1000), nullable=False),
        sa.Column("replier_id", sa.Integer(), nullable=True),
        sa.Column("replied_at", grid.db.UTCDateTime(), nullable=True),
        sa.Column("closing", sa.String(length=500), nullable=False),
        sa.Column("closed_at", grid.db.UTCDateTime(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_supervision_area_id_area")),
        sa.ForeignKeyConstraint(
            ["department_id"], ["department.id"], name=op.f("fk_supervision_department_id_department")
        ),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_supervision_event_id_event")),
        sa.ForeignKeyConstraint(
            ["issuer_id"], ["user_account.id"], name=op.f("fk_supervision_issuer_id_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["replier_id"], ["user_account.id"], name=op.f("fk_supervision_replier_id_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_supervision")),
    )
    with op.batch_alter_table("supervision", schema=None) as batch_op:
        batch_op.create_index("ix_supervision_department_id_state", ["department_id", "state"], unique=False)
        batch_op.create_index("ix_supervision_event_id", ["event_id"], unique=False)
        batch_op.create_index("ix_supervision_state_id", ["state", "id"], unique=False)

    op.create_table(
        "sync_op",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("op_id", sa.Uuid(), nullable=False),
        sa.Column("device_id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("entity_id", sa.Uuid(), nullable=True),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("result", sa.JSON(), nullable=False),
        sa.Column("received_at", grid.db.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["device_id"], ["device.id"], name=op.f("fk_sync_op_device_id_device")),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_sync_op_user_id_user_account")),
        sa.PrimaryKeyConstraint("user_id", "op_id", name=op.f("pk_sync_op")),
    )
    with op.batch_alter_table("sync_op", schema=None) as batch_op:
        batch_op.create_index("ix_sync_op_device_id_seq", ["device_id", "seq"], unique=False)

    op.create_table(
        "track_point",
        sa.Column("device_id", sa.Uuid(), nullable=False),
        sa.Column("t_ms", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("raw_lon", sa.Double(), nullable=False),
        sa.Column("raw_lat", sa.Double(), nullable=False),
        sa.Column("datum", sa.String(length=20), nullable=False),
        sa.Column("lon", sa.Double(), nullable=False),
        sa.Column("lat", sa.Double(), nullable=False),
        sa.Column("accuracy_m", sa.Double(), nullable=True),
        sa.Column("speed_mps", sa.Double(), nullable=True),
        sa.Column("bearing_deg", sa.Double(), nullable=True),
        sa.Column("altitude_m", sa.Double(), nullable=True),
        sa.Column("battery", sa.Double(), nullable=True),
        sa.Column("flags", sa.Integer(), nullable=False),
        sa.Column("received_at", grid.db.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["device_id"], ["device.id"], name=op.f("fk_track_point_device_id_device")),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_track_point_user_id_user_account")
        ),
        sa.PrimaryKeyConstraint("device_id", "t_ms", name=op.f("pk_track_point")),
    )
    with op.batch_alter_table("track_point", schema=None) as batch_op:
        batch_op.create_index("ix_track_point_user_id_t_ms", ["user_id", "t_ms"], unique=False)

    op.create_table(
        "tracker",
        sa.Column("device_id", sa.Uuid(), nullable=False),
        sa.Column("token_sha256", sa.String(length=64), nullable=False),
        sa.Column("made_at", grid.db.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["device_id"], ["device.id"], name=op.f("fk_tracker_device_id_device")),
        sa.PrimaryKeyConstraint("device_id", name=op.f("pk_tracker")),
        sa.UniqueConstraint("token_sha256", name=op.f("uq_tracker_token_sha256")),
    )
    op.create_table(
        "upload",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("device_id", sa.Uuid(), nullable=False),
        sa.Column("media_id", sa.Uuid(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("mime", sa.String(length=20), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("op_id", sa.Uuid(), nullable=True),
        sa.Column("length", sa.Integer(), nullable=False),
        sa.Column("made_at", grid.db.UTCDateTime(), nullable=False),
        sa.Column("expires_at", grid.db.UTCDateTime(), nullable=False),
        sa.Column("done_at", grid.db.UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["device_id"], ["device.id"], name=op.f("fk_upload_device_id_device")),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_upload_user_id_user_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_upload")),
    )
    with op.batch_alter_table("upload", schema=None) as batch_op:
        batch_op.create_index("ix_upload_expires_at", ["expires_at"], unique=False)
        batch_op.create_index("uq_upload_user_id_media_id", ["user_id", "media_id"], unique=True)

    op.create_table(
        "whistle",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=True),
        sa.Column("area_id", sa.Integer(), nullable=False),
        sa.Column(
            "area_path",
            sa.String(length=255).with_variant(sa.String(length=255, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("words", sa.String(length=500), nullable=False),
        sa.Column("blower_id", sa.Integer(), nullable=False),
        sa.Column("blown_at", grid.db.UTCDateTime(), nullable=False),
        sa.Column("closed_at", grid.db.UTCDateTime(), nullable=True),
        sa.Column("arrived", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_whistle_area_id_area")),
        sa.ForeignKeyConstraint(
            ["blower_id"], ["user_account.id"], name=op.f("fk_whistle_blower_id_user_account")
        ),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_whistle_event_id_event")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_whistle")),
    )
    with op.batch_alter_table("whistle", schema=None) as batch_op:
        batch_op.create_index("ix_whistle_event_id", ["event_id"], unique=False)

    op.create_table(
        "deadline",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=True),
        sa.Column("matter_id", sa.Uuid(), nullable=True),
        sa.Column("assignment_id", sa.Uuid(), nullable=True),
        sa.Column("supervision_id", sa.Uuid(), nullable=True),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("limit_value", sa.Integer(), nullable=False),
        sa.Column("limit_unit", sa.String(length=15), nullable=False),
        sa.Column("started_at", grid.db.UTCDateTime(), nullable=False),
        sa.Column("yellow_at", grid.db.UTCDateTime(), nullable=False),
        sa.Column("due_at", grid.db.UTCDateTime(), nullable=False),
        sa.Column("is_provisional", sa.Boolean(), nullable=False),
        sa.Column("policy_id", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("finished_at", grid.db.UTCDateTime(), nullable=True),
        sa.Column("extensions", sa.Integer(), nullable=False),
        sa.Column("is_exempt", sa.Boolean(), nullable=False),
        sa.Column("ladder_id", sa.Integer(), nullable=True),
        sa.Column("rungs_done", sa.Integer(), nullable=False),
        sa.Column("next_alarm_at", grid.db.UTCDateTime(), nullable=True),
        sa.CheckConstraint("(event_id IS NULL) <> (matter_id IS NULL)", name=op.f("ck_deadline_owner")),
        sa.ForeignKeyConstraint(
            ["assignment_id"], ["assignment.id"], name=op.f("fk_deadline_assignment_id_assignment")
        ),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_deadline_event_id_event")),
        sa.ForeignKeyConstraint(["ladder_id"], ["ladder_rule.id"], name=op.f("fk_deadline_ladder_id_ladder_rule")),
        sa.ForeignKeyConstraint(["matter_id"], ["matter.id"], name=op.f("fk_deadline_matter_id_matter")),
        sa.ForeignKeyConstraint(["policy_id"], ["work_policy.id"], name=op.f("fk_deadline_policy_id_work_policy")),
        sa.ForeignKeyConstraint(
            ["supervision_id"], ["supervision.id"], name=op.f("fk_deadline_supervision_id_supervision")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deadline")),
    )
    with op.batch_alter_table("deadline", schema=None) as batch_op:
        batch_op.create_index("ix_deadline_event_id", ["event_id"], unique=False)
        batch_op.create_index(
            "ix_deadline_matter_id",
            ["matter_id"],
            unique=False,
            sqlite_where=sa.text("matter_id IS NOT NULL"),
            postgresql_where=sa.text("matter_id IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_deadline_next_alarm_at",
            ["next_alarm_at"],
            unique=False,
            sqlite_where=sa.text("next_alarm_at IS NOT NULL"),
            postgresql_where=sa.text("next_alarm_at IS NOT NULL"),
        )
        batch_op.create_index("ix_deadline_state_due_at", ["state", "due_at"], unique=False)

    op.create_table(
        "event_log",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("at", grid.db.UTCDateTime(), nullable=False),
        sa.Column("action", sa.String(length=20), nullable=False),
        sa.Column("source", sa.String(length=20), nullable=True),
        sa.Column("target", sa.String(length=20), nullable=False),
        sa.Column("assignment_id", sa.Uuid(), nullable=True),
        sa.Column("actor_id", sa.Integer(), nullable=False),
        sa.Column("actor_name", sa.String(length=50), nullable=False),
        sa.Column("actor_post", sa.String(length=100), nullable=False),
        sa.Column("actor_department", sa.String(length=60), nullable=False),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["actor_id"], ["user_account.id"], name=op.f("fk_event_log_actor_id_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["assignment_id"], ["assignment.id"], name=op.f("fk_event_log_assignment_id_assignment")
        ),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_event_log_event_id_event")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event_log")),
    )
    with op.batch_alter_table("event_log", schema=None) as batch_op:
        batch_op.create_index("ix_event_log_action_at", ["action", "at"], unique=False)
        batch_op.create_index("uq_event_log_event_id_seq", ["event_id", "seq"], unique=True)

    op.create_table(
        "event_request",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("assignment_id", sa.Uuid(), nullable=True),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("levels", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("until", grid.db.UTCDateTime(), nullable=True),
        sa.Column("asker_id", sa.Integer(), nullable=False),
        sa.Column("asked_at", grid.db.UTCDateTime(), nullable=False),
        sa.Column("settled_at", grid.db.UTCDateTime(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["asker_id"], ["user_account.id"], name=op.f("fk_event_request_asker_id_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["assignment_id"], ["assignment.id"], name=op.f("fk_event_request_assignment_id_assignment")
        ),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_event_request_event_id_event")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event_request")),
    )
    with op.batch_alter_table("event_request", schema=None) as batch_op:
        batch_op.create_index("ix_event_request_event_id", ["event_id"], unique=False)
        batch_op.create_index("ix_event_request_state_id", ["state", "id"], unique=False)

    op.create_table(
        "whistle_call",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("whistle_id", sa.Uuid(), nullable=False),
        sa.Column("department_id", sa.Integer(), nullable=False),
        sa.Column("due_at", grid.db.UTCDateTime(), nullable=False),
        sa.Column("reported_in_at", grid.db.UTCDateTime(), nullable=True),
        sa.Column("reporter_id", sa.Integer(), nullable=True),
        sa.Column("lon", sa.Double(), nullable=True),
        sa.Column("lat", sa.Double(), nullable=True),
        sa.Column("accuracy_m", sa.Double(), nullable=True),
        sa.Column("score", sa.Integer(), nullable=True),
        sa.Column("note", sa.String(length=200), nullable=False),
        sa.CheckConstraint("score IS NULL OR (score >= 0 AND score <= 5)", name=op.f("ck_whistle_call_score")),
        sa.ForeignKeyConstraint(
            ["department_id"], ["department.id"], name=op.f("fk_whistle_call_department_id_department")
        ),
        sa.ForeignKeyConstraint(
            ["reporter_id"], ["user_account.id"], name=op.f("fk_whistle_call_reporter_id_user_account")
        ),
        sa.ForeignKeyConstraint(["whistle_id"], ["whistle.id"], name=op.f("fk_whistle_call_whistle_id_whistle")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_whistle_call")),
    )
    with op.batch_alter_table("whistle_call", schema=None) as batch_op:
        batch_op.create_index("ix_whistle_call_department_id", ["department_id"], unique=False)
        batch_op.create_index(
            "uq_whistle_call_whistle_id_department_id", ["whistle_id", "department_id"], unique=True
        )

    op.create_table(
        "alarm",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.String(length=120), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("act", sa.String(length=20), nullable=False),
        sa.Column(
            "area_path",
            sa.String(length=255).with_variant(sa.String(length=255, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("deadline_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("event_id", sa.Uuid(), nullable=True),
        sa.Column("matter_id", sa.Uuid(), nullable=True),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("words", sa.String(length=100), nullable=False),
        sa.Column("whom", sa.JSON(), nullable=False),
        sa.Column("planned_at", grid.db.UTCDateTime(), nullable=False),
        sa.Column("fired_at", grid.db.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["deadline_id"], ["deadline.id"], name=op.f("fk_alarm_deadline_id_deadline")),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_alarm_event_id_event")),
        sa.ForeignKeyConstraint(["matter_id"], ["matter.id"], name=op.f("fk_alarm_matter_id_matter")),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_alarm_user_id_user_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alarm")),
        sa.UniqueConstraint("key", name=op.f("uq_alarm_key")),
    )
    with op.batch_alter_table("alarm", schema=None) as batch_op:
        batch_op.create_index("ix_alarm_deadline_id", ["deadline_id"], unique=False)
        batch_op.create_index("ix_alarm_event_id", ["event_id"], unique=False)
        batch_op.create_index("ix_alarm_matter_id", ["matter_id"], unique=False)

    op.create_table(
        "deadline_change",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("deadline_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", grid.db.UTCDateTime(), nullable=False),
        sa.Column("old_due_at", grid.db.UTCDateTime(), nullable=False),
        sa.Column("new_due_at", grid.db.UTCDateTime(), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(
            ["deadline_id"], ["deadline.id"], name=op.f("fk_deadline_change_deadline_id_deadline")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deadline_change")),
    )
    with op.batch_alter_table("deadline_change", schema=None) as batch_op:
        batch_op.create_index("ix_deadline_change_deadline_id", ["deadline_id"], unique=False)

    op.create_table(
        "deadline_pause",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("deadline_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("paused_at", grid.db.UTCDateTime(), nullable=False),
        sa.Column("resumed_at", grid.db.UTCDateTime(), nullable=True),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(
            ["deadline_id"], ["deadline.id"], name=op.f("fk_deadline_pause_deadline_id_deadline")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deadline_pause")),
    )
    with op.batch_alter_table("deadline_pause", schema=None) as batch_op:
        batch_op.create_index("ix_deadline_pause_deadline_id", ["deadline_id"], unique=False)

    op.create_table(
        "request_decision",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("verdict", sa.String(length=20), nullable=False),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=False),
        sa.Column("actor_name", sa.String(length=50), nullable=False),
        sa.Column("actor_post", sa.String(length=100), nullable=False),
        sa.Column("at", grid.db.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["actor_id"], ["user_account.id"], name=op.f("fk_request_decision_actor_id_user_account")
        ),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_request_decision_event_id_event")),
        sa.ForeignKeyConstraint(
            ["request_id"], ["event_request.id"], name=op.f("fk_request_decision_request_id_event_request")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_request_decision")),
    )
    with op.batch_alter_table("request_decision", schema=None) as batch_op:
        batch_op.create_index("ix_request_decision_request_id", ["request_id"], unique=False)

    protect("trail_entry")
    protect_but_practice("event_log")
    protect_but_practice("request_decision")
    keep_real_events()
    seed_calendar()
    seed_epoch()


def downgrade() -> None:
    with op.batch_alter_table("request_decision", schema=None) as batch_op:
        batch_op.drop_index("ix_request_decision_request_id")

    op.drop_table("request_decision")
    with op.batch_alter_table("deadline_pause", schema=None) as batch_op:
        batch_op.drop_index("ix_deadline_pause_deadline_id")

    op.drop_table("deadline_pause")
    with op.batch_alter_table("deadline_change", schema=None) as batch_op:
        batch_op.drop_index("ix_deadline_change_deadline_id")

    op.drop_table("deadline_change")
    with op.batch_alter_table("alarm", schema=None) as batch_op:
        batch_op.drop_index("ix_alarm_matter_id")
        batch_op.drop_index("ix_alarm_event_id")
        batch_op.drop_index("ix_alarm_deadline_id")

    op.drop_table("alarm")
    with op.batch_alter_table("whistle_call", schema=None) as batch_op:
        batch_op.drop_index("uq_whistle_call_whistle_id_department_id")
        batch_op.drop_index("ix_whistle_call_department_id")

    op.drop_table("whistle_call")
    with op.batch_alter_table("event_request", schema=None) as batch_op:
        batch_op.drop_index("ix_event_request_state_id")
        batch_op.drop_index("ix_event_request_event_id")

    op.drop_table("event_request")
    with op.batch_alter_table("event_log", schema=None) as batch_op:
        batch_op.drop_index("uq_event_log_event_id_seq")
        batch_op.drop_index("ix_event_log_action_at")

    op.drop_table("event_log")
    with op.batch_alter_table("deadline", schema=None) as batch_op:
        batch_op.drop_index("ix_deadline_state_due_at")
        batch_op.drop_index(
            "ix_deadline_next_alarm_at",
            sqlite_where=sa.text("next_alarm_at IS NOT NULL"),
            postgresql_where=sa.text("next_alarm_at IS NOT NULL"),
        )
        batch_op.drop_index(
            "ix_deadline_matter_id",
            sqlite_where=sa.text("matter_id IS NOT NULL"),
            postgresql_where=sa.text("matter_id IS NOT NULL"),
        )
        batch_op.drop_index("ix_deadline_event_id")

    op.drop_table("deadline")
    with op.batch_alter_table("whistle", schema=None) as batch_op:
        batch_op.drop_index("ix_whistle_event_id")

    op.drop_table("whistle")
    with op.batch_alter_table("upload", schema=None) as batch_op:
        batch_op.drop_index("uq_upload_user_id_media_id")
        batch_op.drop_index("ix_upload_expires_at")

    op.drop_table("upload")
    op.drop_table("tracker")
    with op.batch_alter_table("track_point", schema=None) as batch_op:
        batch_op.drop_index("ix_track_point_user_id_t_ms")

    op.drop_table("track_point")
    with op.batch_alter_table("sync_op", schema=None) as batch_op:
        batch_op.drop_index("ix_sync_op_device_id_seq")

    op.drop_table("sync_op")
    with op.batch_alter_table("supervision", schema=None) as batch_op:
        batch_op.drop_index("ix_supervision_state_id")
        batch_op.drop_index("ix_supervision_event_id")
        batch_op.drop_index("ix_supervision_department_id_state")

    op.drop_table("supervision")
    with op.batch_alter_table("responsibility_proposal", schema=None) as batch_op:
        batch_op.drop_index("ix_responsibility_proposal_event_id")

    op.drop_table("responsibility_proposal")
    op.drop_table("record_version")
    with op.batch_alter_table("record_photo", schema=None) as batch_op:
        batch_op.drop_index("ix_record_photo_sha256")

    op.drop_table("record_photo")
    with op.batch_alter_table("record_conflict", schema=None) as batch_op:
        batch_op.drop_index("ix_record_conflict_record_id")

    op.drop_table("record_conflict")
    with op.batch_alter_table("quarantine", schema=None) as batch_op:
        batch_op.drop_index("uq_quarantine_user_id_op_id_sha256")
        batch_op.drop_index("ix_quarantine_state_id")

    op.drop_table("quarantine")
    with op.batch_alter_table("matter_unit", schema=None) as batch_op:
        batch_op.drop_index("uq_matter_unit_matter_id_department_id")
        batch_op.drop_index("ix_matter_unit_department_id")

    op.drop_table("matter_unit")
    with op.batch_alter_table("matter_entry", schema=None) as batch_op:
        batch_op.drop_index("ix_matter_entry_matter_id")

    op.drop_table("matter_entry")
    with op.batch_alter_table("event_photo", schema=None) as batch_op:
        batch_op.drop_index("ix_event_photo_sha256")
        batch_op.drop_index("ix_event_photo_event_id")

    op.drop_table("event_photo")
    with op.batch_alter_table("event_link", schema=None) as batch_op:
        batch_op.drop_index("uq_event_link_event_id_other_id")
        batch_op.drop_index("ix_event_link_other_id")

    op.drop_table("event_link")
    with op.batch_alter_table("delegated_post", schema=None) as batch_op:
        batch_op.drop_index("ix_delegated_post_delegation_id")

    op.drop_table("delegated_post")
    with op.batch_alter_table("assignment", schema=None) as batch_op:
        batch_op.drop_index("ix_assignment_event_id")
        batch_op.drop_index("ix_assignment_department_id_state")

    op.drop_table("assignment")
    with op.batch_alter_table("user_post", schema=None) as batch_op:
        batch_op.drop_index("uq_user_post_user_id_post_area_id")
        batch_op.drop_index(
            "uq_user_post_separate",
            sqlite_where=sa.text("post in ('system_admin', 'security_admin', 'audit_admin')"),
            postgresql_where=sa.text("post in ('system_admin', 'security_admin', 'audit_admin')"),
        )
        batch_op.drop_index("ix_user_post_area_id_post")

    op.drop_table("user_post")
    with op.batch_alter_table("trail_entry", schema=None) as batch_op:
        batch_op.drop_index("ix_trail_entry_object")
        batch_op.drop_index("ix_trail_entry_actor_id_at")

    op.drop_table("trail_entry")
    with op.batch_alter_table("task", schema=None) as batch_op:
        batch_op.drop_index("ix_task_subject_id")
        batch_op.drop_index("ix_task_assignee_id_state_id")

    op.drop_table("task")
    with op.batch_alter_table("shift", schema=None) as batch_op:
        batch_op.drop_index("ix_shift_user_id_started_at")
        batch_op.drop_index("ix_shift_ended_at_started_at")

    op.drop_table("shift")
    with op.batch_alter_table("responsibility", schema=None) as batch_op:
        batch_op.drop_index("uq_responsibility_number_valid_from")
        batch_op.drop_index(batch_op.f("ix_responsibility_category_id"))

    op.drop_table("responsibility")
    with op.batch_alter_table("record", schema=None) as batch_op:
        batch_op.drop_index("ix_record_owner_id_kind_id")
        batch_op.drop_index("ix_record_area_path")

    op.drop_table("record")
    op.drop_table("op")
    with op.batch_alter_table("notice_delivery", schema=None) as batch_op:
        batch_op.drop_index("uq_notice_delivery_endpoint_id_key")
        batch_op.drop_index(
            "ix_notice_delivery_waiting",
            sqlite_where=sa.text("state = 'waiting'"),
            postgresql_where=sa.text("state = 'waiting'"),
        )
        batch_op.drop_index(batch_op.f("ix_notice_delivery_event_id"))
        batch_op.drop_index(batch_op.f("ix_notice_delivery_bundle_id"))
        batch_op.drop_index("ix_notice_delivery_area_path_id")

    op.drop_table("notice_delivery")
    with op.batch_alter_table("notice", schema=None) as batch_op:
        batch_op.drop_index("uq_notice_user_id_key")
        batch_op.drop_index(batch_op.f("ix_notice_user_id"))

    op.drop_table("notice")
    op.drop_table("media_upload")
    with op.batch_alter_table("matter", schema=None) as batch_op:
        batch_op.drop_index("ix_matter_state_id")

    op.drop_table("matter")
    with op.batch_alter_table("login_session", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_login_session_user_id"))

    op.drop_table("login_session")
    with op.batch_alter_table("import_preview", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_import_preview_made_at"))

    op.drop_table("import_preview")
    op.drop_table("import_batch")
    with op.batch_alter_table("event", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_event_suspended_until",
            sqlite_where=sa.text("suspended_until IS NOT NULL"),
            postgresql_where=sa.text("suspended_until IS NOT NULL"),
        )
        batch_op.drop_index("ix_event_state_id")
        batch_op.drop_index("ix_event_reporter_id_id")
        batch_op.drop_index("ix_event_reported_at")
        batch_op.drop_index(
            "ix_event_reopened_from_id",
            sqlite_where=sa.text("reopened_from_id IS NOT NULL"),
            postgresql_where=sa.text("reopened_from_id IS NOT NULL"),
        )
        batch_op.drop_index(
            "ix_event_merged_into_id",
            sqlite_where=sa.text("merged_into_id IS NOT NULL"),
            postgresql_where=sa.text("merged_into_id IS NOT NULL"),
        )
        batch_op.drop_index("ix_event_h3")
        batch_op.drop_index(batch_op.f("ix_event_due_at"))
        batch_op.drop_index("ix_event_category_id_id")
        batch_op.drop_index("ix_event_area_id_id")

    op.drop_table("event")
    with op.batch_alter_table("device", schema=None) as batch_op:
        batch_op.drop_index("uq_device_device_id_user_id")
        batch_op.drop_index("ix_device_user_id")

    op.drop_table("device")
    with op.batch_alter_table("delegation", schema=None) as batch_op:
        batch_op.drop_index("ix_delegation_to_user_id")
        batch_op.drop_index("ix_delegation_from_user_id")

    op.drop_table("delegation")
    with op.batch_alter_table("checkpoint_visit", schema=None) as batch_op:
        batch_op.drop_index("ix_checkpoint_visit_user_id_occurred_at")
        batch_op.drop_index("ix_checkpoint_visit_checkpoint_id_occurred_at")

    op.drop_table("checkpoint_visit")
    op.drop_table("calendar_import")
    with op.batch_alter_table("user_account", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_user_account_department_id"))

    op.drop_table("user_account")
    with op.batch_alter_table("notice_rule", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_notice_rule_endpoint_id"))
        batch_op.drop_index(batch_op.f("ix_notice_rule_area_id"))

    op.drop_table("notice_rule")
    with op.batch_alter_table("filing_condition", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_filing_condition_category_id"))

    op.drop_table("filing_condition")
    with op.batch_alter_table("work_policy", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_work_policy_area_id",
            sqlite_where=sa.text("valid_to IS NULL"),
            postgresql_where=sa.text("valid_to IS NULL"),
        )

    op.drop_table("work_policy")
    with op.batch_alter_table("watch", schema=None) as batch_op:
        batch_op.drop_index("uq_watch_area_id_kind")

    op.drop_table("watch")
    with op.batch_alter_table("quiet_hours", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_quiet_hours_area_id"))

    op.drop_table("quiet_hours")
    with op.batch_alter_table("procedure_rule", schema=None) as batch_op:
        batch_op.drop_index("ix_procedure_rule_area_id_rule")
        batch_op.drop_index(batch_op.f("ix_procedure_rule_area_id"))

    op.drop_table("procedure_rule")
    with op.batch_alter_table("notice_endpoint", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_notice_endpoint_area_path"))

    op.drop_table("notice_endpoint")
    with op.batch_alter_table("ladder_rule", schema=None) as batch_op:
        batch_op.drop_index("ix_ladder_rule_area_id_kind")
        batch_op.drop_index(batch_op.f("ix_ladder_rule_area_id"))

    op.drop_table("ladder_rule")
    op.drop_table("department")
    with op.batch_alter_table("checkpoint", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_checkpoint_area_id_name", sqlite_where=sa.text("is_active"), postgresql_where=sa.text("is_active")
        )
        batch_op.drop_index("ix_checkpoint_area_path")

    op.drop_table("checkpoint")
    op.drop_table("cell")
    with op.batch_alter_table("category_mapping", schema=None) as batch_op:
        batch_op.drop_index("uq_category_mapping_left_right")

    op.drop_table("category_mapping")
    with op.batch_alter_table("category", schema=None) as batch_op:
        batch_op.drop_index("uq_category_scheme_id_code_valid_from")

    op.drop_table("category")
    with op.batch_alter_table("area_code", schema=None) as batch_op:
        batch_op.drop_index("ix_area_code_area_id_valid_from")

    op.drop_table("area_code")
    with op.batch_alter_table("sync_change", schema=None) as batch_op:
        batch_op.drop_index("ix_sync_change_user_id_seq")
        batch_op.drop_index("ix_sync_change_area_path_seq")

    op.drop_table("sync_change")
    op.drop_table("revision")
    op.drop_table("media")
    op.drop_table("login_throttle")
    with op.batch_alter_table("job", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_job_open", sqlite_where=sa.text("done_at IS NULL"), postgresql_where=sa.text("done_at IS NULL")
        )

    op.drop_table("job")
    op.drop_table("category_scheme")
    op.drop_table("case_counter")
    op.drop_table("calendar_day")
    with op.batch_alter_table("area", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_area_parent_id"))

    op.drop_table("area")
    drop_functions()
