"""Several sources behind one keeper: one that fails is held, what vanishes from one stays, never half a world."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import pytest

from bridge.domain.directory import Directory, Group, GroupState, Person, Visibility
from bridge.domain.errors import ErrorKind, ParvisError
from bridge.domain.messages import Text, say
from bridge.ports.directory import Reading
from bridge.services.several import NamedSource, keeping
from bridge.services.sources_read import LONGEST, SourceRead, read_of
from bridge.services.truth import Keeper, Truth
from tests.fakes.clock import FakeClock
from tests.fakes.store import FakeStore

PEOPLE = {name: Person(id=name, user=f"@{name}:corp.example", name=name) for name in ("ann", "bob", "cleo")}
SALES = Group(id="sales", name=Text.same("Sales"), members=("ann", "bob"), declared=frozenset({"name", "members"}))
APOLLO = Group(id="apollo", name=Text.same("Apollo"), members=("ann", "cleo"), parent="sales",
               declared=frozenset({"name", "members", "parent"}))  # fmt: skip


@dataclass
class Source:
    """A source that says what it is told to say."""

    directory: Directory
    fails: bool = False
    number: int = 0
    until: datetime | None = None
    meanwhile: Callable[[], Awaitable[list[SourceRead]]] | None = None
    seen: list[list[SourceRead]] = field(default_factory=list)

    async def read(self) -> Reading:
        if self.meanwhile is not None:
            self.seen.append(await self.meanwhile())
            self.meanwhile = None
        if self.fails:
            raise ParvisError(say("It does not answer."), kind=ErrorKind.TEMPORARY)
        return Reading(directory=self.directory, stamp=str(self.number), until=self.until)

    def says(self, directory: Directory) -> None:
        self.directory, self.number = directory, self.number + 1


class Company:
    """People and sales from a server, a project from a file."""

    def __init__(self) -> None:
        self.store, self.clock = FakeStore(), FakeClock()
        self.server = Source(Directory(PEOPLE, {"sales": SALES}))
        self.file = Source(Directory({}, {"apollo": APOLLO}))

    def keeper(self) -> Keeper:
        named = [
            NamedSource(name=name, called=name, source=source)
            for name, source in (("ldap", self.server), ("projects", self.file))
        ]
        return keeping(named, self.store, self.clock, timedelta(days=7))

    async def read(self) -> Truth:
        return await self.keeper().read(keep=True)


async def test_two_sources_are_one_directory() -> None:
    company = Company()
    truth = await company.read()
    assert set(truth.directory.groups) == {"sales", "apollo"}
    assert truth.directory.groups["apollo"].members == ("ann", "cleo")
    assert truth.findings == ()
    assert (await company.keeper().last()).directory == truth.directory


async def test_a_source_that_fails_is_held_at_its_last_good_reading_also_after_a_restart() -> None:
    company = Company()
    before = await company.read()
    company.server.fails = True
    company.file.says(Directory({}, {"apollo": replace(APOLLO, members=("ann",))}))
    held = await company.read()
    assert held.directory.people == before.directory.people
    assert held.directory.groups["sales"] == before.directory.groups["sales"]
    assert held.directory.groups["apollo"].members == ("ann",)
    (finding,) = held.findings
    assert (finding.kind, finding.subject) == ("directory-unreached", "ldap")
    assert "The source ldap cannot be read" in str(finding.text)


async def test_when_each_source_was_read_last_and_whether_it_is_being_read_is_known() -> None:
    company = Company()
    first = company.clock.now()

    async def known() -> list[SourceRead]:
        async with company.store.view() as view:
            return [await read_of(view, name) for name in ("ldap", "projects")]

    assert await known() == [SourceRead("ldap"), SourceRead("projects")]
    company.server.meanwhile = known
    await company.read()
    assert company.server.seen == [[SourceRead("ldap", begun=first), SourceRead("projects")]]
    assert company.server.seen[0][0].under_way(first)
    assert not company.server.seen[0][0].under_way(first + LONGEST)
    company.server.fails = True
    await company.clock.advance(600)
    await company.read()
    assert await known() == [SourceRead("ldap", good=first), SourceRead("projects", good=company.clock.now())]
    assert await company.keeper().read(keep=False)
    assert await known() == [SourceRead("ldap", good=first), SourceRead("projects", good=company.clock.now())]


async def test_without_any_reading_of_one_source_nothing_counts() -> None:
    company = Company()
    company.server.fails = True
    with pytest.raises(ParvisError, match="It does not answer"):
        await company.read()


async def test_an_empty_answer_of_one_source_is_doubted_whatever_the_others_say() -> None:
    company = Company()
    before = await company.read()
    company.server.says(Directory())
    doubted = await company.read()
    assert doubted.directory.people == before.directory.people
    assert [one.kind for one in doubted.findings] == ["directory-empty"]


async def test_a_group_that_vanishes_from_one_source_stays_with_what_another_says_of_it() -> None:
    company = Company()
    described = Group(
        id="sales", name=Text.same("Sales"), visibility=Visibility.HIDDEN, declared=frozenset({"visibility"})
    )
    company.file.says(Directory({}, {"apollo": APOLLO, "sales": described}))
    await company.read()
    company.server.says(Directory(PEOPLE, {"other": replace(SALES, id="other")}))
    await company.read()
    truth = await company.read()
    sales = truth.directory.groups["sales"]
    assert (sales.members, sales.visibility) == (SALES.members, Visibility.HIDDEN)
    assert truth.directory.groups["apollo"].parent == "sales"
    assert "group-vanished" in {one.kind for one in truth.findings}
    await company.clock.advance(timedelta(days=8).total_seconds())
    assert (await company.read()).directory.groups["sales"].state is GroupState.ARCHIVED


async def test_a_group_that_moves_from_one_source_to_another_never_vanishes() -> None:
    company = Company()
    await company.read()
    company.file.says(Directory({}, {"apollo": APOLLO, "sales": replace(SALES, members=("ann", "bob", "cleo"))}))
    company.server.says(Directory(PEOPLE, {"other": replace(SALES, id="other")}))
    truth = await company.read()
    assert truth.directory.groups["sales"].members == ("ann", "bob", "cleo")
    assert not any(one.kind == "group-vanished" for one in truth.findings)


async def test_of_several_moments_at_which_sources_read_otherwise_the_first_one_counts() -> None:
    company = Company()
    assert (await company.read()).until is None
    company.file.until = company.clock.now() + timedelta(minutes=2)
    assert (await company.read()).until == company.file.until
    company.server.until = company.clock.now() + timedelta(minutes=1)
    assert (await company.read()).until == company.server.until


async def test_equal_readings_have_one_stamp_and_others_another() -> None:
    company = Company()
    first, again = await company.read(), await company.read()
    assert first.stamp == again.stamp != ""
    company.file.says(Directory({}, {"apollo": replace(APOLLO, members=("bob",))}))
    assert (await company.read()).stamp not in ("", first.stamp)
