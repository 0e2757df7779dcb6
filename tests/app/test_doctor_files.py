"""``parvis doctor --offline``: which files are read, and what is said of those that are not there."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.app.lines import MISUSED, call, configure, project

pytestmark = pytest.mark.terminal


async def verdicts(folder: Path, registrations: object) -> dict[str, set[str]]:
    """How the registrations are, by the place that is named."""
    file = folder / "homeserver.yaml"
    file.write_text(yaml.safe_dump({"app_service_config_files": registrations}), encoding="utf-8")
    outcome = await call(folder, "doctor", "--json", "--offline", "--homeserver", str(file))
    assert outcome.err == ""
    rows: list[dict[str, Any]] = json.loads(outcome.out)["checks"]
    found: dict[str, set[str]] = {}
    for row in rows:
        if row["check"] in {"registration", "app_service_config_files"}:
            found.setdefault(row["place"], set()).add(row["verdict"])
    return found


async def test_a_registration_that_is_not_there_is_a_fault_and_one_that_may_be_elsewhere_is_not_judged(
    tmp_path: Path,
) -> None:
    project(tmp_path)
    listed, missing = str(tmp_path / "homeserver.yaml"), str(tmp_path / "gone.yaml")
    assert await verdicts(tmp_path, [missing]) == {listed: {"good"}, missing: {"fault"}}
    assert await verdicts(tmp_path, ["beside.yaml"]) == {listed: {"good"}, "beside.yaml": {"unknown"}}
    assert await verdicts(tmp_path, [str(tmp_path)]) == {listed: {"good"}, str(tmp_path): {"unknown"}}
    assert await verdicts(tmp_path, "registration.yaml") == {listed: {"fault"}}


async def test_registrations_of_others_alone_are_a_fault(tmp_path: Path) -> None:
    project(tmp_path)
    listed, others = str(tmp_path / "homeserver.yaml"), tmp_path / "irc.yaml"
    others.write_text(yaml.safe_dump({"id": "irc", "sender_localpart": "irc"}), encoding="utf-8")
    assert await verdicts(tmp_path, [str(others)]) == {listed: {"good"}, str(others): {"fault"}}
    ours = tmp_path / "parvis.yaml"
    ours.write_text(yaml.safe_dump({"id": "parvis", "sender_localpart": "parvis"}), encoding="utf-8")
    assert await verdicts(tmp_path, [str(others), str(ours)]) == {listed: {"good"}}


async def test_what_keeps_the_doctor_from_looking_is_told_to_machines_too(tmp_path: Path) -> None:
    project(tmp_path)
    nowhere = str(tmp_path / "nope.yaml")
    missing = await call(tmp_path, "doctor", "--json", "--homeserver", nowhere, language="fr")
    assert missing.code == MISUSED
    assert json.loads(missing.out) == {"error": f"{nowhere}\u00a0: Ce fichier n’existe pas."}
    assert nowhere in missing.err
    configure(tmp_path, homeserver={"address": "nowhere"}, admins=["nobody"], language="fr")
    plain = await call(tmp_path, "doctor", language="none")
    assert (plain.code, plain.out) == (MISUSED, "")
    scripted = await call(tmp_path, "doctor", "--json", language="none")
    assert (scripted.code, scripted.err) == (MISUSED, plain.err)
    assert len(json.loads(scripted.out)["error"].splitlines()) == 2
