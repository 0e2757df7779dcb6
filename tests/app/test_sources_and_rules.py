"""Several sources, rules and identities, as operators meet them on the command line."""

from pathlib import Path

import pytest

from bridge.adapters.time import SystemClock
from bridge.app.sources import sources_of
from bridge.app.wiring import assembly
from bridge.config.loading import load_config
from bridge.services.several import keeping
from tests.app.lines import DONE, FAILED, MISUSED, call, configure, project

pytestmark = pytest.mark.terminal

LDIF = """\
dn: uid=ann,ou=people,dc=corp,dc=example
objectClass: inetOrgPerson
uid: ann
cn: Ann Martin
mail: ann@corp.example

dn: uid=bob,ou=people,dc=corp,dc=example
objectClass: inetOrgPerson
uid: bob
cn: Bob Durand

dn: cn=Sales,ou=teams,dc=corp,dc=example
objectClass: groupOfNames
cn: Sales
member: uid=ann,ou=people,dc=corp,dc=example
member: uid=bob,ou=people,dc=corp,dc=example

dn: cn=Printers,ou=technical,dc=corp,dc=example
objectClass: groupOfNames
cn: Printers
member: uid=bob,ou=people,dc=corp,dc=example
"""
PROJECTS = """\
groups:
  - {id: apollo, name: Apollo, owners: [ann], members: [ann@corp.example, "@bob:corp.example", zoe, "group:sales"]}
"""
RULES = """\
rules:
  - when: {source: projects}
    visibility: hidden
  - when: {path: "**,ou=teams,dc=corp,dc=example"}
    visibility: public
  - when: {name: Nothing}
  - when: {source: project}
"""


def company(folder: Path) -> Path:
    """People and teams from one file, a project from another."""
    project(folder)
    (folder / "corp.ldif").write_text(LDIF)
    (folder / "projects.yaml").write_text(PROJECTS)
    (folder / "policies.yaml").write_text(RULES)
    sources = [{"name": "staff", "type": "ldif", "path": "corp.ldif"}, {"name": "projects", "path": "projects.yaml"}]
    configure(
        folder, directory=sources, policies="policies.yaml", homeserver={"server_name": "corp.example"}, admins=[]
    )
    return folder


async def test_each_source_is_checked_and_all_together(tmp_path: Path) -> None:
    folder = company(tmp_path)
    checked = await call(folder, "directory", "check")
    assert checked.code == DONE
    assert "staff can be read, and whole: 2 people (0 switched off), 2 groups, 3 memberships." in checked.out
    assert "projects can be read, and whole: 0 people (0 switched off), 1 group, 4 memberships." in checked.out
    assert "staff + projects can be read, and whole: 2 people (0 switched off), 3 groups, 6 memberships." in checked.out
    assert "1 name that projects writes in apollo leads nowhere and is left out: zoe." in checked.err
    alone = await call(folder, "directory", "check", "--source", "staff")
    assert "staff can be read" in alone.out
    assert "projects" not in alone.out
    assert not alone.err
    names = await call(folder, "directory", "check", "--source", "projects")
    assert "apollo: 1 name that projects writes in apollo leads nowhere and is left out: zoe." in names.err
    unknown = await call(folder, "directory", "show", "--source", "stuff")
    assert unknown.code == MISUSED
    assert "There is no source stuff; there are: staff and projects." in unknown.err


async def test_where_names_lead_is_not_known_while_another_source_cannot_be_read(tmp_path: Path) -> None:
    folder = company(tmp_path)
    (folder / "corp.ldif").unlink()
    checked = await call(folder, "directory", "check", "--source", "projects")
    assert checked.code == DONE
    assert "Where names of projects lead is not known, as staff cannot be read." in checked.err


async def test_groups_without_a_rule_are_listed_with_their_paths(tmp_path: Path) -> None:
    folder = company(tmp_path)
    shown = await call(folder, "directory", "show", "--unmapped")
    assert shown.code == DONE
    assert "cn=printers,ou=technical,dc=corp,dc=example" in shown.out
    assert "Sales" not in shown.out
    checked = await call(folder, "check")
    assert checked.code == DONE, checked.err
    assert "1 group of the directory fits no rule" in checked.err
    assert "rules[2]: This rule decides about no group." in checked.err
    assert "rules[3]: There is no source project; there are: staff and projects." in checked.err
    assert "identities: 2 people are known by login alone, and nobody looks whether" in checked.err


async def test_where_somebody_looks_for_accounts_nobody_is_warned_of_logins(tmp_path: Path) -> None:
    folder = company(tmp_path)
    (folder / "token").write_text("secret-of-somebody")
    homeserver = {"server_name": "corp.example", "admin_token": "file:token"}
    configure(folder, homeserver=homeserver, identities={"strategies": ["template"]})
    checked = await call(folder, "check")
    assert checked.code == DONE, checked.err
    assert "login" not in checked.err


async def test_one_source_is_compared_with_its_own_last_good_reading(tmp_path: Path) -> None:
    folder = company(tmp_path)
    config = load_config(folder / "config.yaml", {})
    clock = SystemClock()
    async with assembly(config, bots=frozenset()) as parts:
        await keeping(sources_of(config, clock), parts.store, clock).read(keep=True)
    (folder / "projects.yaml").write_text(PROJECTS.replace('"@bob:corp.example", ', "").replace(', "group:sales"', ""))
    assert "those of the last good reading" in (await call(folder, "directory", "diff", "--source", "staff")).out
    changed = await call(folder, "directory", "diff")
    assert "Gone from Apollo" in changed.out
    (folder / "corp.ldif").unlink()
    broken = await call(folder, "directory", "check")
    assert broken.code in (FAILED, MISUSED)
    assert "corp.ldif" in broken.err
    assert "projects can be read, and whole" in broken.out


async def test_accounts_are_shown_and_said_on_the_command_line(tmp_path: Path) -> None:
    folder = company(tmp_path)
    assert (await call(folder, "identity", "link", "Ann Martin", "@ann.m:corp.example")).code == DONE
    shown = await call(folder, "identity", "list")
    assert "@ann.m:corp.example" in shown.out
    assert "said by hand" in shown.out
    assert "@bob:corp.example" in shown.out
    assert (await call(folder, "identity", "unlink", "ann@corp.example")).code == DONE
    assert "@ann:corp.example" in (await call(folder, "identity", "show", "ann")).out
    nobody = await call(folder, "identity", "show", "zoe")
    assert (nobody.code, nobody.out) == (MISUSED, "")
    assert "There is nobody of this name" in nobody.err


async def test_sources_of_one_name_and_strategies_without_a_token_are_refused(tmp_path: Path) -> None:
    folder = company(tmp_path)
    twice = [{"type": "ldif", "path": "corp.ldif"}, {"type": "ldif", "path": "corp.ldif"}]
    configure(folder, directory=twice, identities={"strategies": ["template"]})
    refused = await call(folder, "check")
    assert refused.code == MISUSED
    assert "directory: Two sources are called ldif: give each a name of its own." in refused.err
    assert "identities: Accounts are found with what the homeserver tells administrators" in refused.err
