"""More leaks that somebody could put in: at the bridge's port, in logs and letters, in what is concluded about people,
and in what remains of a hidden group. Listed with those of ``leaks_put_in``.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

import pytest
import structlog
from aiohttp import web

from bridge.adapters.appservice import replies
from bridge.adapters.appservice.server import QUERIES, InboundServer
from bridge.adapters.scim.door import ScimDoor
from bridge.adapters.scim.tokens import Gate, Verdict
from bridge.domain.directory import Group, GroupState
from bridge.domain.viewers import COMMAND_LINE, OPEN
from bridge.ports.scim import ResourceKind
from bridge.rules.facts import is_hidden
from bridge.services import breaches
from bridge.services.applying.hands import Hands
from bridge.services.auditing import Auditing
from bridge.services.counting import Counting
from bridge.services.digests.digests import Digests
from bridge.services.finding import Finding
from bridge.services.suggesting import Suggesting
from tests.mutations.leaks_put_in import LOGS, MUTATIONS, WORLDS, leak

METRICS: Final = (
    "tests/adapters/appservice/test_metrics_of_hidden_rooms.py::test_events_in_a_hidden_room_move_no_number"
)
PORT: Final = "tests/mutations/test_same_work_over_http.py::test_every_path_answers_alike_about_a_hidden_group_and_none"
INSIDE: Final = "tests/bots/admin/test_watchman.py::test_nothing_is_told_while_they_are_in"
LIVES: Final = (
    "tests/services/test_secrecy_of_lives.py"
    "::test_a_hidden_group_that_is_archived_opened_again_and_ended_shows_nothing_to_others"
)


# ------------------------------------------------------------------------------------------------ the bridge's port


@leak(METRICS)
def metrics_add_up_what_happens_in_hidden_rooms(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Counting, "traffic", lambda counting, room_id: room_id in counting._compartments)


@leak(METRICS)
def metrics_show_what_waits_in_hidden_rooms(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Counting, "backlog", lambda _counting, _room_id: True)


@leak(PORT)
def the_health_page_counts_all_rooms(monkeypatch: pytest.MonkeyPatch) -> None:
    right = InboundServer._ready

    async def telling(server: InboundServer) -> web.Response:
        answer = await right(server)
        return replies.reply(answer.status, b'{"ready":true,"rooms":%d}' % len(await _rooms(server)))

    monkeypatch.setattr(InboundServer, "_ready", telling)


@leak(PORT)
def the_homeserver_is_told_which_groups_there_are(monkeypatch: pytest.MonkeyPatch) -> None:
    right = InboundServer._route

    async def telling(server: InboundServer, request: web.BaseRequest) -> web.StreamResponse:
        answer = await right(server, request)
        asked = request.path.rpartition("/")[2]
        known = request.path.startswith(QUERIES) and answer.status == 404 and asked in await _rooms(server)
        return replies.done() if known else answer

    monkeypatch.setattr(InboundServer, "_route", telling)


@leak(PORT)
def scim_refuses_who_asks_for_a_group_that_is_there_in_other_words(monkeypatch: pytest.MonkeyPatch) -> None:
    right = ScimDoor.answer

    async def telling(door: ScimDoor, request: web.BaseRequest) -> web.Response:
        async with door.store.view() as view:
            there = await view.scim.get(ResourceKind.GROUP, request.path.rpartition("/")[2])
        refused = await right(door, request)
        return web.json_response({"status": "403"}, status=403) if there else refused

    monkeypatch.setattr(ScimDoor, "answer", telling)


@leak(PORT)
def scim_asks_for_no_token(monkeypatch: pytest.MonkeyPatch) -> None:
    async def anybody(_gate: Gate, _header: str | None, _address: str) -> Verdict:
        return Verdict.RIGHT

    monkeypatch.setattr(Gate, "judge", anybody)


async def _rooms(server: InboundServer) -> Sequence[str]:
    async with server._intake._store.view() as view:
        return [one.ref.id for one in await view.rooms.bindings()]


# ------------------------------------------------------------------------------------------------ logs and letters


@leak(LOGS)
def a_line_for_debugging_says_who_is_let_in(monkeypatch: pytest.MonkeyPatch) -> None:
    right = Hands.record

    async def telling(hands: Hands, action: Any, *rest: Any) -> None:
        structlog.get_logger().debug("doing", users=str(getattr(action, "users", ())))
        await right(hands, action, *rest)

    monkeypatch.setattr(Hands, "record", telling)


@leak(LIVES)
def who_is_in_a_hidden_group_alone_gets_a_digest_that_others_in_none_do_not(monkeypatch: pytest.MonkeyPatch) -> None:
    def readers(digests: Digests) -> list[str]:
        places = digests._where()
        return sorted(places.groups) if places else []

    monkeypatch.setattr(Digests, "readers", readers)


# ------------------------------------------------------------------------------------------------ what is concluded


@leak(LIVES)
def hidden_groups_are_suggested_to_who_knows_their_members(monkeypatch: pytest.MonkeyPatch) -> None:
    right = Suggesting.suggest
    monkeypatch.setattr(
        "bridge.rules.suggesting._is_open", lambda facts, user, group: user not in facts.people_of(group.id)
    )
    monkeypatch.setattr(
        Suggesting, "suggest", lambda suggesting, viewer, **how: right(suggesting, replace(viewer, cleared=True), **how)
    )


@leak(WORLDS)
def cards_are_opened_to_who_shares_a_hidden_group(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bridge.rules.cards.is_hidden", lambda _group: False)


@leak(WORLDS)
def what_was_perhaps_meant_is_any_group(monkeypatch: pytest.MonkeyPatch) -> None:
    right = Finding.nearest
    monkeypatch.setattr(
        Finding, "nearest", lambda finding, _viewer, what, text: right(finding, COMMAND_LINE, what, text)
    )


@leak(WORLDS)
def the_ends_of_all_chains_are_witnessed(monkeypatch: pytest.MonkeyPatch) -> None:
    right = Auditing.heads
    monkeypatch.setattr(Auditing, "heads", lambda auditing, _viewer: right(auditing, COMMAND_LINE))


@leak(INSIDE)
def who_was_let_in_by_hand_reads_that_they_were_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(breaches, "may_be_told", lambda *_: True)


# ------------------------------------------------------------------------------------------------ what remains of it


def _while_active(group: Group) -> bool:
    return is_hidden(group) and group.state is GroupState.ACTIVE


@leak(LIVES)
def an_archived_hidden_group_shows_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bridge.rules.access.is_hidden", _while_active)


@leak(LIVES)
def the_end_of_a_hidden_group_is_planned_with_everything_else(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bridge.planning.planner.compartment_of", lambda room: OPEN if room.ended else room.compartment)


ALL: Final = tuple(MUTATIONS)
"""Those of both files."""
