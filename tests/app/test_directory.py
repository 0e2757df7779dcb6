"""``parvis directory``: read and told, and nothing changed."""

import json
from pathlib import Path

import pytest
import yaml

from tests.app.lines import DONE, FAILED, MISUSED, call, project

pytestmark = pytest.mark.terminal


async def test_the_directory_is_counted_and_shown(tmp_path: Path) -> None:
    folder = project(tmp_path)
    checked = await call(folder, "directory", "check")
    assert checked.code == DONE
    assert "directory.yaml can be read, and whole:" in checked.out
    listed = await call(folder, "directory", "show", language="fr")
    assert (listed.code, "Identifiant" in listed.out, "board" in listed.out) == (DONE, True, True)
    assert (await call(folder, "directory", "show", "board")).code == DONE
    assert (await call(folder, "directory", "show", "nowhere")).code == MISUSED
    assert not (folder / "parvis.db").exists()


async def test_scripts_have_everybody_and_every_group(tmp_path: Path) -> None:
    folder = project(tmp_path)
    listed = await call(folder, "directory", "show", "--json")
    written = yaml.safe_load((folder / "directory.yaml").read_text(encoding="utf-8"))
    told = json.loads(listed.out)
    assert {one["id"] for one in told["people"]} == {str(one["id"]) for one in written["people"]}
    members = {one["id"]: set(map(str, one.get("members", ()))) for one in written["groups"]}
    assert {one["id"]: set(one["members"]) for one in told["groups"]} == members
    alone = json.loads((await call(folder, "directory", "show", "board", "--json")).out)
    assert [one["id"] for one in alone["groups"]] == ["board"]
    assert alone["people"] == told["people"]


async def test_a_truncated_table_is_told_before_what_follows_from_it(tmp_path: Path) -> None:
    folder = project(tmp_path)
    (folder / "people.csv").write_text("id,username,name\n1,ann,Ann\n2,bo", encoding="utf-8")
    (folder / "members.csv").write_text("group,member\nsales,1\nsales,2\n", encoding="utf-8")
    config = yaml.safe_load((folder / "config.yaml").read_text(encoding="utf-8"))
    tables = {"type": "csv", "path": "people.csv", "memberships": "members.csv"}
    (folder / "config.yaml").write_text(yaml.safe_dump({**config, "directory": tables}), encoding="utf-8")
    outcome = await call(folder, "directory", "check")
    assert (outcome.code, outcome.out) == (MISUSED, "")
    cause, follows, count = outcome.err.splitlines()
    assert cause.startswith(f"✗ {folder / 'people.csv'}:3: This line has 2 values")
    assert follows.startswith(f"! {folder / 'members.csv'}:2: ")
    assert count == "1 problem found, 1 warning"


async def test_a_server_that_is_down_is_one_sentence_without_its_password(tmp_path: Path) -> None:
    folder = project(tmp_path)
    (folder / "keys/ldap").write_text("correct horse battery")
    (folder / "keys/ldap").chmod(0o600)
    server = {
        "type": "ldap", "url": "ldap://127.0.0.1:9", "start_tls": "no", "bind_dn": "cn=a,dc=x",
        "password": "file:keys/ldap", "base": "dc=x",
    }  # fmt: skip
    config = yaml.safe_load((folder / "config.yaml").read_text(encoding="utf-8"))
    (folder / "config.yaml").write_text(yaml.safe_dump({**config, "directory": server}), encoding="utf-8")
    outcome = await call(folder, "directory", "check")
    assert (outcome.code, outcome.out) == (FAILED, "")
    assert "ldap://127.0.0.1:9 does not answer." in outcome.err


async def test_a_realm_that_does_not_answer_is_one_sentence_without_its_secret(tmp_path: Path) -> None:
    folder = project(tmp_path)
    (folder / "keys/keycloak").write_text("correct horse battery")
    (folder / "keys/keycloak").chmod(0o600)
    server = {
        "type": "keycloak", "url": "http://127.0.0.1:9", "realm": "corp", "client_id": "parvis",
        "client_secret": "file:keys/keycloak",
    }  # fmt: skip
    config = yaml.safe_load((folder / "config.yaml").read_text(encoding="utf-8"))
    (folder / "config.yaml").write_text(yaml.safe_dump({**config, "directory": server}), encoding="utf-8")
    outcome = await call(folder, "directory", "check")
    assert (outcome.code, outcome.out) == (FAILED, "")
    assert "http://127.0.0.1:9/realms/corp does not answer." in outcome.err
    assert "horse" not in outcome.err
