"""The directory from a realm of Keycloak, asked through its admin API: all of it or nothing. Made by the wiring.

What it says is put into the form of an export, so that files and servers are understood in one way (``keycloak``).
"""

import asyncio
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from bridge.adapters.directory.drafts import Draft, problems_of
from bridge.adapters.directory.files import faults_of
from bridge.adapters.directory.keycloak import keycloak_draft, path_below
from bridge.adapters.directory.keycloak_calls import Json, MovedError, Realm, RealmSession, Row, realm_session
from bridge.adapters.directory.stamps import stamp_of
from bridge.domain.directory import Visibility
from bridge.domain.errors import ErrorKind, ParvisError
from bridge.domain.messages import say
from bridge.domain.problems import InvalidInput, Spot
from bridge.files.trees import Listing, Path, Scalar, Table, Tree
from bridge.ports.clock import Clock
from bridge.ports.directory import Reading

AT_ONCE: Final = 4
"""Questions under way: each group is asked for its members, and Keycloak serves others too."""
ATTEMPTS: Final = 3
LARGE: Final = 3_000
"""People and groups from which on planning belongs into a process of its own (as for files)."""
OF_USERS: Final = (
    "id", "username", "enabled", "firstName", "lastName", "email", "attributes", "serviceAccountClientId",
)  # fmt: skip
WHOLE: Final = "false"
"""For ``briefRepresentation``: with attributes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeycloakPlace:
    """Which realm, and what its groups get that do not say how visible they are. Can be sent to another process."""

    realm: Realm
    server_name: str
    visibility: Visibility = Visibility.INVITE_ONLY

    async def read(self, clock: Clock) -> Reading:
        """The whole reading. Raises ``InvalidInput`` with all problems of the content, ``ParvisError`` when there is no
        whole answer."""
        async with realm_session(self.realm, clock) as session:
            found = await _in_peace(session)
        return await asyncio.to_thread(self._understood, found)

    def _understood(self, found: "Found") -> Reading:
        realm = keycloak_draft(tree_of(found.realm), self.server_name, self.visibility)
        directory = realm.draft.directory()
        faults = [*realm.faults, *faults_of(realm.draft, directory, self.server_name)]
        problems = problems_of(faults, lambda path: self._spot(realm.draft, path))
        if not all(problem.warning for problem in problems):
            raise InvalidInput(problems)
        stamp = stamp_of(directory, found.lost)
        return Reading(directory=directory, warnings=problems, stamp=stamp, lost=found.lost)

    def _spot(self, draft: Draft, path: Path) -> Spot:
        """The account or the group behind a path of the draft."""
        if len(path) < 2 or not isinstance(path[1], int):
            return Spot(str(self.realm))
        person = path[0] == "people"
        return Spot(str(self.realm), path=draft.people[path[1]].user if person else draft.groups[path[1]].name.en)


@dataclass(frozen=True, slots=True)
class Found:
    """A realm in the form of an export; ``lost`` counts, by group, the members whom nobody is."""

    realm: Row
    lost: dict[str, int]


async def _in_peace(session: RealmSession) -> Found:
    """All that the realm says, read again while it changes in the middle."""
    for attempt in range(1, ATTEMPTS + 1):
        try:
            return await gathered(session)
        except MovedError as moved:
            if attempt == ATTEMPTS:
                message = moved.message or say(
                    "{url} changes while it is read, again and again: this answer counts for nothing.",
                    url=str(session.realm),
                )
                raise ParvisError(message, kind=ErrorKind.TEMPORARY) from moved
    raise AssertionError("there is a last attempt")


async def gathered(session: RealmSession) -> Found:
    """All that a realm says. Groups come first: who is added meanwhile is then in the next reading, whole."""
    groups = [await _whole(session, group, "") for group in await session.listed("groups", briefRepresentation=WHOLE)]
    members = await _members(session, [group["id"] for group in _each(groups)])
    rows = await session.listed("users", briefRepresentation=WHOLE)
    users: dict[str, Row] = {row["id"]: {key: row[key] for key in OF_USERS if key in row} for row in rows}
    count = int(await session.get("users", "count"))
    if not users or len(users) < count:
        raise MovedError(
            say("{url} shows {shown} of {count} people: give the client's service account the role view-users of"
                " realm-management.", url=str(session.realm), shown=len(users), count=count)
        )  # fmt: skip
    if len(users) != len(rows):
        raise MovedError
    lost: Counter[str] = Counter()
    for group in _each(groups):
        for member in members[group["id"]]:
            if member in users:
                users[member].setdefault("groups", []).append(group["id"])
            else:
                lost[group["id"]] += 1
    return Found({"groups": groups, "users": list(users.values())}, dict(lost))


async def _whole(session: RealmSession, group: Row, above: str) -> Row:
    """A group with those in it. From version 23 on they are asked for, before they come along."""
    inner, count = group.get("subGroups") or [], group.get("subGroupCount") or 0
    if len(inner) < count:
        inner = await session.listed("groups", group["id"], "children", briefRepresentation=WHOLE)
        if len(inner) < count:
            raise MovedError
    path = group.get("path") or path_below(above, group["name"])
    return {**group, "path": path, "subGroups": [await _whole(session, one, path) for one in inner]}


def _each(groups: list[Row]) -> Iterator[Row]:
    for group in groups:
        yield group
        yield from _each(group["subGroups"])


async def _members(session: RealmSession, groups: list[str]) -> dict[str, list[str]]:
    """The ids of who is directly in each group."""
    found: dict[str, list[str]] = {}
    waiting = iter(groups)

    async def ask() -> None:
        for group in waiting:
            rows = await session.listed("groups", group, "members", briefRepresentation="true")
            found[group] = [row["id"] for row in rows]

    try:
        async with asyncio.TaskGroup() as tasks:
            for _ in range(AT_ONCE):
                tasks.create_task(ask())
    except BaseExceptionGroup as failed:
        raise failed.exceptions[0] from None  # they are one answer, and it is lost with the first
    return found


def tree_of(value: Json) -> Tree:
    """What an answer says, as a document without lines."""
    if isinstance(value, dict):
        return Table({key: tree_of(one) for key, one in value.items()}, dict.fromkeys(value, 0))
    if isinstance(value, list):
        return Listing(tuple(map(tree_of, value)))
    if isinstance(value, bool):
        return Scalar("true" if value else "false")
    return Scalar("" if value is None else str(value))


@dataclass(slots=True, kw_only=True)
class KeycloakSource:
    """Asks a realm, again and again."""

    place: KeycloakPlace
    clock: Clock
    _rows: int = field(default=0, init=False)

    async def read(self) -> Reading:
        """As the port says."""
        reading = await self.place.read(self.clock)
        self._rows = len(reading.directory.people) + len(reading.directory.groups)
        return reading

    def is_large(self) -> bool:
        """Whether the last reading was; before the first nobody knows."""
        return self._rows >= LARGE
