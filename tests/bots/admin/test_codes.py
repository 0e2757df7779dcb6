"""Invite codes: made for a partner, shown once, given by its people; what is wrong with one is never told."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bridge.domain.partners import Farewell, Standing
from bridge.domain.rooms import Membership
from bridge.domain.viewers import COMMAND_LINE
from bridge.rules.code_words import code_of, looks_like_a_code, secret_in
from bridge.services.codes import Codes
from bridge.services.erasing import Erasing
from bridge.services.inviting import Inviting
from bridge.services.person import Gathering, named
from tests.bots.admin.asking import Asking, body, status
from tests.bots.admin.heralding import telling
from tests.bots.admin.test_inviting import company, guests
from tests.world import user

CODE = re.compile(r"\b[2-9A-HJ-NP-Z]{4}-[2-9A-HJ-NP-Z]{4}-[2-9A-HJ-NP-Z]{4}\b")
BOB, ZOE = user("bob:acme.example"), user("zoe:acme.example")


@pytest.fixture
async def asking() -> Asking:
    return await Asking.of(company(), settled=True)


async def made(asking: Asking, line: str = "!invite acme --code --uses 2 deal", by: str = "sam") -> str:
    answer = await asking.ask(line, by=by)
    assert status(answer) == "ok", body(answer)
    found = CODE.search(body(answer))
    assert found
    return found[0]


async def test_a_code_lets_people_of_the_partner_in_as_often_as_it_says(asking: Asking) -> None:
    code = await made(asking)
    for who in ("bob:acme.example", "zoe:acme.example"):
        assert "on behalf of Acme" in body(await asking.ask(code.lower(), by=who))
    refused = await asking.ask(f"!code {code}", by="tom:acme.example")
    assert status(refused) == "denied"
    await asking.house.settle()
    await asking.house.settle()
    inside = asking.house.members("deal")
    assert (inside[BOB], inside[ZOE]) == (Membership.INVITE, Membership.INVITE)
    known = await guests(asking)
    assert (known[BOB].invited_by, known[BOB].standing) == (user("sam"), Standing.INVITED)
    assert known[BOB].code
    assert "on behalf of Acme" in body(await asking.ask(code, by="bob:acme.example")), "it is theirs already"


async def test_a_code_says_its_last_day_what_it_opens_and_in_the_readers_language_how_to_take_it_back(
    asking: Asking,
) -> None:
    line = "!inviter acme --code --fois 2 --jusque 2027-06-30 deal"
    said = body(await asking.ask(line, by="sam", language="fr"))
    assert "jusqu’au 30 juin 2027 inclus" in said
    assert "ouvre Project Zephyr" in said
    found = re.search("!invitations retirer [a-z2-7]{6}", said)
    assert found
    assert "jusqu’au 30 juin 2027 inclus" in body(await asking.ask("!invitations", by="sam", language="fr"))
    assert status(await asking.ask(found[0], by="sam", language="fr")) == "ok"


async def test_the_last_day_of_a_code_ends_where_the_company_is(asking: Asking) -> None:
    paris = replace(asking.house.reconciler, timezone=ZoneInfo("Europe/Paris"))
    inviting = Inviting(policies=replace(asking.house.policies, reconciler=paris), homeserver=asking.house.homeserver)
    assert inviting.end_of(date(2027, 6, 30)) == datetime(2027, 6, 30, 22, tzinfo=UTC)


async def test_whatever_is_wrong_with_a_code_is_told_in_the_same_words(asking: Asking) -> None:
    code, revoked, short = (
        await made(asking),
        await made(asking),
        await made(asking, "!invite acme --code --until 2026-11-23"),
    )
    listed = body(await asking.ask("!invitations", by="sam"))
    handles = re.findall(r"([a-z2-7]{6}) – Acme", listed)
    assert len(handles) == 3
    said = {
        "unknown": body(await asking.ask("!code AAAA-BBBB-CCCC", by="bob:acme.example")),
        "no code": body(await asking.ask("!code please", by="bob:acme.example")),
        "of another": body(await asking.ask(f"!code {code}", by="kim:globex.example")),
    }
    for one in handles:
        assert "lets nobody in any more" in body(await asking.ask(f"!invitations revoke {one}", by="sam"))
    said["revoked"] = body(await asking.ask(f"!code {revoked}", by="bob:acme.example"))
    await asking.house.clock.advance(timedelta(days=3).total_seconds())
    said["over"] = body(await asking.ask(f"!code {short}", by="bob:acme.example"))
    assert len(set(said.values())) == 1
    assert not await guests(asking)


async def test_a_code_works_only_where_nobody_else_reads(asking: Asking) -> None:
    code = await made(asking)
    room = asking.messenger.room("!shared", BOB, user("ann"))
    assert status(await asking.ask(f"!code {code}", by="bob:acme.example", room=room)) == "denied"
    shared = asking.messenger.room("!other", user("sam"), user("ann"))
    answer = await asking.ask("!invite acme --code", by="sam", room=shared)
    assert "where nobody else reads along" in body(answer)
    assert not CODE.search(body(answer))


async def test_tries_are_slowed_down(asking: Asking) -> None:
    code = await made(asking)
    for number in range(5):
        await asking.ask(f"!code 2222-3333-444{number + 2}", by="bob:acme.example")
    assert status(await asking.ask(f"!code {code}", by="bob:acme.example")) == "denied"
    assert status(await asking.ask(f"!code {code}", by="zoe:acme.example")) == "ok"
    await asking.house.clock.advance(timedelta(hours=2).total_seconds())
    assert status(await asking.ask(f"!code {code}", by="bob:acme.example")) == "ok"


async def test_administrators_are_told_of_tries_in_their_room_once_wherever_the_process_dies() -> None:
    told = await telling(company())
    inviting = Inviting(policies=told.house.policies, homeserver=told.house.homeserver)
    for number in range(12):
        await Codes(inviting=inviting).redeem(BOB if number % 2 else ZOE, "2222-3333-4444", origin=f"$try{number}")
    deaths = await told.survive(lambda one: one.herald.tell())
    assert deaths > 3
    assert [f"{ZOE} tried invite codes" in text for text in told.bodies()] == [True]
    await told.next_day()
    await told.herald.tell()
    assert len(told.said()) == 1


@pytest.mark.parametrize(
    ("by", "line", "words"),
    [
        ("ann", "!invite acme --code deal", "Who answers for Acme makes codes"),
        ("sam", "!invite acme --code team", "Team does not admit Acme"),
        ("sam", "!invite acme --code --uses 0", "1 to 1,000"),
        ("sam", "!invite acme --code --uses many", "is not a whole number"),
        ("sam", "!invite acme --code --until 2026-01-01", "is over"),
        ("sam", "!invite acme --code board", "I know nothing by this name"),
        ("sam", "!invite nobody --code", "I know nothing by this name"),
    ],
)
async def test_codes_that_are_not_made(asking: Asking, by: str, line: str, words: str) -> None:
    answer = await asking.ask(line, by=by)
    assert words in body(answer)
    assert not CODE.search(body(answer))


async def test_whom_somebody_took_out_does_not_come_back_by_a_code(asking: Asking) -> None:
    code = await made(asking)
    assert status(await asking.ask(code, by="bob:acme.example")) == "ok"
    await asking.house.settle()
    assert status(await asking.ask("!invitations revoke @bob:acme.example", by="sam")) == "ok"
    await asking.house.settle()
    assert BOB not in asking.house.members("deal")
    assert (await guests(asking))[BOB].farewell is Farewell.REMOVED
    assert status(await asking.ask(code, by="bob:acme.example")) == "denied"
    await asking.ask("!invite @bob:acme.example --yes", by="sam")
    await asking.house.settle()
    assert BOB not in asking.house.members("deal"), "who comes back comes where they are invited now"


async def test_the_list_says_where_each_invitation_stands(asking: Asking) -> None:
    await asking.ask("!invite @bob:acme.example deal --yes", by="ann")
    await asking.ask("!invite @zoe:acme.example deal --yes", by="sam")
    await asking.house.settle()
    await asking.house.settle()
    told = body(await asking.ask("!invitations", by="sam"))
    assert "@bob:acme.example – waits for the word" in told
    assert "@zoe:acme.example – invited, and has not answered" in told
    assert "Project Zephyr" in told
    mine = body(await asking.ask("!invitations", by="ann"))
    assert "@bob:acme.example" in mine
    assert "@zoe:acme.example" not in mine
    assert "No invitation waits" in body(await asking.ask("!invitations", by="dora"))


async def test_who_invited_is_told_once_when_they_decline(asking: Asking) -> None:
    await asking.ask("!invite @bob:acme.example deal --yes", by="sam")
    await asking.house.settle()
    for room in ("deal", "acme"):
        asking.house.homeserver.people.leave(BOB, asking.house.room(room))
    await asking.house.hear()
    for _ in range(2):
        await asking.house.settle()
        await asking.house.rounds.go()
    assert len([text for text in asking.messenger.bodies if "declined or left" in text]) == 1


async def test_whoever_is_gone_is_erased_and_who_invited_others_is_not_named_any_more(asking: Asking) -> None:
    await asking.ask("!invite @bob:acme.example deal --yes", by="sam")
    assert status(await asking.ask(await made(asking), by="zoe:acme.example")) == "ok"
    await asking.ask("!invitations revoke @bob:acme.example", by="sam")
    house = asking.house
    world = await house.settle()
    gathering = Gathering(store=house.store, world=world, access=house.society.gate(world))
    erasing = Erasing(store=house.store, clock=house.clock, chance=house.chance, commit=str)
    for who in (BOB, user("sam")):
        dossier = await gathering.dossier(COMMAND_LINE, named(world.facts, who))
        await erasing.erase(await erasing.foresee(world.facts, dossier))
    known = await guests(asking)
    assert known.keys() == {ZOE}
    assert (known[ZOE].standing, known[ZOE].invited_by) == (Standing.INVITED, "erased")


def test_codes_are_easy_to_read_and_hard_to_guess() -> None:
    codes = {code_of(f"chance {number}") for number in range(500)}
    assert len(codes) == 500
    assert all(CODE.fullmatch(code) for code in codes)
    assert len({secret_in(code) for code in codes}) == 500
    assert secret_in("abcd efgh-2345") == "ABCDEFGH2345"
    assert looks_like_a_code(("ABCD-EFGH-2345",))
    assert not looks_like_a_code(("group", "list"))
    assert not secret_in("ABCD-EFGH-0O1I")
