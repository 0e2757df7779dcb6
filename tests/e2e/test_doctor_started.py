"""``parvis doctor`` on started Synapses: as Synapse configures itself, as documented, and broken in many ways."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import aiohttp
import pytest
import yaml

from deploy.localnet import launcher
from deploy.localnet.installation import installed_synapse
from deploy.localnet.ports import ReservedPort
from deploy.localnet.processes import GuardedProcess, minimal_environment
from deploy.localnet.requests import call
from tests.e2e.test_doctor import SHOWN, generated
from tests.localnet.talk import eventually
from tests.rules.doctor.test_homeserver import documented
from tests.support.company import Company
from tests.support.park import Park
from tests.support.proving import PROOF

pytestmark = pytest.mark.homeserver

DIRECTORY: Final = """
people:
  - {id: "1", user: "@claire~:corp.test", name: Claire}
groups:
  - {id: sales, name: Sales, visibility: public, owners: ["1"]}
"""
OTHERS: Final[Mapping[str, Mapping[str, Any]]] = {
    "irc": {"url": None, "namespaces": {"users": [{"exclusive": True, "regex": "@irc_.*:corp\\.test"}]}},
    "neighbour": {"url": None, "namespaces": {"users": [{"exclusive": False, "regex": "@.*:corp\\.test"}]}},
    "listener": {"url": "http://127.0.0.1:9", "namespaces": {"rooms": [{"exclusive": False, "regex": "!.*"}]}},
}
"""Registrations of others: one that has nothing to do with us, one as bridges have that speak for people, one that
hears everything."""
THE_BOT: Final = "the-bot-of-the-company"
"""Stands for its name, which is known when there is one."""
PROFILES: Final = "require_auth_for_profile_requests"
LIMITED: Final = "limit_profile_requests_to_users_who_share_rooms"
"""Synapse starts with it only beside the one above."""
FRESH: Final = {
    "room_list_publication_rules", "alias_creation_rules", PROFILES, "running.profile", LIMITED, "presence.enabled",
} | SHOWN  # fmt: skip
BROKEN: Final[Mapping[str, tuple[dict[str, Any], set[str]]]] = {
    "an open room directory": (
        {"allow_public_rooms_without_auth": True}, {"allow_public_rooms_without_auth", "running.rooms"}),
    "profiles for everybody": ({PROFILES: False, LIMITED: False}, {PROFILES, LIMITED, "running.profile"}),
    "guests": ({"allow_guest_access": True}, {"allow_guest_access"}),
    "accounts for everybody": (
        {"enable_registration": True, "enable_registration_without_verification": True},
        {"enable_registration", "enable_registration_without_verification", "running.account"}),
    "the user directory": ({"user_directory": {"search_all_users": True}}, {"user_directory.search_all_users"}),
    "the bot left out": ({"room_list_publication_rules": [{"action": "deny"}]}, {"room_list_publication_rules"}),
    "encryption by itself": ({"encryption_enabled_by_default_for_room_type": "all"},
                             {"encryption_enabled_by_default_for_room_type"}),
    "media for everybody": ({"enable_authenticated_media": False}, {"enable_authenticated_media"}),
    "half of retention": ({"retention": {"enabled": False}}, {"retention"}),
    "old rooms": ({"default_room_version": "10"}, {"default_room_version", "running.room_versions"}),
    "no invitations": ({"block_non_admin_invites": True}, {"block_non_admin_invites"}),
    "any certificate": ({"federation_verify_certificates": False}, {"federation_verify_certificates"}),
    "a token in addresses": ({"use_appservice_legacy_authorization": True}, {"use_appservice_legacy_authorization"}),
    "profiles and rooms for other homeservers": (
        {"allow_profile_lookup_over_federation": True, "allow_public_rooms_over_federation": True},
        {"allow_profile_lookup_over_federation", "allow_public_rooms_over_federation"}),
    "aliases for others alone": (
        {"alias_creation_rules": [{"user_id": "@it:*", "action": "allow"}]}, {"alias_creation_rules"}),
    "addresses by everybody": (
        {"alias_creation_rules": [{"user_id": "*", "action": "allow"}]}, {"alias_creation_rules"}),
    "notices in the bot's name": (
        {"server_notices": {"system_mxid_localpart": THE_BOT}}, {"server_notices.system_mxid_localpart"}),
    "guests in quotation marks": ({"allow_guest_access": "false"}, {"allow_guest_access"}),
    "others alone": ({"app_service_config_files": ["{irc}"]}, {"registration", "running.token", "running.ping"}),
    "more before coming in": (
        {"room_prejoin_state": {"additional_event_types": ["m.room.pinned_events"]}},
        {"room_prejoin_state.additional_event_types"}),
    "presence": ({"presence": {"enabled": True}}, {"presence.enabled"}),
    "messages in notifications": ({"push": {"include_content": True}}, {"push.include_content"}),
    "a bot like a person": ({"app_service_config_files": ["{slow}"]}, {"registration.rate_limited"}),
    "a neighbour": ({"app_service_config_files": ["{ours}", "{neighbour}"]}, {"registration.overlap"}),
    "a listener": ({"app_service_config_files": ["{ours}", "{listener}"]}, {"registration.overlap"}),
    "no bridge": ({"app_service_config_files": []}, {"app_service_config_files", "running.token", "running.ping"}),
}  # fmt: skip
TESTED: Final = list(BROKEN) if PROOF else list(BROKEN)[:2]


async def test_the_running_server_is_found_to_be_what_its_files_make_of_it(park: Park, tmp_path: Path) -> None:
    company, port = park.company(DIRECTORY), ReservedPort()
    files = {name: company.folder / f"{name}.yaml" for name in ("ours", "slow", *OTHERS)}
    for name, content in (await registrations(company)).items():
        files[name].write_text(yaml.safe_dump(content), encoding="utf-8")
    resources = [{"names": ["client", "federation"]}]
    listener = {"port": port.number, "type": "http", "bind_addresses": ["127.0.0.1"], "resources": resources}
    place = {"listeners": [listener], "app_service_config_files": [str(files["ours"])]}
    own = await generated(tmp_path)
    company.house.configure({"homeserver": {"address": f"http://127.0.0.1:{port.number}"}})
    # The page's bot is another one than this company's.
    text = yaml.safe_dump(documented()).replace("@parvis:corp.example", company.bot)
    good = yaml.safe_load(text) | place | {"server_name": "corp.test", "trusted_key_servers": []}
    cases = {"fresh": (place, FRESH), "documented": (good, set[str]())}
    for name in TESTED:
        changed, wanted = BROKEN[name]
        localpart = company.bot.removeprefix("@").partition(":")[0]
        broken = yaml.safe_load(yaml.safe_dump(changed).replace(THE_BOT, localpart))
        named = broken.get("app_service_config_files", place["app_service_config_files"])
        cases[name] = (
            good | broken | {"app_service_config_files": [file.format_map(files) for file in named]},
            wanted,
        )
    try:
        found = {name: await diagnosed(company, own, settings) for name, (settings, _) in cases.items()}
    finally:
        port.release()
    assert found == {name: wanted for name, (_, wanted) in cases.items()}


async def registrations(company: Company) -> dict[str, dict[str, Any]]:
    """What the homeserver may be told of the bridge and of others, by the names of files."""
    ours = await company.house.registration()
    slow = {key: value for key, value in ours.items() if key != "rate_limited"}
    others = {
        name: {"id": name, "as_token": f"{name}-as", "hs_token": f"{name}-hs", "sender_localpart": name, **what}
        for name, what in OTHERS.items()
    }
    return {"ours": dict(ours), "slow": slow, **others}


async def diagnosed(company: Company, own: Path, settings: Mapping[str, Any]) -> set[str]:
    """What the doctor finds of a Synapse that is started with its own file and these settings after it."""
    more = own.with_name("more.yaml")
    more.write_text(yaml.safe_dump(dict(settings)), encoding="utf-8")
    command = [str(await installed_synapse()), "-I", launcher.__file__, "{}"]
    command += [word for file in (own, more) for word in ("--config-path", str(file))]
    synapse = GuardedProcess(
        command, log=own.with_name("said.log"), folder=own.parent, env=minimal_environment(own.parent)
    )
    address = f"http://127.0.0.1:{settings['listeners'][0]['port']}"

    async def healthy() -> bool:
        assert synapse.running, own.with_name("said.log").read_text(encoding="utf-8")[-2000:]
        try:
            return (await call("GET", f"{address}/health", seconds=2)).status == 200
        except (aiohttp.ClientError, TimeoutError):
            return False

    try:
        await eventually(healthy, bool)
        words = ("--homeserver", str(own), "--homeserver", str(more))
        outcome = await company.parvis("doctor", "--json", *words)
    finally:
        await synapse.stop()
    checks: list[dict[str, Any]] = json.loads(outcome.out)["checks"]
    return {one["check"] for one in checks if one["verdict"] in {"warning", "fault"}}
