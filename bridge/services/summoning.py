"""Who is told of a request to join and of its end, in the unit of work in which it begins or ends."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from bridge.domain.rooms import Membership, group_room
from bridge.domain.viewers import OPEN
from bridge.ports.pending import Pending
from bridge.ports.store import AuditEntry, Outcome, UnitOfWork
from bridge.rules.entering import answerers
from bridge.rules.facts import Facts
from bridge.services.doorstep import News, Notice, for_the_first_time, tell, turn_away


async def summon(
    work: UnitOfWork, item: Pending, facts: Facts, admins: Collection[str], *, id_: str, now: datetime
) -> None:
    """Have those who may answer told of the request; once each."""
    group = item.document["group"]
    for user in sorted(answerers(facts, group, admins)):
        notice = Notice(
            key=f"card:{item.key}:{user}", to=user, news=News.CARD, group=group, request=item.key, about=item.asker
        )
        await tell(work, notice, now)
    if await for_the_first_time(work, f"asked:{item.key}", now):
        reason = item.document["reason"]
        await audit(work, item, "request", id_=id_, actor=item.asker, now=now, reason=reason)


async def answered(work: UnitOfWork, item: Pending, news: News, now: datetime, *, reason: str = "") -> None:
    """Have the person told how it ended, and all cards closed; once."""
    group = item.document["group"]
    await tell(
        work,
        Notice(key=f"end:{item.key}", to=item.asker, news=news, group=group, request=item.key, reason=reason),
        now,
    )
    await close_cards(work, item, now)


async def close_cards(work: UnitOfWork, item: Pending, now: datetime) -> None:
    """Have the cards say that the request is answered."""
    group = item.document["group"]
    await tell(work, Notice(key=f"closed:{item.key}", to="", news=News.CLOSED, group=group, request=item.key), now)


async def settle(work: UnitOfWork, item: Pending, outcome: str, now: datetime) -> bool:
    """The request ended by itself; False when it was answered before."""
    if not await work.pending.settle(item.key, outcome, now):
        return False
    await close_cards(work, item, now)
    return True


async def turn_away_knock(work: UnitOfWork, item: Pending, now: datetime) -> None:
    """Whoever still knocks has their knock withdrawn."""
    ref = group_room(item.document["group"])
    room = (await work.rooms.actual([ref])).get(ref)
    if room is not None and room.members.get(item.asker) is Membership.KNOCK:
        await turn_away(work, ref.id, item.asker, now)


async def audit(
    work: UnitOfWork, item: Pending, kind: str, *, id_: str, actor: str, now: datetime, reason: str = ""
) -> None:
    """One step of a request in the audit log, under ``id_``. Groups that take requests are never hidden."""
    detail = {"group": item.document["group"], "user": item.asker, "reason": reason}
    await work.audit.intend([_fact(kind, detail, id_=id_, actor=actor, now=now)])


async def note_invited(work: UnitOfWork, group: str, user: str, *, id_: str, now: datetime) -> None:
    """Somebody asked to be let into a public group, and was invited."""
    await work.audit.intend([_fact("invite", {"group": group, "user": user}, id_=id_, actor=user, now=now)])


def _fact(kind: str, detail: Mapping[str, Any], *, id_: str, actor: str, now: datetime) -> AuditEntry:
    return AuditEntry(
        id=id_,
        at=now,
        actor=actor,
        compartment=OPEN,
        kind=kind,
        run="",
        detail=detail,
        outcome=Outcome.DONE,
        outcome_at=now,
    )
