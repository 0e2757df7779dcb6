"""Invitations into rooms that people of partners have not answered: whom to remind, twice at most for each.

Who invited them hears of it, else who answers for the partner; they themselves where they talk with the bot already. Of
a hidden group it is told in its room and nowhere else. Told by ``bots.admin.prompter``. All may be repeated after a
crash.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final, TypeAlias

from bridge.domain.partners import Standing
from bridge.domain.rooms import Membership, RoomKind, RoomRef
from bridge.domain.viewers import alone
from bridge.ports.pending import Pending
from bridge.ports.store import UnitOfWork
from bridge.rules.access import Access
from bridge.rules.facts import is_hidden
from bridge.rules.partners import partner_of
from bridge.services.doorstep import for_good
from bridge.services.inviting import Inviting, day_in
from bridge.services.world import World

REMINDER: Final = "invitation-reminder"
"""What somebody is still to be told; its document holds the people that it is about."""
FIRST: Final = timedelta(days=7)
LAST: Final = timedelta(days=3)
"""Before an invitation is withdrawn."""
LASTS: Final = timedelta(days=7)
"""Who cannot be told for so long is not told any more."""

Since: TypeAlias = Mapping[RoomRef, datetime]
"""The rooms that invite somebody, each with since when."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unanswered:
    """``user`` is invited since the day ``since``, and until ``until``; None where nobody withdraws it."""

    user: str
    since: date
    until: date | None
    step: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Reminding:
    """Stands on what invitations stand on."""

    inviting: Inviting

    async def gather(self) -> None:
        """Keep what is to be told, in the unit of work that remembers it: one word for each reader, however many it is
        about. Writes nothing where nothing is due. Raises ``StoreError``."""
        policies = self.inviting.policies
        if policies.society.world() is None:
            return
        (world, access), now = self.inviting.now(), policies.clock.now()
        async with policies.store.view() as view:
            waiting = await _waiting(view, world, now - self._steps()[0])
            due = self._due(world, access, waiting, now)
            fresh = {to: [one for one in people if await view.pending.get(_key(to, one)) is None]
                     for to, people in due.items()}  # fmt: skip
        for reader, people in fresh.items():
            if people:
                async with policies.store.work() as work:
                    await _keep(work, reader, people, now)

    async def open(self) -> Sequence[Pending]:
        """What is still to be told, oldest first."""
        async with self.inviting.policies.store.view() as view:
            return await view.pending.open(REMINDER)

    async def settle(self, item: Pending, outcome: str) -> None:
        """It was told, or is not to be."""
        policies = self.inviting.policies
        async with policies.store.work() as work:
            await work.pending.settle(item.key, outcome, policies.clock.now())

    def _steps(self) -> tuple[timedelta, ...]:
        """After how long somebody is reminded of; the second time only where it is not at once."""
        patience = self.inviting.policies.reconciler.invitations
        first, last = min(FIRST, patience / 2), patience - LAST
        return (first, last) if last >= first + LAST else (first,)

    def _due(
        self, world: World, access: Access, waiting: Mapping[str, Since], now: datetime
    ) -> Mapping[str, Sequence[Unanswered]]:
        """By reader; by the room's id where it is told inside."""
        found: dict[str, list[Unanswered]] = {}
        for user, since in sorted(waiting.items()):
            for reader in filter(None, (_teller(world, access, user), user)):
                known = {ref: at for ref, at in since.items() if _may_hear(access, reader, user, ref)}
                if known and (one := self._unanswered(world, user, known, now)):
                    found.setdefault(reader, []).append(one)
            for ref, at in since.items():
                if _is_inside(access, ref) and (one := self._unanswered(world, user, {ref: at}, now)):
                    found.setdefault(world.room_ids()[ref], []).append(one)
        return found

    def _unanswered(self, world: World, user: str, since: Since, now: datetime) -> Unanswered | None:
        begun = min(since.values())
        steps = [number for number, step in enumerate(self._steps(), start=1) if now - begun >= step]
        if not steps:
            return None
        reconciler = self.inviting.policies.reconciler
        ends = [at for ref, at in since.items() if not world.desired.rooms[ref].mandatory]
        day = (min(ends) + reconciler.invitations).astimezone(reconciler.timezone).date() if ends else None
        begun_on = begun.astimezone(reconciler.timezone).date()
        return Unanswered(user=user, since=begun_on, until=day, step=steps[-1])


async def _waiting(view: UnitOfWork, world: World, before: datetime) -> Mapping[str, Since]:
    """People of partners who were invited before then and have not answered, with the rooms that invite them."""
    facts, found = world.facts, dict[str, dict[RoomRef, datetime]]()
    late = {ref: users for ref, users in (await view.rooms.overdue(before)).items() if _concerns(world, ref)}
    rooms = await view.rooms.actual(late) if late else {}
    for ref, room in rooms.items():
        since = await view.rooms.waiting(ref)
        for user in late[ref] & since.keys():
            if room.members.get(user) is Membership.INVITE and partner_of(user, facts.claims) in facts.partners:
                found.setdefault(user, {})[ref] = since[user]
    return found


def _concerns(world: World, ref: RoomRef) -> bool:
    """Whether it is a room into which people of partners are invited."""
    if ref.kind is RoomKind.PARTNER_SPACE:
        return ref in world.desired.rooms
    group = world.facts.directory.groups.get(ref.id) if ref.kind is RoomKind.GROUP else None
    return group is not None and bool(group.partners) and ref in world.desired.rooms


def _teller(world: World, access: Access, user: str) -> str:
    """Who can tell them: whoever invited them, else who answers for the partner; empty where there is nobody."""
    facts = world.facts
    guest = facts.directory.guests.get(user)
    if guest and guest.standing is Standing.INVITED and guest.invited_by in access.insiders:
        return guest.invited_by
    partner = facts.partners[partner_of(user, facts.claims) or ""]
    return next(iter(facts.answerable(partner)), "")


def _may_hear(access: Access, reader: str, user: str, ref: RoomRef) -> bool:
    """Whether the reader may know of the room, and is told alone."""
    if ref.kind is RoomKind.PARTNER_SPACE:
        return True
    return not _is_inside(access, ref) and (reader == user or access.may_know(alone(reader), ref.id))


def _is_inside(access: Access, ref: RoomRef) -> bool:
    """Whether it is told in the room: what is said elsewhere because of a hidden group would tell who is in it."""
    return ref.kind is RoomKind.GROUP and is_hidden(access.facts.directory.groups[ref.id])


async def _keep(work: UnitOfWork, reader: str, people: Iterable[Unanswered], now: datetime) -> None:
    told = [one for one in people if await for_good(work, _key(reader, one), now)]
    item = Pending(
        key=f"{REMINDER}:{reader}:{now.isoformat()}",
        kind=REMINDER,
        asker="" if reader.startswith("!") else reader,
        room_id=reader if reader.startswith("!") else "",
        document={"people": [[one.user, one.since.isoformat(), _written(one.until)] for one in told]},
        created_at=now,
        expires_at=now + LASTS,
    )
    if told:
        await work.pending.put(item)


def people_in(item: Pending) -> Sequence[Unanswered]:
    """Whom an item of the kind ``REMINDER`` is about."""
    return [
        Unanswered(user=user, since=date.fromisoformat(since), until=day_in(until))
        for user, since, until in item.document["people"]
    ]


def _written(day: date | None) -> str:
    return day.isoformat() if day else ""


def _key(reader: str, one: Unanswered) -> str:
    """That a reader was told of this invitation at this step."""
    return f"{REMINDER}:{reader}:{one.user}:{one.since.isoformat()}:{one.step}"
