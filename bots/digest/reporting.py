"""Tells administrators each week how many digests there were: counts, no names. An errand of the rounds, and a command.

Hidden groups change no number: what a digest counts as is what it would have come to without them.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from bots.digest.report_words import Figures, report_document
from bots.kit.cards import Cards
from bots.kit.commands import Call, Command, Reply
from bridge.domain.digest import Week
from bridge.domain.messages import say
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
ADMINS: Final = frozenset({"admin"})


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


def _reason(delivery: Delivery) -> Because:
    """Why somebody got none: what was for hidden groups alone counts as nothing worth it; what is not concluded waits
    for the reader to come in."""
    if delivery.openly is Sending.SKIPPED:
        return delivery.because or Because.NOTHING
    return Because.UNANSWERED


def _end_of(week: Week) -> datetime:
    return week.end.astimezone(UTC)
