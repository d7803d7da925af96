"""How orders ended, until that is told."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go on from the tables of 0005."""
    op.add_column("receipts", sa.Column("verdict", sa.Text))


def downgrade() -> None:
    """Go back to 0005; what has ended and is not forgotten is then judged anew."""
    op.drop_column("receipts", "verdict")
