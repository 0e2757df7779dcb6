from pathlib import Path

import pytest

from bridge.adapters.policies.source import PolicyFile
from bridge.domain.directory import Visibility
from bridge.domain.errors import InputError
from bridge.domain.policy import FilePolicy
from bridge.domain.viewers import COMMAND_LINE, alone
from bridge.services.exporting import exported, proposals
from tests.services.household import Household, household
from tests.world import directory, group, partner, user

ANN, BOB = alone(user("ann")), alone(user("bob"))


async def company() -> Household:
    house = household(
        directory(
            group("sales").called("Ventes", "Vendre: tout").owners("ann").members("ann", "bob").admits("acme"),
            group("board").hidden().owners("ann").members("ann"),
            partners=[partner("acme")],
        )
    )
    await house.settle()
    return house


def read(folder: Path, text: str) -> FilePolicy:
    path = folder / "export.yaml"
    path.write_text(text, encoding="utf-8")
    return PolicyFile(path).read_now().policy


async def test_what_is_exported_asks_for_nothing_when_it_is_brought_back(tmp_path: Path) -> None:
    house = await company()
    assert house.world is not None
    text = exported(house.world.facts.directory.groups.values())
    assert "visibility: hidden" in text
    assert await proposals(house.policies, ANN, read(tmp_path, text)) == []


async def test_what_was_changed_in_an_export_becomes_decisions(tmp_path: Path) -> None:
    house = await company()
    assert house.world is not None
    text = exported([house.world.facts.directory.groups["sales"]])
    news = read(tmp_path, f"{text}    posting: owners\n    visibility: public\n")
    [proposal] = await proposals(house.policies, ANN, news)
    assert proposal.values == {"posting": "owners", "visibility": "public"}
    assert proposal.reasons
    await house.policies.take(proposal, actor=user("ann"), origin="$1")
    world = await house.settle()
    assert world.facts.directory.groups["sales"].visibility is Visibility.PUBLIC


async def test_the_command_line_makes_groups_that_do_not_exist(tmp_path: Path) -> None:
    house = await company()
    file = read(tmp_path, "groups: {club: {name: Club, visibility: public, owners: [ann], members: [bob]}}")
    [proposal] = await proposals(house.policies, COMMAND_LINE, file)
    assert proposal.created
    await house.policies.take(proposal, actor="", origin="1")
    club = (await house.settle()).facts.directory.groups["club"]
    assert (club.owners, club.members, club.visibility) == (("ann",), ("bob",), Visibility.PUBLIC)


async def test_a_group_that_the_viewer_may_not_know_is_one_that_does_not_exist(tmp_path: Path) -> None:
    house = await company()
    for name in ("board", "nowhere"):
        with pytest.raises(InputError, match=f"There is no group {name}"):
            await proposals(house.policies, BOB, read(tmp_path, f"groups: {{{name}: {{posting: owners}}}}"))
