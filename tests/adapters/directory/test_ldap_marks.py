"""A server that says that nothing has changed is not read again; one that cannot say so is, each time."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import pytest

from bridge.adapters.directory.dialects import PRESETS
from bridge.adapters.directory.ldap import WHOLE_AGAIN, LdapPlace, LdapSource, Search
from bridge.adapters.directory.ldap_calls import Access, Raw, Session, session
from bridge.adapters.directory.ldap_marks import SYNC, mark_of
from bridge.domain.errors import ErrorKind, ParvisError
from bridge.domain.messages import say
from bridge.domain.sources import Preset
from bridge.services.drawer import StoreDrawer
from tests.fakes.clock import FakeClock
from tests.fakes.store import FakeStore
from tests.support.slapd import MissingSlapd, Slapd, slapd

BASE = "dc=corp,dc=example"
NOW = datetime(2026, 11, 23, tzinfo=UTC)
LDIF = "".join(
    f"dn: uid={uid},ou=people,{BASE}\nobjectClass: inetOrgPerson\nobjectClass: shadowAccount\nuid: {uid}\n"
    f"cn: {uid}\nsn: x\n{more}\n"
    for uid, more in (("ann", ""), ("bob", "shadowExpire: 20783\n"))
)
"""Bob's account ends on 26 November 2026."""


@dataclass
class Root:
    """A server with nothing but what it tells of itself."""

    entries: Mapping[str, Mapping[str, Sequence[bytes]]] = field(default_factory=dict)
    trouble: ErrorKind | None = None

    def search(self, base: str, filter_: str, attributes: Sequence[str]) -> Iterator[Raw]:
        raise AssertionError("nothing is searched for a mark")

    def entry(self, dn: str, attributes: Sequence[str]) -> Raw | None:
        if self.trouble:
            raise ParvisError(say("no"), kind=self.trouble)
        return (dn, self.entries[dn]) if dn in self.entries else None


def root(**values: list[bytes]) -> Root:
    return Root({"": {name.replace("_", ";"): value for name, value in values.items()}})


def test_each_controller_of_active_directory_counts_for_itself() -> None:
    marks = [
        mark_of(root(highestCommittedUSN=[usn], dsServiceName=[name]), [BASE])
        for usn, name in ((b"7", b"dc1"), (b"8", b"dc1"), (b"7", b"dc2"))
    ]
    assert len({*marks, ""}) == 4


def test_each_database_of_389_directory_server_counts() -> None:
    marks = [
        mark_of(root(lastusn_userroot=[one], lastusn_other=[other]), [BASE])
        for one, other in ((b"7", b"1"), (b"8", b"1"), (b"7", b"2"), (b"7", b"-1"))
    ]
    assert len({*marks, ""}) == 5
    assert mark_of(root(lastusn_userroot=[b"-1"]), [BASE]) == ""


def test_a_suffix_of_openldap_counts_where_others_may_follow_it() -> None:
    told = {"namingContexts": [b"dc=Example", BASE.encode().upper()], "supportedControl": [SYNC]}
    suffix = {"contextCSN": [b"20261123#1", b"20261122#2"]}
    server = Root({"": told, BASE.upper(): suffix})
    assert mark_of(server, [f"ou=people,{BASE}", BASE]) != ""
    assert mark_of(Root({"": {**told, "supportedControl": []}, BASE.upper(): suffix}), [BASE]) == ""
    assert mark_of(server, [BASE, "dc=other,dc=example"]) == ""


def test_a_server_that_may_not_be_asked_does_not_tell_and_one_that_is_lost_is_lost() -> None:
    assert mark_of(Root(trouble=ErrorKind.REFUSED), [BASE]) == ""
    with pytest.raises(ParvisError):
        mark_of(Root(trouble=ErrorKind.TEMPORARY), [BASE])


@dataclass
class Counting:
    """A session that remembers what was searched for."""

    over: Session
    searched: list[str] = field(default_factory=list)

    def search(self, base: str, filter_: str, attributes: Sequence[str]) -> Iterator[Raw]:
        self.searched.append(filter_)
        return self.over.search(base, filter_, attributes)

    def entry(self, dn: str, attributes: Sequence[str]) -> Raw | None:
        return self.over.entry(dn, attributes)


def place(server: Slapd) -> LdapPlace:
    preset = PRESETS[Preset.OPENLDAP]
    return LdapPlace(
        access=Access(
            host="127.0.0.1", port=server.port, tls=False, start_tls=False,
            bind_dn=f"cn=parvis,{BASE}", password="swordfish",
        ),
        people=Search(base=f"ou=people,{BASE}", filter=preset.people),
        groups=Search(base=BASE, filter=preset.groups),
        dialect=preset.dialect,
        server_name="corp.example",
    )  # fmt: skip


def running(*, sync: bool) -> Iterator[Slapd]:
    try:
        with slapd(LDIF, sync=sync) as server:
            yield server
    except MissingSlapd as missing:
        pytest.skip(f"slapd: {missing}")


@pytest.fixture
def provider() -> Iterator[Slapd]:
    yield from running(sync=True)


@pytest.mark.ldap
def test_nothing_is_searched_again_until_something_changes(provider: Slapd) -> None:
    where = place(provider)
    with session(where.access) as open_session:
        server = Counting(open_session)
        first, said = where.read_over(server, NOW)
        again, same = where.read_over(server, NOW, said)
        assert (len(server.searched), same is said, again.stamp == first.stamp) == (2, True, True)
        provider.change(f"dn: uid=ann,ou=people,{BASE}\nchangetype: modify\nreplace: cn\ncn: Anne\n")
        changed, other = where.read_over(server, NOW, said)
        assert (len(server.searched), changed.stamp == first.stamp) == (4, False)
        assert [one.name for one in changed.directory.people.values()] == ["Anne", "bob"]
        provider.change(f"dn: uid=bob,ou=people,{BASE}\nchangetype: delete\n")
        assert len(where.read_over(server, NOW, other)[0].directory.people) == 1


@pytest.mark.ldap
def test_after_an_hour_and_for_another_question_everything_is_read(provider: Slapd) -> None:
    where = place(provider)
    with session(where.access) as open_session:
        server = Counting(open_session)
        said = where.read_over(server, NOW)[1]
        where.read_over(server, NOW + WHOLE_AGAIN, said)
        assert len(server.searched) == 4
        narrow = replace(where, people=replace(where.people, filter="(uid=ann)"))
        assert len(narrow.read_over(server, NOW, said)[0].directory.people) == 1


@pytest.mark.ldap
def test_an_account_ends_although_nothing_has_changed(provider: Slapd) -> None:
    where = place(provider)
    with session(where.access) as open_session:
        server = Counting(open_session)
        before, said = where.read_over(server, datetime(2026, 11, 25, 23, 30, tzinfo=UTC))
        after, _ = where.read_over(server, datetime(2026, 11, 26, tzinfo=UTC), said)
    assert [[one.active for one in each.directory.people.values()] for each in (before, after)] == [
        [True, True],
        [True, False],
    ]
    assert len(server.searched) == 2


@pytest.mark.ldap
async def test_another_process_finds_what_the_server_said(provider: Slapd) -> None:
    store, clock = FakeStore(), FakeClock()
    drawer = StoreDrawer(store=store, clock=clock, name="")

    async def in_a_process() -> str:
        return (await LdapSource(place=place(provider), clock=clock, drawer=drawer).read()).stamp

    stamp = await in_a_process()
    kept = await drawer.load()
    clock.set(clock.now() + timedelta(minutes=5))
    assert await in_a_process() == stamp
    assert kept is not None
    assert await drawer.load() == kept


@pytest.mark.ldap
def test_a_server_that_nobody_may_follow_is_read_each_time() -> None:
    for server in running(sync=False):
        where = place(server)
        with session(where.access) as open_session:
            counting = Counting(open_session)
            said = where.read_over(counting, NOW)[1]
            where.read_over(counting, NOW, said)
            assert (said.mark, len(counting.searched)) == ("", 4)
