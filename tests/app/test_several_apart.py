"""Several sources, rules and links, looked at in another process: the same world as here."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from bridge.adapters.directory.files import DirectoryFile, Format
from bridge.adapters.directory.source import FileSource
from bridge.adapters.policies.source import PolicyFile
from bridge.adapters.sealing import DataKeySealer, generate_key, key_from_text
from bridge.adapters.sql.store import SqlStore, open_store
from bridge.app.apart.looking import Apart, NamedPlace, Task, place_of
from bridge.domain.identities import Identity, Strategies, Strategy
from bridge.planning.plan import Brake
from bridge.rules.settings import House
from bridge.services.looking import Errand
from bridge.services.several import NamedSource
from tests.world import BOT, SERVER

pytestmark = pytest.mark.slow

PEOPLE = """\
dn: uid=ann,ou=people,dc=corp
objectClass: person
uid: ann
cn: Ann

dn: uid=bob,ou=people,dc=corp
objectClass: person
uid: bob
cn: Bob

dn: cn=Sales,ou=teams,dc=corp
objectClass: groupOfNames
cn: Sales
member: uid=ann,ou=people,dc=corp
"""
PROJECTS = 'groups: [{id: apollo, name: Apollo, owners: [ann], members: [ann, bob, "group:sales"]}]'
RULES = "rules: [{when: {source: projects}, visibility: public}]"
ERRAND = Errand(today=date(2026, 11, 22), keep=True)
LINK = Identity(person="ann", user="@a.martin:corp.example", how="external", at=datetime(2026, 11, 22, tzinfo=UTC))


@dataclass
class Company:
    """Two files, a database, and the way into another process."""

    folder: Path
    store: SqlStore
    apart: Apart


def named(name: str, kind: Format, path: Path) -> NamedPlace:
    file = DirectoryFile(format=kind, path=path, server_name=SERVER, alone=False)
    return place_of(NamedSource(name=name, called=name, source=FileSource(file)))


@pytest.fixture
async def company(tmp_path: Path) -> AsyncIterator[Company]:
    key, database = generate_key(), f"sqlite:///{tmp_path / 'parvis.db'}"
    for name, text in (("people.ldif", PEOPLE), ("projects.yaml", PROJECTS), ("policies.yaml", RULES)):
        (tmp_path / name).write_text(text)
        (tmp_path / name).chmod(0o600)
    store = await open_store(database, DataKeySealer(key_from_text(key)))
    task = Task(
        places=(
            named("staff", Format.LDIF, tmp_path / "people.ldif"),
            named("projects", Format.YAML, tmp_path / "projects.yaml"),
        ),
        policies=PolicyFile(tmp_path / "policies.yaml"),
        database=database,
        data_key=key,
        house=House(server_name=SERVER),
        brake=Brake(),
        bot=BOT,
        strategies=Strategies(order=(Strategy.EXTERNAL,), provider="oidc"),
    )
    yield Company(tmp_path, store, Apart(task))
    await store.close()


async def test_sources_rules_and_links_count_in_another_process_too(company: Company) -> None:
    first = await company.apart.look(ERRAND)
    assert set(first.facts.directory.groups) == {"apollo"}
    assert first.facts.members["apollo"] == frozenset()
    assert "groups-unmapped" in {one.kind for one in first.findings}
    async with company.store.work() as work:
        await work.identities.put([LINK])
    second = await company.apart.look(ERRAND)
    assert second.facts.members["apollo"] == {"@a.martin:corp.example"}
    assert second.facts.directory.people["bob"].user == ""
    (company.folder / "people.ldif").unlink()
    held = await company.apart.look(ERRAND)
    assert held.facts.members["apollo"] == {"@a.martin:corp.example"}
    assert [one.subject for one in held.findings if one.kind == "directory-unreadable"] == ["staff"]
