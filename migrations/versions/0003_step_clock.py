"""Step clock: a case keeps what times the step it stands at.

Expand only: the previous version of the app may still be running.
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

RUNNING = (
    "FROM deadline WHERE deadline.event_id = event.id AND deadline.state = 'running' AND deadline.kind IN "
    "('level', 'accept', 'verify', 'file', 'dispatch', 'review', 'send', 'check', 'close')"
)


def upgrade() -> None:
    op.add_column("event", sa.Column("step_kind", sa.String(length=20), nullable=True))
    op.add_column("event", sa.Column("step_yellow_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("event", sa.Column("step_due_at", sa.DateTime(timezone=True), nullable=True))
    first = f"{RUNNING} ORDER BY deadline.due_at, deadline.id LIMIT 1"
    op.execute(
        f"UPDATE event SET step_kind = (SELECT deadline.kind {first}), "
        f"step_yellow_at = (SELECT deadline.yellow_at {first}), step_due_at = (SELECT deadline.due_at {first}) "
        f"WHERE closed_at IS NULL AND EXISTS (SELECT 1 {RUNNING})"
    )


def downgrade() -> None:
    for name in ("step_due_at", "step_yellow_at", "step_kind"):
        op.drop_column("event", name)
