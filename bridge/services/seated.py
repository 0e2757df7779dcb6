"""Who is in a group's room, a page at a time: owners first, people of partners with their organisation. Called by
``groups``; shows only whom the viewer may know of (``rules.meeting``).
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from bridge.domain.directory import Group
from bridge.domain.messages import Text
from bridge.domain.rooms import group_room
from bridge.domain.viewers import Viewer
from bridge.rules.access import Access
from bridge.rules.calling import called
from bridge.rules.facts import Facts
from bridge.rules.meeting import Meeting
from bridge.rules.naming import folded
from bridge.rules.partners import partner_of
from bridge.services.world import NOBODY, World

PAGE: Final = 20
"""People who are shown at once: it is read on a phone, too."""
LAST_PAGE: Final = 500
AT_ONCE: Final = 500
"""People in one turn: some milliseconds."""
OWNER, MODERATOR, MEMBER = range(3)


@dataclass(frozen=True, slots=True, kw_only=True)
class Seat:
    """One of those in the room, by what they are called; ``organisation`` where they are a partner's."""

    name: str
    owner: bool = False
    moderator: bool = False
    organisation: Text | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Seated:
    """The ``page``-th page of so many ``in_all``."""

    seats: Sequence[Seat]
    in_all: int
    page: int

    @property
    def more(self) -> int:
        """How many stand on later pages."""
        return max(0, self.in_all - self.page * PAGE) if self.page < LAST_PAGE else 0


async def seated(
    world: World, access: Access, viewer: Viewer, group: Group, *, but: frozenset[str], page: int
) -> Seated | None:
    """Who is in the room as last seen, ``but`` for these accounts; None where the viewer may not see who is.

    Whoever sits there, or governs the group and reads alone, sees everybody; other insiders, where they may read what
    is said, see the employees.
    """
    meeting, facts = Meeting(access, viewer), access.facts
    governs = (viewer.cleared or viewer.personal) and access.may_inspect(viewer, group.id)
    everybody = governs or meeting.shares(group)
    if not everybody and not (meeting.inside and access.may_read(viewer, group.id)):
        return None
    users = world.joined.get(group_room(group.id), NOBODY).users()
    shown = [user for user in users if user not in but and (everybody or user in facts.employees)]
    page = min(max(page, 1), LAST_PAGE)
    best: list[tuple[int, str, str]] = []
    for start in range(0, len(shown), AT_ONCE):
        some = [
            (_rank(facts, group, user), folded(called(facts, user)), user) for user in shown[start : start + AT_ONCE]
        ]
        best = sorted([*best, *some])[: page * PAGE]
        await asyncio.sleep(0)
    seats = [_seat(facts, rank, user) for rank, _, user in best[(page - 1) * PAGE :]]
    return Seated(seats=seats, in_all=len(shown), page=page)


def _rank(facts: Facts, group: Group, user: str) -> int:
    if user in facts.owners.get(group.id, ()):
        return OWNER
    return MODERATOR if user in facts.moderators.get(group.id, ()) else MEMBER


def _seat(facts: Facts, rank: int, user: str) -> Seat:
    partner = facts.directory.partners.get(partner_of(user, facts.belongs) or "")
    outside = partner is not None and user not in facts.employees
    return Seat(
        name=called(facts, user),
        owner=rank == OWNER,
        moderator=rank == MODERATOR,
        organisation=partner.name if partner and outside else None,
    )
