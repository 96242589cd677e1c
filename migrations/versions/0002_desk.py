"""Desk: what the dispatchers' and departments' working pages keep.

Expand first, contract in a later release: the previous version of the app may still be running.
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

PATH = sa.String(length=255).with_variant(sa.String(length=255, collation="C"), "postgresql")


def upgrade() -> None:
    for name, columns, rows in (
        ("ix_event_open_state_due", ["state", "due_at", "id", "area_path"], "closed_at IS NULL"),
        ("ix_event_open_due", ["due_at", "id", "area_path"], "closed_at IS NULL AND version > 0"),
    ):
        op.create_index(name, "event", columns, sqlite_where=sa.text(rows), postgresql_where=sa.text(rows))
    # PostgreSQL took it for what is due in one state, and read past all others.
    op.drop_index("ix_event_due_at", "event")
    op.create_table(
        "saved_view",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=20), nullable=False),
        sa.Column("filters", sa.JSON(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["user_account.id"], name=op.f("fk_saved_view_owner_id_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_view")),
        sa.UniqueConstraint("owner_id", "name", name=op.f("uq_saved_view_owner_id_name")),
    )
    op.create_table(
        "worker_seen",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sweeps", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_worker_seen")),
    )
    op.create_index(op.f("ix_worker_seen_seen_at"), "worker_seen", ["seen_at"])
    op.create_table(
        "event_origin",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("source", sa.String(length=20), nullable=False),
        sa.Column("street_path", PATH, nullable=False),
        sa.Column("order_no", sa.String(length=40), nullable=True),
        sa.Column("name", sa.LargeBinary(), nullable=True),
        sa.Column("phone", sa.LargeBinary(), nullable=True),
        sa.Column("said", sa.LargeBinary(), nullable=False),
        sa.Column("wants_reply", sa.Boolean(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reply_by", sa.DateTime(timezone=True), nullable=True),
        sa.Column("is_further", sa.Boolean(), nullable=False),
        sa.Column("taker_id", sa.Integer(), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("replier_id", sa.Integer(), nullable=True),
        sa.Column("replied_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reply", sa.String(length=500), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_event_origin_event_id_event")),
        sa.ForeignKeyConstraint(
            ["taker_id"], ["user_account.id"], name=op.f("fk_event_origin_taker_id_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["replier_id"], ["user_account.id"], name=op.f("fk_event_origin_replier_id_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event_origin")),
    )
    op.create_index(
        "uq_event_origin_street_path_order_no", "event_origin", ["street_path", "order_no"], unique=True
    )
    op.create_index("ix_event_origin_event_id", "event_origin", ["event_id"])
    op.create_index("ix_event_origin_taker_id_id", "event_origin", ["taker_id", "id"])
    op.create_table(
        "handover_note",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("area_id", sa.Integer(), nullable=False),
        sa.Column("area_path", PATH, nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("figures", sa.JSON(), nullable=False),
        sa.Column("watched", sa.JSON(), nullable=False),
        sa.Column("words", sa.String(length=1000), nullable=False),
        sa.Column("taker_id", sa.Integer(), nullable=True),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_handover_note_area_id_area")),
        sa.ForeignKeyConstraint(
            ["author_id"], ["user_account.id"], name=op.f("fk_handover_note_author_id_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["taker_id"], ["user_account.id"], name=op.f("fk_handover_note_taker_id_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handover_note")),
    )
    op.create_index("ix_handover_note_area_path_id", "handover_note", ["area_path", "id"])
    op.add_column("whistle_call", sa.Column("next_alarm_at", sa.DateTime(timezone=True), nullable=True))
    # Whistles under way are reminded too, when their time is up; those of long ago are let be.
    op.execute(
        "UPDATE whistle_call SET next_alarm_at = due_at WHERE reported_in_at IS NULL AND due_at > CURRENT_TIMESTAMP "
        "AND whistle_id IN (SELECT id FROM whistle WHERE closed_at IS NULL)"
    )
    is_waiting = sa.text("next_alarm_at IS NOT NULL")
    op.create_index(
        "ix_whistle_call_next_alarm_at",
        "whistle_call",
        ["next_alarm_at"],
        sqlite_where=is_waiting,
        postgresql_where=is_waiting,
    )
    op.add_column("task", sa.Column("asked", sa.String(length=500), nullable=False, server_default=""))


def downgrade() -> None:
    op.drop_column("task", "asked")
    op.drop_index("ix_whistle_call_next_alarm_at", "whistle_call")
    op.drop_column("whistle_call", "next_alarm_at")
    op.drop_table("handover_note")
    op.drop_table("event_origin")
    op.drop_index(op.f("ix_worker_seen_seen_at"), "worker_seen")
    op.drop_table("worker_seen")
    op.drop_table("saved_view")
    op.create_index("ix_event_due_at", "event", ["due_at"])
    op.drop_index("ix_event_open_due", "event")
    op.drop_index("ix_event_open_state_due", "event")
