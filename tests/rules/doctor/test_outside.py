"""Where ``.well-known`` leads others is judged document by document."""

from dataclasses import replace
from typing import Any, Final

import pytest

from bridge.domain.diagnosis import Outside, Published, Status, Verdict
from bridge.rules.doctor.outside import CHECKS, Meant, examine, unseen

OK, ABSENT, SILENT = Status(code=200), Status(code=404), Status()
NO_ROOM: Final = Status(code=404, errcode="M_NOT_FOUND")
FAULT, WARNING, UNKNOWN = Verdict.FAULT, Verdict.WARNING, Verdict.UNKNOWN
MEANT: Final = Meant(server_name="corp.example", base_url="https://matrix.corp.example/")
SERVER: Final = Published(status=OK, leads_to="matrix.corp.example:443")
CLIENT: Final = Published(status=OK, leads_to="https://matrix.corp.example", for_browsers=True)
GOOD: Final = Outside(
    server=SERVER,
    client=CLIENT,
    destination="matrix.corp.example:443",
    answers_to="corp.example",
    clients=OK,
    administration=ABSENT,
    room_ids={"v3/list": ABSENT, "api/v1/list": ABSENT},
)


def found(seen: Outside) -> dict[str, Verdict]:
    return {one.check.partition(".")[2]: one.verdict for one in examine(seen, MEANT) if one.verdict is not Verdict.GOOD}


@pytest.mark.parametrize(
    ("change", "wanted"),
    [
        ({}, {}),
        # Nothing there, and the port that is meant without it: as good.
        ({"server": Published(status=ABSENT), "destination": "corp.example:8448"}, {}),
        ({"server": Published(status=ABSENT), "answers_to": ""}, {"server": WARNING}),
        ({"server": Published(status=OK)}, {"server": FAULT}),
        ({"answers_to": "other.example"}, {"server": FAULT}),
        ({"answers_to": ""}, {"server": WARNING}),
        ({"client": Published(status=ABSENT)}, {"client": WARNING}),
        ({"client": Published(status=OK)}, {"client": FAULT}),
        ({"client": replace(CLIENT, leads_to="https://evil.example")}, {"client": FAULT}),
        ({"client": replace(CLIENT, for_browsers=False)}, {"client": WARNING}),
        ({"clients": SILENT}, {"client": WARNING}),
        ({"administration": Status(code=401, errcode="M_MISSING_TOKEN")}, {"administration": WARNING}),
        ({"room_ids": {"v3/list": Status(code=403)}}, {}),
        ({"room_ids": {"v3/list": Status(code=403), "api/v1/list": NO_ROOM}}, {"room_ids": WARNING}),
        ({"room_ids": {"v3/list": SILENT, "api/v1/list": NO_ROOM}}, {"room_ids": WARNING}),
        ({"room_ids": {"v3/list": ABSENT, "api/v1/list": SILENT}}, {"room_ids": UNKNOWN}),
        (
            {"server": Published(), "client": Published(), "answers_to": "", "clients": SILENT,
             "administration": SILENT, "room_ids": {}},
            {"server": UNKNOWN, "client": UNKNOWN, "administration": UNKNOWN, "room_ids": UNKNOWN},
        ),
    ],
)  # fmt: skip
def test_what_leads_others_astray_is_found_and_nothing_else(change: Any, wanted: dict[str, Verdict]) -> None:
    assert found(replace(GOOD, **change)) == wanted


def test_every_finding_says_why_and_what_to_paste() -> None:
    bad = replace(GOOD, answers_to="other.example", client=Published(status=OK), administration=Status(code=401),
                  room_ids={"v3/list": NO_ROOM})  # fmt: skip
    ill = [one for one in examine(bad, MEANT) if one.ill]
    assert len(ill) == len(CHECKS)
    assert all(one.why and one.remedy for one in ill)


def test_the_way_that_stands_open_is_named() -> None:
    asked = {"v3/list": Status(code=403), "api/v1/list": NO_ROOM}
    (told,) = [one for one in examine(replace(GOOD, room_ids=asked), MEANT) if one.ill]
    assert told.found.places == {"ways": "/_matrix/client/api/v1/list"}


def test_without_a_connection_it_is_said_that_nobody_looked() -> None:
    assert [(one.check, one.verdict) for one in unseen("corp.example")] == [(check, UNKNOWN) for check in CHECKS]
