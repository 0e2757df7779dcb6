"""``parvis group same`` and ``other`` as a person calls them, over a store in which a group of before has a room."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from bridge.adapters.sql.schema import known
from bridge.app.wiring import assembly
from bridge.config.loading import load_config
from bridge.domain.rooms import group_room
from bridge.services.renamed import keep
from tests.app.lines import DONE, MISUSED, call, configure, project

pytestmark = pytest.mark.terminal

TO_DO = 3
BEFORE = """\
people:
  - {id: "1", user: "@ann:corp.example", name: Ann}
groups:
  - {id: sales, name: Équipe Ventes, owners: ["1"], members: ["1"]}
"""
AFTER = BEFORE.replace("id: sales", "id: vente")


@pytest.fixture
async def folder(tmp_path: Path) -> Path:
    """The directory names the group by another id since; nobody has come into its room yet."""
    folder = project(tmp_path)
    (folder / "directory.yaml").write_text(BEFORE, encoding="utf-8")
    config = load_config(folder / "config.yaml", {})
    async with assembly(config) as parts:
        await parts.reconciler.glance(keep=True)
        async with parts.store.work() as work:
            await work.rooms.intend(group_room("sales"), "sales")
            await work.rooms.bind(group_room("sales"), "!sales:corp.example", "12")
    (folder / "directory.yaml").write_text(AFTER, encoding="utf-8")
    return folder


async def test_groups_are_listed_said_to_be_the_same_and_taken_back(folder: Path) -> None:
    listed = await call(folder, "group", "same")
    assert listed.code == TO_DO
    for words in ("Équipe Ventes", "sales", "vente", "yes, as far as can be seen", "parvis group same --yes"):
        assert words in listed.out
    (folder / "policies.yaml").write_text("groups:\n  sales: {digest: no}\n", encoding="utf-8")
    configure(folder, policies="policies.yaml")
    said = await call(folder, "group", "same", "--yes")
    assert said.code == DONE
    assert "1 group is the one of before" in said.out
    again = await call(folder, "group", "same")
    assert (again.code, "Said before" in again.out) == (DONE, True)
    other = await call(folder, "group", "other", "vente")
    assert (other.code, "no longer sales" in other.out) == (DONE, True)
    assert (await call(folder, "group", "same", "sales", "vente")).code == DONE


async def test_what_cannot_be_is_said_in_a_sentence_in_the_language_of_who_asks(folder: Path) -> None:
    half = await call(folder, "group", "same", "sales", language="fr")
    assert (half.code, "Nommez les deux" in half.err) == (MISUSED, True)
    nowhere = await call(folder, "group", "same", "sales", "nowhere")
    assert (nowhere.code, "There is no group nowhere." in nowhere.err) == (MISUSED, True)
    present = await call(folder, "group", "same", "vente", "vente")
    assert (present.code, "no group with a room that vanished" in present.err) == (MISUSED, True)
    listed = (await call(folder, "group", "same", language="fr")).out
    assert "parvis group same ANCIEN NOUVEAU" in listed
    assert ("oui, autant qu’on puisse voir" in listed, "Dans le salon" in listed) == (True, True)


async def test_one_that_is_called_otherwise_now_is_listed_and_named_by_its_id(folder: Path) -> None:
    (folder / "directory.yaml").write_text(AFTER.replace("Équipe Ventes", "Vendre"), encoding="utf-8")
    listed = await call(folder, "group", "same")
    assert listed.code == DONE
    for words in ("none that is there now is called like them", "Équipe Ventes", "sales", "parvis group same OLD NEW"):
        assert words in listed.out
    assert (await call(folder, "group", "same", "sales", "vente")).code == DONE
    assert "none that is there now" not in (await call(folder, "group", "same")).out


POLICY = """\
groups:
  %s: {digest: no}
  below: {parent: %s, members: ["group:%s"]}
"""
"""The policy file naming the group of before as a group, as the one above and as a member."""


@pytest.mark.parametrize("id_", ["sales", "vente"])
async def test_check_takes_either_id_in_the_policy_file_as_the_bridge_does(folder: Path, id_: str) -> None:
    below = '  - {id: below, name: Below, owners: ["1"]}\n'
    (folder / "directory.yaml").write_text(AFTER + below, encoding="utf-8")
    (folder / "policies.yaml").write_text(POLICY % (id_, id_, id_), encoding="utf-8")
    configure(folder, policies="policies.yaml")
    assert (await call(folder, "check")).err == ""
    config = load_config(folder / "config.yaml", {})
    async with assembly(config) as parts:
        async with parts.store.work() as work:
            await keep(work, {"vente": "sales"}, at=parts.clock.now())
        world = await parts.reconciler.glance()
    assert {one.kind for one in world.findings} & {"policy-warning", "policy-ignored"} == set()
    groups = world.facts.directory.groups
    lower = groups["below"]
    assert (lower.parent, lower.members, groups["sales"].digest) == ("sales", ("group:sales",), False)
    checked = await call(folder, "check")
    assert (checked.code, checked.err) == (DONE, "")
    assert "All is well" in checked.out


async def test_check_without_the_database_says_what_it_cannot_know(folder: Path) -> None:
    (folder / "policies.yaml").write_text("groups:\n  sales: {digest: no}\n", encoding="utf-8")
    configure(folder, policies="policies.yaml", database={"url": "sqlite:///elsewhere.db"})
    checked = await call(folder, "check")
    assert "sales, which the directory does not have" in checked.err
    assert "known to the bridge’s database alone, which was not read" in checked.err
    assert not (folder / "elsewhere.db").exists()


async def test_check_before_an_update_leaves_the_database_to_the_bridge_that_runs(folder: Path) -> None:
    (folder / "policies.yaml").write_text("groups:\n  gone: {digest: no}\n", encoding="utf-8")
    configure(folder, policies="policies.yaml")
    with closing(sqlite3.connect(folder / "parvis.db")) as database, database:
        database.execute(f"UPDATE alembic_version SET version_num = '{known()[-2]}'")
    checked = await call(folder, "check")
    assert "which was not read: The database is still that of an earlier version of parvis" in checked.err
    with closing(sqlite3.connect(folder / "parvis.db")) as database:
        assert database.execute("SELECT version_num FROM alembic_version").fetchall() == [(known()[-2],)]
    configure(folder, directory=[{"type": "scim"}])
    by_scim = await call(folder, "check")
    assert (by_scim.code, "still that of an earlier version" in by_scim.err) == (MISUSED, True)


async def test_pairs_are_said_by_name_or_from_a_file_and_what_goes_with_the_old_source_is_told(folder: Path) -> None:
    open_before = BEFORE.replace("name: Équipe Ventes", "name: Équipe Ventes, visibility: public, purpose: Vendre")
    (folder / "directory.yaml").write_text(open_before, encoding="utf-8")
    config = load_config(folder / "config.yaml", {})
    async with assembly(config) as parts:
        await parts.reconciler.glance(keep=True)
    (folder / "directory.yaml").write_text(AFTER.replace("Équipe Ventes", "Vendre"), encoding="utf-8")
    pairs = folder / "pairs.csv"
    pairs.write_text("old;new\n\nÉquipe Ventes;nowhere\nÉquipe Ventes\n", encoding="utf-8")
    wrong = await call(folder, "group", "same", "--from", str(pairs))
    assert wrong.code == MISUSED
    assert "pairs.csv:3: There is no group nowhere." in wrong.err
    assert "pairs.csv:4: Two groups are needed here" in wrong.err
    pairs.write_text("old;new\nÉquipe Ventes;nowhere\n", encoding="utf-8")
    wrong = await call(folder, "group", "same", "--from", str(pairs))
    assert (wrong.code, "pairs.csv:2: There is no group nowhere." in wrong.err) == (MISUSED, True)
    assert (await call(folder, "group", "same", "--yes", "--from", str(pairs))).code == MISUSED
    pairs.write_text("équipe ventes;VENDRE\n", encoding="utf-8")
    said = await call(folder, "group", "same", "--from", str(pairs))
    assert said.code == DONE, said
    assert "Équipe Ventes: public before, invite-only from then on" in said.out
    assert "  vente:\n" in said.out
    assert "purpose:" in said.out
    assert "visibility: public" in said.out
