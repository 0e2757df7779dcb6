"""Whatever is said in a welcome, nothing hidden is mentioned: with a hidden group and without it, the same bytes.

Whole conversations with the real bot, the days after them included, in which people are reminded and others get hints.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bots.onboarding.library import shipped
from bridge.domain.directory import Directory
from bridge.domain.rooms import Binding, RoomKind
from tests.bots.onboarding.parlour import WELCOME, Parlour
from tests.services.household import household
from tests.world import AGroup, directory, group, partner, user

pytestmark = pytest.mark.slow

ANN, MAX, BOB = user("ann"), user("max"), user("bob:acme.example")
SECRET = "Canary"
ANSWERS = sorted({
    phrase for path in shipped() for step in path.steps.values() for answer in step.ask
    for phrase in (*answer.phrases("en"), *answer.phrases("fr"))
})  # fmt: skip
WORDS = ["ok", "suite", "back", "skip", "later", "stop", "start over", "checklist", "1", "2", "oui", "no", "hm"]
COMMANDS = [
    *("!onboarding status", "!onboarding again", "!contacts", "!profile", f"!profile {MAX}"),
    *("!who canary", "!help"),
]
lines = st.sampled_from(WORDS) | st.sampled_from(ANSWERS) | st.sampled_from([*COMMANDS, SECRET, f"#{SECRET}"])
Said = tuple[str, str]
"""The type of a message, and its text."""
scripts = st.lists(st.tuples(st.sampled_from([ANN, BOB]), lines), max_size=10)


def company(*secret: AGroup) -> Directory:
    source = directory(
        group("sales").public().owners("olga").members("ann", "max", "luc"),
        group("fair").public().called("Trade fair").members("max", "luc", "olga"),
        group("deal").owners("olga").members("ann", "bob:acme.example").admits("acme"),
        *secret,
        partners=[partner("acme", sponsor="claire"), partner("globex", sponsor="zoe")],
        people=["boss"],
    )
    managed = {name: replace(one, manager="boss") for name, one in source.people.items() if name in ("ann", "max")}
    return replace(source, people={**source.people, **managed})


def hidden() -> AGroup:
    return group("board").hidden().called(SECRET, f"{SECRET} of all").owners("max").members("max", "luc", "ann")


def shut() -> AGroup:
    """The same without Ann, who then is somebody outside."""
    return group("board").hidden().called(SECRET, f"{SECRET} of all").owners("max").members("max", "luc")


async def told(
    source: Directory, script: Sequence[tuple[str, str]], later: Directory | None = None
) -> Mapping[str, Sequence[Said]]:
    """Everything that anybody is told in these two weeks, by person; the directory says ``later`` after the script."""
    house = household(source)
    for _ in range(3):
        await house.settle()
    parlour = Parlour(house)
    await parlour.go_round()
    for who in (ANN, BOB):
        parlour.come_in(who)
    for who, line in script:
        await parlour.write(who, line)
        await parlour.go_round()
    house.source.directory = later or source
    await house.settle()
    for _ in range(14 * 3):
        house.clock.set(house.clock.now() + timedelta(hours=8))
        await parlour.go_round()
    synapse, bindings, found = house.homeserver.synapse, [*house.store.data.bindings.values()], dict[str, list[Said]]()
    for room_id, room in synapse.rooms.items():
        if WELCOME in synapse.inside(room_id):
            person = next(one for one in sorted(synapse.inside(room_id)) if one != WELCOME)
            sent = [one for one in room.timeline if one["type"] == "m.room.message" and one["sender"] == WELCOME]
            found[person] = [(one["content"]["msgtype"], _plain(bindings, one["content"]["body"])) for one in sent]
    return found


def _plain(bindings: Iterable[Binding], text: str) -> str:
    """The text with what rooms are for in place of their ids, which are others in another world."""
    for one in bindings:
        text = text.replace(one.room_id or "!", f"room of {one.ref.id if one.ref.kind is RoomKind.GROUP else one.ref}")
    return re.sub(r"\$\S+", "$event", text)


@settings(max_examples=12, suppress_health_check=list(HealthCheck), deadline=None)
@given(script=scripts)
async def test_a_hidden_group_changes_no_byte_of_what_anybody_outside_is_told(script: list[tuple[str, str]]) -> None:
    without, with_it = await told(company(), script), await told(company(shut()), script)
    members = {MAX, user("luc")}
    outside = without.keys() - members
    assert {one: with_it[one] for one in outside} == {one: without[one] for one in outside}
    assert SECRET not in str({one: with_it[one] for one in outside})


@settings(max_examples=6, suppress_health_check=list(HealthCheck), deadline=None)
@given(script=scripts)
async def test_not_even_its_members_are_told_its_name_unasked(script: list[tuple[str, str]]) -> None:
    found = await told(company(hidden()), script, company(hidden().owners("max", "ann")))
    unasked = [text for said in found.values() for kind, text in said if kind == "m.text"]
    assert SECRET not in str(unasked)


async def test_what_is_not_hidden_is_told_or_these_tests_would_prove_nothing() -> None:
    found = await told(company(shut()), [(ANN, "ok"), (ANN, "ok"), (ANN, "ok"), (BOB, "ok"), (BOB, "ok"), (BOB, "ok")])
    assert "Sales" in str(found[ANN])
    assert "Trade fair" in str(found[ANN])
    assert "Globex" not in str(found)
    assert "Sales" not in str(found[BOB])
    assert len(found[user("boss")]) > 0
    found = await told(company(hidden()), [(ANN, "stop")], company(hidden().owners("max", "ann")))
    assert "you are now an owner of a group of yours" in str(found[ANN])
