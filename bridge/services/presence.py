"""Which organisations are in a group's room, and what its people were told of that: the memory behind a pinned notice.

Kept by ``bots.admin.who_is_here``, room by room. Nothing of it leaves the room.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Final

from bridge.domain.directory import Group
from bridge.domain.ids import server_of
from bridge.domain.rooms import ActualRoom, HistoryVisibility, Membership, RoomKind
from bridge.ports.store import Store
from bridge.rules.facts import Facts
from bridge.rules.partners import partner_of
from bridge.services.world import World

WHO: Final = "who-is-here:"
"""Under this and the room's id stands what was told there."""
PINNED: Final = "m.room.pinned_events"


@dataclass(frozen=True, slots=True, kw_only=True)
class Present:
    """Ids of the partners who are in a room: ``inside`` with somebody, ``invited`` with nobody inside yet.

    They are ``called`` so, and the ``servers`` are of those inside. ``readers`` counts who could not read what is said
    before they come; 0 where history is open to whoever comes later.
    """

    inside: tuple[str, ...] = ()
    invited: tuple[str, ...] = ()
    called: tuple[str, ...] = ()
    servers: tuple[str, ...] = ()
    readers: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What was told in a room: the notice is the event ``notice``, and says who was ``inside`` and ``invited``, as
    they were ``called``.

    ``servers`` and ``readers`` are those who have it. ``number`` counts what it said. While ``due`` that is meant and
    perhaps not said, as a new message if ``anew``. ``former`` is a notice that another one followed, ``met`` are
    partners of whose first person the room was told.
    """

    notice: str = ""
    inside: tuple[str, ...] = ()
    invited: tuple[str, ...] = ()
    called: tuple[str, ...] = ()
    servers: tuple[str, ...] = ()
    readers: int = 0
    number: int = 0
    due: bool = False
    anew: bool = False
    former: str = ""
    met: tuple[str, ...] = ()

    @property
    def names_somebody(self) -> bool:
        """Whether another organisation is there by what was told last."""
        return bool(self.inside or self.invited)

    def meaning(self, now: Present) -> "Told":
        """The same, meant to say who is there now, if that is anything new; or to say it again, where somebody came
        who cannot read it. A homeserver does not get single events from before its first member came (Synapse), so the
        first notice waits for the first to come."""
        somebody = bool(now.inside or now.invited)
        blind = now.readers > self.readers or not set(now.servers) <= set(self.servers)
        same = (now.inside, now.invited, now.called) == (self.inside, self.invited, self.called)
        if (same and not (blind and somebody)) or not (self.notice or now.inside):
            return replace(self, readers=now.readers)
        anew = not self.notice or (blind and somebody)
        return replace(
            self,
            inside=now.inside,
            invited=now.invited,
            called=now.called,
            servers=now.servers if anew else self.servers,
            readers=now.readers,
            number=self.number + 1,
            due=True,
            anew=anew,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """One room of a group, as it is and as it was told of."""

    room_id: str
    group: Group
    present: Present
    told: Told
    pinned: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Presence:
    """``teller`` is the user id of the bot that tells. Raises ``StoreError``."""

    store: Store
    teller: str

    async def places(self, world: World) -> Sequence[Place]:
        """All rooms where somebody of a partner may be, or was when they were told of last."""
        groups, room_ids = world.facts.directory.groups, world.room_ids()
        async with self.store.view() as view:
            kept = await view.preferences.of_user(self.teller)
            known = {key.removeprefix(WHO): _told(text) for key, text in kept.items() if key.startswith(WHO)}
            refs = [
                ref
                for ref, room_id in room_ids.items()
                if ref.kind is RoomKind.GROUP
                and ref.id in groups
                and (world.facts.admitted(groups[ref.id]) or room_id in known)
            ]
            rooms = await view.rooms.actual(refs) if refs else {}
        return [_place(world.facts, groups[ref.id], rooms[ref], known) for ref in sorted(rooms)]

    async def keep(self, room_id: str, told: Told) -> None:
        """Remember what is told in a room."""
        async with self.store.work() as work:
            await work.preferences.put(self.teller, WHO + room_id, json.dumps(asdict(told)))


def present_in(facts: Facts, group: Group, room: ActualRoom) -> Present:
    """Who is there of whom the group admits; whoever else is there is about to be removed."""
    admitted = facts.admitted(group)
    states: dict[str, set[Membership]] = {}
    servers: set[str] = set()
    for user, state in room.members.items():
        partner = partner_of(user, facts.claims) if user not in facts.employees else None
        if partner in admitted and state in (Membership.JOIN, Membership.INVITE):
            states.setdefault(str(partner), set()).add(state)
            servers |= {server_of(user)} if state is Membership.JOIN else set()
    inside = tuple(sorted(one for one, found in states.items() if Membership.JOIN in found))
    history = room.content("m.room.history_visibility").get("history_visibility")
    closed = history in (HistoryVisibility.JOINED, HistoryVisibility.INVITED)
    joined = sum(1 for state in room.members.values() if state is Membership.JOIN)
    invited = tuple(sorted(states.keys() - set(inside)))
    names = (facts.partners[one].name for one in (*inside, *invited))
    return Present(
        inside=inside,
        invited=invited,
        called=tuple(word for name in names for word in (name.en, name.fr)),
        servers=tuple(sorted(servers)),
        readers=joined if closed else 0,
    )


def _place(facts: Facts, group: Group, room: ActualRoom, known: Mapping[str, Told]) -> Place:
    pinned = room.content(PINNED).get("pinned")
    return Place(
        room_id=room.room_id,
        group=group,
        present=present_in(facts, group, room),
        told=known.get(room.room_id, Told()),
        pinned=tuple(map(str, pinned)) if isinstance(pinned, list) else (),
    )


def _told(text: str) -> Told:
    kept: dict[str, Any] = json.loads(text)
    values: dict[str, Any] = {name: tuple(one) if isinstance(one, list) else one for name, one in kept.items()}
    return Told(**values)
