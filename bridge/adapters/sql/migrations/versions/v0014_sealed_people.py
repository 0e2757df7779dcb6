"""People stand in the clear neither beside rooms nor beside what they did: who is in a hidden room is as secret as it.

The data key is not known here: ``adapters.sql.sealing_people`` seals what is there at the next start, and drops
``room_members``.
"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    op.create_table(
        "memberships",
        sa.Column("room", NUMBER, sa.ForeignKey("rooms.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("part", sa.Integer, primary_key=True),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sa.Column("since", sa.BigInteger),
        sqlite_with_rowid=False,
    )
    bind = op.get_bind()
    for name in ("audit", "runs"):
        table = sa.table(name, sa.column("actor", sa.Text), sa.column("actor_sealed"))
        actor, is_sqlite = table.c.actor, bind.dialect.name == "sqlite"
        as_bytes = sa.cast(actor, sa.LargeBinary) if is_sqlite else sa.func.convert_to(actor, "UTF8")
        op.add_column(name, sa.Column("actor_sealed", sa.LargeBinary, nullable=False, server_default=sa.text("''")))
        bind.execute(sa.update(table).values(actor_sealed=as_bytes))
        op.drop_column(name, "actor")
    op.add_column("runs", sa.Column("actor_index", sa.LargeBinary))
    op.create_index("runs_actor", "runs", ["actor_index"])
    if any(_holds_something(bind, name) for name in ("room_members", "audit", "runs")):
        op.execute("INSERT INTO meta (name) VALUES ('people_in_clear')")
    else:
        op.drop_table("room_members")


def _holds_something(bind: sa.Connection, name: str) -> bool:
    return bind.execute(sa.select(sa.literal(1)).select_from(sa.table(name)).limit(1)).first() is not None
