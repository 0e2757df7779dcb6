"""After a decision the bot completes its answer with what the room is now, read back from the homeserver."""

from typing import Any

import pytest

from bots.admin.bot import AdminBot
from bots.admin.commands.words import value_said
from bridge.domain.directory import Group, MembershipMode, Visibility
from bridge.domain.messages import Text
from bridge.rules.facts import gather
from bridge.services.decided import Naming
from bridge.services.unchanging import staying_in_public
from tests.bots.admin.asking import Asking, body
from tests.services.talking import bot_api
from tests.services.test_containing import contained
from tests.world import SERVER, TODAY, AGroup, directory, group, partner, user

FACTS = gather(directory(), today=TODAY, server_name=SERVER)

DECISIONS = {
    "posting owners": ("who may write: owners and moderators", "who may write: everybody in it"),
    "inviting moderators": ("who may invite: owners and moderators", "who may invite: owners"),
    "inviting all --yes": ("who may invite: everybody in it", "who may invite: owners"),
    "inviting nobody": ("who may invite: nobody", "who may invite: owners"),
    "history invited": ("members who were invited by then", "members, whenever they come in"),
    "requests knock --yes": ("or by knocking", "by invitation only"),
    "retention 90 --yes": ("kept: 90 days", "kept: as long as the homeserver keeps it"),
    "retention 12w --yes": ("kept: 84 days", "kept: as long as the homeserver keeps it"),
    "purpose To sell": ("topic: To sell", "no topic"),
    "visibility public --yes": ("everyone of its audience", "by invitation only"),
    "digest no": ("It counts from now on", "It counts from now on"),
    "mandatory yes": ("It counts from now on", "It counts from now on"),
    "language fr": ("It counts from now on", "It counts from now on"),
}
"""What is set, by what is read back then, and after it was taken back."""


async def asked(*others: AGroup, version: str = "12") -> Asking:
    sales = group("sales").owners("ann").members("ann", "luc").having(membership=MembershipMode.BOTH)
    others = others or (group("board").hidden().owners("ann").members("ann"),)
    asking = await Asking.of(directory(sales, *others, people=["ines"]))
    asking.house.homeserver.synapse.room_version = version
    asking.house.homeserver.synapse.retains = True
    await asking.house.homeserver.learn_retention()
    await settled(asking)
    return asking


async def settled(asking: Asking) -> None:
    """Rooms have followed, as the second look sees, and people are told so."""
    for _ in range(2):
        await asking.house.settle()
    await asking.house.rounds.go()


def edited(asking: Asking) -> Any:
    return asking.messenger.sent[-1][1]["m.new_content"]


@pytest.mark.parametrize("version", ["11", "12"])
@pytest.mark.parametrize("decision", DECISIONS)
async def test_each_policy_is_read_back_and_so_is_what_takes_it_back(decision: str, version: str) -> None:
    asking, (then, afterwards) = await asked(version=version), DECISIONS[decision]
    await asking.ask(f"!group set sales {decision}", by="ann")
    await settled(asking)
    assert then in edited(asking)["body"]
    assert edited(asking)["io.parvis.reply"] == {"command": "group set", "status": "ok", "reference": None}
    await asking.ask(f"!group unset sales {decision.split(maxsplit=1)[0]} --yes", by="ann")
    await settled(asking)
    assert afterwards in edited(asking)["body"]


async def test_a_decision_is_told_once_also_by_another_process() -> None:
    asking = await asked()
    await asking.ask("!group set sales posting owners", by="ann")
    asking.house.rounds.errands.clear()
    for _ in range(2):
        AdminBot(bot_api(asking.house, asking.messenger), {})
    await settled(asking)
    assert "who may write: owners and moderators" in edited(asking)["body"]
    said = len(asking.messenger.sent)
    await settled(asking)
    assert len(asking.messenger.sent) == said


async def test_what_was_confirmed_by_a_tap_is_told_under_the_answer_to_the_tap() -> None:
    asking = await asked()
    await asking.ask("!group set sales visibility public", by="ann")
    answer = await asking.tap("✅", by="ann")
    await settled(asking)
    last = asking.messenger.sent[-1][1]
    assert "everyone of its audience" in last["m.new_content"]["body"]
    assert asking.messenger.events[last["m.relates_to"]["event_id"]] == answer


async def test_a_hidden_group_changes_no_byte_of_what_is_told_of_others() -> None:
    told = []
    beside = group("open").owners("luc")
    board = group("board").hidden().owners("luc").members("luc").having(retention=30)
    for others in ((beside,), (beside, board)):
        asking = await asked(*others)
        asking.house.homeserver.synapse.retains = False
        await asking.house.homeserver.learn_retention()
        await asking.ask("!group set sales posting owners", by="ann")
        await settled(asking)
        told.append(edited(asking))
    assert told[0] == told[1]


async def test_nothing_is_told_before_rooms_follow_and_after_a_while_how_much_is_missing() -> None:
    asking = await asked()
    await asking.ask("!group set sales posting owners", by="ann")
    await asking.house.rounds.go()
    assert not asking.messenger.revised
    await asking.house.clock.advance(60)
    await asking.house.rounds.go()
    await asking.house.rounds.go()
    [(_, content)] = asking.messenger.revised
    assert "Not yet: 1 change is still to come." in body(content)
    await settled(asking)
    assert "who may write: owners and moderators" in edited(asking)["body"]


async def test_a_homeserver_that_does_not_delete_is_named_in_the_answer() -> None:
    asking = await asked()
    asking.house.homeserver.synapse.retains = False
    await asking.house.homeserver.learn_retention()
    await asking.ask("!group set sales retention 30 --yes", by="ann")
    await settled(asking)
    assert "docs/homeserver.md" in edited(asking)["body"]


async def test_who_may_not_know_the_group_any_more_is_told_nothing() -> None:
    asking = await asked()
    await asking.ask("!group set board posting owners", by="ann")
    said = len(asking.messenger.sent)
    asking.messenger.room("!ann", user("ann"), user("luc"))
    await settled(asking)
    assert len(asking.messenger.sent) == said


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("!group set board inviting owners", "Nobody invites into the room of a hidden group"),
        ("!group set sales retention soon", "soon is no number of days"),
        ("!group set sales retention 0.5", "is no number of days"),
    ],
)
async def test_what_cannot_be_is_refused_in_a_sentence(line: str, words: str) -> None:
    assert words in body(await (await asked()).ask(line, by="ann"))


@pytest.mark.parametrize(
    ("words", "meant"),
    [("90", "90"), ("90 jours", "90d"), ("2 ans", "2y"), ("6 mois", "6m"), ("défaut", "default")],
)
def test_a_time_is_understood_in_both_languages(words: str, meant: str) -> None:
    assert value_said("retention", words.split()) == meant


async def test_a_group_that_was_hidden_is_read_back_although_its_room_began_under_another_mark() -> None:
    asking = await asked()
    await asking.ask("!group set board visibility public --yes", by="ann")
    await settled(asking)
    assert "who may join: everyone of its audience" in edited(asking)["body"]
    await asking.ask("!group set board name Bord", by="ann")
    await settled(asking)
    assert "name: Bord" in edited(asking)["body"]


async def test_a_decision_that_another_has_overtaken_says_so() -> None:
    asking = await asked()
    await asking.ask("!group set sales purpose To sell", by="ann")
    await asking.ask("!group set sales purpose To buy", by="ann")
    await settled(asking)
    bodies = [content["m.new_content"]["body"] for _, content in asking.messenger.sent if "m.new_content" in content]
    assert any("Since then something else was decided" in one and "To buy" in one for one in bodies)
    assert any("topic: To buy" in one for one in bodies)


async def test_where_somebody_is_who_was_added_or_taken_out_is_told() -> None:
    asking = await asked()
    await asking.ask("!group add sales @ines:corp.example", by="ann")
    await settled(asking)
    assert "is invited into the room" in edited(asking)["body"] or "is in the room" in edited(asking)["body"]
    await asking.ask("!group remove sales @ines:corp.example", by="ann")
    await settled(asking)
    assert "is not in the room any more" in edited(asking)["body"]


async def test_one_answer_for_several_groups_is_completed_once_the_rooms_of_all_have_followed() -> None:
    groups = [group(one).owners("ann").members("ann") for one in ("deal", "lab")]
    asking = await Asking.of(directory(*groups, partners=[partner("acme", sponsor="ann")], people=["ines"]))
    await settled(asking)
    for line, admitted in (("grant", "acme.example and corp.example"), ("revoke", "corp.example")):
        await asking.ask(f"!partner {line} acme deal lab --yes", by="ann")
        await settled(asking)
        told = edited(asking)["body"]
        assert [name in told for name in ("Deal", "Lab")] == [True, True]
        assert told.count(f"servers: {admitted}") == 2
        assert len([one for _, one in asking.messenger.sent if "m.new_content" in one]) == (1 if line == "grant" else 2)


async def test_what_is_decided_about_a_partner_is_completed_with_who_of_it_is_where() -> None:
    deal = group("deal").owners("ann").members("ann", "bob:acme.example").admits("acme")
    board = group("board").hidden().owners("luc").members("luc", "bob:acme.example").admits("acme")
    asking = await Asking.of(directory(deal, board, partners=[partner("acme", sponsor="ann")], people=["ines"]))
    await settled(asking)
    await asking.ask("!partner suspend acme --yes", by="ann")
    await contained(asking.house)
    await settled(asking)
    before = len(asking.messenger.sent)
    await asking.ask("!partner resume acme --yes", by="ann")
    await asking.house.rounds.go()
    assert len(asking.messenger.sent) == before + 1, "nothing is told before rooms follow"
    await settled(asking)
    told = edited(asking)["body"]
    for room in ("the space of Acme", "Deal"):
        assert f"{room}: of the people of the partner, 0 in it, 1 invited" in told
    assert "Board" not in told
    await asking.ask("!partner sponsor acme ines --yes", by="ines")
    await settled(asking)
    assert "sponsor: @ines:corp.example" in edited(asking)["body"]
    assert edited(asking)["body"].endswith("To take it back: !partner unset acme sponsor")


@pytest.mark.parametrize(("visibility", "field", "present", "told"), [
    (Visibility.PUBLIC, "members", False, True),
    (Visibility.PUBLIC, "members", True, False),
    (Visibility.PUBLIC, "owners", False, False),
    (Visibility.INVITE_ONLY, "members", False, False),
])  # fmt: skip
def test_who_is_taken_out_of_a_public_group_is_told_to_stay_with_the_remedy(
    visibility: Visibility, field: str, present: bool, told: bool
) -> None:
    after = Group(id="open", name=Text("Open"), visibility=visibility)
    words = staying_in_public(Naming(field=field, user=user("ines"), present=present), after, FACTS)
    assert (words is not None) is told
    assert words is None or "make it invite-only: !group visibility open invite-only" in str(words)


async def test_the_answer_itself_says_that_somebody_stays_in_a_public_group() -> None:
    asking = await asked(group("open").public().owners("ann").members("ann").having(membership=MembershipMode.BOTH))
    await asking.ask("!group add open @ines:corp.example", by="ann")
    await settled(asking)
    asking.house.homeserver.people.accept_everything([user("ines")])
    await asking.house.hear()
    await settled(asking)
    answer = body(await asking.ask("!group remove open @ines:corp.example", by="ann"))
    assert "stays in the room: the group is public" in answer
