"""``parvis doctor`` on real Synapses: the little network's own, and one with another configuration and no bridge."""

import asyncio
import json
from pathlib import Path
from typing import Any, Final

import pytest
import yaml

from deploy.localnet.installation import installed_synapse
from deploy.localnet.network import network
from deploy.localnet.specs import ServerSpec
from tests.e2e.test_keyless import log_in_as_the_bot
from tests.support.company import Company
from tests.support.park import Park
from tests.support.preloaded import Outcome

pytestmark = pytest.mark.homeserver

DIRECTORY: Final = """
people:
  - {id: "1", user: "@claire~:corp.test", name: Claire}
groups:
  - {id: deal, name: Deal, owners: ["1"], partners: [acme, gone]}
partners:
  - {id: acme, name: Acme SA, servers: [acme.test], sponsor: "1"}
  - {id: gone, name: Gone SA, servers: [gone.test], sponsor: "1"}
"""
SHOWN: Final = {"allow_profile_lookup_over_federation", "push.include_content"}
"""What the little network leaves as Synapse has it; ``docs/homeserver.md`` says so."""


async def ills(company: Company, *words: str, code: int = 1) -> dict[str, str]:
    """What is to be done, by check."""
    outcome = await company.parvis("doctor", "--json", *words)
    assert (outcome.code, outcome.err) == (code, ""), outcome
    checks: list[dict[str, Any]] = json.loads(outcome.out)["checks"]
    return {one["check"]: one["verdict"] for one in checks if one["verdict"] in {"warning", "fault"}}


async def test_a_homeserver_that_is_set_up_as_documented_keeps_closed_what_has_to_be(park: Park) -> None:
    company = park.company(DIRECTORY)
    await company.hire("claire")
    await company.hire_service()
    configuration = str(company.corp.folder / "homeserver.yaml")
    bridge = await company.house.start()
    try:
        found = await ills(company, "--homeserver", configuration)
    finally:
        await bridge.stop()
    assert found.keys() - SHOWN == {"running.partner.gone.test"}
    assert found.keys() >= SHOWN
    told = await company.parvis("doctor", "--homeserver", configuration, LANG="fr_FR.UTF-8")
    assert "Le serveur ne peut pas parler à gone.test." in told.out


async def test_what_another_configuration_shows_is_seen_in_its_file_and_in_its_answers(park: Park) -> None:
    company = park.company(DIRECTORY)
    open_to_all = {
        "allow_public_rooms_without_auth": True,
        "require_auth_for_profile_requests": False,
        "limit_profile_requests_to_users_who_share_rooms": False,
        "enable_registration": True,
        "enable_registration_without_verification": True,
    }
    async with network([ServerSpec("corp.test", extra=open_to_all)], folder=company.folder / "other") as net:
        other = net["corp.test"]
        company.house.configure({"homeserver": {"address": other.client_url}})
        found = await ills(company, "--homeserver", str(other.folder / "homeserver.yaml"))
    assert found.keys() - SHOWN == {
        "app_service_config_files",
        "room_list_publication_rules",
        "alias_creation_rules",
        "allow_public_rooms_without_auth",
        "require_auth_for_profile_requests",
        "limit_profile_requests_to_users_who_share_rooms",
        "enable_registration",
        "enable_registration_without_verification",
        "running.token",
        "running.ping",
        "running.rooms",
        "running.profile",
        "running.account",
        "running.partner.acme.test",
        "running.partner.gone.test",
    }


async def test_a_fresh_synapse_with_nothing_of_ours_but_the_registration_is_told_what_it_lacks(
    park: Park, tmp_path: Path
) -> None:
    company = park.company(DIRECTORY)
    registration = company.folder / "registration.yaml"
    registration.write_text(yaml.safe_dump(await company.house.registration()), encoding="utf-8")
    fresh = await generated(tmp_path)
    registered = company.folder / "registered.yaml"
    registered.write_text(yaml.safe_dump({"app_service_config_files": [str(registration)]}), encoding="utf-8")
    lacking = {
        "room_list_publication_rules": "fault",
        "alias_creation_rules": "warning",
        "require_auth_for_profile_requests": "warning",
        "limit_profile_requests_to_users_who_share_rooms": "warning",
        "presence.enabled": "warning",
    } | dict.fromkeys(SHOWN, "warning")
    both = ("--homeserver", str(fresh), "--homeserver", str(registered))
    assert await ills(company, "--offline", *both) == lacking
    assert await ills(company, "--offline", *both[:2]) == lacking | {"app_service_config_files": "fault"}


async def generated(folder: Path) -> Path:
    """The configuration that Synapse writes for a new server by itself."""
    file, python = folder / "homeserver.yaml", await installed_synapse()
    words = ("--config-path", str(file), "--server-name", "corp.test", "--report-stats", "no", "--generate-config")
    made = await asyncio.create_subprocess_exec(
        str(python), "-m", "synapse.app.homeserver", *words, cwd=folder,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    said, _ = await made.communicate()
    assert made.returncode == 0, said.decode()
    return file


async def test_somebody_who_is_signed_in_as_the_bot_is_found(park: Park) -> None:
    company = park.company(DIRECTORY)
    configuration = str(company.corp.folder / "homeserver.yaml")
    await (await company.house.start()).stop()  # from then on the bot has an account
    before = await ills(company, "--homeserver", configuration)
    device = await log_in_as_the_bot(company)
    assert await ills(company, "--homeserver", configuration) == before | {"running.devices": "fault"}
    told = await company.parvis("doctor", LANG="fr_FR.UTF-8")
    assert f"avec l’appareil {device}." in told.out


async def test_an_admin_token_that_a_start_would_refuse_is_found(park: Park) -> None:
    company = park.company(DIRECTORY)
    [claire] = await company.hire("claire")
    await claire.close()
    service = await company.hire_service()
    before = await ills(company)
    assert "running.admin_token" not in before
    clerk = await company.corp.register(f"clerk{company.suffix}")
    head = await company.corp.register(f"head{company.suffix}", admin=True)
    company.write(DIRECTORY.replace("groups:", f'  - {{id: "2", user: "{head.user_id}", name: Head}}\ngroups:'))
    tokens = {
        "does not know the token in homeserver.admin_token": "n" * 40,
        f"{clerk.user_id}, who is no administrator": clerk.access_token,
        f"{head.user_id}, who is a person": head.access_token,
    }
    for reason, token in tokens.items():
        assert reason in (await plan_with(company, token)).err
        assert await ills(company) == before | {"running.admin_token": "fault"}
        assert token not in (await company.parvis("doctor")).said
    assert "running.admin_token" not in await ills(company, "--offline", code=0), "nobody is asked"
    told = await company.parvis("doctor", LANG="fr_FR.UTF-8")
    assert f"homeserver.admin_token est le jeton de {head.user_id}, qui est une personne." in told.out
    assert service not in told.out


async def plan_with(company: Company, token: str) -> Outcome:
    """What the bridge says when it plans with this token of an administrator."""
    company.house.configure({"homeserver": {"admin_token": company.house.keep_secret("keys/admin.token", token)}})
    return await company.parvis("plan")


async def test_without_secrets_files_are_read_and_a_dead_homeserver_is_one_finding(park: Park) -> None:
    company = park.company(DIRECTORY)
    configuration = str(company.corp.folder / "homeserver.yaml")
    company.house.configure({"homeserver": {"address": "http://127.0.0.1:9"}})
    assert await ills(company, "--homeserver", configuration) == dict.fromkeys(SHOWN, "warning") | {
        "running.token": "fault"
    }
    company.house.configure({"appservice": {"as_token": "env:NOBODY_SET_THIS", "hs_token": "file:nowhere"}})
    assert (await ills(company, "--offline", "--homeserver", configuration)).keys() == SHOWN
