"""How it stands with the secrecy check, as it is measured: by numbers alone."""

from typing import Final

from bridge.adapters.appservice.metrics import Metrics
from bridge.domain.secrecy import Asker, Outcome, Probed, SecrecyReport, Standing, Verdict
from bridge.ports.store import InboxCounts
from tests.fakes.clock import START

NOTHING: Final = InboxCounts(waiting=0, retrying=0, set_aside=0, handled=0, oldest=None)


def row(channel: str, asker: Asker, verdict: Verdict) -> Probed:
    return Probed(channel=channel, asker=asker, outcome=Outcome.NOTHING, verdict=verdict)


REPORT: Final = SecrecyReport(
    at=START,
    by="schedule",
    rows=(
        row("alias", Asker.STRANGER, Verdict.HELD),
        row("alias", Asker.PARTNER, Verdict.LEAKS),
        row("join", Asker.STRANGER, Verdict.LIMIT),
        row("join", Asker.PARTNER, Verdict.UNPROVEN),
        row("knock", Asker.STRANGER, Verdict.HELD),
        row("presence", Asker.STRANGER, Verdict.ABSENT),
    ),
)


def measured(standing: Standing) -> dict[str, float]:
    lines = Metrics().show(NOTHING, standing).decode().splitlines()
    found = (line.rpartition(" ") for line in lines if line.startswith("parvis_secrecy"))
    return {name.removeprefix("parvis_secrecy_"): float(value) for name, _, value in found}


def test_each_channel_counts_once_as_the_worst_that_anybody_saw_there() -> None:
    assert measured(Standing(report=REPORT)) == {
        "checked_timestamp_seconds": START.timestamp(),
        'channels{verdict="held"}': 1,
        'channels{verdict="leaks"}': 1,
        'channels{verdict="unproven"}': 1,
        'channels{verdict="limit"}': 0,
        'channels{verdict="absent"}': 1,
        "failed": 0,
        "unheard": 0,
    }


def test_a_check_that_could_not_be_made_and_an_alarm_that_nobody_hears_are_measured() -> None:
    found = measured(Standing(failed=START, unheard=True))
    assert (found["failed"], found["unheard"]) == (1, 1)
    assert found["checked_timestamp_seconds"] == 0
    assert measured(Standing()).keys() == found.keys() == measured(Standing(report=REPORT)).keys()
