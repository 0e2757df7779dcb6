"""``parvis audit secrecy`` without a homeserver, and what is wrong with its section of config.yaml."""

from pathlib import Path

import pytest

from tests.app.lines import FAILED, MISUSED, call, configure, project, sentences

pytestmark = pytest.mark.terminal


async def test_what_is_no_schedule_is_told_with_its_place(tmp_path: Path) -> None:
    folder = project(tmp_path)
    configure(folder, secrecy={"when": "each sunday"})
    outcome = await call(folder, "check")
    assert outcome.code == MISUSED
    assert "secrecy.when: each sunday is no schedule" in outcome.err


async def test_without_a_homeserver_nothing_can_be_asked_and_that_is_said_in_one_sentence(tmp_path: Path) -> None:
    folder = project(tmp_path)
    configure(folder, homeserver={"address": "http://127.0.0.1:9", "server_name": "corp.example"})
    outcome = await call(folder, "audit", "secrecy")
    assert (outcome.code, outcome.out) == (FAILED, "")
    assert len(sentences(outcome.err)) == 1
