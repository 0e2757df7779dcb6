"""What a digest says to whom: weeks of conversation in a company, read by employees, owners, sponsors, partners."""

from typing import Any

from bridge.domain.activity import Reason, Why
from bridge.domain.digest import Digest, Health, Kind, Section, Taste, Week
from bridge.domain.messages import Text
from tests.services.household import household
from tests.services.weeks import Weeks
from tests.world import directory, group, partner, user

SALES = group("sales").public().members("ann", "luc", "eve", "mia").owners("luc")
DEAL = group("deal").members("ann", "luc", "bob:acme.example").owners("luc").admits("acme")
QUARTZ = group("quartz").hidden().members("ann", "luc").owners("luc")
ACME = partner("acme", sponsor="luc")
WORDS = "Which of the two prices do we tell them on Thursday?"


async def company(*groups: Any, **more: Any) -> Weeks:
    """With rooms that are a week old."""
    weeks = Weeks(household(directory(*(groups or (SALES, DEAL, QUARTZ)), partners=(ACME,), people=("ines",)), **more))
    await weeks.settle()
    await weeks.pass_by(days=7)
    return weeks


def section(digest: Digest | None, name: str) -> Section:
    assert digest is not None
    return next(one for one in digest.sections if one.group == name)


def titles(digest: Digest | None) -> list[str]:
    return [item.title for item in digest.items] if digest else []


async def test_a_conversation_of_others_is_told_with_its_first_line_and_who_is_in_it() -> None:
    weeks = await company()
    thread = await weeks.talk("sales", "The fair in Lyon\nWho comes?", "luc", "eve")
    await weeks.pass_by(days=7)
    (item,) = section(await weeks.digest("ann"), "sales").items
    assert (item.kind, item.title, item.thread, item.by) == (Kind.THREAD, "The fair in Lyon", thread, user("luc"))
    assert (item.people, item.posts) == ((user("luc"), user("eve")), 2)
    room = weeks.house.room("sales")
    assert item.url == f"https://matrix.to/#/{room}/{thread}?via=corp.example"


async def test_of_a_week_that_goes_on_everything_is_told_that_was_said_just_now() -> None:
    weeks = await company()
    week = Week.around(weeks.house.clock.now())
    assert await weeks.house.digests.of(user("ann"), week) is None
    for number in range(1, 3):
        await weeks.talk("sales", f"The fair in Lyon {number}", "luc", "eve", after=0)
        assert len(titles(await weeks.house.digests.of(user("ann"), week))) == number


async def test_people_of_partners_bear_their_own_name_with_their_server_beside_it() -> None:
    weeks = await company()
    await weeks.talk("deal", "The contract", "bob:acme.example", "luc")
    room, bob = weeks.house.homeserver.synapse.room(weeks.house.room("deal")), user("bob:acme.example")
    room.append(bob, "m.room.member", {"membership": "join", "displayname": " Claire\n Martin"}, bob)
    await weeks.pass_by(days=7)
    digest = await weeks.digest("ann")
    assert digest is not None
    assert digest.names[bob] == "Claire Martin (acme.example)"
    assert await weeks.house.digests.called(bob, "deal") == "Claire Martin (acme.example)"
    assert await weeks.house.digests.called(user("luc"), "deal") == digest.names.get(user("luc"), user("luc"))


async def test_a_quiet_week_is_not_worth_a_digest() -> None:
    weeks = await company()
    assert await weeks.digest("ann") is None


async def test_who_is_nobody_here_gets_none() -> None:
    weeks = await company()
    await weeks.talk("sales", "The fair in Lyon", "luc", "eve")
    await weeks.pass_by(days=7)
    assert await weeks.digest("stranger:evil.example") is None


async def test_whoever_left_is_told_nothing_more() -> None:
    weeks = await company()
    await weeks.talk("sales", "The fair in Lyon", "luc", "eve")
    weeks.house.homeserver.people.leave(user("ann"), weeks.house.room("sales"))
    await weeks.house.hear()
    await weeks.house.settle()
    await weeks.pass_by(days=7)
    assert await weeks.digest("ann") is None
    assert titles(await weeks.digest("mia")) == ["The fair in Lyon"]


async def test_a_member_of_a_hidden_group_reads_of_it_and_nobody_else_does() -> None:
    weeks = await company()
    await weeks.talk("quartz", "The price of the shares", "luc", "ann", "luc")
    await weeks.pass_by(days=7)
    digest = await weeks.digest("ann")
    assert titles(digest) == ["The price of the shares"]
    assert digest is not None
    assert digest.secret
    assert await weeks.digest("ann", secrets=False) is None
    assert await weeks.digest("mia") is None
    assert await weeks.digest("ines") is None


async def test_who_came_later_is_not_told_what_was_said_before_in_a_hidden_group() -> None:
    weeks = await company()
    await weeks.talk("quartz", "The price of the shares", "ann", "luc")
    wider = QUARTZ.members("ann", "luc", "mia")
    weeks.house.source.directory = directory(SALES, DEAL, wider, partners=(ACME,), people=("ines",))
    await weeks.settle()
    await weeks.talk("quartz", "The date of the announcement", "ann", "luc")
    await weeks.pass_by(days=7)
    assert set(titles(await weeks.digest("ann"))) == {"The price of the shares", "The date of the announcement"}
    assert titles(await weeks.digest("mia")) == ["The date of the announcement"]


async def test_what_was_taken_back_is_not_told() -> None:
    weeks = await company()
    thread = await weeks.talk("sales", "A wrong figure", "luc", "eve")
    await weeks.take_back("luc", "sales", thread)
    await weeks.pass_by(days=7)
    assert titles(await weeks.digest("ann")) == []


async def test_a_title_is_as_it_was_edited_last() -> None:
    weeks = await company()
    thread = await weeks.talk("sales", "The fair in Lyon", "luc", "eve")
    new = {"msgtype": "m.text", "body": "The fair in Nantes"}
    relation = {"rel_type": "m.replace", "event_id": thread}
    weeks.house.homeserver.synapse.room(weeks.house.room("sales")).say(
        user("luc"),
        "m.room.message",
        {"msgtype": "m.text", "body": "* x", "m.new_content": new, "m.relates_to": relation},
    )
    await weeks.pass_by(days=7)
    assert titles(await weeks.digest("ann")) == ["The fair in Nantes"]


async def test_questions_that_nobody_answered_are_told_after_they_had_time() -> None:
    weeks = await company()
    await weeks.say("luc", "sales", WORDS)
    await weeks.pass_by(days=7)
    (item,) = section(await weeks.digest("ann"), "sales").items
    assert (item.kind, item.reason) == (Kind.QUESTION, Reason(Why.UNANSWERED))


async def test_what_an_owner_marked_is_told_with_who_did() -> None:
    weeks = await company()
    event = await weeks.say("eve", "sales", "We won!")
    await weeks.react("ann", "sales", event, "📰")
    assert titles(await weeks.digest("mia")) == []
    await weeks.react("luc", "sales", event, "📰")
    await weeks.pass_by(days=7)
    (item,) = section(await weeks.digest("mia"), "sales").items
    assert (item.kind, item.title, item.marked_by) == (Kind.MARKED, "We won!", (user("luc"),))


async def test_whoever_is_mentioned_is_told_by_whom() -> None:
    weeks = await company()
    await weeks.say("luc", "sales", "Ann, your turn", calls=("ann",))
    await weeks.pass_by(days=7)
    (item,) = section(await weeks.digest("ann"), "sales").items
    assert item.reason == Reason(Why.CALLED, (user("luc"),))
    assert await weeks.digest("mia") is None


async def test_what_was_told_comes_again_only_if_it_went_on() -> None:
    weeks = await company()
    thread = await weeks.talk("sales", "The fair in Lyon", "luc", "eve")
    told = {thread: weeks.house.clock.now()}
    await weeks.pass_by(days=2)
    assert await weeks.digest("ann", shown=told) is None
    await weeks.say("eve", "sales", "And the hotel?", under=thread)
    await weeks.pass_by(days=3)
    weeks.house.digests.forget()
    (item,) = section(await weeks.digest("ann", shown=told), "sales").items
    assert item.moved


async def test_muted_groups_are_left_out() -> None:
    weeks = await company()
    await weeks.talk("sales", "The fair in Lyon", "luc", "eve")
    await weeks.pass_by(days=7)
    assert await weeks.digest("ann", taste=Taste(muted=frozenset({"sales"}))) is None


async def test_a_group_that_wants_no_digest_is_in_none() -> None:
    weeks = await company(SALES.having(digest=False), DEAL)
    await weeks.talk("sales", "The fair in Lyon", "luc", "eve")
    await weeks.pass_by(days=7)
    assert await weeks.digest("ann") is None


async def test_newcomers_are_told_to_those_who_were_there() -> None:
    weeks = await company()
    weeks.house.source.directory = directory(SALES.members("ann", "luc", "eve", "mia", "zoe"), DEAL, QUARTZ,
                                             partners=(ACME,), people=("ines",))  # fmt: skip
    await weeks.settle()
    await weeks.pass_by(days=6)
    sales = section(await weeks.digest("ann"), "sales")
    assert (sales.newcomers, sales.new) == ((user("zoe"),), 1)
    assert await weeks.digest("zoe") is None


async def test_a_partner_of_whom_nobody_was_there_before_is_new() -> None:
    weeks = await company(SALES, group("deal").members("ann", "luc").owners("luc").admits("acme"))
    weeks.house.source.directory = directory(SALES, DEAL, partners=(ACME,), people=("ines",))
    await weeks.settle()
    await weeks.pass_by(days=6)
    deal = section(await weeks.digest("ann"), "deal")
    assert (deal.newcomers, deal.partners) == ((user("bob:acme.example"),), (Text.same("Acme"),))


async def test_a_new_group_is_told_to_those_who_may_join_it() -> None:
    weeks = await company()
    new = group("garden").public().members("eve").called("Garden", "Green things")
    weeks.house.source.directory = directory(SALES, DEAL, QUARTZ, new, partners=(ACME,), people=("ines",))
    await weeks.settle()
    await weeks.pass_by(days=6)
    digest = await weeks.digest("ann")
    assert digest is not None
    assert [(one.group, one.purpose) for one in digest.opened] == [("garden", Text.same("Green things"))]
    assert await weeks.digest("eve") is None
    assert await weeks.digest("bob:acme.example") is None


async def test_an_owner_reads_how_the_group_is() -> None:
    weeks = await company()
    await weeks.talk("sales", "The fair in Lyon", "eve", "ann", "mia")
    await weeks.pass_by(days=7)
    digest = await weeks.digest("luc")
    assert section(digest, "sales").health == Health(members=4, active=3, before=0)
    assert section(await weeks.digest("ann"), "sales").health is None


async def test_who_answers_for_a_partner_reads_how_its_people_are() -> None:
    weeks = await company()
    await weeks.talk("deal", "The contract", "bob:acme.example", "ann")
    await weeks.pass_by(days=7)
    digest = await weeks.digest("luc")
    assert digest is not None
    (told,) = digest.sponsored
    assert (told.partner, told.people, told.active) == ("acme", 1, 1)
    assert [str(one) for one in told.due] == ["1 person has no profile card yet."]
    ann = await weeks.digest("ann")
    assert ann is None or not ann.sponsored


async def test_somebody_of_a_partner_reads_of_their_groups_with_a_way_through_their_own_server() -> None:
    weeks = await company()
    await weeks.talk("deal", "The contract", "luc", "ann")
    await weeks.talk("sales", "The fair in Lyon", "luc", "eve")
    await weeks.pass_by(days=7)
    digest = await weeks.digest("bob:acme.example")
    assert titles(digest) == ["The contract"]
    assert section(digest, "deal").items[0].url.endswith("?via=corp.example&via=acme.example")


async def test_in_the_room_of_a_group_only_its_own_week_is_posted() -> None:
    weeks = await company()
    await weeks.talk("deal", "The contract", "luc", "ann")
    await weeks.talk("sales", "The fair in Lyon", "luc", "eve")
    await weeks.pass_by(days=7)
    digest = await weeks.house.digests.of_room("sales", weeks.week)
    assert titles(digest) == ["The fair in Lyon"]
    assert section(digest, "sales").health is None


async def test_in_a_hidden_room_only_what_everybody_could_read_is_posted() -> None:
    weeks = await company()
    await weeks.talk("quartz", "The price of the shares", "luc", "ann")
    wider = QUARTZ.members("ann", "luc", "mia")
    weeks.house.source.directory = directory(SALES, DEAL, wider, partners=(ACME,), people=("ines",))
    await weeks.settle()
    await weeks.talk("quartz", "The date of the announcement", "luc", "ann")
    await weeks.pass_by(days=7)
    digest = await weeks.house.digests.of_room("quartz", weeks.week)
    assert titles(digest) == ["The date of the announcement"]


async def test_a_week_long_ago_has_its_own_digest() -> None:
    weeks = await company()
    await weeks.talk("sales", "The fair in Lyon", "luc", "eve")
    await weeks.pass_by(days=14)
    assert titles(await weeks.house.digests.of(user("ann"), Week.parse("2026-W49"))) == ["The fair in Lyon"]
    assert await weeks.digest("ann") is None
