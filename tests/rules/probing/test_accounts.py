"""As whom the secrecy check may ask, and why it is not made as somebody else."""

from datetime import timedelta
from typing import Final

import pytest

from bridge.domain.directory import Directory, GroupState
from bridge.domain.secrecy import Asker, Seen
from bridge.rules.facts import Facts, gather
from bridge.rules.probing.accounts import inside, mistaken, unusable
from tests.world import BOT, SERVER, TODAY, directory, group, partner, user

GROUPS: Final = (
    group("news").members("luc", "nina"),
    group("last").members("eve").having(state=GroupState.RETIRED),
    group("comex").hidden().members("max", "nina"),
)
ACME: Final = partner("acme", servers=["acme.example"], sponsor="nina")
RIGHT: Final = {
    Asker.MEMBER: user("probe"),
    Asker.COLLEAGUE: user("luc"),
    Asker.PARTNER: "@bob:acme.example",
    Asker.STRANGER: user("stranger"),
    Asker.PEER: "acme.example",
    Asker.READER: "",
}


def facts(*, of: Directory | None = None) -> Facts:
    return gather(of or directory(*GROUPS, people=["probe"], partners=[ACME]), today=TODAY, server_name=SERVER)


def told(users: dict[Asker, str], known: Facts | None = None) -> dict[str, str]:
    return {setting: str(reason) for setting, reason in mistaken(users, known or facts(), BOT)}


def test_who_is_who_they_are_taken_for_may_be_asked_as_and_nobody_at_all_as_well() -> None:
    assert told(RIGHT) == {}
    assert told({}) == {}


@pytest.mark.parametrize(
    ("asker", "who", "reason"),
    [
        (Asker.PARTNER, user("nina"), "@nina:corp.example has an account on our own homeserver"),
        (Asker.PARTNER, "@eve:other.example", "@eve:other.example is of none of the partners"),
        (Asker.COLLEAGUE, user("probe"), "@probe:corp.example is also secrecy.member"),
        (Asker.COLLEAGUE, user("guest"), "@guest:corp.example is in no open group"),
        (Asker.COLLEAGUE, user("eve"), "@eve:corp.example is in no open group"),
        (Asker.STRANGER, user("nina"), "@nina:corp.example belongs to groups"),
        (Asker.STRANGER, "@eve:other.example", "@eve:other.example has no account on our homeserver"),
        (Asker.MEMBER, user("guest"), "@guest:corp.example is nobody of the directory"),
        (Asker.MEMBER, BOT, "is the bridge's own bot"),
        (Asker.STRANGER, BOT, "is the bridge's own bot"),
    ],
)
def test_who_is_somebody_else_is_told_with_the_setting_and_what_is_needed(asker: Asker, who: str, reason: str) -> None:
    ((setting, said),) = told({Asker.MEMBER: user("probe"), asker: who}).items()
    assert setting == f"secrecy.{asker}"
    assert reason in said


@pytest.mark.parametrize("who", ["stranger", "eve"])
def test_an_employee_who_is_in_no_group_is_a_stranger_too(who: str) -> None:
    assert told({Asker.STRANGER: user(who)}) == {}


def test_everybody_who_is_somebody_else_is_told_at_once() -> None:
    assert told(dict.fromkeys(RIGHT, user("nina"))).keys() == {
        "secrecy.colleague",
        "secrecy.partner",
        "secrecy.stranger",
    }


@pytest.mark.parametrize("asker", [Asker.MEMBER, Asker.COLLEAGUE, Asker.STRANGER])
@pytest.mark.parametrize("who", ["max", "nina", "probe", "guest"])
def test_nobody_learns_from_a_refused_account_who_is_in_hidden_groups(asker: Asker, who: str) -> None:
    """Whoever asks for the check and reads its answer may be an administrator who is not cleared."""
    without = directory(*(one for one in GROUPS if one.value.id != "comex"), people=["probe", "max"], partners=[ACME])
    assert told({asker: user(who)}) == told({asker: user(who)}, facts(of=without))


def test_a_partner_that_was_is_one_to_ask_as_and_where_none_is_known_anybody_of_elsewhere_is() -> None:
    ended = partner("acme", servers=["acme.example"], until=TODAY - timedelta(days=9))
    assert told(RIGHT, facts(of=directory(*GROUPS, people=["probe"], partners=[ended]))) == {}
    assert told({Asker.PARTNER: "@eve:other.example"}, facts(of=directory(*GROUPS))) == {}


def test_a_token_that_is_refused_is_the_configurations_fault_and_a_silent_homeserver_is_not() -> None:
    mute = {
        Asker.PARTNER: Seen(status=401, errcode="M_UNKNOWN_TOKEN"),
        Asker.COLLEAGUE: Seen(status=404),
        Asker.STRANGER: Seen(),
        Asker.MEMBER: Seen(status=502),
        Asker.PEER: Seen(status=401, errcode="M_UNAUTHORIZED"),
    }
    found = {setting: str(reason) for setting, reason in unusable(mute)}
    assert found.keys() == {"secrecy.partner.token", "secrecy.colleague.address"}
    assert "refuses this token (401 M_UNKNOWN_TOKEN)" in found["secrecy.partner.token"]
    assert "No homeserver answers there (404)" in found["secrecy.colleague.address"]


def test_who_comes_into_every_group_by_policy_cannot_look_for_one_from_outside() -> None:
    known = facts(of=directory(group("secret").hidden().members("probe").having(moderators=("luc",))))
    ((setting, reason),) = inside(RIGHT, known, "secret")
    assert (setting, "@luc:corp.example belongs to the hidden group" in str(reason)) == ("secrecy.colleague", True)
