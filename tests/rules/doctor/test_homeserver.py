"""A configuration of Synapse is judged setting by setting: the default one, the documented one, and broken ones."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from bridge.domain.diagnosis import Verdict
from bridge.rules.doctor import forms
from bridge.rules.doctor.homeserver import Ours, examine
from bridge.rules.doctor.setting import value_at
from bridge.rules.doctor.settings import SETTINGS

OURS: Final = Ours(
    server_name="corp.example",
    bot="@parvis:corp.example",
    aliases="grp_",
    users=(r"@parvis:corp\.example", r"@parvis_.*:corp\.example"),
    partners=frozenset({"acme.example"}),
)
DOCUMENT: Final = Path(__file__).parents[3] / "docs" / "homeserver.md"
FAULT, WARNING = Verdict.FAULT, Verdict.WARNING
FRESH: Final[Mapping[str, Any]] = {
    "server_name": "corp.example",
    "listeners": [
        {
            "port": 8008,
            "type": "http",
            "x_forwarded": True,
            "bind_addresses": ["::1", "127.0.0.1"],
            "resources": [{"names": ["client", "federation"], "compress": False}],
        }
    ],
    "report_stats": False,
    "trusted_key_servers": [{"server_name": "key.example"}],
}
"""What Synapse writes for a new server."""


def documented() -> dict[str, Any]:
    """All that ``docs/homeserver.md`` says to paste."""
    tree: dict[str, Any] = {**FRESH}
    for block in re.findall(r"```yaml\n(.*?)```", DOCUMENT.read_text(encoding="utf-8"), re.DOTALL):
        tree |= yaml.safe_load(block)
    return tree


def ills(tree: Mapping[str, Any]) -> dict[str, Verdict]:
    return {one.check: one.verdict for one in examine(tree, OURS, "homeserver.yaml") if one.ill}


def test_a_fresh_synapse_lacks_the_registration_and_shows_more_than_it_needs_to() -> None:
    assert ills(FRESH) == {
        "app_service_config_files": FAULT,
        "room_list_publication_rules": FAULT,
        "alias_creation_rules": WARNING,
        "require_auth_for_profile_requests": WARNING,
        "limit_profile_requests_to_users_who_share_rooms": WARNING,
        "allow_profile_lookup_over_federation": WARNING,
        "presence.enabled": WARNING,
        "push.include_content": WARNING,
    }


def test_the_documented_configuration_is_as_it_should_be() -> None:
    assert ills(documented()) == {}


BROKEN: Final[Mapping[str, tuple[dict[str, Any], dict[str, Verdict]]]] = {
    "another name": ({"server_name": "corp.test"}, {"server_name": FAULT}),
    "an open room directory": (
        {"allow_public_rooms_without_auth": True, "allow_public_rooms_over_federation": True},
        {"allow_public_rooms_without_auth": FAULT, "allow_public_rooms_over_federation": FAULT},
    ),
    "guests": ({"allow_guest_access": True}, {"allow_guest_access": FAULT}),
    "accounts for everybody": (
        {"enable_registration": True, "enable_registration_without_verification": True},
        {"enable_registration": WARNING, "enable_registration_without_verification": FAULT},
    ),
    "the user directory": (
        {"user_directory": {"search_all_users": True}},
        {"user_directory.search_all_users": WARNING},
    ),
    "rules that leave the bot out": (
        {"room_list_publication_rules": [{"action": "deny"}], "alias_creation_rules": [{"user_id": "@it:*"}]},
        {"room_list_publication_rules": FAULT, "alias_creation_rules": FAULT},
    ),
    "no rules about addresses": ({"alias_creation_rules": None}, {"alias_creation_rules": WARNING}),
    "an empty list of rules about addresses": ({"alias_creation_rules": []}, {"alias_creation_rules": FAULT}),
    "rules that let everybody give some addresses": (
        {
            "alias_creation_rules": [
                {"user_id": "@parvis:*", "action": "allow"},
                {"alias": "#grp_*", "action": "deny"},
                {"alias": "#lunch_*", "action": "allow"},
                {"action": "deny"},
            ]
        },
        {"alias_creation_rules": WARNING},
    ),
    "notices in the bot's name": (
        {"server_notices": {"system_mxid_localpart": "parvis"}},
        {"server_notices.system_mxid_localpart": FAULT},
    ),
    "notices in a name that is kept": (
        {"server_notices": {"system_mxid_localpart": "parvis_cards"}},
        {"server_notices.system_mxid_localpart": FAULT},
    ),
    "rules that let everybody publish": (
        {"room_list_publication_rules": [{"user_id": "*", "action": "allow"}]},
        {"room_list_publication_rules": WARNING},
    ),
    "rules in the wrong order": (
        {"room_list_publication_rules": [{"action": "deny"}, {"user_id": "@parvis:corp.example", "action": "allow"}]},
        {"room_list_publication_rules": FAULT},
    ),
    "encryption by itself": (
        {"encryption_enabled_by_default_for_room_type": "all"},
        {"encryption_enabled_by_default_for_room_type": FAULT},
    ),
    "missed messages by e-mail": ({"email": {"enable_notifs": True}}, {"email.enable_notifs": WARNING}),
    "invitations by administrators alone": ({"block_non_admin_invites": True}, {"block_non_admin_invites": FAULT}),
    "any certificate": ({"federation_verify_certificates": False}, {"federation_verify_certificates": FAULT}),
    "a token in addresses": (
        {"use_appservice_legacy_authorization": True},
        {"use_appservice_legacy_authorization": WARNING},
    ),
    "profiles for everybody": (
        {
            "require_auth_for_profile_requests": False,
            "limit_profile_requests_to_users_who_share_rooms": False,
            "allow_profile_lookup_over_federation": True,
        },
        {
            "require_auth_for_profile_requests": WARNING,
            "limit_profile_requests_to_users_who_share_rooms": WARNING,
            "allow_profile_lookup_over_federation": WARNING,
        },
    ),
    "presence": ({"presence": {"enabled": True}}, {"presence.enabled": WARNING}),
    "messages in notifications": ({"push": {"include_content": True}}, {"push.include_content": WARNING}),
    "a directory that nobody searches": ({"enable_room_list_search": False}, {"enable_room_list_search": WARNING}),
    "no bridge": ({"app_service_config_files": []}, {"app_service_config_files": FAULT}),
    "media for everybody": ({"enable_authenticated_media": False}, {"enable_authenticated_media": FAULT}),
    "old rooms": ({"default_room_version": "10"}, {"default_room_version": WARNING}),
    "half of retention": ({"experimental_features": {}}, {"retention": WARNING}),
    "retention in words alone": ({"retention": {"enabled": False}}, {"retention": WARNING}),
    "a closed list without the partner": (
        {"federation_domain_whitelist": ["other.example"]},
        {"federation_domain_whitelist": FAULT},
    ),
    "a port open to all": (
        {"listeners": [{"port": 8008, "type": "http", "resources": [{"names": ["client"]}]}]},
        {"listeners": WARNING},
    ),
    "a manhole on all networks": (
        {"listeners": [{"port": 9000, "type": "manhole", "bind_addresses": ["0.0.0.0"]}]},
        {"listeners": WARNING},
    ),
    "members before coming in": (
        {"room_prejoin_state": {"additional_event_types": ["m.room.pinned_events", ["m.room.topic", ""]]}},
        {"room_prejoin_state.additional_event_types": WARNING},
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_what_is_broken_is_found_and_nothing_else(name: str) -> None:
    change, wanted = BROKEN[name]
    assert ills({**documented(), **change}) == wanted


def test_every_finding_has_a_configuration_that_shows_it() -> None:
    looked_at = {one.check for one in examine(documented(), OURS, "homeserver.yaml")}
    assert looked_at == {check for _, wanted in BROKEN.values() for check in wanted}


def test_every_finding_says_why_and_what_to_paste_as_yaml() -> None:
    trees = [FRESH, *({**documented(), **change} for change, _ in BROKEN.values())]
    found = [one for tree in trees for one in examine(tree, OURS, "homeserver.yaml") if one.ill]
    assert all(one.why and one.remedy for one in found)
    assert all(isinstance(yaml.safe_load(one.remedy), dict) for one in found if "…" not in one.remedy)


def test_notices_in_a_name_of_their_own_are_as_they_should_be() -> None:
    assert ills({**documented(), "server_notices": {"system_mxid_localpart": "notices"}}) == {}


def test_settings_of_another_form_are_taken_for_absent() -> None:
    odd = {**documented(), "user_directory": "yes", "retention": [], "room_prejoin_state": None, "listeners": None}
    assert "retention" in ills(odd)


ODD: Final = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.just("@parvis:corp.example"),
    lambda some: st.lists(some, max_size=3) | st.dictionaries(st.text(max_size=3) | st.integers(), some, max_size=3),
    max_leaves=6,
)


@given(st.sampled_from(sorted({*forms.FORMS, *(one.path for one in SETTINGS), "server_name", "public_baseurl"})), ODD)
def test_whatever_stands_there_is_judged(path: str, value: object) -> None:
    section, _, name = path.partition(".")
    tree = documented()
    found = ills(tree | {section: {**tree.get(section, {}), name: value} if name else value})
    related = (one == path or one.startswith(f"{path}.") or path.startswith(f"{one}.") for one in found)
    assert all(related) or path in {"server_name", "retention", "experimental_features", "app_service_config_files"}


@pytest.mark.parametrize("path", forms.FORMS)
def test_a_value_of_another_form_is_one_fault_with_the_form_to_paste(path: str) -> None:
    section, _, name = path.partition(".")
    tree = documented()
    (one,) = (
        found
        for found in examine(tree | {section: {name: 7} if name else 7}, OURS, "homeserver.yaml")
        if found.ill
    )  # fmt: skip
    assert (one.check, one.verdict) == (path, FAULT)
    assert forms.FORMS[path].fits(value_at(yaml.safe_load(one.remedy), path))
