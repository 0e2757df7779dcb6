"""What is kept of somebody of a partner who is invited, and what the audit log says of it. Used by ``inviting``,
``vouching``, ``terms`` and ``codes``.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from bridge.domain.directory import Group
from bridge.domain.partners import Guest, Standing
from bridge.domain.viewers import OPEN
from bridge.ports.clock import Chance
from bridge.ports.store import AuditEntry, Outcome, UnitOfWork
from bridge.services.absences import ask_into_group
from bridge.services.deciding import MEMBERS, Decision, decide
from bridge.services.world import World


@dataclass(frozen=True, slots=True, kw_only=True)
class Coming:
    """Somebody who is let in: ``user`` of ``partner``, into ``groups``, until ``until`` (their last day); ``code`` is
    the id of the one that they gave."""

    user: str
    partner: str
    groups: tuple[Group, ...]
    until: date | None
    reason: str
    by: str
    approved: tuple[str, ...] = ()
    code: str = ""


async def let_in(
    work: UnitOfWork, coming: Coming, world: World, chance: Chance, *, origin: str, now: datetime
) -> Guest:
    """From now on they may come in: kept, decided for each group, and audited, in this unit of work; called once for
    each event ``origin``."""
    known = await work.partners.guest(coming.user)
    guest = _guest(known, coming, Standing.INVITED, now)
    await work.partners.put_guest(guest)
    if known is not None and known.standing is Standing.OUT:
        await _forget_seats(work, coming, world, chance, origin=origin, now=now)
    for group in coming.groups:
        decision = Decision(
            id=chance.token(),
            group=group,
            user=coming.user,
            present=True,
            by=coming.by,
            origin=origin,
            approved=coming.approved,
        )
        await decide(work, decision, now)
        await ask_into_group(work, world, group.id, coming.user)
    await note(work, guest, "guest-invited", chance, actor=coming.by, origin=origin, now=now)
    return guest


async def _forget_seats(
    work: UnitOfWork, coming: Coming, world: World, chance: Chance, *, origin: str, now: datetime
) -> None:
    """Who was out comes into the groups that are named now, and into no others from before."""
    kept, groups = set(ids(coming.groups)), world.facts.directory.groups
    for id_, policy in (await work.policies.all()).items():
        members = policy.values.get(MEMBERS)
        if id_ in kept or id_ not in groups or not isinstance(members, list) or coming.user not in members:
            continue
        decision = Decision(
            id=chance.token(), group=groups[id_], user=coming.user, present=False, by=coming.by, origin=origin
        )
        await decide(work, decision, now)


async def keep_asked(work: UnitOfWork, coming: Coming, chance: Chance, *, origin: str, now: datetime) -> None:
    """They are to be let in once somebody else agrees; who is let in already stays so."""
    known = await work.partners.guest(coming.user)
    asked = _guest(known, coming, Standing.ASKED, now)
    if known is None or known.standing is Standing.OUT:
        await work.partners.put_guest(asked)
    await note(work, asked, "guest-asked", chance, actor=coming.by, origin=origin, now=now)


def _guest(known: Guest | None, coming: Coming, standing: Standing, now: datetime) -> Guest:
    """An earlier acceptance of terms stays: it is a proof. A last day that nobody names is forgotten only for who was
    out."""
    wanted = known is not None and known.standing is not Standing.OUT
    return Guest(
        user=coming.user,
        partner=coming.partner,
        standing=standing,
        until=coming.until or (known.until if known and wanted else None),
        invited_by=(known.invited_by if known and wanted else "") or coming.by,
        approved_by=coming.approved or (known.approved_by if known and wanted else ()),
        reason=coming.reason or (known.reason if known and wanted else ""),
        code=coming.code or (known.code if known and wanted else ""),
        accepted=known.accepted if known else None,
        since=known.since if known and wanted else now,
        at=now,
    )


def out(guest: Guest, *, why: Any, now: datetime) -> Guest:
    """The same when they are no longer wanted."""
    return replace(guest, standing=Standing.OUT, farewell=why, at=now)


async def note(
    work: UnitOfWork,
    guest: Guest,
    kind: str,
    chance: Chance,
    *,
    actor: str,
    origin: str,
    now: datetime,
    more: Mapping[str, Any] | None = None,
) -> None:
    """An entry in the open part of the audit log. It names no group: those have entries of their own."""
    detail = {
        "user": guest.user,
        "partner": guest.partner,
        "origin": origin,
        "reason": guest.reason,
        **({"until": guest.until.isoformat()} if guest.until else {}),
        **({"approved": list(guest.approved_by)} if guest.approved_by else {}),
        **(more or {}),
    }
    entry = AuditEntry(
        id=chance.token(), at=now, actor=actor, compartment=OPEN, kind=kind, run="", detail=detail,
        outcome=Outcome.DONE, outcome_at=now,
    )  # fmt: skip
    await work.audit.intend([entry])


def ids(groups: Iterable[Group]) -> list[str]:
    """The ids of groups, in their order."""
    return [group.id for group in groups]
