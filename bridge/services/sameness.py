"""Saying that a group of the directory is one of before under another id. Made by ``app.group_same``.

The group of before keeps its id here, and with it its room, its decisions, its audit chain and whatever else is kept:
what is said is one value in one unit of work, and the next look follows it.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, TypeAlias

from bridge.domain.directory import Group, Visibility
from bridge.domain.errors import InputError
from bridge.domain.messages import Text, say
from bridge.domain.policy import Value
from bridge.domain.problems import InvalidInput, Problem, Spot
from bridge.domain.rooms import group_room
from bridge.domain.viewers import OPEN
from bridge.planning.world import compartment_of_binding
from bridge.ports.clock import Chance, Clock
from bridge.ports.store import AuditEntry, Outcome, Store, UnitOfWork
from bridge.rules.awaiting import folded, names_of
from bridge.rules.replacing import PEOPLE, Filed, becoming, lost
from bridge.services.renamed import keep, renamed
from bridge.services.world import World

SAME: Final = "group-same"
OTHER: Final = "group-other"
HIDDEN: Final = "visibility: hidden"
"""As the policy file says it."""

Pair: TypeAlias = tuple[str, str]
"""A group of before, and the one that it is now: ids."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What becomes of a group that is the same: how visible it was and will be, and what its source of before said and
    that of now does not (``rules.replacing.lost``)."""

    pair: Pair
    name: Text
    before: Visibility
    after: Visibility
    lost: Mapping[str, Value]
    unnamed: int
    """How many people of these have no account, by which another source would know them."""
    unsaid: bool
    """Whether nobody says how visible it is to be."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SameGroups:
    """What was found, and what is said of it. ``world`` is a look that was just taken, ``by`` who says it. ``filed`` is
    what the policy file says of groups that it names, by either id."""

    store: Store
    world: World
    clock: Clock
    chance: Chance
    by: str
    filed: Filed = field(default_factory=dict)

    def meant(self, old: str, new: str) -> Pair:
        """The pair that two ids or names mean, as far as one group alone is called so. Raises ``InputError``."""
        groups = self.world.facts.directory.groups
        gone = {id_: groups[id_] for id_ in self.world.sameness.vanished if id_ in groups}
        return _only(old, gone), self.meant_new(new)

    def meant_new(self, word: str) -> str:
        """The same for a group that is there now."""
        known = {**self.world.facts.directory.groups, **self.world.sameness.held}
        return _only(word, {id_: one for id_, one in known.items() if id_ not in self.world.sameness.vanished})

    def change(self, pair: Pair) -> Change | None:
        """What would become of it; None where nothing but its room is known of the group of before."""
        old, new = pair
        groups = self.world.facts.directory.groups
        was, now = groups.get(old), self.world.sameness.held.get(new) or groups.get(new)
        if was is None or now is None:
            return None
        filed = {**self.filed.get(new, {}), **self.filed.get(old, {})}
        gone = {**lost(was, now, filed), **self._leaders(was, now, filed)}
        found = {name: self._named(name, value) for name, value in gone.items()}
        return Change(
            pair=pair,
            name=was.name,
            before=was.visibility,
            after=becoming(was, now, self.filed.get(old, {})),
            lost={name: value for name, value in found.items() if value != []},
            unnamed=sum(_count(gone[name]) - _count(found[name]) for name in gone),
            unsaid="visibility" not in now.declared | now.decided,
        )

    def _leaders(self, was: Group, now: Group, filed: Collection[str]) -> dict[str, Value]:
        """Who leads its room, where all whom the source of before named went with that."""
        leading = self.world.sameness.leading.get(was.id, {})
        silent = (was.declared & leading.keys()).difference(now.declared, filed)
        return {name: list(leading[name]) for name in sorted(silent) if leading[name] and not getattr(was, name)}

    def _named(self, name: str, value: Value) -> Value:
        """People by their accounts: another source has other ids of theirs."""
        if name not in PEOPLE or not isinstance(value, list):
            return value
        known = self.world.facts.directory.people
        users = (known[one].user if one in known else one for one in value)
        return [user for user in users if user.startswith("@")]

    async def say_same(self, pairs: Sequence[Pair], spots: Sequence[Spot] = (), wrong: Sequence[Problem] = ()) -> None:
        """These are the same, all of them or, raising ``InputError``, none. ``spots`` are where they are written, and
        ``wrong`` is what is written there beside them and means none."""
        now = self.clock.now()
        problems = list(wrong)
        async with self.store.work() as work:
            said = await renamed(work)
            for at, (old, new) in enumerate(pairs):
                try:
                    await self._check(work, old, new)
                    self._check_once(pairs[:at], old, new)
                except InputError as error:
                    if not spots:
                        raise
                    problems.append(Problem(spots[at], error.message))
                said = {**{one: other for one, other in said.items() if one != new}, new: old}
            if problems:
                raise InvalidInput(sorted(problems, key=lambda one: one.spot.line))
            await keep(work, said, at=now)
            await work.audit.intend([self._entry(SAME, old, new, now) for old, new in pairs])

    async def say_other(self, news: Sequence[str]) -> Mapping[str, str]:
        """These are none of before but others, with rooms of their own; gives the ids of the groups that they were said
        to be before. All of them or, raising ``InputError``, none."""
        now = self.clock.now()
        async with self.store.work() as work:
            said = await renamed(work)
            for new in news:
                if new not in said:
                    self._check_new(new)
            were = {new: said[new] for new in news if said.get(new, new) != new}
            await keep(work, {**said, **{new: new for new in news}}, at=now)
            await work.audit.intend([self._entry(OTHER, were.get(new, new), new, now) for new in dict.fromkeys(news)])
        return were

    @staticmethod
    def _check_once(before: Sequence[Pair], old: str, new: str) -> None:
        for one in (old, new):
            if any(one in pair for pair in before):
                raise InputError(say("{group} stands in two pairs.", group=one))

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
        if self._hidden(old) and not stays and self._opens(old, new):
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
        held = self.world.sameness.held.get(group)
        known = held or self.world.facts.directory.groups.get(group)
        room = self.world.bindings.get(group_room(group))
        secret = room is not None and compartment_of_binding(room) != OPEN
        return secret or (known is not None and known.visibility is Visibility.HIDDEN)

    def _opens(self, old: str, new: str) -> bool:
        """Whether it would be open for want of a word about it."""
        change = self.change((old, new))
        if change is not None:
            return change.unsaid and change.after is not Visibility.HIDDEN
        now = self.world.sameness.held.get(new) or self.world.facts.directory.groups.get(new)
        silent = now is not None and "visibility" not in now.declared | now.decided
        return silent and now is not None and now.visibility is not Visibility.HIDDEN

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


def _count(value: Value) -> int:
    return len(value) if isinstance(value, list) else 1


def _only(word: str, groups: Mapping[str, Group]) -> str:
    """The id of the only group of these that is called so; else the word itself, which may be an id."""
    if word in groups:
        return word
    found = sorted(id_ for id_, group in groups.items() if folded(word) in names_of(group))
    if len(found) > 1:
        several = say("Several groups are called {name}, so an id is needed: {ids}.", name=word, ids=tuple(found))
        raise InputError(several)
    return found[0] if found else word
