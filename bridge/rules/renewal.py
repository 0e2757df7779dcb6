"""When time that was agreed with partners runs out: what ends when, on which days somebody is asked, and who.

Called by ``services.renewing``. Days are whole days, last days included; nothing here knows what was asked before.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from bridge.domain.partners import Farewell, Guest, Partner, PartnerState, Standing
from bridge.rules.facts import Facts

WARN: Final = (30, 7, 1)
"""Days before the last one on which somebody is asked, again and again until there is an answer."""
TOLD_WITHIN: Final = timedelta(days=30)
"""What is over for longer is not told any more: the bridge was off, and everybody knows by now."""
PATIENCE: Final = timedelta(days=7)
"""How long somebody has to say who takes over, before the next one is asked, too."""
RUNGS: Final = 3
"""So often somebody is asked who takes over; the last time everybody is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """What ends together: the agreement with ``partner``, with all ``people`` (user ids, sorted) who are here as long
    as it runs; or the time of these people alone. ``until`` is the last day, ``begun`` the day on which that was said,
    where it is known."""

    partner: str
    until: date
    agreement: bool
    people: tuple[str, ...] = ()
    begun: date | None = None


def terms_of(partner: Partner, guests: Iterable[Guest]) -> Iterator[Term]:
    """Everything that ends by itself of a partner that is neither proposed nor out, the soonest first; ``guests`` are
    its own. Who is out because their time was over counts still."""
    if partner.state is not PartnerState.ACTIVE:
        return
    alone: dict[date, list[Guest]] = {}
    together: list[str] = []
    for guest in guests:
        if guest.until is not None and (partner.until is None or guest.until < partner.until):
            alone.setdefault(guest.until, []).extend([guest] if is_here(guest) else [])
        elif guest.standing is Standing.INVITED:
            together.append(guest.user)
    for until, leaving in sorted(alone.items()):
        if leaving:
            people = tuple(sorted(guest.user for guest in leaving))
            begun = min(guest.at.date() for guest in leaving)
            yield Term(partner=partner.id, until=until, agreement=False, people=people, begun=begun)
    if partner.until is not None:
        people = tuple(sorted(together))
        yield Term(partner=partner.id, until=partner.until, agreement=True, people=people, begun=partner.since)


def is_here(guest: Guest) -> bool:
    """Whether somebody was let in, and is out at most because their time was over."""
    return guest.standing is Standing.INVITED or guest.farewell is Farewell.EXPIRED


def is_late(guest: Guest, today: date) -> bool:
    """Whether their own last day is over, and nobody has written that down yet."""
    return guest.standing is Standing.INVITED and guest.until is not None and guest.until < today


def step_of(term: Term, today: date, warn: Collection[int] = WARN) -> int | None:
    """How many days before the end somebody should have been asked last, one of ``warn``; None when nobody yet, or when
    it is over. Days that lay before the term was agreed do not count; of several that were missed only the last."""
    if today > term.until:
        return None
    days = {step: term.until - timedelta(days=step) for step in warn}
    passed = [step for step, day in days.items() if day <= today and (term.begun is None or day > term.begun)]
    return min(passed, default=None)


def is_over(term: Term, today: date) -> bool:
    """Whether the last day has passed, and not so long ago that nobody is told any more."""
    return timedelta() < today - term.until <= TOLD_WITHIN


def rung_of(step: int, warn: Collection[int] = WARN) -> int | None:
    """How many were asked in vain before ``step``; None on the last one, on which everybody is asked, unless it is the
    only one."""
    place = sorted(warn, reverse=True).index(step)
    return None if place and step == min(warn) else place


def rung_since(asked: date, today: date) -> int | None:
    """The same for who takes over a partner, who was asked for first on the day ``asked``."""
    place = (today - asked) // PATIENCE
    return place if place < RUNGS - 1 else None


def whom(facts: Facts, partner: Partner, admins: Sequence[str], rung: int | None = 0) -> tuple[str, ...]:
    """User ids of those who are asked about a partner after ``rung`` others in vain (None: everybody): its sponsor,
    their deputy, the sponsor's manager, and then the ``admins`` together. Who does not work here is passed over."""
    found = [*facts.answerable(partner), facts.manager_for(partner)]
    people = tuple(dict.fromkeys(user for user in found if user))
    if rung is None or rung >= len(people):
        return tuple(dict.fromkeys((*people, *admins)))
    return people[: rung + 1]


def is_orphan(facts: Facts, partner: Partner) -> bool:
    """Whether the sponsor of a partner that is not ended does not work here any more."""
    ended = partner.state in (PartnerState.ENDED, PartnerState.PROPOSED)
    return bool(partner.sponsor) and not ended and facts.account_of(partner.sponsor) is None


def a_year_after(day: date) -> date:
    """The same day of the next year; the first of March where there is none."""
    try:
        return day.replace(year=day.year + 1)
    except ValueError:
        return date(day.year + 1, 3, 1)
