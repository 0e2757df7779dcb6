"""From settings to Matrix events."""

from dataclasses import replace

from bridge.domain.desired import JoinRule, RoomSettings, Setting
from bridge.domain.rooms import COMPANY, MARKER, group_room, partner_space
from bridge.rules.naming import plain_marker, told_apart
from bridge.rules.state import Frame, acl_content, content_of, initial_state, is_child, room_name
from tests.world import BOT, users

JOINER = "@joiner:corp.example"
ELEVEN = Frame(bot=BOT, room_version="11", marker="deal", room_ids={COMPANY: "!company"}, service_user=JOINER)
TWELVE = replace(ELEVEN, room_version="12")
ROOM = RoomSettings(name="Deal", owners=users("zoe"), servers=("corp.example",))


def test_our_own_server_is_in_every_acl() -> None:
    assert acl_content((), BOT) == {"allow": ["corp.example"], "allow_ip_literals": False, "deny": []}
    assert acl_content(("z.example", "a.example"), BOT)["allow"] == ["a.example", "corp.example", "z.example"]


def test_an_acl_does_not_lock_out_a_server_that_has_no_name() -> None:
    assert acl_content((), "@parvis:127.0.0.1:8448") == {"allow": ["127.0.0.1"], "allow_ip_literals": True, "deny": []}


def test_a_restricted_room_names_the_spaces_that_exist() -> None:
    settings = replace(ROOM, join_rule=JoinRule.RESTRICTED, allow=(COMPANY, partner_space("acme")))
    _, _, content = content_of(settings, Setting.JOIN_RULE, ELEVEN)
    assert content == {"join_rule": "restricted", "allow": [{"type": "m.room_membership", "room_id": "!company"}]}


def test_a_new_room_starts_with_all_that_decides_visibility() -> None:
    state = {kind: content for kind, _, content in initial_state(replace(ROOM, encrypted=True, topic="Us"), ELEVEN)}
    assert state == {
        MARKER: {"group": "deal"},
        "m.room.join_rules": {"join_rule": "invite"},
        "m.room.history_visibility": {"history_visibility": "shared"},
        "m.room.guest_access": {"guest_access": "forbidden"},
        "m.room.topic": {"topic": "Us"},
        "m.room.server_acl": {"allow": ["corp.example"], "allow_ip_literals": False, "deny": []},
        "m.room.encryption": {"algorithm": "m.megolm.v1.aes-sha2"},
    }


def test_a_room_that_does_not_federate_has_no_acl() -> None:
    assert "m.room.server_acl" not in {kind for kind, _, _ in initial_state(replace(ROOM, servers=None), ELEVEN)}


def test_a_cover_name_comes_from_the_random_marker_and_never_from_the_group() -> None:
    hidden = RoomSettings(name="Private group", told_name="Board", plain_marker="board")
    assert room_name(hidden, replace(TWELVE, marker="x7-q_2zTTT")) == "Private group X7Q2"
    assert room_name(hidden, replace(TWELVE, marker="board")) == "Private group"
    assert told_apart("Groupe privé", "") == "Groupe privé"


def test_no_space_has_the_marker_of_a_group() -> None:
    assert plain_marker(COMPANY) != plain_marker(group_room("company"))
    assert plain_marker(partner_space("acme")) == "space/partner/acme"


def test_a_child_without_via_is_no_child() -> None:
    assert not is_child({})
    assert not is_child({"via": []})
    assert is_child({"via": ["corp.example"]})
