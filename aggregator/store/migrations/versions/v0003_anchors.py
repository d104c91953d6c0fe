"""The rarest features of a title stand together in one row."""

from array import array

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_AT_ONCE = 10_000


def upgrade() -> None:
    anchor = op.create_table(
        "title_anchor",
        sa.Column("candidate_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("anchors", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("candidate_id"),
    )
    connection = op.get_bind()
    packed: dict[int, array[int]] = {}
    for bucket, owner in connection.execute(sa.text("SELECT bucket, candidate_id FROM title_gram ORDER BY bucket")):
        packed.setdefault(owner, array("H")).append(bucket)
    rows = [{"candidate_id": owner, "anchors": numbers.tobytes()} for owner, numbers in sorted(packed.items())]
    for start in range(0, len(rows), _AT_ONCE):
        connection.execute(sa.insert(anchor), rows[start : start + _AT_ONCE])
    op.drop_table("title_gram")


def downgrade() -> None:
    gram = op.create_table(
        "title_gram",
        sa.Column("bucket", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("candidate_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("bucket", "candidate_id"),
        sqlite_with_rowid=False,
    )
    connection = op.get_bind()
    rows = [
        {"bucket": bucket, "candidate_id": owner}
        for owner, packed in connection.execute(sa.text("SELECT candidate_id, anchors FROM title_anchor"))
        for bucket in array("H", packed)
    ]
    for start in range(0, len(rows), _AT_ONCE):
        connection.execute(sa.insert(gram), rows[start : start + _AT_ONCE])
    op.drop_table("title_anchor")
