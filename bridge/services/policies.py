"""Decisions about groups, on behalf of somebody: looked at first, then stored, audited and followed.

Commands in chat and verbs of the command line come here. Who may not know a group gets the answer for one that does
not exist; what a file pins is refused with the file's name.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Final

from bridge.domain.directory import Group, GroupState, Visibility
from bridge.domain.errors import ErrorKind, ParvisError
from bridge.domain.messages import say
from bridge.domain.policy import Creator, Critical, GroupPolicy, Template, Value
from bridge.domain.rooms import group_room
from bridge.domain.viewers import Viewer
from bridge.ports.clock import Chance, Clock
from bridge.ports.store import Store
from bridge.rules.access import Access
from bridge.rules.decisions import VISIBILITIES, check, reasons, refuse_pinned
from bridge.rules.entering import names_of
from bridge.rules.policy import known_field
from bridge.rules.references import References
from bridge.services.absences import ask_into_group
from bridge.services.decided import Naming, NotAllowed, Proposal, Reserved, ToldIn, entries_of, merged, taken_key
from bridge.services.doorstep import for_the_first_time, short_reason
from bridge.services.foreseeing import Foresight, foresee
from bridge.services.reconcile import Reconciler
from bridge.services.ruling import PolicyKeeper
from bridge.services.society import Society
from bridge.services.unchanging import alike, nothing_new, of_one, refuse_staying, staying_in_public
from bridge.services.world import NOBODY, World

DELEGATES: Final = "delegates"
PARENT: Final = "parent"
APPROVAL_LASTS: Final = timedelta(days=7)
CREATORS: Final[Mapping[Visibility, Creator]] = {
    Visibility.PUBLIC: Creator.EMPLOYEES,
    Visibility.INVITE_ONLY: Creator.EMPLOYEES,
    Visibility.HIDDEN: Creator.ADMINS,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Policies:
    """``creators`` may make groups of each visibility; ``changed`` is called once a decision is stored, after it
    was ``heeded``: known to whoever asks next; ``files`` are
    the names of the policy file (True) and of the directory (False); ``rules`` has the templates. ``critical``
    decisions take a second person, and wait for anybody's word for ``approval_lasts``."""

    society: Society
    store: Store
    reconciler: Reconciler
    clock: Clock
    chance: Chance
    changed: Callable[[], None]
    heeded: Callable[[], Awaitable[None]] | None = None
    creators: Mapping[Visibility, Creator] = field(default_factory=lambda: CREATORS)
    files: Mapping[bool, str] = field(default_factory=dict)
    rules: PolicyKeeper | None = None
    critical: frozenset[Critical] = frozenset()
    approval_lasts: timedelta = APPROVAL_LASTS

    async def templates(self) -> Mapping[str, Template]:
        """The templates that a group may name, by their names."""
        if self.rules is None:
            return {}
        return (await self.rules.read(again=False, keep=False)).policy.templates

    async def propose(
        self,
        viewer: Viewer,
        text: str,
        values: Mapping[str, Value],
        unset: frozenset[str] = frozenset(),
        *,
        granted: bool = False,
    ) -> Proposal | None:
        """That these ``values``, by field, count for the group that ``text`` names, and nothing is decided any more
        about the ``unset`` fields. ``granted``: administrators allowed what is theirs to allow.

        None when there is no such group for this viewer. Raises ``NotAllowed``, also as ``Reserved``, ``Pinned``,
        ``BadValue``.
        """
        found = self._governed(viewer, text)
        if found is None:
            return None
        access, group = found
        references, meant = References(access, viewer, group), dict[str, Value]()
        for written, value in values.items():
            name = check(group, written, value, self.files)
            meant[name] = references.meant(name, value)
        for name in unset:
            refuse_pinned(group, known_field(name), self.files)
        if DELEGATES in meant or DELEGATES in unset:
            _refuse_delegating(access, viewer, group)
        if PARENT in meant:
            _refuse_placing(access, viewer, group, str(meant[PARENT]))
        proposal = await self._foreseen(viewer, group, meant, frozenset(map(known_field, unset)))
        if not granted:
            self.refuse_creating(viewer, proposal)
        return proposal

    async def propose_state(self, viewer: Viewer, text: str, state: GroupState) -> Proposal | None:
        """That the group is archived, retired, or open again; else as ``propose``."""
        if state is not GroupState.ACTIVE:
            return await self.propose(viewer, text, {"state": state.value})
        proposal = await self.propose(viewer, text, {}, frozenset({"state"}))
        if proposal is None or proposal.after.state is GroupState.ACTIVE:
            return proposal
        return await self.propose(viewer, text, {"state": state.value})  # it has vanished from the directory

    def find(self, viewer: Viewer, text: str) -> Group | None:
        """The group that ``text`` names, if the asker governs it. Raises ``NotAllowed``."""
        found = self._governed(viewer, text)
        return found[1] if found else None

    async def propose_naming(self, viewer: Viewer, text: str, name: str, who: str, *, present: bool) -> Proposal | None:
        """That a person is, or is no longer, among the ``owners``, ``moderators``, ``delegates`` or ``members``; else
        as ``propose``.

        Where nobody decided before, the decision begins with who is there.
        """
        found = self._governed(viewer, text)
        if found is None:
            return None
        access, group = found
        check(group, name, [], self.files)
        if name == DELEGATES:
            _refuse_delegating(access, viewer, group)
        user = References(access, viewer, group).person(name, who, present=present)
        async with self.store.view() as view:
            known = await view.policies.get(group.id)
        said = known.values.get(name) if known else None
        before = list(said) if isinstance(said, list) else [*getattr(group, name)] if name != "members" else []
        naming = Naming(field=name, user=user, present=present, names=names_of(access.facts, user))
        proposal = await self._foreseen(viewer, group, {name: naming.among(before)}, frozenset(), naming)
        joined = self._now()[0].joined.get(group_room(group.id), NOBODY)
        if present and proposal.unchanged and user not in joined:
            proposal = replace(proposal, unchanged=None, kept=True)  # they left or did not answer, and are asked again
        stays = (
            staying_in_public(naming, proposal.after, access.facts)
            if user in joined and user in access.insiders
            else None
        )
        if stays and proposal.unchanged:
            proposal = replace(proposal, unchanged=stays)
        return replace(proposal, naming=naming, named=(user,) if present else (), aside=(stays,) if stays else ())

    def _governed(self, viewer: Viewer, text: str) -> tuple[Access, Group] | None:
        access = self.society.access()
        group = access.find(viewer, text) if access else None
        if access is None or group is None:
            return None
        if not access.may_know(viewer.unaided, group.id):
            raise NotAllowed(say("Through broken glass one sees {group}, and decides nothing.", group=group.name))
        if not access.may_govern(viewer, group.id):
            raise NotAllowed(say("Its owners and administrators decide about {group}.", group=group.name))
        return access, group

    def refuse_creating(self, viewer: Viewer, proposal: Proposal) -> None:
        """Raise ``NotAllowed`` where the asker may not make groups of this visibility, as ``Reserved`` where they can
        ask for it. Making a group hidden that was not is like making a hidden one, and below a group that one
        administers one makes groups as administrators do, save hidden ones."""
        access, after, asker = self._now()[1], proposal.after, viewer.asker
        visibility, who = after.visibility, self.creators[after.visibility]
        delegated = visibility is not Visibility.HIDDEN and access.administers(asker, after.parent)
        allowed = {
            Creator.EMPLOYEES: asker in access.insiders,
            Creator.ADMINS: access.is_admin(asker) or delegated,
            Creator.NOBODY: False,
        }
        known = not proposal.created and proposal.group.visibility is visibility
        if known or viewer.cleared or allowed[who]:
            return
        if who is Creator.NOBODY:
            raise NotAllowed(say("Here, such groups come from files alone."))
        message = say("Here, {visibility} groups are made by administrators alone.",
                      visibility=VISIBILITIES[visibility])  # fmt: skip
        raise Reserved(message, proposal)

    def _now(self) -> tuple[World, Access]:
        world, access = self.society.world(), self.society.access()
        if world is None or access is None:
            raise ParvisError(say("The directory has not been read yet."), kind=ErrorKind.CONFLICT)
        return world, access

    async def foresee_new(self, viewer: Viewer, policy: GroupPolicy) -> Proposal:
        """What a group that does not exist yet would be. Raises ``BadValue``."""
        world, access = self._now()
        seen = await foresee(self.reconciler, world, access, viewer, policy)
        return self._proposal(seen, seen.after, policy.values, frozenset(), created=True)

    async def _foreseen(
        self,
        viewer: Viewer,
        group: Group,
        values: Mapping[str, Value],
        unset: frozenset[str],
        naming: Naming | None = None,
    ) -> Proposal:
        async with self.store.view() as view:
            known = await view.policies.get(group.id)
        policy = merged(known, group.id, values, unset, by=viewer.asker, at=self.clock.now())
        world, access = self._now()
        seen = await foresee(self.reconciler, world, access, viewer, policy)
        if naming and access.facts.people_of(group.id).intersection({naming.user, *naming.names}):
            refuse_staying(naming, seen.after, seen.facts)
        proposal = self._proposal(seen, group, values, unset, created=False)
        if not alike(group, seen.after):
            return proposal
        message, kept = nothing_new(values, known, policy)
        named = naming is not None and not (kept and naming.present)
        return replace(
            proposal, unchanged=of_one(naming, group, seen.facts) if naming and named else message, kept=kept
        )

    @staticmethod
    def _proposal(
        seen: Foresight, group: Group, values: Mapping[str, Value], unset: frozenset[str], *, created: bool
    ) -> Proposal:
        return Proposal(
            group=group,
            after=seen.after,
            values=values,
            unset=unset,
            created=created,
            reasons=tuple(dict.fromkeys(reasons(group, seen.after, seen.past, seen.facts))),
            changes=seen.changes,
            facts=seen.facts,
        )

    async def taken(self, proposal: Proposal, origin: str) -> bool:
        """Whether the event ``origin`` took this decision before, if it is repeated after a crash."""
        async with self.store.view() as view:
            return await view.pending.get(taken_key(origin, proposal.after.id)) is not None

    async def take(
        self,
        proposal: Proposal,
        *,
        actor: str,
        origin: str,
        approved: str = "",
        reason: str = "",
        answered: ToldIn | None = None,
    ) -> None:
        """Take the decision, once per event ``origin``: stored and audited in one unit of work, then followed.
        ``approved`` is who else said yes, where that was needed; ``reason`` is what the ``actor`` gave as theirs;
        ``answered`` where it is to be told that it arrived.
        """
        now, after = self.clock.now(), proposal.after
        async with self.store.work() as work:
            if not await for_the_first_time(work, taken_key(origin, after.id), now):
                return
            for user in proposal.named:
                await ask_into_group(work, self._now()[0], after.id, user)
            known = await work.policies.get(after.id)
            policy = merged(known, after.id, proposal.values_now(known), proposal.unset, by=actor, at=now)
            await work.policies.put(replace(policy, created=policy.created or proposal.created))
            before = known.values if known else {}
            entries = entries_of(proposal, before, policy.values, actor=actor, origin=origin, at=now,
                                 approved=approved, reason=short_reason(reason))  # fmt: skip
            await work.audit.intend([replace(entry, id=self.chance.token()) for entry in entries])
            if answered is not None:
                await work.pending.put(answered.item(proposal, actor=actor, origin=origin, at=now))
        if self.heeded:
            await self.heeded()
        self.changed()


def _refuse_delegating(access: Access, viewer: Viewer, group: Group) -> None:
    """Rights are given from above. Raises ``NotAllowed``."""
    if not access.may_delegate(viewer, group.id):
        message = say("Administrators, and delegates for a group above {group}, decide who its delegates are.",
                      group=group.name)  # fmt: skip
        raise NotAllowed(message)


def refuse_standing(access: Access, viewer: Viewer, above: str) -> None:
    """In whose space a group stands is theirs to say. Raises ``NotAllowed``."""
    if above and not access.may_govern(viewer, above):
        message = say("What stands below {group} is decided by its owners, its delegates and administrators: {people}.",
                      group=access.facts.directory.groups[above].name,
                      people=tuple(sorted(access.facts.owners.get(above) or access.admins)))  # fmt: skip
        raise NotAllowed(message)


def _refuse_placing(access: Access, viewer: Viewer, group: Group, above: str) -> None:
    """Nobody gives away a say in what is not theirs. Raises ``NotAllowed``."""
    if not access.may_place(viewer, group.id, above):
        message = say(
            "Other groups are below {group}, and delegates would decide for these, too: an administrator can move it.",
            group=group.name,
        )
        raise NotAllowed(message)
    if above != group.parent:
        refuse_standing(access, viewer, above)
