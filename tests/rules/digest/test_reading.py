"""Who may be told of a message: the rule, and how it is asked for, against the words of the specification."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.adapters.matrix.conversations import MatrixConversations
from bridge.domain.rooms import Membership
from bridge.ports.homeserver import RoomCreation
from bridge.rules.digest.reading import may_read
from tests.fakes.homeserver import BOT, FakeHomeserver
from tests.world import user

ANN = user("ann")
MOVES = ("join", "invite", "leave", "ban")
RULES = ("joined", "invited", "shared", "world_readable", "of tomorrow")
SAID = "said"

steps = st.lists(st.sampled_from((*MOVES, *RULES, SAID, SAID)), max_size=14)


def readable(history: Sequence[str]) -> list[bool]:
    """For each message, in the words of the specification, and only while Ann is in the room."""
    inside = [step for step in history if step in MOVES][-1:] == ["join"]
    found = []
    for place, step in enumerate(history):
        if step != SAID:
            continue
        before = history[:place]
        rule = next((one for one in reversed(before) if one in RULES), "shared")
        membership = next((one for one in reversed(before) if one in MOVES), "leave")
        joins_later = "join" in history[place:]
        allowed = (
            rule == "world_readable"
            or membership == "join"
            or (rule == "shared" and joins_later)
            or (rule == "invited" and membership == "invite")
        )
        found.append(inside and allowed)
    return found


@given(steps)
async def test_who_is_in_is_told_of_what_the_specification_lets_them_read_and_of_nothing_else(
    history: Sequence[str],
) -> None:
    homeserver = FakeHomeserver()
    room_id = await homeserver.create_room(RoomCreation(name="Sales"))
    room = homeserver.synapse.rooms[room_id]
    said = []
    for step in history:
        if step in MOVES:
            room.append(ANN, "m.room.member", {"membership": step}, ANN)
        elif step in RULES:
            room.append(BOT, "m.room.history_visibility", {"history_visibility": step}, "")
        else:
            said.append(room.append(BOT, "m.room.message", {"msgtype": "m.text", "body": "Hello"}))
    asked = MatrixConversations(homeserver)
    inside = room.membership(ANN) == "join"
    found = []
    for event in said:
        opening = await asked.opening(room_id, event)
        assert opening is not None
        found.append(may_read(opening.history, (opening.there or {}).get(ANN), inside=inside))
    assert found == readable(history)


@pytest.mark.parametrize("history", RULES)
@pytest.mark.parametrize("then", [None, *Membership], ids=str)
def test_who_is_out_is_told_nothing_whatever_they_could_read(history: str, then: Membership | None) -> None:
    assert not may_read(history, then, inside=False)
