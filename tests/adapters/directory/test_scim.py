"""The directory from what came by SCIM: whole or not at all, and read again only as far as it changed."""

import asyncio
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.adapters.directory.scim import ENTERPRISE, ScimPlace, ScimSource
from bridge.domain.directory import Directory, Person, Visibility
from bridge.domain.problems import InvalidInput
from bridge.domain.scim import ScimLogin
from bridge.ports.directory import Reading
from bridge.ports.scim import Change, ResourceKind, ScimResource
from bridge.services.truth import DirectoryKeeper
from tests.fakes.clock import FakeClock
from tests.fakes.store import FakeStore
from tests.support.proving import examples

SETTLE = timedelta(minutes=10)


@dataclass
class Told:
    """What a provider told, and the source over it."""

    store: FakeStore = field(default_factory=FakeStore)
    clock: FakeClock = field(default_factory=FakeClock)

    def __post_init__(self) -> None:
        self.source = self.another()

    def another(self) -> ScimSource:
        """As after a start of the bridge."""
        place = ScimPlace(server_name="corp.example", visibility=Visibility.INVITE_ONLY, settle=SETTLE)
        return ScimSource(place=place, shelf=self.store, clock=self.clock)

    async def put(self, id_: str, kind: ResourceKind = ResourceKind.USER, **document: Any) -> None:
        now = self.clock.now()
        one = ScimResource(id=id_, kind=kind, document=document, created=now, changed=now)
        async with self.store.work() as work:
            await work.scim.put(one, {f"id={id_}"})

    async def user(self, id_: str, **document: Any) -> None:
        await self.put(id_, **{"userName": f"{id_}@corp.example"} | document)

    async def group(self, id_: str, *members: str) -> None:
        await self.put(id_, ResourceKind.GROUP, displayName=id_.title())
        await self.change(id_, Change(add=members, whole=True))

    async def change(self, group: str, change: Change) -> None:
        async with self.store.work() as work:
            await work.scim.change_members(group, change, at=self.clock.now())

    async def early(self) -> str:
        """Why nobody counts yet."""
        reading = await self.source.read()
        assert reading.directory == Directory()
        (warning,) = reading.warnings
        return str(warning.message)

    async def directory(self) -> Directory:
        """Once nothing has come for long enough."""
        await self.clock.advance(SETTLE.total_seconds())
        return (await self.source.read()).directory


@dataclass(frozen=True)
class Before:
    """Another source, before SCIM."""

    directory: Directory

    async def read(self) -> Reading:
        return Reading(directory=self.directory)


async def test_people_and_groups_are_what_a_provider_said() -> None:
    told = Told()
    await told.user("boss")
    await told.user(
        "claire",
        name={"givenName": "Claire", "familyName": "Martin"},
        preferredLanguage="fr-FR",
        timezone="Europe/Paris",
        title="Directrice",
        emails=[{"value": "c@home.example", "type": "home"}, {"value": "c@corp.example", "type": "work"}],
        **{ENTERPRISE: {"department": "Ventes", "manager": {"value": "boss"}}},
    )
    await told.group("emea", "claire")
    await told.group("sales", "boss", "emea")
    directory = await told.directory()
    claire = directory.people["claire"]
    assert (claire.user, claire.name, claire.email) == ("@claire:corp.example", "Claire Martin", "c@corp.example")
    assert (claire.language, claire.timezone, claire.department) == ("fr", "Europe/Paris", "Ventes")
    assert (claire.title, claire.manager, claire.active) == ("Directrice", "boss", True)
    sales = directory.groups["sales"]
    assert (sales.name.en, sales.members, sales.visibility) == ("Sales", ("boss", "group:emea"), Visibility.INVITE_ONLY)


@pytest.mark.parametrize(
    ("kind", "said"),
    [(ScimLogin.NAME, "Ann"), (ScimLogin.USER_NAME, "Ann@corp.example"), (ScimLogin.EXTERNAL_ID, "00u7")],
)
async def test_by_what_people_sign_in_is_for_the_configuration_to_say(kind: ScimLogin, said: str) -> None:
    told = Told()
    told.source.place = replace(told.source.place, login=kind)
    await told.put("ann", userName="Ann@corp.example", externalId="00u7")
    await told.put("bob", userName="bob")
    people = (await told.directory()).people
    assert (people["ann"].login, people["ann"].user) == (said, "@ann:corp.example")
    assert people["bob"].login == "bob"


async def test_what_a_provider_writes_wrongly_is_no_reason_to_read_nothing() -> None:
    told = Told()
    await told.user("ann", preferredLanguage="tlh", timezone="Mars/Olympus", active=None,
                    **{ENTERPRISE: {"manager": {"value": "gone"}}})  # fmt: skip
    ann = (await told.directory()).people["ann"]
    assert (ann.language, ann.timezone, ann.manager, ann.active) == ("", "", "", True)


async def test_a_name_that_is_too_long_for_an_account_leaves_one_person_out_and_is_told() -> None:
    told = Told()
    await told.user("ann")
    await told.user("long", userName="Анна" * 40)
    await told.group("sales", "ann", "long")
    directory = await told.directory()
    assert (list(directory.people), directory.groups["sales"].members) == (["ann"], ("ann",))
    assert "1 person has a login that is too long" in str((await told.source.read()).warnings[0])


async def test_nothing_counts_before_the_first_load_is_over() -> None:
    told = Told()
    assert await told.early() == "Nobody has come by SCIM yet."
    await told.user("ann")
    await told.clock.advance(SETTLE.total_seconds() - 1)
    assert "first load by SCIM is under way" in await told.early()
    await told.user("bob")
    await told.clock.advance(SETTLE.total_seconds() - 1)
    assert "first load by SCIM is under way" in await told.early()
    assert set((await told.directory()).people) == {"ann", "bob"}


async def test_a_first_load_tells_when_it_will_be_over_and_later_where_more_comes() -> None:
    told = Told()
    assert (await told.source.read()).until is None
    for name in ("ann", "bob"):
        await told.user(name)
        until = (await told.source.read()).until
        assert until == told.clock.now() + SETTLE
        await told.clock.advance(60)
    assert until is not None
    await told.clock.advance((until - told.clock.now()).total_seconds())
    reading = await told.another().read()
    assert (set(reading.directory.people), reading.until) == ({"ann", "bob"}, None)


async def test_what_the_company_had_before_stays_in_force_during_the_first_load() -> None:
    told = Told()
    keeper = DirectoryKeeper(source=told.source, store=told.store, clock=told.clock)
    before = Directory(people={"1": Person(id="1", user="@ann:corp.example")}, groups={})
    other = DirectoryKeeper(source=Before(before), store=told.store, clock=told.clock)
    await other.read(keep=True)
    await told.user("ann")
    assert (await keeper.read(keep=True)).directory == before


async def test_once_it_is_over_every_change_counts_at_once() -> None:
    told = Told()
    await told.user("ann")
    await told.user("bob")
    await told.group("sales", "ann", "bob")
    await told.directory()
    async with told.store.work() as work:
        await work.scim.loaded()
    await told.change("sales", Change(remove=("bob",)))
    assert (await told.source.read()).directory.groups["sales"].members == ("ann",)
    await told.user("bob", active=False)
    assert not (await told.source.read()).directory.people["bob"].active


async def test_what_changed_is_told_the_same_to_a_source_that_begins_anew() -> None:
    told = Told()
    for name in ("ann", "bob", "cem"):
        await told.user(name)
    await told.group("sales", "ann", "bob")
    await told.group("idle", "cem")
    await told.directory()
    await told.change("sales", Change(add=("cem",), remove=("ann",)))
    async with told.store.work() as work:
        await work.scim.remove(ResourceKind.USER, "bob", at=told.clock.now())
        await work.scim.remove(ResourceKind.GROUP, "idle", at=told.clock.now())
    assert await told.directory() == (await told.another().read()).directory
    assert (await told.directory()).groups["sales"].members == ("cem",)


async def test_a_source_reads_nothing_when_nothing_changed() -> None:
    told = Told()
    await told.user("ann")
    await told.directory()
    first = await told.source.read()
    assert await told.source.read() is first
    assert first.stamp == (await told.another().read()).stamp
    await told.user("ann", title="Boss")
    await told.directory()
    assert (await told.source.read()).stamp != first.stamp


async def test_of_two_users_with_one_account_the_one_who_is_switched_off_was_there_before() -> None:
    told = Told()
    await told.put("old", userName="ann@corp.example", active=False)
    await told.put("older", userName="bob@corp.example", active=False)
    await told.put("new", userName="Ann")
    await told.put("newer", userName="bob", active=False)
    assert set((await told.directory()).people) == {"new", "newer"}
    await told.put("twin", userName="ann@other.example")
    with pytest.raises(InvalidInput, match="already the account"):
        await told.directory()


async def test_a_world_is_large_once_it_was_read() -> None:
    told = Told()
    async with told.store.work() as work:
        now = told.clock.now()
        one = ScimResource(id="", kind=ResourceKind.USER, document={}, created=now, changed=now)
        scim = told.store.data.scim
        many = {
            f"p{n}": replace(one, id=f"p{n}", number=n, version=1, document={"userName": f"p{n}"}) for n in range(3000)
        }
        work.scim._access.write().scim = replace(
            scim, resources=many, state=replace(scim.state, edition=1, loaded=True)
        )
    assert not told.source.is_large()
    await told.source.read()
    assert told.source.is_large()


async def test_who_is_switched_off_is_out_at_once_and_who_is_deleted_with_the_second_reading() -> None:
    told = Told()
    for name in ("ann", "bob", "cem"):
        await told.user(name)
    await told.group("sales", "ann", "bob", "cem")
    await told.directory()
    keeper = DirectoryKeeper(source=told.source, store=told.store, clock=told.clock)
    await keeper.read(keep=True)
    async with told.store.work() as work:
        await work.scim.loaded()
        await work.scim.remove(ResourceKind.USER, "bob", at=told.clock.now())
    await told.user("cem", active=False)
    first = (await keeper.read(keep=True)).directory
    assert (set(first.groups["sales"].members), first.people["cem"].active) == ({"ann", "bob", "cem"}, False)
    second = (await keeper.read(keep=True)).directory
    assert (set(second.groups["sales"].members), set(second.people)) == ({"ann", "cem"}, {"ann", "cem"})


async def test_a_group_that_is_emptied_on_purpose_is_empty_after_ten_minutes_and_three_readings() -> None:
    """Whether a provider was wrong or meant it, nobody can say at once."""
    told = Told()
    for name in ("ann", "bob", "cem"):
        await told.user(name)
    await told.group("sales", "ann", "bob", "cem")
    await told.directory()
    keeper = DirectoryKeeper(source=told.source, store=told.store, clock=told.clock)
    await keeper.read(keep=True)
    async with told.store.work() as work:
        await work.scim.loaded()
    await told.change("sales", Change(whole=True))
    for minutes, kept in ((0, 3), (5, 3), (5, 0)):
        await told.clock.advance(minutes * 60)
        truth = await keeper.read(keep=True)
        assert len(truth.directory.groups["sales"].members) == kept
        assert [one.kind for one in truth.findings if one.kind == "group-doubted"] == ["group-doubted"] * (kept > 0)


async def test_whoever_is_created_again_is_in_no_group_of_before() -> None:
    told = Told()
    await told.user("ann")
    await told.put("old", userName="bob@corp.example")
    await told.group("sales", "ann", "old")
    await told.directory()
    keeper = DirectoryKeeper(source=told.source, store=told.store, clock=told.clock)
    await keeper.read(keep=True)
    async with told.store.work() as work:
        await work.scim.loaded()
        await work.scim.remove(ResourceKind.USER, "old", at=told.clock.now())
    await told.put("new", userName="bob@corp.example")
    for _ in range(2):
        directory = (await keeper.read(keep=True)).directory
    assert directory.groups["sales"].members == ("ann",)
    assert directory.people["new"].user == "@bob:corp.example"


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["user", "off", "group", "in", "out", "whole", "gone", "disbanded", "read"]),
        st.integers(0, 3),
        st.integers(0, 3),
    ),
    max_size=20,
)


@settings(max_examples=examples(60), deadline=None)
@given(steps=STEPS)
def test_whatever_comes_a_source_that_learns_knows_what_one_knows_that_begins(
    steps: list[tuple[str, int, int]],
) -> None:
    asyncio.run(lived(steps))


async def lived(steps: list[tuple[str, int, int]]) -> None:
    told = Told()
    await told.user("boss")
    for step, one, other in steps:
        user, group = f"u{one}", f"g{other}"
        there = told.store.data.scim.resources
        match step:
            case "user" | "off":
                await told.user(user, active=step == "user")
            case "group":
                await told.put(group, ResourceKind.GROUP, displayName=group)
            case "in" if user in there and group in there:
                await told.change(group, Change(add=(user,)))
            case "out" if group in there:
                await told.change(group, Change(remove=(user,)))
            case "whole" if group in there:
                await told.change(group, Change(add=("boss",), whole=True))
            case "gone" | "disbanded":
                kind, id_ = (ResourceKind.USER, user) if step == "gone" else (ResourceKind.GROUP, group)
                async with told.store.work() as work:
                    await work.scim.remove(kind, id_, at=told.clock.now())
            case "read":
                await told.directory()
    learned = await told.directory()
    assert learned == (await told.another().read()).directory
    members = {group: set(them) for group, them in told.store.data.scim.members.items() if them}
    assert {id_: set(group.members) for id_, group in learned.groups.items() if group.members} == members
