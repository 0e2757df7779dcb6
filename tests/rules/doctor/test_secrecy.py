"""What the doctor finds about the secrecy check."""

from dataclasses import replace
from datetime import timedelta
from typing import Final

import pytest

from bridge.domain.diagnosis import Verdict
from bridge.domain.secrecy import Asker, Outcome, Probed, SecrecyReport
from bridge.domain.secrecy import Verdict as Seen
from bridge.rules.doctor.secrecy import CHECK, Checked, examine
from tests.fakes.clock import START

LEAK: Final = Probed(channel="summary", asker=Asker.PARTNER, outcome=Outcome.NAMED, verdict=Seen.LEAKS)
REPORT: Final = SecrecyReport(at=START, by="schedule", rows=())
WELL: Final = Checked(place="config.yaml", due=START, report=REPORT)
NOW: Final = START + timedelta(days=2)
GOOD: Final = {"secrecy.leaks": Verdict.GOOD, "secrecy.made": Verdict.GOOD}


@pytest.mark.parametrize(
    ("checked", "verdicts"),
    [
        (Checked(place="config.yaml"), {}),
        (WELL, GOOD),
        (replace(WELL, due=NOW), GOOD),
        (replace(WELL, report=replace(REPORT, rows=(LEAK,))), GOOD | {"secrecy.leaks": Verdict.FAULT}),
        (replace(WELL, due=START + timedelta(days=1)), GOOD | {"secrecy.made": Verdict.WARNING}),
        (replace(WELL, failed=START), GOOD | {"secrecy.made": Verdict.WARNING}),
        (replace(WELL, report=None), {"secrecy.made": Verdict.UNKNOWN}),
        (replace(WELL, heard=False), GOOD | {"secrecy.room": Verdict.WARNING}),
        (replace(WELL, heard=False, due=None), {"secrecy.leaks": Verdict.GOOD}),
    ],
    ids=["not wanted", "well", "due now", "leaks", "overdue", "could not be made", "never", "no room", "by hand"],
)
def test_a_check_that_is_wanted_has_to_be_made_to_find_nothing_and_to_be_heard(
    checked: Checked, verdicts: dict[str, Verdict]
) -> None:
    assert {one.check: one.verdict for one in examine(checked, NOW)} == verdicts


def test_what_is_to_be_done_is_a_line_to_paste_and_what_follows_is_said() -> None:
    overdue = replace(WELL, due=START + timedelta(days=1), heard=False, report=replace(REPORT, rows=(LEAK,)))
    ill = [one for one in examine(overdue, NOW) if one.ill]
    assert len(ill) == 3
    assert all(one.why for one in ill)
    assert [one.remedy for one in ill[:2]] == [CHECK, CHECK]
