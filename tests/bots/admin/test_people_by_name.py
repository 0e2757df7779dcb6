"""People are named as they are called, where the bot speaks of them and where people write to it."""

from dataclasses import replace

import pytest

from bridge.domain.directory import Directory, MembershipMode
from tests.bots.admin.asking import Asking, body, status
from tests.world import directory, group, partner, user

NAMES = {"ann": "Ann Petit", "claire": "Claire Martin", "luc": "Luc Dupont", "luc2": "Luc Dupont"}
BOB = "bob:acme.example"


def company() -> Directory:
    source = directory(
        group("deal").owners("claire").members("claire", BOB).admits("acme").having(membership=MembershipMode.BOTH),
        group("sales").public().owners("luc").members("claire"),
        partners=[partner("acme", named=[BOB], servers=["acme.example"])],
        people=["ann", "ines", "luc2"],
    )
    people = {id_: replace(one, name=NAMES.get(id_, "")) for id_, one in source.people.items()}
    return replace(source, people=people)


@pytest.mark.parametrize(
    "line",
    [
        "!group add deal Ann Petit",
        "!group add deal ann petit",
        '!group add deal "Ann Petit"',
        "!group add deal ann",
        "!groupe ajouter deal Ann Petit",
    ],
)
async def test_somebody_is_added_by_name_and_told_of_by_name(line: str) -> None:
    asking = await Asking.of(company())
    reply = body(await asking.ask(line, by="claire"))
    assert "Ann Petit" in reply
    assert user("ann") not in reply
    assert user("ann") in str(asking.house.store.data.policies["deal"].values["members"])


@pytest.mark.parametrize(
    "words",
    [
        "Ann Petit, Claire Martin",
        "Ann Petit Claire Martin",
        '"ann petit" claire',
        f"{user('ann')}, Claire Martin",
    ],
)
async def test_several_are_set_by_name_with_or_without_commas(words: str) -> None:
    asking = await Asking.of(company())
    for field in ("owners", "membres"):
        reply = await asking.ask(f"!group set deal {field} {words} --yes", by="claire")
        assert "Ann Petit" in body(reply) or "Claire Martin" in body(reply), body(reply)
    values = asking.house.store.data.policies["deal"].values
    assert values["owners"] == values["members"] == [user("ann"), user("claire")]


async def test_of_a_name_that_nobody_has_one_is_suggested_and_of_several_one_is_to_be_chosen() -> None:
    asking = await Asking.of(company())
    nobody = await asking.ask("!group set deal owners Claire Martin, An Petit", by="claire")
    assert status(nobody) == "usage"
    assert "An Petit is nobody" in body(nobody)
    assert f"Did you mean this one? Ann Petit ({user('ann')})" in body(nobody)
    first = await asking.ask("!group set deal owners Claire Martn, Ann Petit", by="claire")
    assert "Claire Martn is nobody" in body(first)
    assert f"Claire Martin ({user('claire')})" in body(first)
    several = await asking.ask("!group set deal members Luc Dupont", by="claire")
    assert (status(several), "Several people are called Luc Dupont" in body(several)) == ("usage", True)
    none = await asking.ask("!group set deal members - --yes", by="claire")
    assert status(none) == "ok"


async def test_of_several_of_one_name_one_is_to_be_chosen() -> None:
    asking = await Asking.of(company())
    reply = await asking.ask("!group owner deal Luc Dupont", by="claire")
    assert status(reply) == "usage"
    assert f"{user('luc2')} and {user('luc')}" in body(reply)
    shown = body(await asking.ask(f"!group owner deal {user('luc2')}", by="claire"))
    assert f"Luc Dupont ({user('luc2')})" in shown


async def test_where_others_read_along_people_are_not_looked_up_by_name() -> None:
    asking = await Asking.of(company())
    room = asking.messenger.room("!abroad", user("claire"), f"@{BOB}")
    with_name = await asking.ask("!group add deal Ann Petit", by="claire", room=room)
    nobody = await asking.ask("!group add deal Zoe Petit", by="claire", room=room)
    assert body(with_name).replace("Ann", "Zoe") == body(nobody)


async def test_who_is_switched_off_is_named_and_the_source_that_did_it() -> None:
    source = company()
    off = replace(source.people["ann"], active=False, off_in=("staff",))
    asking = await Asking.of(replace(source, people={**source.people, "ann": off}))
    for words in ("Ann Petit", "ann", user("ann"), user("ANN")):
        reply = body(await asking.ask(f"!why {words} deal", by="claire"))
        assert "Ann Petit is switched off, and so is in no group. (by the directory, in staff)" in reply, reply
    assert status(await asking.ask("!group add deal Ann Petit", by="claire")) != "ok"
    unknown = body(await asking.ask("!why Nobody Atall deal", by="luc"))
    assert body(await asking.ask("!why Ann Petit deal", by="luc")) == unknown


async def test_why_and_the_audit_log_are_asked_about_people_by_name() -> None:
    asking = await Asking.of(company())
    assert "Claire Martin is an owner of the group." in body(await asking.ask("!why Claire Martin deal"))
    assert body(await asking.ask("!why Claire Martin deal")) == body(await asking.ask(f"!why {user('claire')} deal"))
    await asking.ask("!group add deal Ann Petit", by="claire")
    log = body(await asking.ask("!audit Claire Martin"))
    assert "by Claire Martin" in log
    assert log == body(await asking.ask(f"!audit {user('claire')}"))


async def test_a_name_that_is_a_groups_means_the_group() -> None:
    source = company()
    board = replace(source.groups["sales"], id="board", name=replace(source.groups["sales"].name, en="Ann Petit"))
    asking = await Asking.of(replace(source, groups={**source.groups, "board": board}))
    assert "Ann Petit" in body(await asking.ask("!why Ann Petit", by="ines"))


async def test_a_suggestion_says_what_is_called_so() -> None:
    asking = await Asking.of(company())
    assert f"Claire Martin ({user('claire')})" in body(await asking.ask("!group add deal Clare Martin", by="claire"))
