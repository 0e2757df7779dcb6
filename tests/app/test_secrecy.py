"""``parvis audit secrecy`` without a homeserver, and what is wrong with its section of config.yaml."""

import json
from datetime import timedelta
from pathlib import Path

import pytest

from bridge.adapters.sealing import DataKeySealer, key_from_text
from bridge.adapters.sql.store import open_store
from bridge.app.kept import database_files
from bridge.app.secrecy_sounding import secrecy_sounding
from bridge.app.verbs import TO_DO
from bridge.config.loading import load_config
from bridge.domain.secrecy import SecrecyReport
from bridge.services.probing.kept import Kept, keep_report, keep_state
from tests.app.lines import MISUSED, call, configure, project, sentences
from tests.fakes.clock import START, FakeClock

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
    assert (outcome.code, outcome.out) == (TO_DO, "")
    assert len(sentences(outcome.err)) == 1
    scripted = await call(folder, "audit", "secrecy", "--json")
    assert (scripted.code, scripted.err) == (TO_DO, outcome.err)
    assert json.loads(scripted.out) == {"error": outcome.err.strip()}


async def test_a_wrong_configuration_is_told_to_machines_too_in_its_own_language(tmp_path: Path) -> None:
    folder = project(tmp_path)
    configure(folder, homeserver={"address": "nowhere"}, admins=["nobody"], language="fr")
    plain = await call(folder, "audit", "secrecy", language="none")
    assert (plain.code, plain.out) == (MISUSED, "")
    assert "2 problèmes trouvés" in plain.err
    scripted = await call(folder, "audit", "secrecy", "--json", language="none")
    assert (scripted.code, scripted.err) == (MISUSED, plain.err)
    told = json.loads(scripted.out)["error"].splitlines()
    assert ["Ce n’est pas une adresse" in one for one in told] == [False, True]


async def test_the_doctor_knows_what_the_store_keeps_of_the_check_and_makes_no_store_to_ask(tmp_path: Path) -> None:
    folder, clock = project(tmp_path), FakeClock()
    configure(folder, secrecy={"when": "0 3 * * *"}, admin_room="auto")
    config = load_config(folder / "config.yaml", {})
    assert await secrecy_sounding(config, clock) is None
    assert not database_files(config.database.url)[0].exists()
    store = await open_store(config.database.url, DataKeySealer(key_from_text(config.secrets.data_key.reveal())))
    try:
        await keep_state(store, Kept(group="grey", failed=START), at=START)
        await keep_report(store, SecrecyReport(at=START, by="schedule"))
    finally:
        await store.close()
    found = await secrecy_sounding(config, clock)
    assert found is not None
    assert found.due is not None
    assert clock.now() - timedelta(days=1) <= found.due <= clock.now()
    assert (found.failed, found.heard) == (START, False)
    assert found.report == SecrecyReport(at=START, by="schedule")
