"""Saying that a group of the directory is one of before under another id. Made by ``app.group_same``.

The group of before keeps its id here, and with it its room, its decisions, its audit chain and whatever else is kept:
what is said is one value in one unit of work, and the next look follows it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, TypeAlias

from bridge.domain.directory import Visibility
from bridge.domain.errors import InputError
from bridge.domain.messages import say
from bridge.domain.rooms import group_room
from bridge.domain.viewers import OPEN
from bridge.planning.world import compartment_of_binding
from bridge.ports.clock import Chance, Clock
from bridge.ports.store import AuditEntry, Outcome, Store, UnitOfWork
from bridge.services.renamed import keep, renamed
from bridge.services.world import World

SAME: Final = "group-same"
OTHER: Final = "group-other"
HIDDEN: Final = "visibility: hidden"
"""As the policy file says it."""

Pair: TypeAlias = tuple[str, str]
"""A group of before, and the one that it is now: ids."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SameGroups:
    """What was found, and what is said of it. ``world`` is a look that was just taken, ``by`` who says it."""

    store: Store
    world: World
    clock: Clock
    chance: Chance
    by: str

    async def say_same(self, pairs: Sequence[Pair]) -> None:
        """These are the same, all of them or, raising ``InputError``, none."""
        now = self.clock.now()
        async with self.store.work() as work:
            said = await renamed(work)
            for old, new in pairs:
                await self._check(work, old, new)
                said = {**{one: other for one, other in said.items() if one != new}, new: old}
            await keep(work, said, at=now)
            await work.audit.intend([self._entry(SAME, old, new, now) for old, new in pairs])

    async def say_other(self, new: str) -> str:
        """It is none of before but another one, with a room of its own; gives the id of the group that it was said to
        be before, if any. Raises ``InputError``."""
        now = self.clock.now()
        async with self.store.work() as work:
            said = await renamed(work)
            if new not in said:
                self._check_new(new)
            old = said.get(new, "")
            await keep(work, {**said, new: new}, at=now)
            await work.audit.intend([self._entry(OTHER, old or new, new, now)])
        return "" if old == new else old

    async def _check(self, work: UnitOfWork, old: str, new: str) -> None:
        if old not in self.world.sameness.vanished:
            raise InputError(say("{group} is no group with a room that vanished from the directory.", group=old))
        self._check_new(new)
        if group_room(new) in {binding.ref for binding in await work.rooms.bindings()}:
            raise InputError(
                say("{group} has a room of its own already, in which people may have talked, and two rooms cannot"
                    " become one, not even once that one is archived. Both stay: that of the group of before is"
                    " archived in its time, and {other} says that they are two.",
                    group=new, other=f"parvis group other {new}")
            )  # fmt: skip
        if await work.policies.get(new) is not None:
            raise InputError(
                say("Commands decided about {group} already, which the group of before would not follow. Take that back"
                    " first: parvis undo, or !group unset.", group=new)
            )  # fmt: skip
        decided = await work.policies.get(old)
        stays = decided is not None and decided.values.get("visibility") == Visibility.HIDDEN
        if self._hidden(old) and not stays and self._unsaid(new):
            raise InputError(
                say("{old} is hidden, and nothing says so of {new}, whose name its room would show. Say it first, in"
                    " the policy file: {setting} under the group {new}.", old=old, new=new, setting=HIDDEN)
            )  # fmt: skip

    def _check_new(self, new: str) -> None:
        if new not in self.world.facts.directory.groups and new not in self.world.sameness.waiting:
            raise InputError(say("There is no group {id}.", id=new))
        if new in self.world.sameness.vanished:
            raise InputError(say("{group} has vanished from the directory itself.", group=new))

    def _hidden(self, group: str) -> bool:
        known = self.world.facts.directory.groups.get(group)
        waiting = (one.becomes for one in self.world.sameness.alike if one.new == group)
        room = self.world.bindings.get(group_room(group))
        secret = room is not None and compartment_of_binding(room) != OPEN
        return secret or Visibility.HIDDEN in (*waiting, known.visibility if known else None)

    def _unsaid(self, new: str) -> bool:
        """Whether it is open for want of a word about it."""
        known = self.world.facts.directory.groups.get(new)
        waiting = [(one.becomes, one.unsaid) for one in self.world.sameness.alike if one.new == new]
        comes = waiting or ([(known.visibility, "visibility" not in known.declared | known.decided)] if known else [])
        return any(unsaid and visibility is not Visibility.HIDDEN for visibility, unsaid in comes)

    def _entry(self, kind: str, group: str, new: str, now: datetime) -> AuditEntry:
        return AuditEntry(
            id=self.chance.token(),
            at=now,
            actor=self.by,
            compartment=group if self._hidden(group) or self._hidden(new) else OPEN,
            kind=kind,
            run="",
            detail={"group": group, "after": new},
            outcome=Outcome.DONE,
            outcome_at=now,
        )
