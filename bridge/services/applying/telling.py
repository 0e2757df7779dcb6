"""The real name of a hidden group, told inside its room alone (DESIGN section 7).

A room has one name and every invitee's server reads it, so a hidden room carries a cover name. The message with the
real name has to be readable for those who join later, although the room's history is ``joined``: it is sent while
history is ``shared``. Whatever anybody else said in that moment would become readable too, so where somebody is in the
room, nobody may speak meanwhile.
"""

from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from bridge.domain.errors import HomeserverError
from bridge.domain.messages import Language
from bridge.domain.rooms import Content, Membership
from bridge.ports.homeserver import Homeserver
from bridge.ports.messenger import Messenger
from bridge.rules.settings import BOT

HISTORY: Final = "m.room.history_visibility"
POWERS: Final = "m.room.power_levels"
SENTENCES: Final = {"en": "This room belongs to “{name}”.", "fr": "Ce salon est celui de « {name} »."}


@dataclass(frozen=True, slots=True)
class Inside:
    """One hidden room, as the bot in it."""

    homeserver: Homeserver
    messenger: Messenger
    room_id: str

    async def tell_name(self, name: str, *, marker: str, language: Language) -> None:
        """Send the name and pin it. Repeating it sends no second message."""
        surroundings = await self.messenger.surroundings(self.room_id)
        ours = {self.homeserver.bot, self.homeserver.service_user, self.messenger.user_id}
        others = {
            user for user, membership in surroundings.members.items() if membership is not Membership.LEAVE
        } - ours
        claim = "name:" + sha256(f"{marker}\0{name}".encode()).hexdigest()
        content = {"msgtype": "m.notice", "body": SENTENCES[language].format(name=name), "m.mentions": {}}
        event_id = await (self._in_silence(content, claim) if others else self._for_those_who_come(content, claim))
        await self.homeserver.set_state(self.room_id, "m.room.pinned_events", "", {"pinned": [event_id]})

    async def _in_silence(self, content: Content, claim: str) -> str:
        """After a crash in between, the next look closes history first and then gives people their voices back."""
        levels = (await self.homeserver.read_room(self.room_id)).state.get((POWERS, ""), {})
        events: dict[str, int] = levels.get("events", {})
        raised = {kind: max(level, BOT) for kind, level in events.items()}
        silent = {**levels, "events_default": BOT, "state_default": BOT, "events": raised}
        await self.homeserver.set_state(self.room_id, POWERS, "", silent)
        try:
            return await self._for_those_who_come(content, claim)
        finally:
            await self.homeserver.set_state(self.room_id, POWERS, "", levels)

    async def _for_those_who_come(self, content: Content, claim: str) -> str:
        """Send while history is open. After a crash in between, the next look closes it before anybody is let in."""
        await self._history("shared")
        try:
            event_id = await self.messenger.send(self.room_id, content, claim=claim)
        except HomeserverError:
            await self._history("joined")
            raise
        await self._history("joined")
        return event_id

    async def _history(self, visibility: str) -> None:
        await self.homeserver.set_state(self.room_id, HISTORY, "", {"history_visibility": visibility})
