"""The floor of planning: load the directory, expand nesting, compare plain sets; nothing else that a plan is made of.

``python -m bench.floor_planning DIRECTORY.json ROOMS.pickle`` prints its figures. Started by ``planning``. It is the
plain script that anybody would write, with garbage collection as Python comes; switched off, it takes a quarter less.
"""

import json
import pickle
import resource
import sys
import time
from pathlib import Path
from typing import Any


def expand(groups: list[dict[str, Any]], users: dict[str, str]) -> dict[str, set[str]]:
    """User ids by group id, nested groups first; a circle ends where it began."""
    by_id = {group["id"]: group for group in groups}
    found: dict[str, set[str]] = {}

    def members_of(group_id: str) -> set[str]:
        if group_id not in found:
            found[group_id] = mine = set()
            for member in by_id[group_id]["members"]:
                if member.startswith("group:"):
                    mine |= members_of(member[6:])
                elif member in users:
                    mine.add(users[member])
                elif member.startswith("@"):
                    mine.add(member)
        return found[group_id]

    for group_id in by_id:
        members_of(group_id)
    return found


def main() -> None:
    """Measure once."""
    with open(sys.argv[2], "rb") as file:
        actual: dict[str, set[str]] = pickle.load(file)
    begin, busy = time.perf_counter(), time.process_time()
    directory = json.loads(Path(sys.argv[1]).read_bytes())
    users = {person["id"]: person["user"] for person in directory["people"] if person["active"]}
    desired = expand(directory["groups"], users)
    nobody: set[str] = set()
    come = {group_id: members - actual.get(group_id, nobody) for group_id, members in desired.items()}
    gone = {group_id: actual.get(group_id, nobody) - members for group_id, members in desired.items()}
    seconds = time.perf_counter() - begin
    print(
        json.dumps(
            {
                "seconds": seconds,
                "cpu": time.process_time() - busy,
                "mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
                "memberships": sum(map(len, desired.values())),
                "changes": sum(map(len, come.values())) + sum(map(len, gone.values())),
            }
        )
    )


if __name__ == "__main__":
    main()
