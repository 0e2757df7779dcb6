"""The examples of ``docs/directories.md`` are read as they stand there."""

import json
from datetime import timedelta
from pathlib import Path

import pytest

from bridge.adapters.directory.source import directory_source
from bridge.adapters.policies.source import PolicyFile
from bridge.adapters.time import SystemClock
from bridge.app.sources import source_of, sources_of
from bridge.config.loading import load_config
from bridge.config.settings import Config
from bridge.domain.directory import Visibility
from bridge.domain.identities import Known, Strategy
from tests.adapters.scim.served import served
from tests.fakes.clock import START, FakeClock
from tests.fakes.keycloak import FakeKeycloak, serving
from tests.fakes.store import FakeStore

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "directories.md").read_text(encoding="utf-8")
IDENTITIES = (ROOT / "docs" / "identities.md").read_text(encoding="utf-8")
REST = f"""\
homeserver: {{address: "http://127.0.0.1:8008", server_name: corp.example}}
appservice: {{as_token: {"a" * 32}, hs_token: {"b" * 32}}}
secrets: {{data_key: {"A" * 43}, audit_key: E{"A" * 42}}}
"""


def example(name: str, page: str = PAGE) -> str:
    """What stands in the block that ``name`` marks."""
    return page.partition(f"<!-- example: {name} -->\n```")[2].partition("\n")[2].partition("```")[0]


def configured(folder: Path, *, kind: str) -> Config:
    """The example configuration of a kind of directory, in a whole one."""
    (folder / "config.yaml").write_text(REST + example(f"config of {kind}"))
    return load_config(folder / "config.yaml", {})


async def test_the_tables_are_a_directory(tmp_path: Path) -> None:
    for name in ("people.csv", "memberships.csv"):
        (tmp_path / name).write_text(example(name), encoding="utf-8")
    reading = await source_of(configured(tmp_path, kind="csv"), SystemClock()).read()
    groups = {group.id: group.members for group in reading.directory.groups.values()}
    assert groups == {"sales": ("0123", "0007", "0130"), "sales-emea": ("0123",)}
    assert [person.active for person in reading.directory.people.values()] == [True, True, False]
    assert [str(warning.message) for warning in reading.warnings] == ["This group has no owner."]


async def test_the_file_of_ones_own_is_a_directory(tmp_path: Path) -> None:
    (tmp_path / "directory.yaml").write_text(example("directory.yaml"), encoding="utf-8")
    (tmp_path / "directory.yaml").chmod(0o600)
    reading = await source_of(configured(tmp_path, kind="yaml"), SystemClock()).read()
    assert {group.id: group.visibility for group in reading.directory.groups.values()} == {
        "sales": Visibility.PUBLIC,
        "comex": Visibility.HIDDEN,
    }
    assert [person.active for person in reading.directory.people.values()] == [True, True, False]
    assert reading.directory.partners["acme"].sponsor == "0123"
    assert reading.warnings == ()


async def test_an_export_of_an_ldap_server_is_a_directory(tmp_path: Path) -> None:
    (tmp_path / "people.ldif").write_text(example("people.ldif"), encoding="utf-8")
    reading = await source_of(configured(tmp_path, kind="ldif"), SystemClock()).read()
    assert {group.name.en: group.members for group in reading.directory.groups.values()} == {"Ventes": ("claire",)}
    assert reading.directory.people["claire"].user == "@claire:corp.example"
    assert [str(warning.message) for warning in reading.warnings] == ["This group has no owner."]


async def test_a_realm_that_is_asked_is_a_directory(tmp_path: Path) -> None:
    async with serving(FakeKeycloak({**json.loads(example("realm.json")), "realm": "corp"})) as keycloak:
        (tmp_path / "keys").mkdir()
        (tmp_path / "keys/keycloak").write_text(f"{keycloak.secret}\n")
        text = example("config of keycloak server").replace("https://id.corp.example", keycloak.url)
        (tmp_path / "config.yaml").write_text(REST + text)
        reading = await source_of(load_config(tmp_path / "config.yaml", {}), SystemClock()).read()
    groups = {group.name.en: (group.parent, sorted(group.members)) for group in reading.directory.groups.values()}
    assert groups == {"Ventes": ("", ["a1b2…01", "a1b2…02"]), "EMEA": ("5f0c…01", ["a1b2…01"])}


async def test_what_entra_sends_takes_somebody_out_of_a_group_and_the_source_says_so(tmp_path: Path) -> None:
    store = FakeStore()
    config = configured(tmp_path, kind="scim")
    async with served(store) as entra:
        ann = await entra.user("ann")
        group = await entra.group("Sales", ann, await entra.user("bob"))
        body = example("a PATCH of Entra").replace("7a5e…", ann)
        assert (await entra.ask("PATCH", f"/Groups/{group}", json.loads(body))).status == 204
    (source,) = sources_of(config, FakeClock(START + timedelta(minutes=10)), shelf=store)
    directory = (await source.source.read()).directory
    assert [directory.people[one].user for one in directory.groups[group].members] == ["@bob:corp.example"]


async def test_the_realm_is_a_directory(tmp_path: Path) -> None:
    (tmp_path / "realm.json").write_text(example("realm.json"), encoding="utf-8")
    reading = await source_of(configured(tmp_path, kind="keycloak"), SystemClock()).read()
    groups = {group.name.en: (group.parent, group.members) for group in reading.directory.groups.values()}
    assert groups == {"Ventes": ("", ("a1b2…01", "a1b2…02")), "EMEA": ("5f0c…01", ("a1b2…01",))}


async def test_two_sources_are_one_directory(tmp_path: Path) -> None:
    for name in ("people.csv", "memberships.csv", "projects.yaml"):
        (tmp_path / name).write_text(example(name), encoding="utf-8")
    reading = await source_of(configured(tmp_path, kind="several"), SystemClock()).read()
    groups = reading.directory.groups
    assert groups["apollo"].members == ("0123", "0007", "group:sales-emea")
    assert (groups["sales"].purpose.fr, groups["sales"].visibility) == ("Tout ce qui se vend", Visibility.PUBLIC)
    assert groups["sales"].members == ("0123", "0007", "0130")


def test_the_rules_are_understood(tmp_path: Path) -> None:
    (tmp_path / "policies.yaml").write_text(example("rules"), encoding="utf-8")
    first, second, third, fourth = PolicyFile(tmp_path / "policies.yaml").read_now().policy.rules
    assert not first.maps
    assert second.when.path == (("dc=example", "dc=corp", "ou=projects", "**"),)
    assert third.values == {"visibility": "public", "partners": ["acme"]}
    assert fourth.when.contains == {"description": ("chantier",)}


def test_groups_of_files_have_the_paths_and_attributes_that_rules_ask_about(tmp_path: Path) -> None:
    (tmp_path / "directory.yaml").write_text(example("groups with paths"), encoding="utf-8")
    reading = directory_source("yaml", tmp_path / "directory.yaml", server_name="corp.example").file.read_now()
    origin = reading.directory.groups["apollo"].origin
    assert origin.path == ("Projects", "2026", "Apollo")
    assert origin.attributes == (("businesscategory", ("project",)), ("unit", ("R&D", "Sales")))


def test_the_strategies_are_understood(tmp_path: Path) -> None:
    (tmp_path / "keys").mkdir()
    (tmp_path / "keys" / "admin_token").write_text("c" * 32)
    rest = "".join(line for line in REST.splitlines(keepends=True) if not line.startswith("homeserver"))
    text = rest + "directory: {path: directory.yaml}\n" + example("config of identities", IDENTITIES)
    (tmp_path / "config.yaml").write_text(text)
    strategies = load_config(tmp_path / "config.yaml", {}).identities.strategies_now()
    assert strategies.order == (Strategy.EXTERNAL, Strategy.EMAIL, Strategy.TEMPLATE)
    assert (strategies.provider, strategies.external) == ("oidc-corp", Known.ID)
