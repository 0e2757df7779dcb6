"""Tells administrators each week how many digests there were: counts, no names. An errand of the rounds, and a command.

Hidden groups change no number: what a digest counts as is what it would have come to without them.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Final

from bots.kit.cards import Cards
from bots.kit.commands import Call, Command, Reply
from bridge.domain.digest import Week
from bridge.domain.document import Document, Inline, Items, Strong, document, paragraph
from bridge.domain.mail import MailOutcome
from bridge.domain.messages import Message, say, say_n
from bridge.domain.sending import Because, Delivery, Sending, group_of
from bridge.ports.schedule import Schedule
from bridge.rules.facts import is_hidden
from bridge.rules.sending.favours import MEMORY
from bridge.services.mailing import Mailing
from bridge.services.society import Society

REPORTED: Final = "digest.reported"
"""Under which the latest week is kept, of the bot itself, of which administrators were told."""
BEGAN: Final = "digest.began"
"""Under which it is kept since when the bot is there: what was due before is not sent."""
AFTER: Final = timedelta(days=9)
"""So long after any day of a week it is counted: everybody had theirs by then, whichever day they chose, and time to
answer."""
KEPT: Final = timedelta(weeks=10)
"""For how long it is known what was sent to whom: longer than anything is remembered as told."""
TOLD: Final = (MailOutcome.SENT, MailOutcome.REFUSED, MailOutcome.MISSED, MailOutcome.UNKNOWN)
ADMINS: Final = frozenset({"admin"})


@dataclass(frozen=True, slots=True)
class Figures:
    """Of one week. ``none`` are employees who got no digest, and ``because`` says why those of them of whom that is
    known; the others want none. ``rooms`` counts what became of those for the rooms of groups."""

    week: str
    sent: int = 0
    failed: int = 0
    heard: int = 0
    none: int = 0
    because: Mapping[Because, int] = field(default_factory=dict)
    rooms: Mapping[Sending | Because, int] = field(default_factory=dict)
    letters: Mapping[MailOutcome, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reporting:
    """``told``: whether administrators hear of it unasked. ``sending`` is when the company's digests go out, as cron
    writes it, and ``zone`` on which clock."""

    society: Society
    cards: Cards
    mailing: Mailing | None
    schedule: Schedule
    sending: str
    zone: str
    told: bool

    async def go(self) -> None:
        """Tell of the latest week that is over, once. Raises ``HomeserverError`` and ``StoreError``."""
        bot, now = self.cards.speaker.messenger.user_id, self.cards.speaker.clock.now()
        week = Week.before(now - AFTER)
        async with self.society.store.view() as view:
            began = await view.preferences.get(bot, BEGAN)
            reported = await view.preferences.get(bot, REPORTED) or ""
        if self.society.world() is None or not began or str(week) <= reported:
            return
        if self.told and datetime.fromisoformat(began) < _end_of(week):
            words = report_document(await self.figures(str(week)))
            for admin in sorted(self.society.admins):
                await self.cards.say(admin, words, notice=f"digest {week} {admin}")
        async with self.society.store.work() as work:
            await work.preferences.put(bot, REPORTED, str(week))
            await work.digests.drop_before(str(Week.before(now - KEPT)), opinions=str(Week.before(now - MEMORY)))

    def latest(self) -> Week:
        """The week of which the company had its digests last: until the next ones go out, nothing else is worth a
        question."""
        now = self.cards.speaker.clock.now()
        return Week.before(self.schedule.last(self.sending, self.zone, now) or now)

    async def figures(self, week: str) -> Figures:
        """What is counted. Raises ``StoreError``."""
        world = self.society.world()
        async with self.society.store.view() as view:
            known = await view.digests.of_week(week)
        people = [one for one in known if group_of(one.reader) is None]
        letters = await self.mailing.counts(week) if self.mailing else {}
        sent = [one for one in people if one.openly is one.state is Sending.SENT]
        failed = [one for one in people if one.openly is Sending.FAILED]
        reached = {one.reader for one in (*sent, *failed)}
        unreached = (world.facts.employees if world else frozenset[str]()) - reached
        return Figures(
            week=week,
            sent=len(sent),
            failed=len(failed),
            heard=sum(one.heard for one in sent),
            none=len(unreached),
            because=Counter(_reason(one) for one in people if one.reader in unreached),
            rooms=Counter(self._rooms(known)),
            letters=letters,
        )

    def _rooms(self, known: Iterable[Delivery]) -> Iterator[Sending | Because]:
        """What became of digests for rooms; those of hidden groups, and of groups that are gone, count for nothing."""
        world = self.society.world()
        groups = world.facts.directory.groups if world else {}
        for one in known:
            group = groups.get(group_of(one.reader) or "")
            if group is not None and not is_hidden(group):
                yield Sending.FAILED if one.openly is Sending.FAILED else one.because or one.state


def report_command(reporting: Reporting) -> Command:
    """The command by which administrators ask."""

    async def report(call: Call) -> Reply:
        del call
        return Reply(report_document(await reporting.figures(str(reporting.latest()))))

    return Command(
        path=("digest", "report"),
        french=("résumé", "bilan"),
        summary=say("How many digests were sent last, and how many people said that they saw theirs."),
        run=report,
        rights=ADMINS,
    )


def report_document(figures: Figures) -> Document:
    """The report in words."""
    rows: list[tuple[Inline, ...]] = [
        (say_n("{count} digest was sent.", "{count} digests were sent.", figures.sent),),
        (say_n("{count} person said by a reaction that they saw theirs.",
               "{count} people said by a reaction that they saw theirs.", figures.heard),),
        (_none(figures),),
        (say_n("{count} could not be delivered.", "{count} could not be delivered.", figures.failed),),
    ]  # fmt: skip
    if figures.rooms:
        rows.append((_in_rooms(figures.rooms),))
    if sum(figures.letters.get(one, 0) for one in TOLD):
        rows.append((_letters(figures.letters),))
    return document(
        paragraph(Strong(say("Weekly digests of {week}, until {day}", week=figures.week, day=_last_day(figures.week)))),
        Items(tuple(rows)),
    )


def _reason(delivery: Delivery) -> Because:
    """Why somebody got none: what was for hidden groups alone counts as nothing worth it; what is not concluded waits
    for the reader to come in."""
    if delivery.openly is Sending.SKIPPED:
        return delivery.because or Because.NOTHING
    return Because.UNANSWERED


def _none(figures: Figures) -> Message:
    none, because = figures.none, figures.because
    nothing, late = because.get(Because.NOTHING, 0), because.get(Because.LATE, 0)
    away = because.get(Because.LEFT, 0) + because.get(Because.UNANSWERED, 0)
    return say_n(
        "{count} employee got none: nothing was worth it {nothing}, it was too late {late}, not in the conversation"
        " with me {away}, not wanted {unwanted}.",
        "{count} employees got none: nothing was worth it {nothing}, it was too late {late}, not in the conversation"
        " with me {away}, not wanted {unwanted}.",
        none,
        nothing=nothing,
        late=late,
        away=away,
        unwanted=none - nothing - late - away,
    )


def _in_rooms(counts: Mapping[Sending | Because, int]) -> Message:
    return say(
        "In rooms of groups: posted {sent}, nothing was worth it {nothing}, it was too late {late}, encrypted"
        " {encrypted}, failed {failed}.",
        sent=counts.get(Sending.SENT, 0),
        nothing=counts.get(Because.NOTHING, 0),
        late=counts.get(Because.LATE, 0),
        encrypted=counts.get(Because.ENCRYPTED, 0),
        failed=counts.get(Sending.FAILED, 0) + counts.get(Because.REFUSED, 0),
    )


def _letters(counts: Mapping[MailOutcome, int]) -> Message:
    sent, refused, missed, unknown = (counts.get(one, 0) for one in TOLD)
    return say(
        "By e-mail: sent {sent}, refused {refused}, given up {missed}, of unknown fate {unknown}.",
        sent=sent,
        refused=refused,
        missed=missed,
        unknown=unknown,
    )


def _last_day(week: str) -> date:
    return Week.parse(week).until - timedelta(days=1)


def _end_of(week: Week) -> datetime:
    return week.end.astimezone(UTC)
