"""What the generated homeserver.yaml says, without any server."""

from pathlib import Path
from typing import Any

import pytest

from deploy.localnet.configuration import UNLIMITED, Place, homeserver_config, merged
from deploy.localnet.errors import LocalnetError
from deploy.localnet.specs import Account, ServerSpec

BOT: dict[str, object] = {
    "id": "parvis",
    "sender_localpart": "parvis",
    "url": None,
    "as_token": "a",
    "hs_token": "h",
    "namespaces": {},
}


def config(spec: ServerSpec) -> dict[str, Any]:
    place = Place(folder=Path("/data/corp.test"), client_port=4000, federation_port=4001)
    return homeserver_config(spec, place, "secret")


def test_a_server_listens_on_loopback_only_and_on_its_client_port_last() -> None:
    listeners = config(ServerSpec("corp.test"))["listeners"]

    assert [(each["port"], each["tls"]) for each in listeners] == [(4001, True), (4000, False)]
    assert all(each["bind_addresses"] == ["127.0.0.1"] for each in listeners)


def test_the_defaults_keep_strangers_out_of_profiles_directory_and_room_list() -> None:
    said = config(ServerSpec("corp.test"))

    assert said["require_auth_for_profile_requests"] is True
    assert said["limit_profile_requests_to_users_who_share_rooms"] is True
    assert said["user_directory"]["search_all_users"] is False
    assert said["allow_public_rooms_over_federation"] is False
    assert said["allow_guest_access"] is False
    assert said["trusted_key_servers"] == []


def test_only_the_app_services_sender_publishes_and_makes_aliases() -> None:
    said = config(ServerSpec("corp.test", appservices=(BOT,)))

    assert said["room_list_publication_rules"] == [{"user_id": "@parvis:corp.test", "action": "allow"}]
    assert said["alias_creation_rules"] == [{"user_id": "@parvis:corp.test", "action": "allow"}]


def test_without_app_service_nobody_publishes_and_everybody_makes_aliases() -> None:
    said = config(ServerSpec("acme.test"))

    assert said["room_list_publication_rules"] == []
    assert said["alias_creation_rules"] == [{"user_id": "*", "action": "allow"}]


def test_who_may_publish_and_make_aliases_can_be_said() -> None:
    said = config(ServerSpec("acme.test", may_publish=("@a*:acme.test",), may_make_aliases=()))

    assert said["room_list_publication_rules"] == [{"user_id": "@a*:acme.test", "action": "allow"}]
    assert said["alias_creation_rules"] == []


def test_limits_for_clients_are_lifted_unless_they_are_the_subject_of_the_test() -> None:
    assert config(ServerSpec("corp.test"))["rc_message"] == UNLIMITED

    limited = config(ServerSpec("corp.test", rate_limited=True))
    assert [key for key in limited if key.startswith("rc_")] == ["rc_federation"]


def test_the_room_version_is_the_one_asked_for() -> None:
    assert config(ServerSpec("corp.test"))["default_room_version"] == "12"
    assert config(ServerSpec("corp.test", room_version="11"))["default_room_version"] == "11"


def test_extra_settings_have_the_last_word_at_every_depth() -> None:
    said = config(ServerSpec("corp.test", extra={"federation": {"client_timeout": "1s"}, "trusted_key_servers": [1]}))

    assert said["federation"]["client_timeout"] == "1s"
    assert said["federation"]["destination_retry_multiplier"] == 1
    assert said["trusted_key_servers"] == [1]


def test_merging_changes_neither_side() -> None:
    base, extra = {"a": {"b": 1}}, {"a": {"c": 2}}

    assert merged(base, extra) == {"a": {"b": 1, "c": 2}}
    assert (base, extra) == ({"a": {"b": 1}}, {"a": {"c": 2}})


@pytest.mark.parametrize("name", ["", "corp", "Corp.test", "corp.test:8448", "-corp.test", "127.0.0.1/8", "corp..test"])
def test_a_name_that_could_not_be_a_server_is_refused(name: str) -> None:
    with pytest.raises(LocalnetError, match="is no server name"):
        ServerSpec(name)


def test_an_account_shows_no_secret_when_printed() -> None:
    shown = repr(Account(user_id="@ann:corp.test", access_token="syt_x", device_id="D", password="pass"))

    assert "syt_x" not in shown
    assert "pass" not in shown
