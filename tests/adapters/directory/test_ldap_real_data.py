"""Real directories on a real server, group by group against a computation that knows nothing of ours."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from bridge.adapters.directory.dialects import PRESETS
from bridge.adapters.directory.ldap import LdapPlace, Search
from bridge.adapters.directory.ldap_calls import Access
from bridge.domain.errors import ParvisError
from bridge.domain.sources import Preset
from tests.support.ldif_sets import sets_of

SHARED = Path(os.environ.get("PARVIS_SHARED") or Path(__file__).parents[4] / "shared")
REAL = SHARED / "data/directories"

pytestmark = pytest.mark.ldap


@contextmanager
def running(name: str, *options: str) -> Iterator[dict[str, Any]]:
    """The server that comes with the data."""
    if not REAL.is_dir():
        pytest.skip("the real directories are not here (PARVIS_SHARED)")
    command = [
        sys.executable,
        str(REAL / "run_slapd.py"),
        "--ldif",
        str(REAL / name),
        "--allow-bad",
        "--until-eof",
        *options,
    ]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as server:
        assert server.stdout is not None
        assert server.stdin is not None
        line = server.stdout.readline()
        if not line:
            pytest.skip("slapd: it does not start here")
        yield json.loads(line)
        server.stdin.close()
        server.wait(20)


def place(server: dict[str, Any], people: str = "") -> LdapPlace:
    preset = PRESETS[Preset.OPENLDAP]
    return LdapPlace(
        access=Access(
            host=server["host"], port=server["port"], tls=False, start_tls=False,
            bind_dn=server["bind_dn"], password=server["password"], page=20,
        ),
        people=Search(base=server["base_dn"], filter=people or preset.people),
        groups=Search(base=server["base_dn"], filter=preset.groups),
        dialect=preset.dialect,
        server_name="example.com",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("name", "people", "counts"),
    [
        ("389ds-Example.ldif", "", (150, 5, 11)),
        ("openldap-test.ldif", "(objectClass=OpenLDAPperson)", (10, 3, 19)),
        ("sevenSeas.ldif", "", (13, 5, 12)),
    ],
)
def test_groups_and_members_are_those_of_the_file(name: str, people: str, counts: tuple[int, int, int]) -> None:
    with running(name, "--memberof") as server:
        directory = place(server, people).read(datetime.now(UTC))[0].directory
    logins, groups = sets_of(REAL / name)
    words = {one.id: one.user[1:].partition(":")[0] for one in directory.people.values()}
    words |= {f"group:{one.id}": f"group:{one.name.en}" for one in directory.groups.values()}
    assert set(words.values()) >= {login.lower() for login in logins}
    read = {one.name.en: {words[member] for member in one.members} for one in directory.groups.values()}
    expected = {group: {m if m.startswith("group:") else m.lower() for m in found} for group, found in groups.items()}
    assert read == expected
    assert (len(directory.people), len(directory.groups), sum(map(len, read.values()))) == counts


def test_a_size_limit_in_the_middle_of_a_real_directory_is_no_answer() -> None:
    with (
        running("389ds-Example.ldif", "--sizelimit", "100") as server,
        pytest.raises(ParvisError, match="ends its answer at a limit"),
    ):
        place(server).read(datetime.now(UTC))


def test_a_page_that_is_larger_than_the_server_allows_is_told() -> None:
    with (
        running("389ds-Example.ldif", "--page-max", "10") as server,
        pytest.raises(ParvisError, match="make page smaller"),
    ):
        place(server).read(datetime.now(UTC))
