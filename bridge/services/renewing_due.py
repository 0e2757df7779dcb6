"""Has people asked, reminded and told when time that was agreed with partners runs out. Called by the rounds.

A round with nothing due writes nothing; one that was killed is made good by the next.
"""

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from functools import partial
from typing import Final

import structlog

from bridge.domain.partners import Farewell, Guest, Partner
from bridge.ports.store import UnitOfWork
from bridge.rules.facts import Facts
from bridge.rules.renewal import (
    WARN,
    Term,
    is_late,
    is_orphan,
    is_over,
    rung_of,
    rung_since,
    step_of,
    terms_of,
    whom,
)
from bridge.services.invited import note, out
from bridge.services.partnerships import Partnerships
from bridge.services.renewing_kept import (
    HANDOVER,
    KNOWN,
    REVIEW,
    Review,
    Told,
    Word,
    ask,
    close,
    handover_key,
    open_of,
    remember,
    review_in,
    review_key,
    step_key,
    stopped_key,
    tell,
)
from bridge.services.world import World

ORIGIN: Final = "last-day"
"""What stands in the audit log in place of an event."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Kept:
    """What is known of earlier rounds: keys of what was done with the time of that, and open questions."""

    known: Mapping[str, datetime]
    reviews: Sequence[Review]


@dataclass(slots=True, kw_only=True)
class Due:
    """``warn`` are the days before a last one on which somebody is asked. Goes through everything once for each new
    world and each day: with tens of thousands of people that takes a while."""

    partnerships: Partnerships
    warn: tuple[int, ...] = WARN
    _done: tuple[World | None, date | None] = field(default=(None, None), init=False)

    @property
    def today(self) -> date:
        """The day it is where the company is."""
        return self.partnerships.clock.now().astimezone(self.partnerships.reconciler.timezone).date()

    async def go(self) -> None:
        """One round. Raises ``StoreError``."""
        world = self.partnerships.society.world()
        today = self.today
        if world is None or (self._done[0] is world and self._done[1] == today):
            return
        facts = world.facts
        async with self.partnerships.store.view() as view:
            kept = Kept(
                known={item.key: item.created_at for item in await view.pending.open(KNOWN)},
                reviews=[review_in(item) for item in await view.pending.open(REVIEW)],
            )
        late = [guest for guest in facts.directory.guests.values() if is_late(guest, today)]
        if late:
            await self._expire(late)
        terms = list(all_terms(facts))
        open_terms = list(undecided(terms, kept.known))
        await self._close(kept.reviews, open_terms, today)
        for term in open_terms:
            step = step_of(term, today, self.warn)
            if step is not None and step_key(term, str(step)) not in kept.known:
                await self._ask(facts, facts.directory.partners[term.partner], term, step)
        for term in terms:
            if is_over(term, today) and step_key(term, "over") not in kept.known:
                await self._tell_over(facts, facts.directory.partners[term.partner], term)
        await self._hand_over(facts, kept.known, today)
        self._done = (world, today)

    def _admins(self) -> tuple[str, ...]:
        access = self.partnerships.society.access()
        return tuple(sorted(filter(access.is_admin, access.admins))) if access else ()

    async def _ask(self, facts: Facts, partner: Partner, term: Term, step: int) -> None:
        """One step further, in place of the question that nobody answered."""
        asked = whom(facts, partner, self._admins(), rung_of(step, self.warn))
        if not asked:
            return
        now = self.partnerships.clock.now()
        pinned = term.agreement and "until" in partner.declared
        review = Review(key=review_key(term, str(step)), term=term, to=asked, pinned=pinned)
        async with self.partnerships.store.work() as work:
            if await remember(work, step_key(term, str(step)), now=now, until=term.until):
                for earlier in open_of([review_in(item) for item in await work.pending.open(REVIEW)], term):
                    await close(work, earlier.key, "again", now)
                await ask(work, review, now=now, ends=self._after(term.until))
        log.info("a renewal is asked for", partner=partner.id, days=step, agreement=term.agreement)

    async def _tell_over(self, facts: Facts, partner: Partner, term: Term) -> None:
        """The last day has passed: who answers for the partner learns who is out."""
        now, asked = self.partnerships.clock.now(), whom(facts, partner, self._admins())
        async with self.partnerships.store.work() as work:
            if await remember(work, step_key(term, "over"), now=now, until=term.until):
                for user in asked:
                    key = f"{step_key(term, 'over')}:{user}"
                    await tell(work, Word(key=key, to=user, told=Told.OVER, term=term), now)

    async def _expire(self, late: Iterable[Guest]) -> None:
        """They have no seat since their last day passed; now it is written down why."""
        now, today = self.partnerships.clock.now(), self.today
        async with self.partnerships.store.work() as work:
            for one in late:
                guest = await work.partners.guest(one.user)
                if guest is not None and is_late(guest, today):
                    await self._expired(work, guest, now)
        self.partnerships.changed()

    async def _expired(self, work: UnitOfWork, guest: Guest, now: datetime) -> None:
        gone = out(guest, why=Farewell.EXPIRED, now=now)
        await work.partners.put_guest(gone)
        more = {"farewell": str(Farewell.EXPIRED)}
        await note(work, gone, "guest-out", self.partnerships.chance, actor="", origin=ORIGIN, now=now, more=more)

    async def _close(self, reviews: Iterable[Review], terms: Sequence[Term], today: date) -> None:
        """Questions whose answer came in another way, or whose day has passed."""
        now = self.partnerships.clock.now()
        for review in reviews:
            still = any(open_of([review], term) for term in terms) if today <= review.term.until else False
            if not still:
                async with self.partnerships.store.work() as work:
                    await close(work, review.key, "done" if today <= review.term.until else "late", now)

    async def _hand_over(self, facts: Facts, known: Mapping[str, datetime], today: date) -> None:
        """Have those asked who takes over who can say it, where a sponsor is gone."""
        now, current = self.partnerships.clock.now(), set[str]()
        for partner in facts.directory.partners.values():
            if not is_orphan(facts, partner):
                continue
            first = handover_key(partner.id, partner.sponsor, "first")
            current.add(first.removesuffix("first"))
            rung = rung_since(known.get(first, now).date(), today)
            key = first if rung == 0 else handover_key(partner.id, partner.sponsor, str(rung))
            asked = whom(facts, partner, self._admins(), rung)
            if key in known or not asked:
                continue
            async with self.partnerships.store.work() as work:
                if await remember(work, key, now=now, until=today + timedelta(days=365)):
                    for user in asked:
                        word = Word(key=f"{key}:{now.isoformat()}:{user}", to=user, told=Told.HANDOVER,
                                    partner=partner.id, sponsor=partner.sponsor)  # fmt: skip
                        await tell(work, word, now)
        # Somebody who came back and leaves again is asked about again.
        over = [key for key in known if key.startswith(HANDOVER) and not key.startswith(tuple(current))]
        if over:
            async with self.partnerships.store.work() as work:
                await work.pending.remove(over)

    def _after(self, day: date) -> datetime:
        """The moment in which the day ends where the company is."""
        return datetime.combine(day + timedelta(days=1), time(), tzinfo=self.partnerships.reconciler.timezone)


def all_terms(facts: Facts) -> Iterator[Term]:
    """Everything of all partners that ends by itself."""
    of: dict[str, list[Guest]] = {}
    for guest in facts.directory.guests.values():
        of.setdefault(guest.partner, []).append(guest)
    for partner in facts.directory.partners.values():
        yield from terms_of(partner, of.get(partner.id, ()))


def undecided(terms: Iterable[Term], known: Container[str]) -> Iterator[Term]:
    """These without what somebody said of it that it ends: nobody is asked about that any more."""
    for term in map(partial(without_stopped, known=known), terms):
        stopped = term.agreement and stopped_key(term.partner, term.until) in known
        if term.people if not term.agreement else not stopped:
            yield term


def without_stopped(term: Term, known: Container[str]) -> Term:
    """The same without people who were let go."""
    return replace(term, people=tuple(user for user in term.people if stopped_key(user, term.until) not in known))
