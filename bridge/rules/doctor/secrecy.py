"""The secrecy check, judged: was it made when it was due, what did it find, and would an alarm reach anybody. Pure.

Called by ``parvis doctor``. Nothing of it is a finding where no check is wanted by schedule and none was made.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from bridge.domain.diagnosis import Diagnosis, Verdict
from bridge.domain.messages import Message, say, say_n
from bridge.domain.secrecy import SecrecyReport
from bridge.rules.doctor.setting import AS_IT_SHOULD_BE

CHECK: Final = "parvis audit secrecy"
ROOM: Final = "admins: ['@somebody:example.org']\nadmin_room: auto"
GRACE: Final = timedelta(hours=1)
"""That a check may take, and wait for its turn."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """``due`` is when the schedule fired last (UTC), None where there is none; ``failed`` when a check could not be
    made, if that is so of the last one; ``heard`` whether there is a room for alarms; ``place`` is where it is
    configured."""

    place: str
    due: datetime | None = None
    report: SecrecyReport | None = None
    failed: datetime | None = None
    heard: bool = True


def examine(checked: Checked, now: datetime) -> Iterator[Diagnosis]:
    """All findings as of ``now`` (UTC)."""
    if checked.report is not None:
        yield _found(checked, checked.report)
    if checked.failed is not None:
        found = say("The last secrecy check could not be made ({at}).", at=checked.failed)
        yield _unsure(checked, "secrecy.made", Verdict.WARNING, found)
    elif checked.due is not None:
        yield _made(checked, checked.due, now)
    if checked.due is not None and not checked.heard:
        yield Diagnosis(
            check="secrecy.room", place=checked.place, verdict=Verdict.WARNING,
            found=say("There is no room of administrators."),
            why=say("An alarm of the secrecy check would reach nobody."), remedy=ROOM,
        )  # fmt: skip


def _found(checked: Checked, report: SecrecyReport) -> Diagnosis:
    count = len(report.leaks)
    if not count:
        return _good(checked, "secrecy.leaks")
    return Diagnosis(
        check="secrecy.leaks",
        place=checked.place,
        verdict=Verdict.FAULT,
        found=say_n("{count} probe of the last secrecy check found what it must not ({at}).",
                    "{count} probes of the last secrecy check found what they must not ({at}).", count, at=report.at),
        why=say("Whatever shows of a hidden group that was made for it may show of others."),
        remedy=CHECK,
    )  # fmt: skip


def _made(checked: Checked, due: datetime, now: datetime) -> Diagnosis:
    if checked.report is None:
        return _unsure(checked, "secrecy.made", Verdict.UNKNOWN, say("No secrecy check was made yet."))
    if checked.report.at >= due or now < due + GRACE:
        return _good(checked, "secrecy.made")
    found = say("The secrecy check that was due {due} was not made.", due=due)
    return _unsure(checked, "secrecy.made", Verdict.WARNING, found)


def _unsure(checked: Checked, check: str, verdict: Verdict, found: Message) -> Diagnosis:
    why = say("Nobody knows whether hidden groups show anywhere.")
    return Diagnosis(check=check, place=checked.place, verdict=verdict, found=found, why=why, remedy=CHECK)


def _good(checked: Checked, check: str) -> Diagnosis:
    return Diagnosis(check=check, place=checked.place, verdict=Verdict.GOOD, found=AS_IT_SHOULD_BE)
