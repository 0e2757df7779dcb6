"""Who reads an answer: those who are in the room, and those who may come and read back."""

from typing import Any

import pytest

from bridge.domain.rooms import Membership
from bridge.domain.viewers import Viewer, alone
from bridge.rules.viewing import ANYBODY, viewer_in
from tests.world import BOT, user, users

ANN, BOB = user("ann"), user("bob")
HERE = {BOT: Membership.JOIN, ANN: Membership.JOIN}


def viewer(members: dict[str, Membership] = HERE, history: str = "shared", **more: Any) -> Viewer:
    return viewer_in(ANN, members=members, history=history, ours={BOT}, belongs={"acme.example": "acme"}, **more)


def test_a_conversation_of_the_bot_and_one_person_is_personal() -> None:
    assert viewer() == alone(ANN)


def test_a_room_of_ours_is_nobodys_own_where_later_members_read_back() -> None:
    assert viewer(governed=True) == Viewer(asker=ANN, readers=users("ann"), everyone=True)
    assert viewer(governed=True, history="joined") == alone(ANN)


@pytest.mark.parametrize("other", [Membership.JOIN, Membership.INVITE])
def test_who_is_in_the_room_or_invited_reads_along(other: Membership) -> None:
    assert viewer({**HERE, BOB: other}, history="joined") == Viewer(asker=ANN, readers=users("ann", "bob"))


def test_who_has_left_does_not() -> None:
    assert viewer({**HERE, BOB: Membership.LEAVE}) == alone(ANN)


def test_where_newcomers_read_back_everybody_counts() -> None:
    assert viewer({**HERE, BOB: Membership.JOIN}).everyone


def test_partners_that_may_come_in_count_as_present() -> None:
    members = {**HERE, "@kim:acme.example": Membership.JOIN}
    assert viewer(members, admitted={"globex"}).partners == {"acme", "globex"}


@pytest.mark.parametrize(
    "room", [{"history": "world_readable"}, {"open_door": True}, {"history": "world_readable", "open_door": True}]
)
def test_nothing_is_personal_where_anybody_can_come_and_read_back(room: dict[str, Any]) -> None:
    assert ANYBODY in viewer(**room).readers
    assert viewer(**room).everyone


def test_a_newcomer_who_cannot_read_back_is_no_reader_yet() -> None:
    assert viewer(history="joined", open_door=True) == alone(ANN)
