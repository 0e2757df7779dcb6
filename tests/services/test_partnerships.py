"""Decisions about partners: who may take which, what is said first, what is stored, and that rooms follow."""

from dataclasses import replace
from datetime import date

import pytest

from bridge.domain.errors import InputError, ParvisError
from bridge.domain.messages import Text
from bridge.domain.partners import Partner, PartnerState
from bridge.domain.policy import Value
from bridge.domain.viewers import COMMAND_LINE, Viewer, alone
from bridge.rules.decisions import Pinned
from bridge.rules.fields import BadValue
from bridge.services.decided import NotAllowed
from bridge.services.partnerships import PartnerProposal
from tests.services.household import Household, Killed, household
from tests.world import directory, group, partner, user

ANN, BOB, INES = alone(user("ann")), alone(user("bob")), alone(user("ines"))
LEO = alone("@leo:acme.example")
BESIDE_LEO = Viewer(asker=user("ines"), readers=frozenset({user("ines"), "@leo:acme.example"}))


@pytest.fixture
async def house() -> Household:
    people = ("ann", "bob", "ines")
    partners = [partner("acme", sponsor="ann"), partner("globex", named=["gus:shared.example"], sponsor="bob")]
    deal = group("deal").owners("bob").members("bob", "leo:acme.example").admits("acme")
    house = household(directory(deal, partners=partners, people=people))
    await house.settle()
    return house


async def take(house: Household, proposal: PartnerProposal | None, *, by: str = "ines", origin: str = "$1") -> None:
    assert proposal is not None
    await house.partnerships.take(proposal, actor=user(by), origin=origin)
    await house.settle()


def known(house: Household, id_: str) -> Partner:
    assert house.world is not None
    return house.world.facts.directory.partners[id_]


async def added(house: Household, name: str = "Initech", **values: str | list[str]) -> PartnerProposal:
    wanted = {"servers": ["initech.example"], **values}
    return await house.partnerships.propose_new(INES, {"name": name, **wanted}, "$new")


async def test_an_administrators_partner_counts_at_once_and_it_is_said_who_belongs_to_it(house: Household) -> None:
    proposal = await added(house, sponsor="bob")

    assert "Everybody with an account on initech.example counts as one of the partner." in map(str, proposal.reasons)
    await take(house, proposal)
    made = known(house, "initech")
    assert (made.state, made.servers, made.sponsor) == (PartnerState.ACTIVE, ("initech.example",), user("bob"))
    assert house.world is not None
    assert "initech" in house.world.facts.partners


async def test_who_answers_for_a_partner_is_told_of_by_name() -> None:
    source = directory(partners=[partner("acme", sponsor="bob")], people=("ann", "bob", "ines"))
    source = replace(source, people={**source.people, "ann": replace(source.people["ann"], name="Ann Lee")})
    house = household(source)
    await house.settle()
    proposal = await house.partnerships.propose(INES, "acme", {"sponsor": user("ann")})
    assert proposal is not None
    assert list(map(str, proposal.effects)) == ["sponsor: Ann Lee"]
    assert "Ann Lee answers for the partner: for who comes in, and until when." in map(str, proposal.reasons)
    assert proposal.after.sponsor == user("ann")


async def test_an_employees_partner_is_proposed_with_them_as_sponsor_and_an_administrator_agrees(
    house: Household,
) -> None:
    values: dict[str, Value] = {"name": "Initech", "servers": ["initech.example"], "sponsor": "ann"}
    proposal = await house.partnerships.propose_new(BOB, values, "$new")
    assert proposal.reasons == ()
    [aside] = map(str, proposal.aside)
    assert f"{user('ann')} was not told" in aside
    assert f"!partner sponsor initech {user('ann')}" in aside
    await take(house, proposal, by="bob")
    made = known(house, "initech")
    assert (made.state, made.sponsor) == (PartnerState.PROPOSED, user("bob"))
    assert house.world is not None
    assert "partner-proposed" in {one.kind for one in house.world.findings}

    with pytest.raises(NotAllowed, match="Administrators decide whether"):
        await house.partnerships.propose(BOB, "initech", {"state": "active"})
    agreed = await house.partnerships.propose(INES, "initech", {"state": "active"})
    assert agreed is not None
    assert len(agreed.reasons) > 1
    await take(house, agreed, origin="$2")
    assert known(house, "initech").state is PartnerState.ACTIVE


async def test_what_is_decided_twice_by_one_event_is_decided_once(house: Household) -> None:
    proposal = await added(house)
    await take(house, proposal, origin="$new")
    again = await added(house)
    await take(house, again, origin="$new")
    kinds = [entry.kind for entry in house.store.data.audit.values()]
    assert kinds.count("partner-decide") == 1


async def test_two_partners_of_one_name_are_refused(house: Household) -> None:
    with pytest.raises(InputError, match="called Acme already"):
        await added(house, "ACME")


async def test_of_two_who_make_the_same_partner_at_once_the_second_is_told(house: Household) -> None:
    first, second = (
        await added(house),
        await house.partnerships.propose_new(INES, {"name": "Initech", "servers": ["a.b"]}, "$2"),
    )
    await house.partnerships.take(first, actor=user("ines"), origin="$new")
    with pytest.raises(ParvisError, match="already"):
        await house.partnerships.take(second, actor=user("ann"), origin="$2")


@pytest.mark.parametrize(
    ("servers", "why"),
    [
        (["corp.example"], "our own server"),
        (["*.example"], "is not a server name"),
        (["10.0.0.1"], "is an address"),
        (["[2001:db8::1]:8448"], "is an address"),
        (["intranet"], "is not a server name"),
        (["acme.example"], "belongs already to the partner Acme"),
        (["matrix.acme.example", "acme.example:8448"], "belongs already to the partner Acme"),
        (["shared.example"], "People of Globex are on shared.example"),
        (["matrix.org"], "Anybody can have an account on matrix.org"),
    ],
)
async def test_servers_that_cannot_be_a_partners_are_refused(house: Household, servers: list[str], why: str) -> None:
    with pytest.raises(BadValue, match=why):
        await added(house, servers=servers)


async def test_a_wildcard_is_said_in_words_and_clashes_with_what_is_below(house: Household) -> None:
    proposal = await added(house, servers=["*.initech.example"])
    assert any("every server whose name ends in .initech.example" in str(one) for one in proposal.reasons)
    await take(house, proposal)
    with pytest.raises(BadValue, match="belongs already to the partner Initech"):
        await house.partnerships.propose_new(INES, {"name": "Hooli", "servers": ["eu.initech.example"]}, "$3")


async def test_users_of_a_server_that_is_another_partners_belong_to_that_one(house: Household) -> None:
    with pytest.raises(BadValue, match="belongs already to the partner Acme"):
        await added(house, servers=[], users=["@eve:acme.example"])


async def test_a_public_homeserver_is_shared_by_naming_people(house: Household) -> None:
    await take(house, await added(house, servers=[], users=["@ivy:matrix.org"]))
    assert house.world is not None
    assert house.world.facts.belongs["@ivy:matrix.org"] == "initech"
    assert "matrix.org" not in house.world.facts.belongs


async def test_who_does_not_answer_for_a_partner_is_told_who_does(house: Household) -> None:
    for viewer in (BOB, LEO):
        with pytest.raises(NotAllowed, match="Its sponsor and administrators decide"):
            await house.partnerships.propose(viewer, "acme", {"note": "x"})


async def test_another_partner_is_unknown_to_a_partner_member(house: Household) -> None:
    assert await house.partnerships.propose(LEO, "globex", {"note": "x"}) is None
    assert await house.partnerships.propose(LEO, "nobody", {"note": "x"}) is None
    assert house.partnerships.find(LEO, "globex") is None
    assert house.partnerships.find(LEO, "Acme") is not None
    with pytest.raises(NotAllowed):
        await house.partnerships.propose_new(LEO, {"name": "Globex"}, "$1")


async def test_servers_are_not_decided_while_a_partner_reads_along(house: Household) -> None:
    with pytest.raises(NotAllowed, match="Others read along here"):
        await house.partnerships.propose(BESIDE_LEO, "acme", {"servers": ["shared.example"]})


async def test_a_sponsor_decides_dates_and_deputy_and_administrators_what_was_agreed(house: Household) -> None:
    await take(house, await house.partnerships.propose(ANN, "acme", {"until": "2027-01-31", "deputy": "bob"}), by="ann")
    assert (known(house, "acme").until, known(house, "acme").deputy) == (date(2027, 1, 31), user("bob"))
    with pytest.raises(NotAllowed, match="Administrators decide the servers of Acme"):
        await house.partnerships.propose(ANN, "acme", {"servers": ["acme.example", "evil.example"]})
    with pytest.raises(NotAllowed, match="Administrators decide which servers Acme has"):
        await house.partnerships.propose(ANN, "acme", {"users": ["@x:elsewhere.example"]})
    assert await house.partnerships.propose(BOB, "acme", {"note": "the deputy may"}) is not None


async def test_what_the_directory_says_is_changed_there_save_that_the_brake_is_never_pinned(house: Household) -> None:
    acme = replace(partner("acme", sponsor="ann"), declared=frozenset({"until", "state", "max_people"}))
    house.source.directory = directory(
        group("deal").members("leo:acme.example").admits("acme"), partners=[acme], people=("ann", "ines")
    )
    await house.settle()
    for field, value in (("until", "2027-01-01"), ("max-people", "4"), ("state", "active")):
        with pytest.raises(Pinned, match=r"directory\.yaml says"):
            await house.partnerships.propose(INES, "acme", {field: value})

    await take(house, await house.partnerships.propose(ANN, "acme", {"state": "suspended"}), by="ann")
    assert known(house, "acme").state is PartnerState.SUSPENDED
    back = await house.partnerships.propose(ANN, "acme", {"state": "active"})
    assert back is not None
    assert back.unset == {"state"}
    await take(house, back, origin="$2")
    assert known(house, "acme").state is PartnerState.ACTIVE


async def test_suspension_says_what_follows_in_rooms_and_empties_them(house: Household) -> None:
    proposal = await house.partnerships.propose(ANN, "acme", {"state": "suspended"})
    assert proposal is not None
    assert any("taken out of every room" in str(one) for one in proposal.reasons)
    assert any("remove @leo:acme.example" in str(one) for one in proposal.changes)
    await take(house, proposal, by="ann")
    assert "@leo:acme.example" not in house.members("deal")


async def test_what_follows_in_hidden_rooms_is_shown_to_their_members_alone(house: Household) -> None:
    secret = group("secret").hidden().owners("bob").members("bob", "leo:acme.example").admits("acme")
    acme = replace(partner("acme", sponsor="ann"), deputy="bob")
    house.source.directory = directory(secret, partners=[acme], people=("ann", "ines"))
    await house.settle()
    changes = {}
    for viewer in (ANN, BOB, INES):
        proposal = await house.partnerships.propose(viewer, "acme", {"state": "suspended"})
        assert proposal is not None
        changes[viewer.asker] = " ".join(map(str, proposal.changes))
    assert "Secret" in changes[user("bob")]
    assert "Secret" not in changes[user("ann")] + changes[user("ines")]


async def test_only_administrators_open_again_what_has_ended(house: Household) -> None:
    await take(house, await house.partnerships.propose(ANN, "acme", {"state": "ended"}), by="ann")
    with pytest.raises(NotAllowed, match="Administrators decide whether"):
        await house.partnerships.propose(ANN, "acme", {}, frozenset({"state"}))
    assert await house.partnerships.propose(COMMAND_LINE, "acme", {"state": "active"}) is not None


async def test_values_that_make_no_sense_are_refused(house: Household) -> None:
    for values, why in (
        ({"sponsor": "nobody"}, "is nobody of the company"),
        ({"terms": "nda"}, "no terms called nda"),
        ({"since": "2027-02-01", "until": "2027-01-01"}, "comes before"),
        ({"state": "proposed"}, "does not become a proposal"),
        ({"until": "soon"}, "is not a date"),
        ({"max-people": "-1"}, "is not a whole number"),
        ({"colour": "red"}, "is not known here"),
    ):
        with pytest.raises(BadValue, match=why):
            await house.partnerships.propose(INES, "acme", values)


async def test_a_decision_that_changes_nothing_says_so(house: Household) -> None:
    proposal = await house.partnerships.propose(INES, "acme", {"kind": "other"})
    assert proposal is not None
    assert proposal.unchanged is not None


async def test_every_field_of_a_decision_is_audited(house: Household) -> None:
    await take(house, await house.partnerships.propose(INES, "acme", {"note": "n", "until": "2028-01-01"}))
    entries = [one for one in house.store.data.audit.values() if one.kind == "partner-decide"]
    assert {one.detail["field"]: one.detail["after"] for one in entries} == {"note": "n", "until": "2028-01-01"}
    assert {one.compartment for one in entries} == {""}
    assert {one.detail["partner"] for one in entries} == {"acme"}
    assert Text.same("Acme") == known(house, "acme").name


@pytest.mark.parametrize("step", [1, 2])
async def test_a_kill_around_the_commit_loses_no_decision_and_takes_none_twice(house: Household, step: int) -> None:
    proposal = await added(house)
    house.fuse.at = house.fuse.steps + step
    with pytest.raises(Killed):
        await house.partnerships.take(proposal, actor=user("ines"), origin="$new")
    house.start()
    await house.settle()
    await take(house, await added(house), origin="$new")
    assert known(house, "initech").state is PartnerState.ACTIVE
    assert [entry.kind for entry in house.store.data.audit.values()].count("partner-decide") == 1
