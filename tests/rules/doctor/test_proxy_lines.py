"""The lines for a reverse proxy in ``docs/homeserver.md`` close every way on which Synapse tells anybody whether a room
is there, and nothing that people need; the doctor gives the same lines.
"""

import re
from collections.abc import Iterator
from typing import Final

import pytest

from bridge.adapters.matrix.outside import BY_ID
from bridge.rules.doctor.outside import NO_ADMINISTRATION, NO_ROOM_IDS
from tests.rules.doctor.test_homeserver import DOCUMENT

CLIENT: Final = "/_matrix/client"
ROOM: Final = "!room:corp.example"
VERSIONS: Final = ("v3", "r0", "api/v1", "unstable")
"""Under which Synapse answers what is older than versions of single questions."""
CLOSED: Final = [
    ("GET", "/_synapse/admin/v1/rooms"),
    *((method, f"{CLIENT}/{way.format(room=ROOM)}") for way in BY_ID for method in ("GET", "PUT")),
    *((method, f"{CLIENT}/{version}/directory/room/#x:corp.example")
      for version in VERSIONS for method in ("PUT", "DELETE")),
]  # fmt: skip
NEEDED: Final = [
    ("GET", f"{CLIENT}/versions"),
    *(("GET", f"{CLIENT}/{version}/directory/room/#x:corp.example") for version in VERSIONS),
    ("OPTIONS", f"{CLIENT}/v3/directory/room/#x:corp.example"),
    ("GET", f"{CLIENT}/v3/publicRooms"),
    ("POST", f"{CLIENT}/v3/join/{ROOM}"),
    ("GET", f"{CLIENT}/v1/rooms/{ROOM}/hierarchy"),
    ("PUT", f"{CLIENT}/v3/rooms/{ROOM}/send/m.room.message/1"),
    ("GET", f"{CLIENT}/v1/media/download/corp.example/file"),
    ("GET", "/_matrix/federation/v1/query/directory"),
    ("GET", "/_synapse/client/password_reset"),
]


def documented() -> str:
    """The lines to paste."""
    (block,) = re.findall(r"```nginx\n(.*?)```", DOCUMENT.read_text(encoding="utf-8"), re.DOTALL)
    return str(block)


def conditions() -> Iterator[tuple[str, str]]:
    """What each rule looks at, and the regular expression that it refuses."""
    variables = {"uri": "{uri}", "asked": "{method} {uri}"}
    assert 'set $asked "$request_method $uri";' in documented()
    for name, expression in re.findall(r'if \(\$(\w+) ~ "(.*?)"\) \{ return 403; \}', documented()):
        yield variables[name], expression


def refused(method: str, uri: str) -> bool:
    """Whether nginx answers by itself; ``uri`` is the path without quoting, as it compares it."""
    return any(
        re.search(expression, looked_at.format(method=method, uri=uri)) for looked_at, expression in conditions()
    )


@pytest.mark.parametrize(("method", "uri"), CLOSED)
def test_what_tells_of_rooms_and_the_administration_are_closed(method: str, uri: str) -> None:
    assert refused(method, uri)


@pytest.mark.parametrize(("method", "uri"), NEEDED)
def test_what_people_need_stays_open(method: str, uri: str) -> None:
    assert not refused(method, uri)


def test_the_doctor_gives_the_lines_that_the_page_gives() -> None:
    lines = [line.partition("   #")[0] for text in (NO_ADMINISTRATION, NO_ROOM_IDS) for line in text.splitlines()]
    assert [line for line in lines if not line.startswith("#")] == documented().splitlines()
