"""Groups into which nobody of a partner comes by the word of one person: whose second word is asked, and that no other
way leads round it."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest

from bridge.domain.directory import Directory, MembershipMode, Vouchers
from bridge.domain.partners import Guest, Standing
from bridge.domain.rooms import Membership
from tests.bots.admin.asking import Asking, body, status
from tests.world import directory, group, partner, user

BOB = user("bob:acme.example")
CODE = re.compile(r"[0-9A-Z]{4}(?:-[0-9A-Z]{4})+")
LINE = "!invite @bob:acme.example deal --yes"


def company() -> Directory:
    """Sam and Dora answer for Acme; the deal and the hidden board ask for two people, the fair for one."""
    return directory(
        group("deal").owners("ann", "luc").members("ann", "luc").admits("acme").having(
            vouching=Vouchers.TWO, membership=MembershipMode.BOTH
        ),
        group("fair").owners("ann").members("ann").admits("acme"),
        group("board").hidden().owners("claire", "hugo").members("claire", "hugo").admits("acme").having(
            vouching=Vouchers.TWO
        ),
        group("vault").hidden().owners("sam").members("sam").admits("acme").having(vouching=Vouchers.TWO),
        partners=[replace(partner("acme", sponsor="sam"), deputy="dora")],
        people=("ines", "dora", "eve"),
    )  # fmt: skip


@pytest.fixture
async def asking() -> Asking:
    return await Asking.of(company(), settled=True)


async def guest(asking: Asking) -> Guest | None:
    async with asking.house.store.view() as view:
        return await view.partners.guest(BOB)


async def asked(asking: Asking, line: str, by: str) -> str:
    """What the cards say to type."""
    answer = await asking.ask(line, by=by)
    assert status(answer) == "held", body(answer)
    await asking.house.rounds.go()
    return str(answer["io.parvis.reply"]["reference"])


async def test_a_sponsor_needs_a_second_person_too(asking: Asking) -> None:
    shown = await asking.ask("!invite @bob:acme.example deal", by="sam")
    assert "first agrees a second person, one of these: @ann:corp.example, @dora:corp.example" in body(shown)
    assert status(await asking.tap("✅", by="sam")) == "held"
    await asking.house.rounds.go()
    [card, *others] = [text for text in asking.messenger.bodies if "asks to invite" in text]
    assert "This takes a second person" in card
    assert "into Deal" in card
    assert len(others) == 2
    await asking.house.settle()
    assert BOB not in asking.house.members("deal")


@pytest.mark.parametrize("second", ["ann", "luc", "dora", "ines"])
async def test_owner_deputy_and_administrator_are_such_persons(asking: Asking, second: str) -> None:
    handle = await asked(asking, LINE, "sam")
    assert status(await asking.ask(f"!invite accept {handle}", by=second)) == "ok"
    await asking.house.settle()
    assert asking.house.members("deal")[BOB] is Membership.INVITE
    found = await guest(asking)
    assert found
    assert (found.invited_by, found.approved_by) == (user("sam"), (user(second),))


@pytest.mark.parametrize("other", ["sam", "eve"])
async def test_neither_who_invites_nor_somebody_without_a_say_is(asking: Asking, other: str) -> None:
    handle = await asked(asking, LINE, "sam")
    unknown = body(await asking.ask("!invite accept zzzzzzzzzz", by=other))
    assert body(await asking.ask(f"!invite accept {handle}", by=other)) == unknown
    found = await guest(asking)
    assert found
    assert found.standing is Standing.ASKED


async def test_an_administrator_alone_does_not_let_in_either(asking: Asking) -> None:
    handle = await asked(asking, LINE, "ines")
    assert status(await asking.ask(f"!invite accept {handle}", by="ines")) == "denied"
    assert status(await asking.ask(f"!invite refuse {handle} not now", by="luc")) == "ok"
    found = await guest(asking)
    assert found
    assert found.standing is Standing.OUT


async def test_who_was_agreed_to_elsewhere_is_asked_for_again(asking: Asking) -> None:
    assert status(await asking.ask("!invite @bob:acme.example fair --yes", by="sam")) == "ok"
    await asking.house.settle()
    handle = await asked(asking, LINE, "ann")
    assert status(await asking.ask(f"!invite refuse {handle}", by="luc")) == "ok"
    await asking.house.settle()
    assert BOB in asking.house.members("fair")
    assert BOB not in asking.house.members("deal")


async def test_silence_ends_it(asking: Asking) -> None:
    await asked(asking, LINE, "sam")
    await asking.house.clock.advance(timedelta(days=8).total_seconds())
    await asking.house.rounds.go()
    assert any("Nobody has answered in time" in text for text in asking.messenger.bodies)
    found = await guest(asking)
    assert found
    assert found.standing is Standing.OUT


async def test_of_a_hidden_group_only_its_members_are_asked(asking: Asking) -> None:
    await asking.ask("!invite @bob:acme.example fair --yes", by="sam")
    await asking.house.settle()
    handle = await asked(asking, "!invite @bob:acme.example board --yes", "claire")
    for outside in ("sam", "ines", "ann"):
        assert status(await asking.ask(f"!invite accept {handle}", by=outside)) == "denied"
    assert status(await asking.ask(f"!invite accept {handle}", by="hugo")) == "ok"
    await asking.house.settle()
    assert BOB in asking.house.members("board")


async def test_where_there_is_nobody_else_it_is_refused_at_once(asking: Asking) -> None:
    refused = await asking.ask("!invite @bob:acme.example vault --yes", by="sam")
    assert (status(refused), "there is nobody" in body(refused)) == ("error", True)
    assert await guest(asking) is None


async def test_neither_codes_nor_names_nor_requests_lead_round_it(asking: Asking) -> None:
    assert "codes do not open it" in body(await asking.ask("!invite acme deal --code", by="sam"))
    named = body(await asking.ask("!group add deal @bob:acme.example --yes", by="ann"))
    assert "A second one is asked by: !invite @bob:acme.example deal" in named
    listed = body(await asking.ask("!group set deal members @ann:corp.example @bob:acme.example --yes", by="ann"))
    assert "by the word of one person" in listed
    await asking.ask("!invite @bob:acme.example fair --yes", by="sam")
    await asking.house.settle()
    assert "takes no requests" in body(await asking.ask("!join deal", by="bob:acme.example"))


async def test_a_code_from_before_opens_such_a_group_no_more(asking: Asking) -> None:
    made = await asking.ask("!invite acme fair --code --uses 2", by="sam")
    [code] = CODE.findall(body(made))
    await asking.ask("!group set fair vouching two", by="ann")
    await asking.house.settle()
    await asking.ask(code, by="bob:acme.example")
    await asking.house.settle()
    assert BOB not in asking.house.members("fair")


async def test_to_let_one_word_do_again_is_asked_first(asking: Asking) -> None:
    assert status(await asking.ask("!groupe régler fair garants deux", by="ann")) == "ok"
    await asking.house.settle()
    looser = await asking.ask("!group set fair vouching one", by="ann")
    assert status(looser) == "confirm"
    assert "needs nobody beside who answers for the partner" in body(looser)
