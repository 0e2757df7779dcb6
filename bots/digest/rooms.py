"""The rooms of groups, for digests that are posted there for all who are in them. Called by ``courier``, and by the
command that asks for one.
"""

from dataclasses import dataclass

import structlog

from bots.kit.rendering import message_content
from bots.kit.speaking import Speaker
from bridge.domain.directory import Group
from bridge.domain.document import document, paragraph
from bridge.domain.errors import ErrorKind, HomeserverError
from bridge.domain.messages import Message, say
from bridge.domain.rooms import group_room
from bridge.domain.sending import Because
from bridge.services.society import Society

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupRooms:
    """``keeper`` speaks in them, as the user who keeps them; ``bot`` with people alone. All of it raises
    ``HomeserverError``."""

    society: Society
    keeper: Speaker
    bot: Speaker

    async def place(self, group: str) -> str | Because:
        """The room of a group, or why nothing can be posted there: what the bridge writes is not encrypted."""
        world = self.society.world()
        room = world.room_ids().get(group_room(group)) if world else None
        if room is None:
            return Because.REFUSED
        return Because.ENCRYPTED if (await self.keeper.messenger.surroundings(room)).encrypted else room

    async def tell_owners(self, group_id: str, *, week: str) -> None:
        """That the digest of their group is over, once: those who talk with the bot, whoever asked for it among them.
        May be repeated."""
        access = self.society.access()
        group = access.facts.directory.groups.get(group_id) if access else None
        if access is None or group is None:
            return
        for owner in sorted(access.facts.owners.get(group_id, ())):
            try:
                await self._tell(owner, group, week)
            except HomeserverError as error:
                if error.kind is ErrorKind.TEMPORARY:
                    raise
                log.info("an owner cannot be told", errcode=error.errcode)

    async def _tell(self, owner: str, group: Group, week: str) -> None:
        bot = self.bot
        room = await bot.messenger.conversation_with(owner)
        if room is None:
            return
        [page] = bot.renderer.pages(document(paragraph(over(group))), await self.society.language_of(owner))
        claim = bot.claim("digest", f"over:{group.id}:{week}:{owner}")
        await bot.messenger.send(room, message_content(page, "m.text"), claim=claim)


def over(group: Group) -> Message:
    """What owners are told whose room was encrypted since they asked for a digest there."""
    return say(
        "The room of {group} is encrypted now, and I cannot write into encrypted rooms yet: no digest is posted there"
        " any more.",
        group=group.name,
    )


def impossible(group: Group) -> Message:
    """What an owner is told who asks for a digest in an encrypted room."""
    return say(
        "The room of {group} is encrypted, and I cannot write into encrypted rooms yet. Whoever is in it gets theirs"
        " from me alone.",
        group=group.name,
    )
