"""What stands around the activity of the large company: its directory, its rooms, a homeserver that answers at once."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from bench.digest.large import UNTIL, group_id, room_id, user_id
from bridge.domain.activity import moment_of
from bridge.domain.desired import Desired
from bridge.domain.directory import Directory, Group, Person, Visibility
from bridge.domain.messages import Text
from bridge.domain.partners import Partner
from bridge.domain.rooms import OPEN_HISTORY, Binding, group_room
from bridge.planning.plan import Plan
from bridge.ports.conversations import Coming, Opening
from bridge.rules.facts import gather
from bridge.services.world import Roster, World

SERVER: Final = "corp.example"
VISIBILITIES: Final = (*[Visibility.INVITE_ONLY] * 14, *[Visibility.PUBLIC] * 5, Visibility.HIDDEN)
"""Groups take turns."""
PARTNERS: Final = 500
"""Each has somebody who answers for it, and so a digest with a part about it."""
NEW: Final = 100
"""Of so many rooms one was made this week."""
END: Final = moment_of(UNTIL)
"""When the digests' week ends."""


def world_of(people: Sequence[Sequence[int]]) -> World:
    """The company in which each person is in these groups; the first one in a group owns it."""
    members: dict[int, list[int]] = {}
    for person, groups in enumerate(people, start=1):
        for group in groups:
            members.setdefault(group, []).append(person)
    directory = Directory(
        people={
            f"p{number}": Person(id=f"p{number}", user=user_id(number), name=f"Person {number}")
            for number in range(1, len(people) + 1)
        },
        groups={group_id(number): _group(number, inside) for number, inside in members.items()},
        partners={
            f"partner-{number}": Partner(
                id=f"partner-{number}", name=Text(en=f"Partner {number}"), sponsor=f"p{number}"
            )
            for number in range(1, min(PARTNERS, len(people)) + 1)
        },
    )
    refs = {number: group_room(group_id(number)) for number in members}
    return World(
        facts=gather(directory, today=END.date(), server_name=SERVER),
        names={},
        desired=Desired(),
        bindings={ref: Binding(ref=ref, marker=ref.id, room_id=room_id(number)) for number, ref in refs.items()},
        joined={refs[number]: Roster.of(map(user_id, inside)) for number, inside in members.items()},
        plan=Plan(),
    )


def _group(number: int, inside: Sequence[int]) -> Group:
    return Group(
        id=group_id(number),
        name=Text(en=f"Group {number}", fr=f"Groupe {number}"),
        visibility=VISIBILITIES[number % len(VISIBILITIES)],
        owners=(f"p{inside[0]}",),
        members=tuple(f"p{person}" for person in inside),
    )


def _partner(number: int) -> Partner:
    return Partner(id=f"partner-{number}", name=Text(en=f"Partner {number}"), sponsor=f"p{number}")


class Answering:
    """The homeserver's answers without the homeserver: a title for every message, two who came into every other
    room."""

    async def opening(self, room_id: str, event_id: str) -> Opening | None:
        """A message of three lines, which everybody in the room may read."""
        said = {"msgtype": "m.text", "body": f"> earlier\n\nWhat about **{event_id[1:9]}** in *March*?\nWe may ask."}
        return Opening(room=room_id, event=event_id, sender=user_id(1), said=said, history=min(OPEN_HISTORY))

    async def comings(self, room_id: str, *, since: datetime, most: int) -> Sequence[Coming]:
        """The same two, here and there."""
        came = (1, 2) if int(room_id.removeprefix("!room")) % 2 else ()
        return [Coming(user_id(number), since + timedelta(days=number)) for number in came][:most]

    async def named(self, room_id: str, user: str) -> str:
        """Whoever is in no directory."""
        del room_id
        return user[1:].partition(":")[0].title()

    async def made(self, room_id: str) -> datetime | None:
        """A few this week, most long ago."""
        recent = int(room_id.removeprefix("!room")) % NEW == 0
        return END - (timedelta(days=3) if recent else timedelta(weeks=100))
