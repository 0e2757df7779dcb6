"""One measured plan, in a process of its own, as the bridge plans large worlds. Started by ``planning``.

``prepare`` writes rooms as they are for both sides; ``measure`` loads, plans and prints its figures.
"""

import gc
import json
import pickle
import random
import resource
import sys
import time
from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Final

from bridge.adapters.directory.files import DirectoryFile, Format
from bridge.domain.desired import Desired
from bridge.domain.rooms import ActualRoom, Binding, Membership, RoomKind, RoomRef
from bridge.planning.actions import AddMembers, RemoveMembers
from bridge.planning.desiring import desire_from
from bridge.planning.planner import plan
from bridge.rules.facts import gather
from bridge.rules.naming import plain_marker
from bridge.rules.settings import House
from bridge.rules.state import CHILD, Frame, child_content, initial_state, power_levels, room_name

SERVER: Final = "corp.test"
BOT: Final = f"@parvis:{SERVER}"
HOUSE: Final = House(server_name=SERVER, language="fr")
TODAY: Final = date(2026, 11, 22)

Rooms = tuple[dict[RoomRef, ActualRoom], dict[RoomRef, Binding]]


def read(path: Path) -> Desired:
    """The desired world of a directory file, and how long its parts took is up to the caller."""
    reading = DirectoryFile(format=Format.JSON, path=path, server_name=SERVER).read_now()
    return desire_from(gather(reading.directory, today=TODAY, server_name=SERVER), HOUSE, bot=BOT)


def settled(desired: Desired) -> Rooms:
    """Rooms that are just as they should be."""
    bindings = {
        ref: _binding(number, ref, hidden=room.hidden) for number, (ref, room) in enumerate(desired.rooms.items())
    }
    room_ids = {ref: binding.room_id for ref, binding in bindings.items() if binding.room_id}
    actual: dict[RoomRef, ActualRoom] = {}
    for ref, room in desired.rooms.items():
        frame = Frame(bot=BOT, room_version="12", marker=bindings[ref].marker, room_ids=room_ids)
        state = {(kind, key): content for kind, key, content in initial_state(room.settings, frame)}
        state["m.room.name", ""] = {"name": room_name(room.settings, frame)}
        state["m.room.power_levels", ""] = power_levels(room.settings, frame)
        state["m.room.create", ""] = {"room_version": "12", "m.federate": room.settings.federate}
        actual[ref] = ActualRoom(
            ref=ref,
            room_id=room_ids[ref],
            marker=frame.marker,
            version="12",
            state=state,
            members={**dict.fromkeys(room.members, Membership.JOIN), BOT: Membership.JOIN},
            published=room.settings.published,
            told=room.settings.told_name,
            aliases=(room.settings.alias,) if room.settings.alias else (),
        )
    for ref, room in desired.rooms.items():
        for parent in room.settings.parents:
            actual[parent].state[CHILD, room_ids[ref]] = child_content(  # type: ignore[index]
                SERVER, order=room.settings.order, suggested=room.settings.suggested
            )
    return actual, bindings


def _binding(number: int, ref: RoomRef, *, hidden: bool) -> Binding:
    marker = f"marker{number:016x}" if hidden else plain_marker(ref)
    return Binding(ref=ref, marker=marker, room_id=f"!{number:043x}", version="12")


def disturbed(rooms: Rooms, changes: int) -> Rooms:
    """The same after an ordinary day: people came and went, a few rooms drifted."""
    actual, bindings = rooms
    chance = random.Random(1)
    groups = [ref for ref in actual if ref.kind is RoomKind.GROUP]
    for number in range(changes):
        room = actual[chance.choice(groups)]
        members = dict(room.members)
        if number % 2:
            members.pop(next(iter(members)), None)
            members[BOT] = Membership.JOIN
        else:
            members[f"@stray{number}:evil.test"] = Membership.JOIN
        state = dict(room.state)
        if number % 10 == 0:
            state["m.room.name", ""] = {"name": "Mischief"}
        actual[room.ref] = replace(room, members=members, state=state)
    return actual, bindings


def prepare(directory: Path, folder: Path) -> None:
    """Write both situations for both sides: nothing there, and everything in step but for a few changes."""
    desired = read(directory)
    rooms = disturbed(settled(desired), changes=100)
    plain = {ref.id: set(room.members) for ref, room in rooms[0].items() if ref.kind is RoomKind.GROUP}
    for name, value in (
        ("ours-first", ({}, {})),
        ("ours-typical", rooms),
        ("floor-first", {}),
        ("floor-typical", plain),
    ):
        (folder / f"{name}.pickle").write_bytes(pickle.dumps(value, protocol=5))


def measure(directory: Path, rooms: Path) -> None:
    """Plan once and print what it took."""
    gc.disable()  # as the bridge's own planning process does: millions of values, no garbage
    with rooms.open("rb") as file:
        actual, bindings = pickle.load(file)
    busy = time.process_time()
    marks = [time.perf_counter()]
    reading = DirectoryFile(format=Format.JSON, path=directory, server_name=SERVER).read_now()
    marks.append(time.perf_counter())
    facts = gather(reading.directory, today=TODAY, server_name=SERVER)
    marks.append(time.perf_counter())
    desired = desire_from(facts, HOUSE, bot=BOT)
    marks.append(time.perf_counter())
    made = plan(desired, actual, bindings, server_name=SERVER)
    marks.append(time.perf_counter())
    busy = time.process_time() - busy
    steps = dict(zip(("load", "gather", "desire", "plan"), _differences(marks), strict=True))
    print(
        json.dumps(
            {
                "seconds": marks[-1] - marks[0],
                "cpu": busy,
                "mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
                "memberships": sum(len(room.members) for room in desired.rooms.values()),
                "actions": sum(1 for _ in made.actions),
                "changes": sum(len(a.users) if isinstance(a, AddMembers | RemoveMembers) else 1 for a in made.actions),
                "steps": {name: round(seconds, 2) for name, seconds in steps.items()},
            }
        )
    )


def _differences(marks: list[float]) -> Iterable[float]:
    return (after - before for before, after in pairwise(marks))


if __name__ == "__main__":
    if sys.argv[1] == "prepare":
        prepare(Path(sys.argv[2]), Path(sys.argv[3]))
    else:
        measure(Path(sys.argv[2]), Path(sys.argv[3]))
