"""Doing one action: a table from each kind of action to the calls that carry it out."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from bridge.domain.desired import Setting
from bridge.domain.errors import ErrorKind, HomeserverError
from bridge.domain.findings import Finding
from bridge.domain.ids import server_of
from bridge.domain.messages import say
from bridge.domain.rooms import Membership, RoomKind
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
from bridge.planning.finding import address_stays
from bridge.ports.homeserver import RESERVED, RoomCreation
from bridge.ports.store import UnitOfWork
from bridge.rules.state import child_content, content_of, initial_state, power_levels, room_name
from bridge.services import stuck
from bridge.services.applying.hands import Hands
from bridge.services.applying.ledger import Note
from bridge.services.applying.memberships import Absences, Batch, Change, Changed, absences_after, check_of
from bridge.services.applying.parting import let_go, set_aside
from bridge.services.applying.telling import Inside
from bridge.services.breaches import What, note_listed

BATCH: Final = 10
"""Memberships per entry of the audit log: enough to keep writing cheap, few enough to look up after a crash."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Doing(Hands):
    """Carries out actions of one run."""

    async def do(self, action: Action) -> Sequence[Finding]:
        """Carry out one action; gives what could not be done of it.

        Raises ``HomeserverError`` when the room should be left alone for the rest of the run.
        """
        return await TABLE[type(action)](self, action)

    async def create_room(self, action: CreateRoom) -> Sequence[Finding]:
        binding = self.bindings[action.ref]
        if binding.room_id:
            return ()
        for space in action.settings.allow:
            if space in self.bindings:
                # Raises where it could not be made: without it the room would have to be opened later, which is held.
                self.room_id(space)
        if action.settings.encrypted:
            await self.sealed()
        frame = self.frame(action.ref)
        creation = RoomCreation(
            name=room_name(action.settings, frame),
            space=action.settings.space,
            federate=action.settings.federate,
            version=self.room_version,
            power_levels=power_levels(action.settings, frame),
            initial_state=initial_state(action.settings, frame),
        )

        async def act() -> Note:
            room_id = await self.homeserver.create_room(creation)
            self.bindings[action.ref] = replace(binding, room_id=room_id, version=self.room_version)
            self.room_ids[action.ref] = room_id
            self.made.add(action.ref)

            async def note(work: UnitOfWork) -> None:
                await work.rooms.bind(action.ref, room_id, self.room_version)

            return note

        await self.record(action, "create", {"check": {"room": str(action.ref), "marker": binding.marker}}, act)
        if frame.service_user:
            await self._let_in_service_user(self.room_id(action.ref), frame.service_user)
        return ()

    async def _join_directly(self, room_id: str, user_id: str) -> None:
        """Join somebody; where that is refused, the service account may not be in the room (yet, or any more)."""
        try:
            await self.homeserver.join_directly(room_id, user_id)
        except HomeserverError as error:
            if error.kind is not ErrorKind.REFUSED or self.homeserver.service_user is None:
                raise
            await self._let_in_service_user(room_id, self.homeserver.service_user)
            await self.homeserver.join_directly(room_id, user_id)

    async def _let_in_service_user(self, room_id: str, user_id: str) -> None:
        await self.homeserver.invite(room_id, user_id)
        await self.homeserver.join_directly(room_id, user_id)

    async def set_state(self, action: SetState) -> Sequence[Finding]:
        event_type, state_key, content = content_of(action.settings, action.setting, self.frame(action.ref))
        room_id = self.room_id(action.ref)
        if action.setting is Setting.SUCCESSOR and action.settings.successor:
            self.room_id(action.settings.successor)  # raises where it could not be made
        if action.setting is Setting.ENCRYPTION:
            await self.sealed()

        async def act() -> Note:
            await self.homeserver.set_state(room_id, event_type, state_key, content)

            async def note(work: UnitOfWork) -> None:
                await work.rooms.note_state(room_id, (event_type, state_key), content)

            return note

        check = {"room": str(action.ref), "state": [event_type, state_key], "content": content}
        await self.record(action, "set", {"setting": str(action.setting), "check": check}, act)
        return ()

    async def publish(self, action: Publish) -> Sequence[Finding]:
        room_id = self.room_id(action.ref)
        seen = not action.published
        if not action.published:
            await self._note_listed(action, room_id, What.PUBLISHED)

        async def act() -> Note:
            nonlocal seen
            await self.homeserver.publish(room_id, action.published)
            # Synapse answers 200 and yet leaves a room out whose publication its rules forbid: only reading tells.
            seen = await self.homeserver.published(room_id)

            async def note(work: UnitOfWork) -> None:
                await work.rooms.note_directory(room_id, published=seen)

            return note

        await self.record(action, "publish", {"check": {"room": str(action.ref), "published": action.published}}, act)
        if seen == action.published:
            return ()
        return (
            self.finding(
                "publication",
                action,
                str(action.ref),
                say(
                    "The homeserver did not publish {room}. Allow the bot in room_list_publication_rules of Synapse.",
                    room=self.name_of(action.ref),
                ),
            ),
        )

    async def set_alias(self, action: SetAlias) -> Sequence[Finding]:
        room_id = self.room_id(action.ref)
        if not action.present:
            async with self.ledger.store.work() as work:
                await stuck.forget(work, action.ref, action.alias)
            await self._note_listed(action, room_id, What.ADDRESS, action.alias)

        async def act() -> Note:
            if action.present:
                await self.homeserver.add_alias(action.alias, room_id)
            else:
                await self.homeserver.remove_alias(action.alias)
            aliases = await self.homeserver.aliases(room_id)

            async def note(work: UnitOfWork) -> None:
                await work.rooms.note_directory(room_id, aliases=aliases)

            return note

        check = {"room": str(action.ref), "alias": action.alias, "present": action.present}
        try:
            await self.record(action, "alias", {"check": check}, act)
        except HomeserverError as error:
            if action.present or error.errcode != RESERVED:
                raise
            # Somebody gave it by hand. The room goes on without: its people must not wait for that.
            async with self.ledger.store.work() as work:
                service, now = self.homeserver.service_user, self.ledger.clock.now()
                await stuck.keep(work, action.ref, action.alias, by=service, now=now)
            return (address_stays(action.ref, action.alias, self.bindings.get(action.ref)),)
        return ()

    async def _note_listed(self, action: Action, room_id: str, what: What, subject: str = "") -> None:
        """A hidden group's room never is in the directory, nor has an address: its members are told, whoever did it."""
        if self.compartments.get(action.ref) and action.ref.kind is RoomKind.GROUP:
            async with self.ledger.store.work() as work:
                await note_listed(work, action.ref, room_id, what, subject, now=self.ledger.clock.now())

    async def link_child(self, action: LinkChild) -> Sequence[Finding]:
        if not action.present and action.parent not in self.room_ids:
            return ()  # a space that ended before lists nothing
        parent, child = self.room_id(action.parent), self.room_id(action.ref)
        server, order, suggested = self.homeserver.server_name, action.order, action.suggested
        content = child_content(server, order=order, suggested=suggested) if action.present else {}

        async def act() -> Note:
            await self.homeserver.set_state(parent, "m.space.child", child, content)

            async def note(work: UnitOfWork) -> None:
                await work.rooms.note_state(parent, ("m.space.child", child), content)

            return note

        check = {"room": str(action.parent), "state": ["m.space.child", child], "content": content}
        await self.record(action, "link", {"check": check}, act)
        return ()

    async def add_members(self, action: AddMembers) -> Sequence[Finding]:
        return await self._memberships(action, "add", self._adding(action))

    async def remove_members(self, action: RemoveMembers) -> Sequence[Finding]:
        room_id = self.room_id(action.ref)

        async def remove(user: str) -> Membership:
            await self.homeserver.remove(room_id, user)
            return Membership.LEAVE

        return await self._memberships(action, "remove", remove)

    def _adding(self, action: AddMembers) -> Change:
        """Employees are joined at once where that is possible; nobody is put into a hidden room unasked."""
        room_id = self.room_id(action.ref)
        direct = self.homeserver.joins_directly and not self.compartments.get(action.ref)

        async def add(user: str) -> Membership:
            if direct and user in self.employees and server_of(user) == self.homeserver.server_name:
                await self._join_directly(room_id, user)
                return Membership.JOIN
            await self.homeserver.invite(room_id, user)
            return Membership.INVITE

        return add

    async def _memberships(self, action: AddMembers | RemoveMembers, kind: str, change: Change) -> Sequence[Finding]:
        """Change one after the other: within a room the homeserver does them one at a time anyway."""
        room_id, compartment = self.room_id(action.ref), self.compartments.get(action.ref, "")
        findings: list[Finding] = []
        for start in range(0, len(action.users), BATCH):
            if self.going.stopped:
                break
            users = action.users[start : start + BATCH]
            details = [{"reason": str(action.reason), "check": check_of(action, user)} for user in users]
            batch = Batch(dict(zip(users, await self.ledger.mean(kind, compartment, details), strict=True)))
            await batch.change(change, own_server=self.homeserver.server_name, going=self.going)

            absent = absences_after(action, batch)

            async def note(work: UnitOfWork, changed: Changed = batch.changed, absent: Absences = absent) -> None:
                await work.rooms.note_members(room_id, changed, at=self.ledger.clock.now())
                if absent:
                    await work.rooms.note_absence(room_id, absent)

            await self.ledger.conclude(done=batch.done, failed=batch.failed, note=note)
            findings += [self.finding(f"{kind}-member", action, user, text) for user, text in batch.refused]
            if batch.stopped is not None:
                raise batch.stopped
        return findings

    async def tell_name(self, action: TellName) -> Sequence[Finding]:
        room_id = self.room_id(action.ref)
        binding = self.bindings[action.ref]

        async def act() -> Note:
            inside = Inside(self.homeserver, self.messenger, room_id)
            await inside.tell_name(action.name, marker=binding.marker, language=self.language)

            async def note(work: UnitOfWork) -> None:
                await work.rooms.told(action.ref, action.name)

            return note

        await self.record(action, "tell-name", {}, act)
        return ()


TABLE: Final[dict[type[Action], Callable[[Doing, Any], Awaitable[Sequence[Finding]]]]] = {
    CreateRoom: Doing.create_room,
    SetState: Doing.set_state,
    Publish: Doing.publish,
    SetAlias: Doing.set_alias,
    LinkChild: Doing.link_child,
    AddMembers: Doing.add_members,
    RemoveMembers: Doing.remove_members,
    TellName: Doing.tell_name,
    SetAside: set_aside,
    LetGo: let_go,
}
