"""What became of letters by e-mail, in ``mail_letters``, and addresses that were refused, in ``mail_refusals``."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, Row, delete, func, select, update

from bridge.adapters.sql.backend import Run
from bridge.adapters.sql.mail_tables import mail_letters, mail_refusals
from bridge.adapters.sql.times import from_ms, from_ms_or_none, to_ms
from bridge.adapters.sql.upserts import insert_for, upsert
from bridge.adapters.sql.vault import Vault
from bridge.domain.mail import MailOutcome, Posted

USER: Final = b"mail.user"
ADDRESS: Final = b"mail_refusals.address"
LETTER: Final = b"mail_letters.user"


class SqlLetters:
    """The letters of one unit of work. Writers take turns, so that what is read here holds until it is stored."""

    def __init__(self, run: Run, vault: Vault) -> None:
        self._run = run
        self._vault = vault

    async def promise(self, user: str, week: str, *, now: datetime) -> None:
        row = self._row(user, week, MailOutcome.LATER, to_ms(now)) | {"due_at": to_ms(now)}

        def store(connection: Connection) -> None:
            connection.execute(insert_for(connection, mail_letters).on_conflict_do_nothing(), row)

        await self._run(store)

    async def begin(self, user: str, week: str, *, now: datetime) -> MailOutcome | None:
        moment = to_ms(now)
        row = self._row(user, week, MailOutcome.UNKNOWN, moment) | {"attempts": 1}
        this = (mail_letters.c.user_index == row["user_index"]) & (mail_letters.c.week == week)

        def store(connection: Connection) -> MailOutcome | None:
            known = connection.execute(select(mail_letters).where(this)).one_or_none()
            if known is not None and (known.due_at is None or known.due_at > moment):
                return MailOutcome(known.outcome)
            upsert(connection, mail_letters, [row if known is None else {**row, "attempts": known.attempts + 1}])
            return None

        return await self._run(store)

    async def conclude(
        self, user: str, week: str, outcome: MailOutcome, *, at: datetime, due_at: datetime | None = None
    ) -> None:
        due = None if due_at is None else to_ms(due_at)
        this = (mail_letters.c.user_index == self._index(user)) & (mail_letters.c.week == week)
        change = update(mail_letters).where(this).values(outcome=outcome.value, at=to_ms(at), due_at=due)
        await self._run(lambda connection: connection.execute(change))

    async def get(self, user: str, week: str) -> Posted | None:
        this = (mail_letters.c.user_index == self._index(user)) & (mail_letters.c.week == week)
        row = await self._run(lambda connection: connection.execute(select(mail_letters).where(this)).one_or_none())
        return None if row is None else self._posted(row)

    async def due(self, now: datetime, *, limit: int) -> Sequence[Posted]:
        waiting = select(mail_letters).where(mail_letters.c.due_at.is_not(None), mail_letters.c.due_at <= to_ms(now))
        query = waiting.order_by(mail_letters.c.due_at, mail_letters.c.user_index).limit(limit)
        rows = await self._run(lambda connection: connection.execute(query).fetchall())
        return [self._posted(row) for row in rows]

    async def readers(self, week: str) -> Sequence[str]:
        query = select(mail_letters.c.sealed).where(mail_letters.c.week == week)
        rows = await self._run(lambda connection: connection.execute(query).scalars().all())
        return await asyncio.to_thread(self._readers, rows)

    async def counts(self, week: str) -> Mapping[MailOutcome, int]:
        of_week = select(mail_letters.c.outcome, func.count()).where(mail_letters.c.week == week)
        query = of_week.group_by(mail_letters.c.outcome)
        rows = await self._run(lambda connection: connection.execute(query).fetchall())
        return {MailOutcome(outcome): number for outcome, number in sorted(map(tuple, rows))}

    async def refuse(self, user: str, address: str, *, at: datetime) -> None:
        row = {"user_index": self._index(user), "address_index": self._address(user, address), "at": to_ms(at)}
        await self._run(lambda connection: upsert(connection, mail_refusals, [row]))

    async def refused(self, user: str, address: str) -> bool:
        query = select(mail_refusals.c.at).where(
            mail_refusals.c.user_index == self._index(user),
            mail_refusals.c.address_index == self._address(user, address),
        )
        return await self._run(lambda connection: connection.execute(query).first()) is not None

    async def of_user(self, user: str) -> Sequence[Posted]:
        query = select(mail_letters).where(mail_letters.c.user_index == self._index(user)).order_by(mail_letters.c.week)
        rows = await self._run(lambda connection: connection.execute(query).fetchall())
        return [self._posted(row) for row in rows]

    async def forget(self, user: str) -> int:
        index = self._index(user)

        def store(connection: Connection) -> int:
            tables = (mail_letters, mail_refusals)
            return sum(connection.execute(delete(one).where(one.c.user_index == index)).rowcount for one in tables)

        return await self._run(store)

    async def purge(self, before: datetime) -> int:
        old = delete(mail_letters).where(mail_letters.c.at < to_ms(before), mail_letters.c.due_at.is_(None))
        return await self._run(lambda connection: connection.execute(old).rowcount)

    def _row(self, user: str, week: str, outcome: MailOutcome, moment: int) -> dict[str, Any]:
        return {
            "user_index": self._index(user),
            "week": week,
            "outcome": outcome.value,
            "attempts": 0,
            "at": moment,
            "due_at": None,
            "sealed": self._vault.seal(user.encode(), LETTER),
        }

    def _index(self, user: str) -> bytes:
        """The same in both tables, so that they are forgotten together."""
        return self._vault.index(user, USER)

    def _address(self, user: str, address: str) -> bytes:
        """With the person in it: the table does not tell who shares an address."""
        return self._vault.index(f"{user}\0{address}", ADDRESS)

    def _readers(self, sealed: Sequence[bytes]) -> Sequence[str]:
        """In a thread: there may be very many."""
        return [self._vault.unseal(one, LETTER).decode() for one in sealed]

    def _posted(self, row: Row[Any]) -> Posted:
        return Posted(
            user=self._vault.unseal(row.sealed, LETTER).decode(),
            week=row.week,
            outcome=MailOutcome(row.outcome),
            attempts=row.attempts,
            at=from_ms(row.at),
            due_at=from_ms_or_none(row.due_at),
        )
