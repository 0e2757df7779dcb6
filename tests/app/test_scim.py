"""``parvis scim token`` as a person calls it: a secret is shown once, and alone on its line, for scripts."""

from pathlib import Path

import pytest

from tests.app.lines import DONE, FAILED, MISUSED, call, configure, project

pytestmark = pytest.mark.terminal


async def test_tokens_are_made_replaced_listed_and_revoked(tmp_path: Path) -> None:
    folder = project(tmp_path)
    assert "There are no clients yet." in (await call(folder, "scim", "token", "list")).out
    added = await call(folder, "scim", "token", "add", "entra")
    assert (added.code, len(added.out.split()), added.err) == (DONE, 1, "")
    rotated = await call(folder, "scim", "token", "rotate", "entra", "--keep", "2")
    assert (rotated.code, rotated.out != added.out) == (DONE, True)
    listed = await call(folder, "scim", "token", "list")
    assert listed.out.count("entra") == 2
    assert added.out.strip() not in listed.out
    revoked = await call(folder, "scim", "token", "revoke", "entra", language="fr")
    assert (revoked.code, "entra n’a plus accès." in revoked.said) == (DONE, True)
    again = await call(folder, "scim", "token", "revoke", "entra")
    assert (again.code, "There is no client entra" in again.said) == (MISUSED, True)


async def test_a_directory_to_which_nobody_came_yet_can_be_checked(tmp_path: Path) -> None:
    folder = project(tmp_path)
    configure(folder, directory=[{"type": "scim"}])
    checked = await call(folder, "directory", "check")
    assert (checked.code, "Nobody has come by SCIM yet." in checked.said) == (DONE, True), checked.said
    assert "scim can be read; so far nothing has come that counts." in checked.out
    assert "whole" not in checked.out
    assert (await call(folder, "directory", "show", "Sales")).code in (FAILED, MISUSED)
