"""``parvis partner suspend``, ``receipt`` and ``evidence`` as a person calls them."""

import json
from pathlib import Path

import pytest

from tests.app.lines import DONE, MISUSED, call, project

pytestmark = pytest.mark.terminal

TO_DO = 3
DIRECTORY = """
people:
  - {id: "1", user: "@ann:corp.example", name: Ann}
groups:
  - {id: deal, name: Deal, owners: ["1"], members: ["1"], partners: [acme]}
partners:
  - {id: acme, name: Acme SA, servers: [acme.example], sponsor: "1"}
"""


async def test_a_partner_is_suspended_with_a_receipt_and_resumed(tmp_path: Path) -> None:
    folder = project(tmp_path)
    (folder / "directory.yaml").write_text(DIRECTORY, encoding="utf-8")
    first = await call(folder, "partner", "suspend", "acme")
    assert (first.code, "0 people taken out of 0 rooms" in first.out) == (TO_DO, True)
    done = await call(folder, "partner", "suspend", "acme", "--yes", "--reason", "a breach")
    assert (done.code, "a breach" in done.out, "Verified at" in done.out) == (DONE, True, True)

    kept = json.loads((await call(folder, "partner", "receipt", "acme", "--json")).out)
    assert (kept["state"], kept["receipt"]["complete"], kept["receipt"]["reason"]) == ("suspended", True, "a breach")
    assert (await call(folder, "partner", "evidence", "acme", "--csv")).out.startswith("user,room,since,until")
    assert json.loads((await call(folder, "partner", "evidence", "acme", "--json")).out)["access"] == []
    assert (await call(folder, "partner", "resume", "acme", "--yes")).code == DONE
    shown = json.loads((await call(folder, "partner", "show", "acme", "--json")).out)
    assert shown["state"] == "active"
    unknown = await call(folder, "partner", "suspend", "nobody")
    assert (unknown.code, "There is no partner nobody" in unknown.said) == (MISUSED, True)
