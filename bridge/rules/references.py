"""Whom and what the words of a decision mean: people, partners, groups, as far as the viewer may know them.

What does not exist and what is not for this viewer is refused with the same sentence. Called by ``services.policies``.
"""

from collections.abc import Callable
from dataclasses import dataclass

from bridge.domain.directory import GROUP_REFERENCE, Group, Vouchers
from bridge.domain.ids import is_user_id
from bridge.domain.messages import Text, say
from bridge.domain.policy import Value
from bridge.domain.viewers import Viewer
from bridge.rules.access import Access
from bridge.rules.facts import is_hidden
from bridge.rules.fields import BadValue
from bridge.rules.naming import folded
from bridge.rules.partners import partner_of
from bridge.rules.policy import read_value
from bridge.rules.sound import above_itself, inside_itself


@dataclass(frozen=True, slots=True)
class References:
    """Reads references on behalf of ``viewer``, for a decision about ``group``. Everything raises ``BadValue``."""

    access: Access
    viewer: Viewer
    group: Group

    def meant(self, name: str, value: Value) -> Value:
        """The value of a field with ids in place of what people call things; other fields as they are."""
        readers: dict[str, Callable[[str], str]] = {
            "owners": self.employee,
            "moderators": self.moderator,
            "delegates": self.employee,
            "members": self.member,
            "partners": self.partner,
            "moderating": self.partner,
        }
        if name == "parent":
            return self.parent(str(read_value(name, value)))
        if name not in readers:
            return value
        return list(dict.fromkeys(map(readers[name], read_value(name, value))))

    def person(self, name: str, text: str, *, present: bool) -> str:
        """Who is to be among the people of a field, or no longer: those who are gone can be taken out as well."""
        text = self.access.user_meant(text)
        if not present and not text.startswith(GROUP_REFERENCE):
            person = self.access.facts.directory.people.get(text)
            if person or is_user_id(text) or text in getattr(self.group, name):
                return person.user if person else text
        readers = {"members": self.member, "moderators": self.moderator}
        return readers.get(name, self.employee)(text)

    def employee(self, text: str) -> str:
        """As the function of this name."""
        return employee(self.access, text)

    def member(self, text: str) -> str:
        """An employee's user id, that of a member of a partner which the group admits, or a nested group."""
        if text.startswith(GROUP_REFERENCE):
            return self.nested(text.removeprefix(GROUP_REFERENCE))
        text = self.access.user_meant(text)
        if is_user_id(text) and text not in self.access.facts.accounts:
            partner = partner_of(text, self.access.facts.belongs)
            if partner is None or partner not in self.group.partners:
                raise BadValue(
                    say("{text} is neither of the company nor of a partner that this group admits.", text=text)
                )
            self._refuse_alone(text)
            return text
        return self.employee(text)

    def _refuse_alone(self, user: str) -> None:
        """Where two vouch, nobody of a partner is named by one person."""
        if self.group.vouching is Vouchers.TWO and user not in {
            *self.group.members,
            *self.access.facts.people_of(self.group.id),
        }:
            message = say(
                "Into {group} nobody of a partner comes by the word of one person. A second one is asked by: {command}",
                group=self.group.name,
                command=Text(en=f"!invite {user} {self.group.id}", fr=f"!inviter {user} {self.group.id}"),
            )
            raise BadValue(message)

    def moderator(self, text: str) -> str:
        """An employee's user id, or that of a member of a partner whose people may moderate the group."""
        text = self.access.user_meant(text)
        if not is_user_id(text) or text in self.access.facts.accounts:
            return self.employee(text)
        user = self.member(text)
        if partner_of(user, self.access.facts.belongs) not in self.group.moderating:
            raise BadValue(say("{text} is of a partner, and its people are members of {group}, not moderators.",
                               text=user, group=self.group.name))  # fmt: skip
        if user not in self.group.members:
            raise BadValue(say("{text} is no member of {group} yet.", text=user, group=self.group.name))
        return user

    def nested(self, text: str) -> str:
        """A group whose members belong to this one too."""
        inner = self._known(text)
        if is_hidden(inner):
            raise BadValue(say("A hidden group gives its members to no other group."))
        member = GROUP_REFERENCE + inner.id
        if inside_itself(self.access.facts.directory.groups, self.group.id, member):
            raise BadValue(say("It would be a member of itself."))
        return member

    def parent(self, text: str) -> str:
        """The group above this one; empty for none."""
        if not text:
            return ""
        above = self._known(text)
        if is_hidden(above):
            raise BadValue(say("A hidden group stands above no other."))
        if above_itself(self.access.facts.directory.groups, self.group.id, above.id):
            raise BadValue(say("It would stand above itself."))
        return above.id

    def partner(self, text: str) -> str:
        """A partner whose agreement runs, by id or by name, or one that the group admits already."""
        if text in self.group.partners and text in self.access.facts.directory.partners:
            return text
        wanted = folded(text)
        for partner in self.access.facts.partners.values():
            if wanted in {folded(partner.id), folded(partner.name.en), folded(partner.name.fr)}:
                return partner.id
        raise BadValue(say("There is no partner {id}.", id=text))

    def _known(self, text: str) -> Group:
        found = self.access.find(self.viewer, text)
        if found is None:
            raise BadValue(say("There is no group {id}.", id=text))
        return found


def employee(access: Access, text: str) -> str:
    """The user id of an active employee, given that or a person's id. Raises ``BadValue``."""
    facts, text = access.facts, access.user_meant(text)
    person = facts.accounts.get(text) or facts.directory.people.get(text)
    if person is None or not person.active:
        raise BadValue(say("{text} is nobody of the company.", text=text))
    return person.user
