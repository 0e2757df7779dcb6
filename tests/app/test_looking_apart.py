import pickle
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bridge.adapters.directory.files import DirectoryFile, Format
from bridge.adapters.directory.source import FileSource
from bridge.adapters.policies.source import PolicyFile
from bridge.adapters.sealing import DataKeySealer, generate_key, key_from_text
from bridge.adapters.sql.store import SqlStore, open_store
from bridge.app.apart import looking, sending
from bridge.app.apart.crossing import Failure, Section, Unpacker, worth_sharing
from bridge.app.apart.looking import Apart, BySize, NamedPlace, Task
from bridge.app.apart.receiving import received
from bridge.app.apart.sending import FULL, ROW, pieces_of
from bridge.domain.desired import DesiredRoom
from bridge.domain.directory import Visibility
from bridge.domain.errors import ErrorKind, ParvisError, StoreError
from bridge.domain.messages import say
from bridge.domain.policy import GroupPolicy, Value
from bridge.domain.problems import InvalidInput
from bridge.domain.rooms import ActualRoom, Membership, group_room
from bridge.planning.plan import Brake
from bridge.rules.settings import House
from bridge.services.looking import Errand, Here
from bridge.services.renamed import keep
from bridge.services.truth import DirectoryKeeper
from bridge.services.world import World
from tests.fakes.clock import START, FakeClock
from tests.world import BOT, SERVER, TODAY

pytestmark = pytest.mark.slow

ERRAND = Errand(today=TODAY, keep=True)
PEOPLE = [f"p{number}" for number in range(12)]
PERSON = '  - {{id: {0}, user: "@{0}:corp.example", name: {0}}}\n'
GROUPS = """
groups:
  - {id: sales, name: {en: Sales, fr: Ventes}, visibility: public, owners: [p0], members: [p0, p1, group:deal]}
  - {id: deal, name: Deal, owners: [p1], members: [p1, p2, p3, p4, p5, p6, p7, p8, p9, "@bob:acme.example"],
     partners: [acme]}
  - {id: exec, name: Board, visibility: hidden, owners: [p2], members: [p2, p3]}
  - {id: odd, name: Odd, owners: [p2], members: ["group:deal", "@eve:old.example"], partners: [old]}
  - {id: empty, name: Empty, owners: [p2]}
partners:
  - {id: acme, name: Acme, kind: customer, servers: [acme.example], sponsor: p1, until: 2030-01-01}
  - {id: old, name: Old, kind: customer, servers: [old.example], sponsor: p1, until: 2020-01-01}
"""


def company(*people: str) -> str:
    return "people:\n" + "".join(map(PERSON.format, people)) + GROUPS


@dataclass
class Place:
    """A directory and a database; ``here`` looks in this process and ``apart`` in another one."""

    path: Path
    store: SqlStore
    here: Here
    task: Task

    def __post_init__(self) -> None:
        self.apart = Apart(self.task)


@pytest.fixture
async def place(tmp_path: Path) -> AsyncIterator[Place]:
    path, key = tmp_path / "directory.yaml", generate_key()
    path.write_text(company(*PEOPLE))
    path.chmod(0o600)
    database = f"sqlite:///{tmp_path / 'parvis.db'}"
    store = await open_store(database, DataKeySealer(key_from_text(key)))
    file = DirectoryFile(format=Format.YAML, path=path, server_name=SERVER)
    house, brake = House(server_name=SERVER), Brake()
    keeper = DirectoryKeeper(source=FileSource(file), store=store, clock=FakeClock())
    here = Here(keeper=keeper, store=store, house=house, brake=brake, bot=BOT)
    yield Place(
        path,
        store,
        here,
        Task(
            places=(NamedPlace(name="", called=file.path.name, place=file),),
            database=database,
            data_key=key,
            house=house,
            brake=brake,
            bot=BOT,
        ),
    )
    await store.close()


async def with_rooms(place: Place) -> None:
    """One room is there, with people who should not be in it and one who is only invited."""
    ref, room_id = group_room("sales"), "!sales"
    members = dict.fromkeys((BOT, "@p1:corp.example", "@eve:evil.example"), Membership.JOIN)
    members["@p2:corp.example"] = Membership.INVITE
    async with place.store.work() as work:
        binding = await work.rooms.intend(ref, "group/sales")
        await work.rooms.bind(ref, room_id, "12")
        await work.rooms.replace(
            ActualRoom(ref=ref, room_id=room_id, marker=binding.marker, version="12", members=members),
            at=datetime(2026, 11, 22, tzinfo=UTC),
        )
        await work.rooms.intend(group_room("exec"), "x" * 20)


async def test_a_look_from_another_process_sees_the_same_world(place: Place) -> None:
    await with_rooms(place)
    here, apart = await place.here.look(ERRAND), await place.apart.look(ERRAND)
    assert apart == here
    assert apart.plan.fingerprint == here.plan.fingerprint
    assert {part.compartment for part in apart.plan.parts} == {"", "exec"}
    assert apart.facts.findings
    assert "@eve:evil.example" in apart.joined[group_room("sales")]
    assert "@p2:corp.example" not in apart.joined[group_room("sales")]
    assert apart.room_ids() == {group_room("sales"): "!sales"}


async def test_who_is_invited_to_a_hidden_group_later_is_told_by_another_process_too(place: Place) -> None:
    errand = replace(ERRAND, now=START, spread=timedelta(minutes=30))
    here, apart = await place.here.look(errand), await place.apart.look(errand)
    assert apart.plan == here.plan
    assert [(one.ref, one.user) for one in apart.plan.later] == [(group_room("exec"), "@p3:corp.example")]


async def test_what_is_known_does_not_cross_again(place: Place) -> None:
    first = await place.apart.look(ERRAND)
    await with_rooms(place)
    second = await place.apart.look(ERRAND)
    assert second.facts is first.facts
    assert second.desired is first.desired
    assert second == await place.here.look(ERRAND)


async def test_whatever_a_change_of_the_directory_left_as_it_was_stays_the_same_object(place: Place) -> None:
    first = await place.apart.look(ERRAND)
    place.path.write_text(company(*PEOPLE).replace("name: p7", "name: Seven"))
    second = await place.apart.look(ERRAND)
    assert second == await place.here.look(ERRAND)
    people = second.facts.directory.people
    assert {one for one in people if people[one] is not first.facts.directory.people[one]} == {"p7"}
    assert all(second.facts.members[one] is first.facts.members[one] for one in second.facts.members)
    assert all(second.desired.rooms[one] is first.desired.rooms[one] for one in second.desired.rooms)


async def test_whoever_merely_vanished_stays_for_one_more_look_in_another_process_too(place: Place) -> None:
    await place.apart.look(ERRAND)
    place.path.write_text(company(*PEOPLE[:-1]))
    doubting = await place.apart.look(ERRAND)
    assert "p11" in doubting.facts.directory.people
    assert [finding.kind for finding in doubting.findings] == ["people-missing"]
    assert "p11" not in (await place.apart.look(ERRAND)).facts.directory.people


async def test_a_group_under_another_id_waits_and_is_the_one_of_before_in_another_process_too(place: Place) -> None:
    await with_rooms(place)
    await place.apart.look(ERRAND)
    place.path.write_text(company(*PEOPLE).replace("id: sales", "id: vente"))
    waiting = await place.apart.look(ERRAND)
    assert waiting == await place.here.look(ERRAND)
    assert waiting.sameness.waiting == {"vente"}
    assert waiting.sameness.vanished == {"sales"}
    async with place.store.work() as work:
        await keep(work, {"vente": "sales"}, at=START)
    said = await place.apart.look(ERRAND)
    assert said == await place.here.look(ERRAND)
    assert said.edition != waiting.edition
    assert "vente" not in said.facts.directory.groups
    assert not said.sameness.vanished


async def test_what_is_decided_about_groups_counts_in_another_process_too(place: Place, tmp_path: Path) -> None:
    path = tmp_path / "policies.yaml"
    path.write_text("groups: {empty: {visibility: hidden}}")
    apart = Apart(replace(place.task, policies=PolicyFile(path)))
    first = await apart.look(ERRAND)
    assert first.facts.directory.groups["empty"].ruled == {"visibility"}
    async with place.store.work() as work:
        values: dict[str, Value] = {"visibility": "public", "mandatory": True}
        await work.policies.put(GroupPolicy(group="empty", values=values, at=datetime(2026, 11, 22, tzinfo=UTC)))
    second = await apart.look(ERRAND)
    empty = second.facts.directory.groups["empty"]
    assert (empty.visibility, empty.mandatory) == (Visibility.HIDDEN, True)
    path.write_text("groups: [")
    broken = await apart.look(ERRAND)
    assert broken.facts.directory.groups["empty"] == empty
    assert [finding.kind for finding in broken.findings] == ["policies-unreadable"]


async def test_the_last_good_reading_serves_when_the_directory_breaks(place: Place) -> None:
    first = await place.apart.look(ERRAND)
    place.path.write_text("people: [")
    second = await place.apart.look(ERRAND)
    assert second.facts is first.facts
    assert [finding.kind for finding in second.findings] == ["directory-unreadable"]


async def test_problems_of_the_directory_come_back_with_their_lines(place: Place) -> None:
    place.path.write_text(company(*PEOPLE).replace("owners: [p1]", "owners: [p111]"))
    with pytest.raises(InvalidInput) as caught:
        await place.apart.look(ERRAND)
    assert [problem.spot.line for problem in caught.value.problems] == [17]


async def test_trouble_with_the_store_comes_back_as_a_sentence(place: Place, tmp_path: Path) -> None:
    apart = Apart(replace(place.task, database=f"sqlite:///{tmp_path / 'nowhere' / 'parvis.db'}"))
    with pytest.raises(ParvisError, match="does not exist") as caught:
        await apart.look(ERRAND)
    assert caught.value.kind is ErrorKind.USAGE


async def test_after_a_killed_child_the_next_look_works(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(looking, "CHILD", "tests.support.killed")
        with pytest.raises(ParvisError, match="the large directory died") as caught:
            await place.apart.look(ERRAND)
        assert caught.value.kind is ErrorKind.TEMPORARY
    assert (await place.apart.look(ERRAND)).facts.directory.people


async def test_size_alone_decides_where_the_look_is_made(place: Place) -> None:
    class Told:
        def __init__(self, world: World) -> None:
            self.world, self.asked = world, 0

        async def look(self, errand: Errand) -> World:
            self.asked += 1
            return self.world

    world = await place.here.look(ERRAND)
    here, apart, large = Told(world), Told(world), False
    looker = BySize(here=here, apart=apart, large=lambda: large)
    await looker.look(ERRAND)
    assert (here.asked, apart.asked) == (1, 0)
    large = True
    await looker.look(ERRAND)
    assert (here.asked, apart.asked) == (1, 1)


async def test_no_piece_holds_more_than_can_be_taken_over_in_a_moment(place: Place) -> None:
    many = [f"p{number}" for number in range(3 * FULL // ROW)]
    members = ", ".join(many)
    place.path.write_text(company(*many).replace("members: [p2, p3]", f"members: [{members}]"))
    world = await place.here.look(ERRAND)
    unpacker, sections = Unpacker(), []
    for piece in pieces_of(world, known=False):
        section, rows = unpacker.unpack(piece)
        unpacker.share(worth_sharing(section, rows))
        sections.append(section)
        assert len(rows) * ROW <= FULL
        users = sum(len(value.members) for _, value in rows if isinstance(value, DesiredRoom))
        assert len(rows) == 1 or users <= FULL
    assert sections.count(Section.PEOPLE) == 3
    assert list(dict.fromkeys(sections)) == list(Section)


async def test_sets_that_are_cut_into_slices_are_whole_again(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        for piece in pieces_of(world, known=False):
            yield piece

    await with_rooms(place)
    world = replace(await place.here.look(ERRAND), until=START)
    monkeypatch.setattr(sending, "SLICE", 2)
    first = await received(pieces(), None)
    assert first == world
    assert first.desired.rooms[group_room("empty")].members == world.facts.owners["empty"]
    assert (await received(pieces(), first)).facts.members["deal"] is first.facts.members["deal"]


async def test_a_failure_in_place_of_a_world_is_raised() -> None:
    async def pieces() -> AsyncIterator[bytes]:
        yield pickle.dumps(Failure.of(StoreError(say("The disk is full."), detail="df", kind=ErrorKind.BROKEN)))

    with pytest.raises(ParvisError, match="The disk is full") as caught:
        await received(pieces(), None)
    assert (caught.value.kind, caught.value.detail) == (ErrorKind.BROKEN, "df")
