"""Who left is erased everywhere, provably, whatever dies in between; and whoever is still here is not."""

import zlib
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256

import pytest

from bridge.domain.activity import Form, Happening
from bridge.domain.audit import ERASED
from bridge.domain.cards import Card, Entry, EntryKind, Field, Photo, Version
from bridge.domain.directory import Directory, MembershipMode
from bridge.domain.identities import Identity
from bridge.domain.onboarding import arrived
from bridge.domain.policy import GroupPolicy
from bridge.domain.viewers import COMMAND_LINE, alone
from bridge.rules.access import Access
from bridge.services import erasing as module
from bridge.services.doorstep import ask
from bridge.services.erasing import KIND, Erasing, Foreseen, Statement
from bridge.services.person import Dossier, Gathering, named
from bridge.services.proof import Proof
from tests.fakes.clock import START
from tests.fakes.store_chains import SIGNER
from tests.services.household import Household, Killed, household
from tests.world import directory, group, partner, user

ANN, CLAIRE, INES, BOB = user("ann"), user("claire"), user("ines"), "@bob:acme.example"


def company(*, hidden: bool = True) -> Directory:
    quartz = [group("quartz").hidden().owners("claire").members("claire", "ann")] if hidden else []
    mixed = {"membership": MembershipMode.BOTH, "partners": ("acme",)}
    return directory(
        group("sales").having(**mixed).owners("claire").members("claire", "ann", BOB[1:]),
        *quartz,
        partners=[partner("acme")],
        people=("ines",),
    )


def without_ann(source: Directory, *, listed: bool = False) -> Directory:
    """She is gone, or in the directory without being active."""
    groups = {
        id_: replace(one, members=tuple(member for member in one.members if member != "ann"))
        for id_, one in source.groups.items()
    }
    people = {id_: one for id_, one in source.people.items() if id_ != "ann"}
    if listed:
        people["ann"] = replace(source.people["ann"], active=False)
    return Directory(people, groups, source.partners)


async def settled(source: Directory) -> Household:
    """A company in which Ann chose, asked, decided and left one room by herself."""
    house = household(source, admins=frozenset({INES}), joins_directly=True)
    await house.settle()
    async with house.store.work() as work:
        await work.preferences.put(ANN, "language", "fr")
        lasts = timedelta(days=1)
        await ask(work, key="join:a", group="sales", user=ANN, reason="It is me", knock=False, now=START, lasts=lasts)
        values = {"members": [ANN, CLAIRE]}
        await work.policies.put(GroupPolicy(group="sales", values=values, by=ANN, at=START))
        await work.rooms.note_absence(house.room("sales"), {})
    return house


async def left(house: Household, source: Directory) -> None:
    """The directory says so twice, and the rooms follow."""
    house.source.directory = source
    for _ in range(2):
        house.world = await house.reconciler.look(keep=True)
        house.source.directory = replace(source)
    await house.settle()
    await house.settle()


def erasing(house: Household) -> Erasing:
    return Erasing(
        store=house.store,
        clock=house.clock,
        chance=house.chance,
        commit=lambda text: sha256(f"key {text}".encode()).hexdigest(),
    )


async def dossier(house: Household, who: str = ANN, viewer: str = "") -> Dossier:
    world = await house.reconciler.glance()
    access = Access(world.facts, admins=house.admins)
    gathering = Gathering(store=house.store, world=world, access=access)
    return await gathering.dossier(alone(viewer) if viewer else COMMAND_LINE, named(world.facts, who))


async def foreseen(house: Household, who: str = ANN) -> Foreseen:
    world = await house.reconciler.glance()
    return await erasing(house).foresee(world.facts, await dossier(house, who))


async def erased(house: Household, who: str = ANN) -> Statement:
    return await erasing(house).erase(await foreseen(house, who))


async def sound(house: Household) -> int:
    """How many records the chains hold, all of which verify."""
    checked = await Proof(store=house.store, signer=SIGNER).verify()
    assert [one.fault for one in checked] == [None] * len(checked)
    return sum(one.records for one in checked)


def remains(house: Household) -> list[str]:
    """What of the data still names her; who is forgotten in a room leaves a keyed mark in a real store."""
    data = {name: value for name, value in vars(house.store.data).items() if name not in ("forgiven", "forgotten")}
    kept = house.store.data.snapshots.items()
    data["snapshots"] = {name: data if data[:1] == b"{" else zlib.decompress(data) for name, (data, _) in kept}
    data["runs"] = {id_: replace(run, summary=None) for id_, run in house.store.data.runs.items()}
    return [name for name, value in data.items() if ANN in repr(value)]


async def test_everything_about_somebody_is_gathered() -> None:
    house = await settled(company())
    found = await dossier(house)
    assert found.person is not None
    assert found.groups == {"sales": ("member",), "quartz": ("member",)}
    assert {str(ref): word for ref, word in found.rooms.items()} == {
        "company": "join",
        "group/sales": "join",
        "group/quartz": "invite",
    }
    assert found.stated == frozenset()
    assert {str(ref) for ref in (await dossier(house, CLAIRE)).stated} == {"group/sales", "group/quartz"}
    assert found.choices == {"language": "fr"}
    assert [one.group for one in found.decisions] == ["sales"]
    assert [one.key for one in found.questions] == ["join:a"]
    assert {one.compartment for one in found.records} == {"", "quartz"}
    assert {one.kind for one in found.records} >= {"add"}
    assert not (await dossier(house, user("nobody"))).stored


async def test_who_may_not_know_a_hidden_group_is_shown_nothing_of_it() -> None:
    house, plain = await settled(company()), await settled(company(hidden=False))
    shown, other = await dossier(house, ANN, INES), await dossier(plain, ANN, INES)
    assert shown.groups == other.groups == {"sales": ("member",)}
    assert shown.rooms.keys() == other.rooms.keys()
    assert len(shown.records) == len(other.records) > 0
    assert shown.questions == other.questions
    assert "quartz" not in repr(shown)
    assert "quartz" in repr(await dossier(house, ANN, ANN))
    assert (await dossier(house, ANN, BOB)).records == ()


async def test_who_is_still_here_is_not_erased_and_the_remedy_is_said() -> None:
    house = await settled(company())
    said = [str(one) for one in (await foreseen(house)).obstacles]
    assert len(said) == 2
    assert "is active in the directory: set active to false" in said[0]
    assert "is still in 3 rooms, or invited" in said[1]
    assert "is among the administrators" in str((await foreseen(house, INES)).obstacles)
    assert "belongs to sales: take them out first" in str((await foreseen(house, BOB)).obstacles[0])


async def test_who_is_gone_is_erased_everywhere_and_the_chains_verify() -> None:
    house = await settled(company())
    await left(house, without_ann(company()))
    before = await sound(house)
    plan = await foreseen(house)
    assert plan.obstacles == ()
    assert len(plan.dossier.records) > 2
    assert "audit" in remains(house)
    statement = await erased(house)
    assert remains(house) == []
    assert await sound(house) == before + 2
    assert statement.records == sum(one.compartment == "" for one in plan.dossier.records)
    assert house.store.data.policies["sales"].values == {"members": [CLAIRE]}
    assert house.store.data.policies["sales"].by == ERASED
    assert (await house.reconciler.look(verify=True)).plan.empty


async def test_the_statement_tells_nobody_but_whoever_has_name_and_key() -> None:
    house = await settled(company())
    await left(house, without_ann(company()))
    statement = await erased(house)
    said = [one for one in house.store.data.audit.values() if one.kind == KIND]
    assert {one.compartment for one in said} == {"", "quartz"}
    assert len({one.detail["user"] for one in said}) == 2
    assert "ann" not in repr(said)
    again = await foreseen(house)
    assert again.empty
    assert again.earlier == (statement,)
    assert (await foreseen(house, user("never"))).earlier == ()


async def test_hidden_groups_change_nothing_of_the_statement_that_others_see() -> None:
    counts = []
    for hidden in (True, False):
        house = await settled(company(hidden=hidden))
        await left(house, without_ann(company(hidden=hidden)))
        counts.append((await erased(house)).records)
    assert counts[0] == counts[1] > 0


async def test_who_is_inactive_may_be_erased_although_the_directory_has_the_entry() -> None:
    house = await settled(company())
    await left(house, without_ann(company(), listed=True))
    plan = await foreseen(house)
    assert plan.obstacles == ()
    assert "The directory itself still has the entry" in str(plan.stays[0])
    await erased(house)
    assert remains(house) == ["snapshots"]


async def test_somebody_who_comes_back_is_a_new_person() -> None:
    house = await settled(company())
    await left(house, without_ann(company()))
    await erased(house)
    house.source.directory = replace(company())
    await house.settle()
    assert ANN in house.members("sales")


@pytest.mark.slow
@pytest.mark.parametrize("at", range(1, 14))
async def test_a_kill_anywhere_leaves_something_that_erasing_again_completes(
    at: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    house = await settled(company())
    await left(house, without_ann(company()))
    records = len((await dossier(house)).records)
    monkeypatch.setattr(module, "AT_ONCE", 2)
    house.fuse.at, house.fuse.steps = at, 0
    try:
        await erased(house)
    except Killed:
        await sound(house)
    house.fuse.at = 0
    if not (again := await foreseen(house)).empty:
        await erasing(house).erase(again)
    assert remains(house) == []
    await sound(house)
    said = [one.detail["records"] for one in house.store.data.audit.values() if one.kind == KIND]
    assert len(said) == 2
    assert sum(said) == records


async def test_where_somebody_is_in_their_welcome_goes_with_them_and_whom_they_accompany_stays() -> None:
    house = await settled(company())
    async with house.store.work() as work:
        await work.onboarding.put(arrived(ANN, "employee", START))
        await work.onboarding.put(arrived(BOB, "employee", START, buddy=ANN))
        await work.onboarding.put(arrived(CLAIRE, "employee", START))
    await left(house, without_ann(company()))
    assert sorted(one.user for one in (await dossier(house)).paths) == [ANN, BOB]
    await erased(house)
    assert sorted((one.user, one.buddy) for one in house.store.data.onboarding.values()) == [(BOB, ""), (CLAIRE, "")]
    assert (await foreseen(house)).empty


async def test_as_whom_of_the_directory_their_account_is_known_goes_and_others_stay() -> None:
    house = await settled(company())
    links = [Identity(person=one, user=user(one), how="template", at=START) for one in ("ann", "claire")]
    async with house.store.work() as work:
        await work.identities.put(links)
    assert (await dossier(house, viewer=ANN)).identities == (links[0],)
    assert (await dossier(house, viewer=INES)).identities == ()
    await left(house, without_ann(company()))
    await erased(house)
    assert set(house.store.data.identities) == {"claire"}
    assert (await foreseen(house)).empty


async def test_cards_and_histories_go_with_a_person_and_what_they_wrote_of_others_is_told_without_them() -> None:
    house = await settled(company())
    photo = Photo(uri="mxc://corp.example/ann", mimetype="image/jpeg", size=1, width=1, height=1, at=START)
    written = Version(day=START.date(), kind=EntryKind.VISIT, text=f"With {ANN}", by=ANN, at=START)
    async with house.store.work() as work:
        await work.cards.put(Card(user=ANN, values={Field.PHONE: ("+33 6",)}, photo=photo, at=START))
        await work.cards.put_entry(Entry(id="hers", user=ANN, versions=(replace(written, by=CLAIRE),)))
        await work.cards.put_entry(Entry(id="his", user=BOB, versions=(written,)))
    await left(house, without_ann(company()))
    seen = await dossier(house)
    assert (seen.card is not None, [one.id for one in seen.history], [one.id for one in seen.wrote]) == (
        True,
        ["hers"],
        ["his"],
    )
    await erased(house)
    assert house.store.data.cards == {}
    [kept] = house.store.data.entries.values()
    assert (kept.current.by, kept.current.text) == (ERASED, f"With {ERASED}")
    assert [item.document["uri"] for item in house.store.data.pending.values() if item.kind == "file"] == [photo.uri]
    assert (await foreseen(house)).empty


async def test_of_what_they_wrote_in_rooms_they_are_shown_what_they_may_know_and_all_of_it_goes() -> None:
    house = await settled(company())
    async with house.store.work() as work:
        for place, (sender, called) in enumerate(((ANN, ""), (CLAIRE, ANN), (BOB, CLAIRE))):
            for group_id in ("sales", "quartz"):
                event, form = f"${group_id}{place}", Form(calls=(called,) if called else ())
                one = Happening(event=event, room=f"!{group_id}", group=group_id, sender=sender, at=START,
                                thread=event, form=form)  # fmt: skip
                await work.activity.add([one])
    assert [one.group for one in (await dossier(house, viewer=ANN)).activity] == ["quartz", "sales"]
    await left(house, without_ann(company()))
    assert (await dossier(house, viewer=ANN)).activity == ()
    assert (await dossier(house, viewer=INES)).activity == ()
    await erased(house)
    assert (await dossier(house)).activity == ()
    assert len(house.store.data.activity.happenings) == 4
