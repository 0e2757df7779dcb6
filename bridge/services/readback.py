"""Whether a decision has arrived in its group's room: read back from the homeserver once rooms should have followed.

``Policies.take`` stores what is to be looked at; the admin bot tells it by completing its answer (``bots/admin/echo``).
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Final

from bridge.domain.directory import Group, GroupState
from bridge.domain.messages import Message, say, say_n
from bridge.domain.rooms import ActualRoom, Membership, group_room, subspace
from bridge.domain.viewers import Viewer
from bridge.planning.choosing import of_rooms
from bridge.planning.plan import Plan
from bridge.planning.world import frame_of
from bridge.ports.pending import Pending
from bridge.rules.calling import called
from bridge.rules.comparing import COMPARED, LEAVING, differs
from bridge.rules.effects import effect_of
from bridge.rules.reading_back import shown_by
from bridge.services.applying.results import STOPPED
from bridge.services.decided import ToldIn
from bridge.services.policies import Policies
from bridge.services.showing import SETTINGS, invited_by
from bridge.services.watch import LastLook
from bridge.services.world import World

NOT_DELETING: Final = "retention-off"


class Course(StrEnum):
    """How far a decision is."""

    DONE = "done"
    WAITING = "waiting"
    HELD = "held"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True, kw_only=True)
class Echo:
    """What may be told now: ``effects`` are the decided fields in words, ``shown`` is what the room says of them,
    ``reason`` why it is not so. ``person`` says where the one is whom it was about; ``overtaken`` that something else
    was decided since, as ``effects`` say."""

    group: Group
    course: Course
    effects: tuple[Message, ...] = ()
    shown: tuple[Message, ...] = ()
    reason: Message | None = None
    person: Message | None = None
    overtaken: bool = False
    beside: "tuple[Echo, ...]" = ()
    """Of other groups that the same answer is about."""

    @property
    def furthest_behind(self) -> Course:
        """How far all of them are."""
        return max((self.course, *(one.course for one in self.beside)), key=list(Course).index)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadBack:
    """Looks at rooms that decisions were taken about. ``last`` is how the last pass went."""

    policies: Policies
    last: Callable[[], LastLook | None]

    async def open(self) -> tuple[Pending, ...]:
        """The decisions that are still to be told of."""
        async with self.policies.store.view() as view:
            return tuple(await view.pending.open(ToldIn.KIND))

    async def close(self, item: Pending, course: str) -> None:
        """No more of this."""
        async with self.policies.store.work() as work:
            await work.pending.settle(item.key, course, self.policies.clock.now())

    async def look(self, item: Pending, viewer: Viewer) -> Echo | None:
        """How it is now; None when this viewer may not know, or the groups are no more. Raises ``ParvisError``."""
        others = item.document.get("beside", ())
        items = [item, *(replace(item, document={**item.document, **one, "beside": ()}) for one in others)]
        echoes = [echo for one in items if (echo := await self._look(one, viewer))]
        return replace(echoes[0], beside=tuple(echoes[1:])) if echoes else None

    async def _look(self, item: Pending, viewer: Viewer) -> Echo | None:
        access, group_id = self.policies.society.access(), str(item.document["group"])
        if access is None or not access.may_govern(viewer, group_id):
            return None
        world = await self.policies.reconciler.glance(read=False)
        group = world.facts.directory.groups.get(group_id)
        if group is None:
            return None
        decided = tuple(map(str, item.document["fields"]))
        fields = await self._standing(item, decided)
        effects = tuple(effect_of(group, one, world.facts) for one in fields or decided)
        echo = Echo(group=group, course=Course.WAITING, effects=effects)
        if not fields:
            return replace(echo, course=Course.DONE, overtaken=True)
        plan = of_rooms(world.plan, {group_room(group_id), subspace(group_id)})
        if not plan.empty:
            return self._unfinished(echo, plan, item)
        return await self._read(echo, world, fields, item)

    async def _standing(self, item: Pending, fields: tuple[str, ...]) -> tuple[str, ...]:
        """Those of the fields about which nothing else was decided since. Lists grow one by one, and stand."""
        then = item.document.get("values")
        if then is None:  # kept by an earlier version
            return fields
        async with self.policies.store.view() as view:
            known = await view.policies.get(str(item.document["group"]))
        now = known.values if known else {}
        return tuple(one for one in fields if isinstance(then.get(one), list) or then.get(one) == now.get(one))

    def _unfinished(self, echo: Echo, plan: Plan, item: Pending) -> Echo:
        last = self.last()
        if stopped := _why_stopped(last, echo.group, since=item.created_at):
            return replace(echo, course=Course.STOPPED, reason=stopped)
        if plan.held is not None:
            return replace(echo, course=Course.HELD, reason=plan.held.reason)
        return replace(echo, reason=say_n("{count} change is still to come.", "{count} changes are still to come.",
                                          sum(1 for _ in plan.actions)))  # fmt: skip

    async def _read(self, echo: Echo, world: World, fields: tuple[str, ...], item: Pending) -> Echo:
        ref, homeserver = group_room(echo.group.id), self.policies.reconciler.homeserver
        binding, desired = world.bindings.get(ref), world.desired.rooms.get(ref)
        if binding is None or binding.room_id is None or desired is None:
            course = Course.DONE if echo.group.state is GroupState.RETIRED else Course.WAITING
            return replace(echo, course=course, reason=say("There is no room of it now."))
        view = await homeserver.read_room(binding.room_id)
        room = ActualRoom(
            ref=ref,
            room_id=binding.room_id,
            marker=binding.marker,
            version=view.version,
            state=view.state,
            members=view.members,
            published=await homeserver.published(binding.room_id),
            told=binding.told,
        )
        frame = frame_of(world.desired, desired, room, world.room_ids())
        for setting in LEAVING if desired.let_go else COMPARED:
            if differs(desired.settings, setting, room, frame) is not None:
                missing = say("in the room, this has to follow: {setting}.", setting=SETTINGS[str(setting)])
                return replace(echo, reason=missing)
        return replace(echo, course=Course.DONE, shown=shown_by(fields, room), person=_where(item, world, room),
                       reason=_unfollowed(world, echo.group))  # fmt: skip


def _where(item: Pending, world: World, room: ActualRoom) -> Message | None:
    """Where somebody is now who was added or taken out; delegates need not be in the room."""
    user = item.document.get("user")
    if not user or item.document["about"] == "delegates":
        return None
    name, membership = called(world.facts, user), room.members.get(user)
    if membership is Membership.JOIN:
        return say("{user} is in the room.", user=name)
    if membership is Membership.INVITE:
        return say("{user} is invited into the room.", user=name)
    if item.document["present"]:
        later = next((one for one in world.plan.later if (one.ref, one.user) == (room.ref, user)), None)
        return invited_by(later, world.facts) if later else say("{user} is not in the room yet.", user=name)
    return say("{user} is not in the room any more.", user=name)


def _why_stopped(last: LastLook | None, group: Group, *, since: datetime) -> Message | None:
    if last is None or last.at < since or last.result is None:
        return None
    return next((one.text for one in last.result.findings if one.kind == STOPPED and one.group == group.id), None)


def _unfollowed(world: World, group: Group) -> Message | None:
    """What the homeserver does not do, whatever the room says."""
    return next(
        (one.text for one in world.desired.findings if one.kind == NOT_DELETING and one.group == group.id), None
    )
