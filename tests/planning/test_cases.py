"""Small worlds as data files whose names are sentences: what was, what happened, what is asked now, what follows.

A case has ``was`` (the directory that the rooms followed, none for no rooms), ``happened`` (a list of one-word events),
``now`` (the directory of today; absent when unchanged) and ``plan``, ``findings``, ``held`` and ``open plan`` (what
somebody sees who is cleared for no hidden group). Names are short: ``ann`` is ``@ann:corp.example``.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from bridge.domain.directory import Directory, GroupState, JoinRequests, Posting, Visibility
from bridge.domain.rooms import COMPANY, HistoryVisibility, Membership, RoomKind, RoomRef
from bridge.domain.viewers import OPEN
from bridge.planning.actions import (
    Action,
    AddMembers,
    CreateRoom,
    LinkChild,
    RemoveMembers,
    SetAlias,
    SetState,
    TellName,
)
from bridge.planning.plan import Brake
from bridge.planning.showing import kind_of
from tests.planning.simulating import Simulation
from tests.world import SERVER, AGroup, desired, directory, group, partner, user

CASES = sorted((Path(__file__).parent / "cases").glob("*.yaml"))
READ: dict[str, Callable[[Any], Any]] = {
    "history": HistoryVisibility,
    "state": GroupState,
    "requests": JoinRequests,
    "posting": Posting,
    "encrypted": bool,
    "parent": str,
    "moderators": tuple,
}
"""Fields of a group beyond the common ones, and what makes their values of words."""
ASKED = {"plan", "findings", "held", "open plan"}


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem.replace("-", " "))
def test_case(path: Path) -> None:
    case = yaml.safe_load(path.read_text(encoding="utf-8"))
    assert case.keys() <= {"was", "happened", "now", "version", *ASKED}
    simulation = Simulation(version=str(case.get("version", 12)))
    was = case.get("was")
    if was is not None:
        simulation.settle(desired(read(was)))
    for event in case.get("happened", ()):
        happen(simulation, event)
    plan = simulation.plan(desired(read(case.get("now", was))), Brake())
    found = {
        "plan": [line(action) for action in plan.actions],
        "findings": [f"{finding.kind} {short(finding.subject)}" for finding in plan.findings],
        "held": str(plan.held.reason) if plan.held else None,
        "open plan": [line(action) for action in plan.seen_by({OPEN}).actions],
    }
    assert {key: found[key] for key in ASKED & case.keys()} == {key: case[key] for key in ASKED & case.keys()}


def test_the_cases_are_found() -> None:
    assert len(CASES) >= 15


def read(source: dict[str, Any]) -> Directory:
    """A directory from its short form: ``{groups: {sales: {visibility: public, members: [ann]}}, partners: …}``."""
    return directory(
        *(read_group(id_, words or {}) for id_, words in source.get("groups", {}).items()),
        partners=[partner(id_, **(words or {})) for id_, words in source.get("partners", {}).items()],
        people=source.get("people", ()),
        gone=source.get("gone", ()),
    )


def read_group(group_id: str, words: dict[str, Any]) -> AGroup:
    found = group(group_id).members(*words.get("members", ())).owners(*words.get("owners", ()))
    found = found.admits(*words.get("partners", ())).called(
        words.get("name", group_id.title()), words.get("purpose", "")
    )
    found = found.having(**{name: READ[name](words[name]) for name in READ.keys() & words.keys()})
    match Visibility(words.get("visibility", "invite-only")):
        case Visibility.PUBLIC:
            found = found.listed() if words.get("listed") else found.public()
        case Visibility.HIDDEN:
            found = found.hidden()
        case Visibility.INVITE_ONLY:
            pass
    return found.mandatory() if words.get("mandatory") else found


def happen(simulation: Simulation, event: dict[str, Any]) -> None:
    """One thing that somebody did to a room: ``{join: sales, who: eve}``, ``{write: sales, type: …, content: …}``."""
    verb, room = next(iter(event.items()))
    ref = reference(room) if isinstance(room, str) else COMPANY
    match verb:
        case "join" | "invite" | "ban" | "knock":
            simulation.put(ref, user(event["who"]), Membership(verb))
        case "leave":
            simulation.leave(ref, user(event["who"]))
        case "write":
            simulation.write(ref, (event["type"], ""), event["content"])
        case "list":
            child = simulation.actual[reference(event["child"])].room_id
            simulation.write(ref, ("m.space.child", child), {"via": [SERVER]})
        case "follow":
            simulation.settle(desired(read(room)))
        case "forget":
            del simulation.actual[ref]
        case _:
            pytest.fail(f"nobody knows what {verb} means")


def reference(text: str) -> RoomRef:
    if text == "company":
        return COMPANY
    kind, _, id_ = text.rpartition("/")
    return RoomRef(RoomKind.PARTNER_SPACE if kind == "partner" else RoomKind.GROUP, id_)


def line(action: Action) -> str:
    """An action as a line: ``remove remove-member sales: ann, bob``."""
    room = action.ref.id if action.ref.kind is RoomKind.GROUP else str(action.ref)
    room = "the former room" if action.ref.kind is RoomKind.FORMER else room
    return f"{action.phase.name.lower()} {kind_of(action)} {room}{detail(action)}"


def detail(action: Action) -> str:
    match action:
        case AddMembers(users=users) | RemoveMembers(users=users):
            return ": " + ", ".join(map(short, users))
        case SetState(setting=setting, after=after):
            return f" {setting}: {after if setting != 'powers' else ', '.join(sorted(after))}"
        case LinkChild(parent=parent):
            return f" in {parent}"
        case SetAlias(alias=alias):
            return f" {alias}"
        case TellName(name=name):
            return f" {name}"
        case CreateRoom(settings=settings):
            return f" {settings.join_rule}"
        case _:
            return ""


def short(text: str) -> str:
    return text.removesuffix(f":{SERVER}").removeprefix("@")
