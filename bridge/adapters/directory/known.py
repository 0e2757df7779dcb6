"""Everything in a directory that can be referred to, and what to say of a reference that leads nowhere."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from bridge.domain.directory import Directory, Group, Person
from bridge.domain.messages import Message, say
from bridge.domain.partners import Partner
from bridge.files.spelling import Spelling, shown


@dataclass(frozen=True, slots=True)
class Known:
    """A directory by id. ``owners`` tells a partner's id by server and by user id; ``server_name`` is our own.
    Unless it is ``alone``, what is not in it may be in another source, and is judged when all are put together."""

    people: Mapping[str, Person]
    groups: Mapping[str, Group]
    partners: Mapping[str, Partner]
    owners: Mapping[str, str]
    server_name: str
    alone: bool
    spelling: Mapping[str, Spelling] = field(repr=False)

    @classmethod
    def of(cls, directory: Directory, server_name: str, *, alone: bool = True) -> "Known":
        people, groups, partners = directory.people, directory.groups, directory.partners
        owners: dict[str, str] = {}
        for partner in partners.values():
            for claim in (*partner.servers, *partner.users):
                owners.setdefault(claim, partner.id)
        spelling = {"person": Spelling(people), "group": Spelling(groups), "partner": Spelling(partners)}
        return cls(people, groups, partners, owners, server_name.lower(), alone, spelling)

    def lacks_person(self, text: str) -> bool:
        """Whether this is nobody's id."""
        return self.alone and text not in self.people

    def lacks_group(self, text: str) -> bool:
        """Whether this is no group's id."""
        return self.alone and text not in self.groups

    def lacks_partner(self, text: str) -> bool:
        """Whether this is no partner's id."""
        return self.alone and text not in self.partners

    def no_person(self, text: str) -> Message:
        """What to say when nobody has the id ``text``."""
        guess = self.spelling["person"].closest(text)
        if guess:
            return say("There is no person {id}; did you mean {guess}?", id=shown(text), guess=shown(guess))
        return say("There is no person {id}.", id=shown(text))

    def no_group(self, text: str) -> Message:
        """What to say when no group has the id ``text``."""
        guess = self.spelling["group"].closest(text)
        if guess:
            return say("There is no group {id}; did you mean {guess}?", id=shown(text), guess=shown(guess))
        return say("There is no group {id}.", id=shown(text))

    def no_partner(self, text: str) -> Message:
        """What to say when no partner has the id ``text``."""
        guess = self.spelling["partner"].closest(text)
        if guess:
            return say("There is no partner {id}; did you mean {guess}?", id=shown(text), guess=shown(guess))
        return say("There is no partner {id}.", id=shown(text))
