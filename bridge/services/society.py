"""People as bots need to know them: who reads along, who may do what, in which language, whose invitations count."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Final

from bridge.domain.directory import Group, GroupState
from bridge.domain.ids import server_of
from bridge.domain.messages import LANGUAGES, Language
from bridge.domain.rooms import group_room
from bridge.domain.viewers import Viewer
from bridge.ports.messenger import Surroundings
from bridge.ports.store import Store
from bridge.rules.access import Access
from bridge.rules.partners import partner_of
from bridge.rules.roles import rights_of
from bridge.rules.viewing import viewer_in
from bridge.services.world import NOBODY, World

LANGUAGE: Final = "language"
AT_ONCE: Final = 500
"""Groups judged in one go: some milliseconds."""


@dataclass(slots=True, kw_only=True)
class Society:
    """``world`` gives the last look, or None before there was one: then nobody is known and nothing is shown."""

    store: Store
    world: Callable[[], World | None]
    server_name: str
    admins: frozenset[str]
    ours: frozenset[str]
    default_language: Language
    _gate: tuple[World | None, Access | None] = field(default=(None, None), init=False)

    def sits_in(self, user: str, group_id: str) -> bool:
        """Whether somebody was in a group's room at the last look, also one who came in by themselves: of these the
        directory knows nothing. For whom the gate lets know the group."""
        world = self.world()
        return world is not None and user in world.joined.get(group_room(group_id), NOBODY)

    def access(self) -> Access | None:
        """The gate, for the world as it is now known."""
        world = self.world()
        if world is not self._gate[0]:
            self._gate = (world, self.gate(world) if world else None)
        return self._gate[1]

    def gate(self, world: World) -> Access:
        """The gate for this world."""
        return Access(world.facts, admins=self.admins, names=world.names, group_at=world.group_at)

    def names_group(self, viewer: Viewer, text: str) -> bool:
        """Whether ``text`` names a group, or a partner, that the viewer may know."""
        access = self.access()
        if access is None:
            return False
        return access.find(viewer, text) is not None or access.find_partner(viewer, text) is not None

    def in_directory(self, text: str) -> bool:
        """Whether ``text`` is somebody's id in the directory."""
        world = self.world()
        return world is not None and text in world.facts.directory.people

    async def visible_groups(
        self, viewer: Viewer, *, retired: bool = False, access: Access | None = None
    ) -> AsyncIterator[Group]:
        """All groups that the viewer may know, in no order; so many at a time that others have their turn. With those
        that are ``retired`` only where these are asked for. The gate is ``access`` where another world is looked at."""
        access = access or self.access()
        groups = list(access.facts.directory.groups) if access else []
        for start in range(0, len(groups), AT_ONCE):
            for group in access.visible_groups(viewer, groups[start : start + AT_ONCE]) if access else ():
                if retired or group.state is not GroupState.RETIRED:
                    yield group
            await asyncio.sleep(0)

    def service_users(self) -> frozenset[str]:
        """Accounts that sit in rooms and read along for nobody: the bots, and the one that joins people."""
        world = self.world()
        return self.ours | world.desired.service_users if world else self.ours

    async def viewer_of(self, surroundings: Surroundings, sender: str) -> Viewer:
        """Who reads an answer to ``sender`` there."""
        world = self.world()
        admitted: frozenset[str] = frozenset()
        if world is not None:
            ref = world.refs.get(surroundings.room_id)
            room = world.desired.rooms.get(ref) if ref else None
            admitted = room.open_to_partners if room else frozenset()
        return viewer_in(
            sender,
            members=surroundings.members,
            history=surroundings.history,
            # Ours that are open to join are open to employees alone, and strangers are removed.
            open_door=surroundings.join_rule == "public" and not self._is_ours(surroundings.room_id),
            governed=self._is_ours(surroundings.room_id),
            ours=self.service_users(),
            belongs=world.facts.belongs if world else {},
            admitted=admitted,
        )

    def _is_ours(self, room_id: str) -> bool:
        world = self.world()
        return world is not None and room_id in world.room_ids().values()

    async def roles_of(self, user_id: str) -> frozenset[str]:
        """What the person may run."""
        access = self.access()
        if access is None:
            return frozenset({"admin"}) if user_id in self.admins else frozenset()
        # As in a room with everybody: owning a hidden group alone must not show in what one may run elsewhere.
        return rights_of(access, Viewer(asker=user_id, readers=frozenset({user_id}), everyone=True)).parts

    async def language_of(self, user_id: str) -> Language:
        """What the person chose, else what the directory says, else the default."""
        async with self.store.view() as view:
            chosen = await view.preferences.get(user_id, LANGUAGE)
        world = self.world()
        declared = world.facts.language_of(user_id) if world else ""
        return next((one for one in (chosen, declared) if one in LANGUAGES), self.default_language)

    async def choose_language(self, user_id: str, language: Language) -> None:
        """The person chose."""
        async with self.store.work() as work:
            await work.preferences.put(user_id, LANGUAGE, language)

    async def admits(self, user_id: str) -> bool:
        """Whether an invitation of this person is accepted: ours, and partners', also of who has no seat yet."""
        world = self.world()
        return server_of(user_id) == self.server_name or (
            world is not None and partner_of(user_id, world.facts.claims) is not None
        )

    def is_own(self, user_id: str) -> bool:
        """Whether this is a user of the bridge itself."""
        return user_id in self.ours
