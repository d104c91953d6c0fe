"""Indexes for what is looked at all the time: how many candidates stand in each status, and what undo would take back."""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_candidate_standing", "candidate", ["merged_into", "status"], unique=False)
    op.create_index("ix_decision_head", "decision", ["id", "action", "undoes"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_decision_head", table_name="decision")
    op.drop_index("ix_candidate_standing", table_name="candidate")
