"""The hidden group that the secrecy check watches: made and retired by decisions like any other, and followed at once.

For ``running``. Repeated after a crash, both do what is left to do.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from bridge.domain.directory import GroupState, Visibility
from bridge.domain.errors import ErrorKind, ParvisError
from bridge.domain.messages import say
from bridge.domain.policy import GroupPolicy, Value
from bridge.domain.rooms import group_room
from bridge.domain.viewers import COMMAND_LINE
from bridge.planning.choosing import of_rooms
from bridge.services.policies import Policies

STATE: Final = "state"
PATIENCE: Final = 60.0
"""Seconds in which a group's room is made or emptied; others may be at work on it meanwhile."""
AGAIN: Final = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class CanaryGroup:
    """``id`` is the group's."""

    policies: Policies
    id: str

    async def make(self, name: str, member: str) -> str:
        """A hidden group of this name, with a ``member`` if there is one; gives its room's id. Raises ``ParvisError``.

        Not encrypted, and part of digests: what is said in it has to be there to be found.
        """
        people: list[str] = [member] if member else []
        await self._decide({
            "name": name, "visibility": Visibility.HIDDEN.value, "encrypted": False, "digest": True,
            "owners": people, "members": people,
        })  # fmt: skip
        room_id = await self._followed()
        if not room_id:
            raise ParvisError(say("The hidden group of the secrecy check got no room."), kind=ErrorKind.TEMPORARY)
        return room_id

    async def retire(self) -> None:
        """Nobody is in it any more, and its room is let go. Raises ``ParvisError``."""
        async with self.policies.store.view() as view:
            known = await view.policies.get(self.id)
        if known is None:
            return
        if known.values.get(STATE) != GroupState.RETIRED.value:
            await self._decide({**known.values, STATE: GroupState.RETIRED.value})
        await self._followed()

    async def _decide(self, values: Mapping[str, Value]) -> None:
        policies = self.policies
        policy = GroupPolicy(group=self.id, created=True, values=values, at=policies.clock.now())
        proposal = await policies.foresee_new(COMMAND_LINE, policy)
        proposal = replace(proposal, unset=frozenset({STATE} - values.keys()))
        await policies.take(proposal, actor="", origin=f"secrecy {policies.chance.token()}")

    async def _followed(self) -> str:
        """Apply what is planned for the group's room until nothing is left; gives the room's id, if it has one."""
        reconciler, clock, ref = self.policies.reconciler, self.policies.clock, group_room(self.id)
        end = clock.monotonic() + PATIENCE
        while True:
            world = await reconciler.look(read=False)
            plan = of_rooms(world.plan, {ref})
            if plan.empty:
                return world.room_ids().get(ref, "")
            if clock.monotonic() >= end:
                raise ParvisError(say("The room of the secrecy check does not become as it should."),
                                  kind=ErrorKind.TEMPORARY)  # fmt: skip
            try:
                await reconciler.apply(world, plan)
            except ParvisError as error:
                if error.kind is not ErrorKind.CONFLICT:  # somebody else is at work on it
                    raise
                await clock.sleep(AGAIN)
