"""Talking to the bot: a direct conversation, a command, and the reply that belongs to it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from bridge.domain.messages import Text
from deploy.demo.people import Person
from deploy.demo.rooms import Event

REPLY: Final = "io.parvis.reply"
OF_THE_QUESTION: Final = frozenset({"m.relates_to", "io.parvis.claim"})


@dataclass(frozen=True, slots=True)
class Answer:
    """What the bot replied: the content of its message, as any client gets it."""

    content: Mapping[str, Any]

    @property
    def text(self) -> str:
        """As clients show it: a reply that took the place of a message about progress is an edit."""
        return str(self.content.get("m.new_content", self.content)["body"])

    @property
    def status(self) -> str:
        return str(self.content[REPLY]["status"])

    @property
    def reference(self) -> str | None:
        reference: str | None = self.content[REPLY]["reference"]
        return reference

    @property
    def own_words(self) -> dict[str, Any]:
        """The content without what names the question's event: what can be compared byte by byte."""
        return {key: value for key, value in self.content.items() if key not in OF_THE_QUESTION}


@dataclass(frozen=True, slots=True)
class Conversation:
    """A room in which a person speaks and the bot answers."""

    person: Person
    room_id: str

    @classmethod
    async def open(cls, person: Person, bot: str) -> "Conversation":
        """A new direct conversation, in which the bot has arrived."""
        return cls(person, await person.open_conversation(bot))

    async def ask(self, command: str) -> Answer:
        """Say a command and wait for the reply to it. Raises ``Unmet`` when none comes."""
        asked = await self.person.say(self.room_id, command)
        event = await self.person.until(
            lambda: self._reply_to(asked),
            Text(
                en=f"the bot did not answer “{command}” of {self.person.name}",
                fr=f"le bot n'a pas répondu à « {command} » de {self.person.name}",
            ),
        )
        return Answer(event["content"])

    def _reply_to(self, event_id: str) -> Event | None:
        """Pages of a long reply all refer to the question; the first one is enough here."""
        messages = self.person.joined[self.room_id].messages
        return next((each for each in messages if REPLY in each["content"] and _refers(each, event_id)), None)


def _refers(event: Event, event_id: str) -> bool:
    relation = event["content"].get("m.relates_to", {})
    return bool(relation.get("m.in_reply_to", {}).get("event_id") == event_id)
