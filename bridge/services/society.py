"""People as bots need to know them: who reads along, who may do what, in which language, whose invitations count."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from bridge.domain.ids import server_of
from bridge.domain.messages import LANGUAGES, Language
from bridge.domain.viewers import Viewer
from bridge.ports.messenger import Surroundings
from bridge.ports.store import Store
from bridge.rules.access import Access
from bridge.rules.partners import partner_of
from bridge.rules.roles import Role, rights_of
from bridge.rules.viewing import viewer_in
from bridge.services.world import World

LANGUAGE: Final = "language"


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
    _languages: tuple[World | None, Mapping[str, str]] = field(default=(None, {}), init=False)

    def access(self) -> Access | None:
        """The gate, for the world as it is now known."""
        world = self.world()
        if world is not self._gate[0]:
            self._gate = (world, Access(world.facts, admins=self.admins) if world else None)
        return self._gate[1]

    def service_users(self) -> frozenset[str]:
        """Accounts that sit in rooms and read along for nobody: the bots, and the one that joins people."""
        world = self.world()
        return self.ours | world.desired.service_users if world else self.ours

    async def viewer_of(self, surroundings: Surroundings, sender: str) -> Viewer:
        """Who reads an answer to ``sender`` there."""
        world = self.world()
        admitted: frozenset[str] = frozenset()
        if world is not None:
            ref = {room_id: ref for ref, room_id in world.room_ids().items()}.get(surroundings.room_id)
            room = world.desired.rooms.get(ref) if ref else None
            admitted = room.open_to_partners if room else frozenset()
        return viewer_in(
            sender,
            members=surroundings.members,
            history=surroundings.history,
            # Ours that are open to join are open to employees alone, and strangers are removed.
            open_door=surroundings.join_rule == "public" and not self._is_ours(surroundings.room_id),
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
        rights = rights_of(access, Viewer(asker=user_id, readers=frozenset({user_id}), everyone=True))
        return frozenset(role.name.lower() for role in Role if rights.allows(role))

    async def language_of(self, user_id: str) -> Language:
        """What the person chose, else what the directory says, else the default."""
        async with self.store.view() as view:
            chosen = await view.preferences.get(user_id, LANGUAGE)
        if chosen in LANGUAGES:
            return chosen
        return self._declared().get(user_id, self.default_language)

    def _declared(self) -> Mapping[str, str]:
        """Languages that the directory declares, by user id; gathered once per world."""
        world, languages = self.world(), self._languages[1]
        if world is not self._languages[0]:
            people = world.facts.directory.people.values() if world else ()
            languages = {one.user: one.language for one in people if one.language in LANGUAGES}
            self._languages = (world, languages)
        return languages

    async def choose_language(self, user_id: str, language: Language) -> None:
        """The person chose."""
        async with self.store.work() as work:
            await work.preferences.put(user_id, LANGUAGE, language)

    async def admits(self, user_id: str) -> bool:
        """Whether an invitation of this person is accepted: ours, and partners'."""
        world = self.world()
        return server_of(user_id) == self.server_name or (
            world is not None and partner_of(user_id, world.facts.belongs) is not None
        )

    def is_own(self, user_id: str) -> bool:
        """Whether this is a user of the bridge itself."""
        return user_id in self.ours
