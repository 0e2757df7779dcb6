"""A homeserver in a few lines: what each action does to a room. Properties and cases apply plans with it."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from bridge.domain.desired import Desired, RoomSettings
from bridge.domain.rooms import Absence, ActualRoom, Binding, Content, Membership, RoomRef, StateKey
from bridge.planning.actions import (
    Action,
    AddMembers,
    CreateRoom,
    LetGo,
    LinkChild,
    Publish,
    RemoveMembers,
    SetAlias,
    SetAside,
    SetState,
    TellName,
)
from bridge.planning.plan import Brake, Plan
from bridge.planning.planner import plan
from bridge.rules.naming import plain_marker
from bridge.rules.state import CHILD, Frame, child_content, content_of, initial_state, power_levels, room_name
from tests.world import BOT, SERVER

CARELESS = Brake(
    max_removals=10**9, max_removal_share=1.0, max_archivings=10**9, max_loosenings=10**9, max_room_share=1.0
)


@dataclass(slots=True)
class Simulation:
    """Rooms and bindings that change as actions are applied; ``version`` is the version of new rooms."""

    actual: dict[RoomRef, ActualRoom] = field(default_factory=dict)
    bindings: dict[RoomRef, Binding] = field(default_factory=dict)
    version: str = "12"
    made: int = 0

    def copy(self) -> "Simulation":
        return Simulation(dict(self.actual), dict(self.bindings), self.version, self.made)

    def plan(self, desired: Desired, brake: Brake = CARELESS, unasked: Desired | None = None) -> Plan:
        return plan(desired, self.actual, self.bindings, server_name=SERVER, brake=brake, unasked=unasked)

    def settle(self, desired: Desired) -> "Simulation":
        """Apply all that there is to do."""
        return self.apply(desired, self.plan(desired).actions)

    def apply(self, desired: Desired, actions: Iterable[Action]) -> "Simulation":
        for action in actions:
            self.do(desired, action)
        return self

    def do(self, desired: Desired, action: Action) -> None:
        match action:
            case CreateRoom(ref=ref, settings=settings):
                self._create(desired, ref, settings)
            case SetState(ref=ref, setting=setting, settings=settings):
                event_type, key, content = content_of(settings, setting, self.frame(desired, ref))
                self.write(ref, (event_type, key), content)
            case Publish(ref=ref, published=published):
                self.actual[ref] = replace(self.actual[ref], published=published)
            case SetAlias(ref=ref, alias=alias, present=present):
                others = tuple(known for known in self.actual[ref].aliases if known != alias)
                self.actual[ref] = replace(self.actual[ref], aliases=(*others, alias) if present else others)
            case LinkChild(ref=ref, parent=parent, order=place, suggested=suggested):
                content = child_content(SERVER, order=place, suggested=suggested) if action.present else {}
                if action.present or parent in self.actual:  # a space that is gone lists nothing
                    self.write(parent, (CHILD, self.actual[ref].room_id), content)
            case AddMembers() | RemoveMembers():
                self._seat(action)
            case TellName(ref=ref, name=name):
                self.actual[ref] = replace(self.actual[ref], told=name)
            case SetAside() | LetGo():
                self._part(action)

    def _seat(self, action: AddMembers | RemoveMembers) -> None:
        if isinstance(action, AddMembers):
            for user in action.users:
                self.put(action.ref, user, Membership.JOIN if user.endswith(f":{SERVER}") else Membership.INVITE)
            return
        room = self.actual[action.ref]
        members = {user: state for user, state in room.members.items() if user not in action.users}
        self.actual[action.ref] = replace(room, members=members)

    def _part(self, action: SetAside | LetGo) -> None:
        ref = action.ref
        if isinstance(action, SetAside):
            binding, room = self.bindings.pop(ref), self.actual.pop(ref)
            self.bindings[action.former] = replace(binding, ref=action.former, of=ref.id, secret=action.secret)
            self.actual[action.former] = replace(room, ref=action.former)
            return
        assert set(self.actual[ref].members) <= {BOT} | self._banned(ref)
        del self.actual[ref], self.bindings[ref]

    def _banned(self, ref: RoomRef) -> set[str]:
        return {user for user, state in self.actual[ref].members.items() if state is Membership.BAN}

    def frame(self, desired: Desired, ref: RoomRef) -> Frame:
        hidden = ref in desired.rooms and desired.rooms[ref].hidden
        return Frame(
            bot=BOT,
            room_version=self.actual[ref].version if ref in self.actual else self.version,
            marker=self._marker(ref, hidden=hidden),
            room_ids={known: binding.room_id for known, binding in self.bindings.items() if binding.room_id},
            service_user=None if hidden else desired.service_user,
        )

    def _marker(self, ref: RoomRef, *, hidden: bool) -> str:
        return self.bindings[ref].marker if hidden or ref not in self.actual else plain_marker(ref)

    def _create(self, desired: Desired, ref: RoomRef, settings: RoomSettings) -> None:
        self.made += 1
        hidden = ref in desired.rooms and desired.rooms[ref].hidden
        marker = f"marker{self.made:04d}" if hidden else plain_marker(ref)
        self.bindings[ref] = Binding(ref=ref, marker=marker)
        frame = self.frame(desired, ref)
        state: dict[StateKey, Content] = {(kind, key): content for kind, key, content in initial_state(settings, frame)}
        create: dict[str, Any] = {"room_version": self.version}
        if not settings.federate:
            create["m.federate"] = False
        state["m.room.create", ""] = create
        state["m.room.name", ""] = {"name": room_name(settings, frame)}
        # Synapse keeps this key of its own whatever creating asks for.
        state["m.room.power_levels", ""] = {**power_levels(settings, frame), "historical": 100}
        room_id = f"!room{self.made}"
        self.bindings[ref] = Binding(ref=ref, marker=marker, room_id=room_id, version=self.version)
        self.actual[ref] = ActualRoom(
            ref=ref, room_id=room_id, marker=marker, version=self.version, state=state, members={BOT: Membership.JOIN}
        )

    def write(self, ref: RoomRef, key: StateKey, content: Content) -> None:
        """Somebody writes a state event."""
        self.actual[ref] = replace(self.actual[ref], state={**self.actual[ref].state, key: content})

    def put(self, ref: RoomRef, user: str, membership: Membership) -> None:
        """Somebody's membership becomes this."""
        room = self.actual[ref]
        self.actual[ref] = replace(
            room,
            members={**room.members, user: membership},
            out={one: why for one, why in room.out.items() if one != user},
        )

    def leave(self, ref: RoomRef, user: str) -> None:
        """Somebody leaves by themselves."""
        room = self.actual[ref]
        members = {known: state for known, state in room.members.items() if known != user}
        self.actual[ref] = replace(room, members=members, out={**room.out, user: Absence.LEFT})
