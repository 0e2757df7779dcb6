"""Runs and decisions are found again: what each run did, the newest runs first."""

from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.create_index("audit_run", "audit", ["run", "compartment_index", "seq"])
    op.create_index("runs_started", "runs", ["started_at"])
