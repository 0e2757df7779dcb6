"""``!invite`` as it is typed: who may, what is shown before, whose word is asked, and what becomes of it."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from bridge.domain.directory import Directory
from bridge.domain.partners import Farewell, Guest, PartnerState, Standing
from bridge.domain.rooms import Membership
from tests.bots.admin.asking import Asking, body, status
from tests.world import directory, group, partner, user

BOB = user("bob:acme.example")


def company(**agreed: Any) -> Directory:
    """Sam answers for Acme; Ann owns the deal, which admits it, and the board, which is hidden and does, too."""
    return directory(
        group("deal").called("Project Zephyr").owners("ann").members("ann", "luc").admits("acme"),
        group("team").owners("ann").members("ann"),
        group("board").hidden().owners("claire").members("claire").admits("acme"),
        partners=[replace(partner("acme", sponsor="sam"), **agreed), partner("globex", sponsor="luc")],
        people=("ines", "dora"),
    )


@pytest.fixture
async def asking() -> Asking:
    return await Asking.of(company(), settled=True)


async def guests(asking: Asking) -> Mapping[str, Guest]:
    async with asking.house.store.view() as view:
        return await view.partners.guests()


async def works(asking: Asking, by: str, line: str, words: str = "") -> str:
    answer = await asking.ask(line, by=by)
    assert status(answer) == "ok", body(answer)
    assert words in body(answer)
    return body(answer)


async def test_a_sponsor_sees_what_follows_and_confirms_it(asking: Asking) -> None:
    answer = await asking.ask("!invite @bob:acme.example Project Zephyr --until 2027-01-31", by="sam")
    assert status(answer) == "confirm"
    for words in ("@bob:acme.example of Acme", "into Project Zephyr", "their last day is 31 Jan 2027"):
        assert words in body(answer)
    assert status(await asking.tap("✅", by="sam")) == "ok"
    await asking.house.settle()
    await asking.house.settle()
    assert asking.house.members("deal")[BOB] is Membership.INVITE
    guest = (await guests(asking))[BOB]
    assert (guest.standing, guest.invited_by, guest.until) == (Standing.INVITED, user("sam"), date(2027, 1, 31))


@pytest.mark.parametrize(
    ("by", "line", "words"),
    [
        ("sam", "!invite @eve:stranger.example deal", "stranger.example belongs to no partner"),
        ("sam", "!invite @dora:corp.example deal", "is added, not invited"),
        ("sam", "!invite bob deal", "First comes who is invited"),
        ("ann", "!invite @bob:acme.example team", "Team does not admit Acme. Its owners can decide that: @ann"),
        ("dora", "!invite @bob:acme.example deal", "Into Project Zephyr, its owners"),
        ("ann", "!invite @bob:acme.example", "Who answers for Acme invites its people: @sam"),
        ("sam", "!invite @bob:acme.example deal --until 2026-01-01", "1 Jan 2026 is over"),
        ("sam", "!invite @bob:acme.example deal --until tomorrow", "is not a date"),
        ("sam", "!invite @bob:acme.example board", "I know nothing by this name"),
        ("sam", "!invite @bob:acme.example draob", "I know nothing by this name"),
    ],
)
async def test_what_is_not_possible_is_told_with_who_can_do_what(
    asking: Asking, by: str, line: str, words: str
) -> None:
    assert words in body(await asking.ask(f"{line} --yes", by=by))
    assert not await guests(asking)


@pytest.mark.parametrize(
    ("agreed", "words"),
    [
        ({"state": PartnerState.SUSPENDED}, "Acme is suspended"),
        ({"state": PartnerState.PROPOSED}, "only proposed"),
        ({"state": PartnerState.ENDED}, "is over"),
        ({"until": date(2026, 11, 1)}, "is over"),
        ({"since": date(2027, 1, 1)}, "begins on 1 Jan 2027"),
        ({"users": (user("zoe:acme.example"),)}, "names its people one by one"),
        ({"max_people": 1, "users": (user("zoe:other.example"),)}, "has 1 people here"),
    ],
)
async def test_an_agreement_that_does_not_run_lets_nobody_in(agreed: dict[str, Any], words: str) -> None:
    asking = await Asking.of(company(**agreed))
    assert words in body(await asking.ask("!invite @bob:acme.example deal --yes"))
    assert not await guests(asking)


async def test_who_owns_the_group_and_answers_for_the_partner_is_named_once() -> None:
    asking = await Asking.of(company(sponsor=user("ann")))
    refusal = body(await asking.ask("!invite @bob:acme.example deal", by="dora"))
    assert refusal.count("@ann") == 1, refusal


async def test_nobody_is_invited_for_longer_than_is_agreed() -> None:
    asking = await Asking.of(company(until=date(2027, 6, 30)))
    assert "ends on 30 Jun 2027" in body(
        await asking.ask("!invite @bob:acme.example deal --until 2027-07-01", by="sam")
    )


async def test_open_invitations_are_limited() -> None:
    asking = await Asking.of(company(max_invitations=1), settled=True)
    await works(asking, "sam", "!invite @bob:acme.example deal --yes")
    await asking.house.settle()
    assert "1 invitations of Acme wait" in body(await asking.ask("!invite @zoe:acme.example deal --yes", by="sam"))


async def test_who_was_invited_already_is_not_asked_twice(asking: Asking) -> None:
    await works(asking, "sam", "!invite @bob:acme.example deal --yes")
    await asking.house.settle()
    asking.house.homeserver.people.join(BOB, asking.house.room("deal"))
    await asking.house.hear()
    await asking.house.settle()
    await works(asking, "sam", "!invite @bob:acme.example deal", "is inside already")


async def test_a_server_that_does_not_answer_stops_no_invitation(asking: Asking) -> None:
    asking.house.homeserver.synapse.silent_servers.add("acme.example")
    said = await works(asking, "sam", "!invite @bob:acme.example deal --yes")
    assert "does not answer at the moment: the invitation waits" in said
    await asking.house.settle()
    assert BOB not in asking.house.members("deal")
    asking.house.homeserver.synapse.silent_servers.clear()
    await asking.house.settle()
    assert asking.house.members("deal")[BOB] is Membership.INVITE


async def test_a_misspelt_person_is_told_of_before_anything_is_sent_and_stops_nothing(asking: Asking) -> None:
    asking.house.homeserver.synapse.nobodies.add(BOB)
    before = await asking.ask("!invite @bob:acme.example deal", by="sam")
    assert status(before) == "confirm"
    for answer in (body(before), await works(asking, "sam", "!invite @bob:acme.example deal --yes")):
        assert "acme.example knows nobody of the name @bob:acme.example" in answer
    unseen = await works(asking, "sam", "!invite @zoe:acme.example deal --yes")
    assert "nobody can tell before they answer whether @zoe:acme.example exists" in unseen
    asking.house.homeserver.synapse.names[user("tom:acme.example")] = "Tom"
    assert "exists" not in await works(asking, "sam", "!invite @tom:acme.example deal --yes")


async def test_an_owner_invites_once_the_sponsor_agrees(asking: Asking) -> None:
    answer = await asking.ask("!invite @bob:acme.example deal --reason He knows the plant. --yes", by="ann")
    assert status(answer) == "held"
    assert (await guests(asking))[BOB].standing is Standing.ASKED
    await asking.house.rounds.go()
    card = asking.messenger.bodies[-1]
    for words in (
        "@ann:corp.example asks to invite @bob:acme.example of Acme",
        "Project Zephyr",
        "He knows the plant.",
    ):
        assert words in card
    await works(asking, "ann", "!invite @bob:acme.example deal", "waits for somebody’s word")
    handle = answer["io.parvis.reply"]["reference"]
    assert status(await asking.ask(f"!invite accept {handle}", by="ann")) == "denied"
    await works(asking, "sam", f"!invite accept {handle}", "@bob:acme.example is invited")
    await asking.house.settle()
    await asking.house.rounds.go()
    assert [text for text in asking.messenger.bodies if "Your invitation of @bob:acme.example is agreed to" in text]
    assert asking.house.members("deal")[BOB] is Membership.INVITE
    guest = (await guests(asking))[BOB]
    assert (guest.invited_by, guest.approved_by) == (user("ann"), (user("sam"),))


async def test_a_sponsor_refuses_and_the_owner_is_told_why(asking: Asking) -> None:
    answer = await asking.ask("!invite @bob:acme.example deal --yes", by="ann")
    await works(asking, "sam", f"!invite refuse {answer['io.parvis.reply']['reference']} not him", "is not invited")
    await asking.house.rounds.go()
    assert any("was not agreed to" in text and "not him" in text for text in asking.messenger.bodies)
    guest = (await guests(asking))[BOB]
    assert (guest.standing, guest.farewell) == (Standing.OUT, Farewell.REFUSED)


async def test_silence_ends_what_waits_for_a_word(asking: Asking) -> None:
    await asking.ask("!invite @bob:acme.example deal --yes", by="ann")
    await asking.house.clock.advance(timedelta(days=8).total_seconds())
    await asking.house.rounds.go()
    assert any("Nobody has answered in time" in text for text in asking.messenger.bodies)
    assert (await guests(asking))[BOB].standing is Standing.OUT


async def test_the_card_names_no_hidden_group_to_who_may_not_know_it(asking: Asking) -> None:
    await asking.ask("!invite @bob:acme.example board --yes", by="claire")
    await asking.house.rounds.go()
    assert not [text for text in asking.messenger.bodies if "asks to invite" in text and "Board" in text]
    assert [text for text in asking.messenger.bodies if "asks to invite" in text]


async def test_a_group_that_let_the_partner_go_meanwhile_is_not_entered() -> None:
    source = company()
    asking = await Asking.of(source)
    answer = await asking.ask("!invite @bob:acme.example deal --yes", by="ann")
    closed = {**source.groups, "deal": replace(source.groups["deal"], partners=())}
    asking.house.source.directory = replace(source, groups=closed)
    await asking.house.settle()
    said = await asking.ask(f"!invite accept {answer['io.parvis.reply']['reference']}", by="sam")
    assert "Something has changed" in body(said)
    assert (await guests(asking))[BOB].standing is Standing.OUT


async def test_the_same_event_invites_once(asking: Asking) -> None:
    line = "!invite @bob:acme.example deal --yes"
    first = await asking.ask(line, by="sam")
    asking.asked -= 1
    again = await asking.ask(line, by="sam")
    assert (status(first), again) == ("ok", {}), "what was said is claimed by the event"
    kinds = [entry.kind for entry in asking.house.store.data.audit.values() if entry.kind == "guest-invited"]
    assert len(kinds) == 1
