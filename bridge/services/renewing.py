"""Whether time that was agreed with partners goes on: said by those who answer for them, and by who was asked.

Commands and answers to questions come here; ``renewing_due`` asks them. Everything may be repeated after a crash.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from bridge.domain.errors import ErrorKind, InputError, ParvisError
from bridge.domain.ids import localpart_of
from bridge.domain.messages import say
from bridge.domain.partners import Guest, Partner, Standing
from bridge.domain.viewers import COMMAND_LINE, OPEN, Viewer, alone
from bridge.ports.pending import Pending
from bridge.ports.store import AuditEntry, Outcome, UnitOfWork
from bridge.rules.facts import Facts
from bridge.rules.renewal import Term, a_year_after, is_here, whom
from bridge.services.decided import NotAllowed
from bridge.services.doorstep import for_the_first_time
from bridge.services.invited import note
from bridge.services.partnerships import Partnerships
from bridge.services.renewing_answers import Renewed, answer_to, keep_answer, renewed_in, written_renewed
from bridge.services.renewing_due import Due, all_terms, undecided, without_stopped
from bridge.services.renewing_kept import (
    KNOWN,
    REVIEW,
    Review,
    close,
    remember,
    review_in,
    stopped_key,
    term_in,
    written,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Renewing:
    """``due`` knows the days."""

    partnerships: Partnerships
    due: Due

    async def find(self, viewer: Viewer, text: str) -> Partner | None:
        """The partner that ``text`` names, about whose time the asker decides; None when there is none for them.
        Raises ``NotAllowed``."""
        partner = self.partnerships.find(viewer, text)
        if partner is None or self._decides(viewer, partner.id, await self.reviews(partner.id)):
            return partner
        message = say("Its sponsor and administrators decide about the partner {partner}.", partner=partner.name)
        raise NotAllowed(message)

    async def may_answer(self, item: Pending, user: str) -> bool:
        """Whether this person may answer the question: who was asked, and whoever answers for the partner by now."""
        review = review_in(item)
        return not review.pinned and self._decides(alone(user), review.term.partner, [review])

    def _decides(self, viewer: Viewer, partner_id: str, reviews: Iterable[Review]) -> bool:
        access = self.partnerships.society.access()
        partner = self._facts().directory.partners.get(partner_id)
        if access is None or partner is None:
            return False
        if access.may_answer_for(viewer, partner_id):
            return True
        asked = any(viewer.asker in review.to for review in reviews)
        return asked and viewer.asker in whom(access.facts, partner, (), None)

    def partner_in(self, review: Review) -> Partner:
        """The partner that a question is about. Raises ``ParvisError`` when it is gone."""
        partner = self._facts().directory.partners.get(review.term.partner)
        if partner is None:
            raise ParvisError(say("There is no such partner any more."), kind=ErrorKind.CONFLICT)
        return partner

    async def reviews(self, partner_id: str) -> list[Review]:
        """The open questions about a partner, oldest first."""
        async with self.partnerships.store.view() as view:
            reviews = [review_in(item) for item in await view.pending.open(REVIEW)]
        return [one for one in reviews if one.term.partner == partner_id]

    async def meant(self, partner: Partner, words: Sequence[str]) -> tuple[str, ...]:
        """The user ids of people of the partner, each named by user id, by what stands before its colon, or by the
        number under the one open question. Raises ``InputError``."""
        people = {guest.user for guest in self._facts().directory.guests.values() if guest.partner == partner.id}
        reviews = await self.reviews(partner.id)
        numbered = reviews[0].term.people if len(reviews) == 1 else ()
        return tuple(dict.fromkeys(_person(word, people, numbered, partner) for word in words))

    async def terms(self, partner: Partner, people: Iterable[str] = ()) -> list[Term]:
        """What ends of the partner: of these people where there are some; else what is asked about, or is over; else
        the agreement. Who was let go counts by name alone. Empty when nothing of it ends."""
        named = set(people)
        terms = [term for term in all_terms(self._facts()) if term.partner == partner.id]
        if named:
            parts = [
                replace(one, agreement=False, people=tuple(sorted(named.intersection(one.people)))) for one in terms
            ]
            return [one for one in parts if one.people]
        known, today = await self._known(), self.due.today
        asked = [one.term for one in await self.reviews(partner.id)]
        staying = undecided(terms, known)
        found = [one for one in staying if one.until < today or any(_same(one, other) for other in asked)]
        return found or [without_stopped(one, known) for one in terms if one.agreement]

    async def unasked(self, terms: Sequence[Term], origin: str) -> date | None:
        """The last day of the agreement where it alone is meant by these, nobody was asked about it and it still runs;
        None too where the event ``origin`` renewed it before."""
        agreement = next((one for one in terms if one.agreement and one.until >= self.due.today), None)
        if agreement is None or any(_same(agreement, one.term) for one in await self.reviews(agreement.partner)):
            return None
        async with self.partnerships.store.view() as view:
            return agreement.until if await answer_to(view, origin) is None else None

    async def renew(
        self, partner: Partner, terms: Sequence[Term], *, by: str, origin: str, until: date | None = None
    ) -> Renewed:
        """Let these terms go on until a day, a year after they end unless it is said, once for each event ``origin``.

        People never stay longer than the agreement. Raises ``Pinned``, ``BadValue`` and ``InputError``.
        """
        async with self.partnerships.store.view() as view:
            known = await answer_to(view, origin)
        if known is None:
            wanted = written_renewed(self._wanted(partner, terms, until))
            async with self.partnerships.store.work() as work:
                known = await keep_answer(work, origin, wanted, by=by, now=self.partnerships.clock.now())
        kept = renewed_in(known, partner)
        if kept.agreement is not None:
            values = {"until": kept.agreement.isoformat()}
            # Who was asked may say so, whoever decides about the partner otherwise.
            proposal = await self.partnerships.propose(COMMAND_LINE, partner.id, values)
            if proposal is not None and proposal.unchanged is None:
                await self.partnerships.take(proposal, actor=by, origin=origin)
        if kept.people:
            await self._renew_people(kept, by=by, origin=origin)
        return kept

    def _wanted(self, partner: Partner, terms: Sequence[Term], until: date | None) -> Renewed:
        """The agreement first: nobody stays for longer. Raises ``InputError``."""
        today, renewed = self.due.today, Renewed(partner=partner)
        for term in sorted(terms, key=lambda term: not term.agreement):
            day = until or a_year_after(max(term.until, today))
            if day < today:
                raise InputError(say("{day} is over.", day=day))
            if term.agreement:
                people = dict.fromkeys(term.people, day)
                renewed = replace(renewed, agreement=day, people={**renewed.people, **people})
                continue
            limit = renewed.agreement or partner.until
            capped = min(day, limit) if limit and until is None else day
            if limit and (capped > limit or (capped <= term.until and limit <= term.until) or limit < today):
                raise InputError(say("The agreement with {partner} ends on {day}: nobody of it stays for longer.",
                                     partner=partner.name, day=limit))  # fmt: skip
            renewed = replace(renewed, people={**renewed.people, **dict.fromkeys(term.people, capped)})
        if until and any(until <= term.until for term in terms):
            raise InputError(say("{day} is not later than what is agreed already.", day=until))
        return renewed

    async def _renew_people(self, kept: Renewed, *, by: str, origin: str) -> None:
        now = self.partnerships.clock.now()
        async with self.partnerships.store.work() as work:
            if not await for_the_first_time(work, f"renewed:{origin}", now):
                return
            for user, day in kept.people.items():
                guest = await work.partners.guest(user)
                if guest is None or not is_here(guest) or guest.until is None or guest.until >= day:
                    continue
                longer = replace(guest, standing=Standing.INVITED, farewell=None, until=day, at=now)
                await work.partners.put_guest(longer)
                await self._note(work, longer, "guest-renewed", by=by, origin=origin)
        await self._followed()

    async def stop(self, partner: Partner, terms: Iterable[Term], *, by: str, origin: str) -> list[Term]:
        """Let these terms end on their last day; nobody is asked about them any more. Gives those that do not end yet
        by themselves; the same for a repeated event ``origin``."""
        now, today = self.partnerships.clock.now(), self.due.today
        wanted = [term for term in terms if term.until >= today]
        async with self.partnerships.store.work() as work:
            if known := await answer_to(work, origin):
                return [term_in(one) for one in known["terms"]]
            await keep_answer(work, origin, {"terms": [written(term) for term in wanted]}, by=by, now=now)
            for term in wanted:
                for subject in [term.partner] if term.agreement else term.people:
                    await remember(work, stopped_key(subject, term.until), now=now, until=term.until)
                if term.agreement:
                    await work.audit.intend([self._stopped(partner, term, by=by, origin=origin)])
                else:
                    await self._stop_people(work, term, by=by, origin=origin)
        await self._followed()
        return wanted

    async def _stop_people(self, work: UnitOfWork, term: Term, *, by: str, origin: str) -> None:
        """Who stays as long as the agreement gets its last day as their own, however long it may go on."""
        now = self.partnerships.clock.now()
        for user in term.people:
            guest = await work.partners.guest(user)
            if guest is None or guest.standing is not Standing.INVITED:
                continue
            leaving = guest
            if guest.until is None or guest.until > term.until:
                leaving = replace(guest, until=term.until, at=now)
                await work.partners.put_guest(leaving)
            await self._note(work, leaving, "guest-stopped", by=by, origin=origin)

    async def answered(self, review: Review) -> None:
        """Have all cards of a question closed that somebody answered on one of them."""
        async with self.partnerships.store.work() as work:
            await close(work, review.key, "done", self.partnerships.clock.now())
        self.partnerships.changed()

    async def asked_in(self, review: Review) -> list[Term]:
        """What a question is about, without what was said of it otherwise since: by then it ends on another day."""
        now = [one for one in undecided(all_terms(self._facts()), await self._known()) if _same(one, review.term)]
        return [replace(one, people=tuple(user for user in one.people if user in review.term.people)) for one in now]

    async def _known(self) -> frozenset[str]:
        async with self.partnerships.store.view() as view:
            return frozenset(item.key for item in await view.pending.open(KNOWN))

    async def _note(self, work: UnitOfWork, guest: Guest, kind: str, *, by: str, origin: str) -> None:
        parts = self.partnerships
        await note(work, guest, kind, parts.chance, actor=by, origin=origin, now=parts.clock.now())

    def _stopped(self, partner: Partner, term: Term, *, by: str, origin: str) -> AuditEntry:
        now = self.partnerships.clock.now()
        detail: dict[str, Any] = {"partner": partner.id, "origin": origin, "until": term.until.isoformat()}
        return AuditEntry(
            id=self.partnerships.chance.token(), at=now, actor=by, compartment=OPEN, kind="partner-stopped", run="",
            detail=detail, outcome=Outcome.DONE, outcome_at=now,
        )  # fmt: skip

    async def _followed(self) -> None:
        if self.partnerships.heeded:
            await self.partnerships.heeded()
        self.partnerships.changed()

    def _facts(self) -> Facts:
        world = self.partnerships.society.world()
        if world is None:
            raise ParvisError(say("The directory has not been read yet."), kind=ErrorKind.CONFLICT)
        return world.facts


def _same(one: Term, other: Term) -> bool:
    return (one.partner, one.agreement, one.until) == (other.partner, other.agreement, other.until)


def _person(word: str, people: Collection[str], numbered: Sequence[str], partner: Partner) -> str:
    """Whom a word means. Raises ``InputError``."""
    if word.isascii() and word.isdigit() and 0 < int(word[:6]) <= len(numbered):
        return numbered[int(word) - 1]
    plain = word.lower()
    found = [user for user in sorted(people) if plain in (user.lower(), localpart_of(user).lower())]
    if len(found) != 1:
        # The word is not repeated: it may be the name of something that others here must not know.
        raise InputError(say("I know nobody of {partner} who is called so: give their user id.", partner=partner.name))
    return found[0]
