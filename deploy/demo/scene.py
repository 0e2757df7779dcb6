"""What the steps of the story play with: the servers, the bridge, the directory and six people at their clients."""

from dataclasses import dataclass, field
from typing import Final

from bridge.domain.directory import Directory, Group, Visibility
from bridge.domain.messages import Language, Text
from deploy.demo.bot import Conversation
from deploy.demo.house import House
from deploy.demo.people import Person
from deploy.localnet.network import Network
from deploy.localnet.processes import GuardedProcess

COMPANY: Final = "corp.test"
PARTNER: Final = "acme.test"
STRANGER: Final = "stranger.test"
BOT: Final = f"@parvis:{COMPANY}"
WELCOME: Final = f"@parvis_welcome:{COMPANY}"
SERVICE: Final = f"@svc-parvis:{COMPANY}"
"""The account that joins employees at once: an administrator of the homeserver, and no person."""


@dataclass(kw_only=True)
class Scene:
    """Everything the story needs.

    Claire is the sales director, Léa an accountant, Inès the administrator; Bob and Eva work for the partner, Mallory
    for nobody that the company knows. Eva has no part in the story: she is there for whoever tries it out.
    """

    net: Network
    house: House
    bridge: GuardedProcess
    directory: Directory
    language: Language
    claire: Person
    lea: Person
    ines: Person
    bob: Person
    eva: Person
    mallory: Person
    awaits: Text | None = None
    """What has not come true yet of what the step waits for, besides what its people do."""
    _talks: dict[str, Conversation] = field(default_factory=dict)

    @property
    def people(self) -> tuple[Person, ...]:
        return (self.claire, self.lea, self.ines, self.bob, self.eva, self.mallory)

    def group(self, group_id: str) -> Group:
        return self.directory.groups[group_id]

    def name(self, group_id: str) -> str:
        """What the group's room is called, in the house's language."""
        return self.group(group_id).name.in_language(self.language)

    def hidden(self) -> tuple[Group, ...]:
        return tuple(each for each in self.directory.groups.values() if each.visibility is Visibility.HIDDEN)

    async def talk(self, person: Person) -> Conversation:
        """The person's direct conversation with the bot; opened on first use."""
        if person.user_id not in self._talks:
            self._talks[person.user_id] = await Conversation.open(person, BOT)
        return self._talks[person.user_id]


def words_of(group: Group) -> set[str]:
    """Everything that would betray a group: its id, its names, its purpose."""
    texts: list[Text] = [group.name, group.purpose]
    return {word for word in (group.id, *(text.en for text in texts), *(text.fr for text in texts)) if word}


def betrayed(groups: tuple[Group, ...], text: str) -> set[str]:
    """Which words of these groups stand in a text, whatever the case."""
    return {word for group in groups for word in words_of(group) if word.casefold() in text.casefold()}
