"""``parvis partner`` as a person calls it: shown first, decided with ``--yes``, and read by scripts."""

import json
from pathlib import Path

import pytest

from tests.app.lines import DONE, MISUSED, call, project

pytestmark = pytest.mark.terminal

TO_DO = 3
DIRECTORY = """
people:
  - {id: "1", user: "@ann:corp.example", name: Ann}
  - {id: "2", user: "@ines:corp.example", name: Inès}
groups:
  - {id: deal, name: Deal, owners: ["1"], members: ["1"]}
partners:
  - {id: acme, name: Acme SA, servers: [acme.example], sponsor: "1", until: 2099-06-30}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = project(tmp_path)
    (folder / "directory.yaml").write_text(DIRECTORY, encoding="utf-8")
    return folder


async def test_a_partner_is_added_granted_and_shown(folder: Path) -> None:
    words = ("partner", "add", "Initech", "--servers", "initech.example", "--sponsor", "1")
    first = await call(folder, *words)
    assert first.code == TO_DO
    assert "Everybody with an account on initech.example" in first.out
    assert (await call(folder, *words, "--yes")).code == DONE

    granted = await call(folder, "partner", "grant", "initech", "deal", "--yes")
    assert (granted.code, "People of Initech can take part" in granted.out) == (DONE, True)
    shown = json.loads((await call(folder, "partner", "show", "Initech", "--json")).out)
    assert shown["groups"] == ["deal"]
    assert (shown["servers"], shown["state"], shown["running"]) == (["initech.example"], "active", True)
    listed = json.loads((await call(folder, "partner", "list", "--json")).out)
    assert [one["id"] for one in listed] == ["acme", "initech"]
    assert "Initech – active, sponsor: Ann" in (await call(folder, "partner", "list")).out


async def test_somebody_of_a_partner_is_invited(folder: Path) -> None:
    refused = await call(folder, "partner", "invite", "@bob:acme.example", "deal")
    assert (refused.code, "Deal does not admit Acme SA. Its owners can decide that: Ann" in refused.said) == (1, True)
    assert (await call(folder, "partner", "grant", "acme", "deal", "--yes")).code == DONE
    words = ("partner", "invite", "@bob:acme.example", "deal", "--until", "2099-01-31")
    first = await call(folder, *words)
    assert first.code == TO_DO
    for sentence in ("@bob:acme.example of Acme SA", "into Deal", "their last day is 31 Jan 2099", "is not known"):
        assert sentence in first.out
    assert (await call(folder, *words, "--yes")).code == DONE
    assert (
        "stranger.example belongs to no partner"
        in (await call(folder, "partner", "invite", "@a:stranger.example")).said
    )


async def test_what_the_file_says_is_changed_there_and_what_is_wrong_is_said(folder: Path) -> None:
    pinned = await call(folder, "partner", "extend", "acme", "2100-01-01", "--yes")
    assert pinned.code != DONE
    assert "directory.yaml says the last day of Acme SA" in pinned.said
    unknown = await call(folder, "partner", "show", "nobody")
    assert (unknown.code, "There is no partner nobody" in unknown.said) == (MISUSED, True)
    french = await call(folder, "partner", "set", "acme", "servers", "corp.example", language="fr")
    assert french.code != DONE
