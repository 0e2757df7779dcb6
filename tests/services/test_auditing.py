"""Searching the audit log through the gate: what was open then and is hidden now, whose chains are whose."""

from dataclasses import replace

from bridge.domain.directory import Visibility
from bridge.domain.messages import say
from bridge.domain.viewers import COMMAND_LINE, Viewer, alone
from bridge.domain.witnesses import read, written
from bridge.services.auditing import Question, Search
from bridge.services.recounting import proof_document, search_document
from tests.services.household import Household, household
from tests.world import directory, group, partner, user

ADMINS = frozenset({user("ines"), user("max")})
EVERYONE = 10_000
ANYTHING = Question()


async def settled() -> Household:
    house = household(
        directory(
            group("sales").owners("claire").members("claire", "ann").admits("acme"),
            group("quartz").hidden().owners("claire").members("claire", "max"),
            partners=[partner("acme", servers=["acme.example"])],
            people=("ines", "max"),
        ),
        admins=ADMINS,
    )
    house.world = await house.reconciler.look(keep=True)
    await house.settle()
    return house


async def told(house: Household, viewer: Viewer, question: Question = ANYTHING) -> str:
    answer, world = await house.auditing.newest(viewer, question, limit=EVERYONE)
    assert world is not None
    return str(search_document(answer, world.facts, narrow=say("more")))


async def everything(house: Household, viewer: Viewer) -> list[str]:
    world, access = house.society.world(), house.society.access()
    assert world
    assert access
    search = Search(store=house.store, world=world, access=access)
    return [str(entry.detail) async for entry in search.entries(viewer, ANYTHING, oldest_first=True)]


async def test_an_administrator_sees_what_is_open_and_what_they_belong_to() -> None:
    house = await settled()
    assert "quartz" not in await told(house, alone(user("ines")))
    assert "quartz" in str(await everything(house, alone(user("max"))))
    assert "sales" in str(await everything(house, alone(user("ines"))))
    assert len(await everything(house, COMMAND_LINE)) == len(await everything(house, alone(user("max"))))


async def test_where_outsiders_read_along_there_is_nothing() -> None:
    house = await settled()
    ines = user("ines")
    company = Viewer(asker=ines, readers=frozenset({ines, "@bob:acme.example"}))
    answer, _ = await house.auditing.newest(company, Question(), limit=9)
    assert (list(answer.entries), answer.more) == ([], False)


async def test_a_hidden_group_and_one_that_does_not_exist_are_answered_alike() -> None:
    house = await settled()
    answers = [await told(house, alone(user("ines")), Question(group=name)) for name in ("quartz", "nothing")]
    assert answers[0] == answers[1]
    assert answers[0] != await told(house, alone(user("max")), Question(group="quartz"))


async def test_what_was_open_then_is_not_shown_once_the_group_is_hidden() -> None:
    house = await settled()
    assert "sales" in str(await everything(house, alone(user("ines"))))
    source = house.source.directory
    hidden = {**source.groups, "sales": group("sales").hidden().owners("claire").members("claire").value}
    house.source.directory = replace(source, groups=hidden)
    house.world = await house.reconciler.look(keep=True)
    assert house.world.facts.directory.groups["sales"].visibility is Visibility.HIDDEN
    assert "sales" not in str(await everything(house, alone(user("ines"))))
    assert "sales" in str(await everything(house, alone(user("claire"))))


async def test_people_are_found_and_a_long_answer_says_that_there_is_more() -> None:
    house = await settled()
    ines = alone(user("ines"))
    about_ann = await told(house, ines, Question(person=user("ann")))
    assert user("ann") in about_ann
    assert user("claire") not in about_ann
    answer, _ = await house.auditing.newest(ines, Question(), limit=2)
    assert (len(answer.entries), answer.more) == (2, True)


async def test_checking_and_heads_are_of_the_chains_that_one_may_know() -> None:
    house = await settled()
    for who, chains in (("ines", [""]), ("max", ["", "quartz"]), ("claire", ["", "quartz"])):
        checked = await house.auditing.verify(alone(user(who)), progress=lambda _: None)
        assert [(one.compartment, one.fault) for one in checked] == [(name, None) for name in chains]
        assert len(await house.auditing.heads(alone(user(who)))) == len(chains)
    world = house.society.world()
    assert world
    assert "quartz" in str(proof_document(checked, world.facts)).casefold()


async def test_heads_survive_as_text() -> None:
    house = await settled()
    heads = await house.auditing.proof.heads()
    assert read(["something else", *(f"> {written(head)} " for head in heads)]) == list(heads)
