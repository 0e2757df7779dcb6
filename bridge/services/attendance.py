"""Who is not in a group's room, though invited or belonging there, and why: told to those who govern the group."""

from dataclasses import dataclass

from bridge.domain.messages import DayOf
from bridge.domain.rooms import Absence, Membership, group_room
from bridge.ports.store import Store
from bridge.rules.calling import called
from bridge.rules.facts import Facts
from bridge.services.doorstep import handle_of, requests_for


@dataclass(frozen=True, slots=True, kw_only=True)
class Attendance:
    """People by what they are called, in order of their user ids. ``invited`` tells since which day, where known;
    ``asking`` the handles of open requests."""

    invited: tuple[tuple[str, DayOf | None], ...] = ()
    left: tuple[str, ...] = ()
    blocked: tuple[str, ...] = ()
    lapsed: tuple[str, ...] = ()
    asking: tuple[tuple[str, str], ...] = ()


async def attendance_of(store: Store, facts: Facts, group: str) -> Attendance:
    """As last seen."""
    ref = group_room(group)
    async with store.view() as view:
        room = (await view.rooms.actual([ref])).get(ref)
        since = await view.rooms.waiting(ref)
        asking = await requests_for(view, group)
    invited = sorted(user for user, state in room.members.items() if state is Membership.INVITE) if room else []
    out = room.out if room else {}

    def absent(why: Absence) -> tuple[str, ...]:
        return tuple(called(facts, user) for user in sorted(out) if out[user] is why)

    return Attendance(
        invited=tuple((called(facts, user), DayOf(since[user]) if user in since else None) for user in invited),
        left=absent(Absence.LEFT),
        blocked=absent(Absence.BLOCKED),
        lapsed=absent(Absence.LAPSED),
        asking=tuple((called(facts, one.asker), handle_of(one.key)) for one in asking),
    )
