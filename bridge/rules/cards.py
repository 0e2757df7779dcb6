"""Who sees which field of a profile card: the gate for cards. Used by ``services/cards``.

What is shown must be fit for everybody who reads along. A hidden group that two people share counts only for the one
of them who is alone with the bot: to everybody else the same is shown with it and without it.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from functools import cached_property
from typing import Final

from bridge.domain.cards import Card, Circle, Field, narrower
from bridge.domain.directory import Group, GroupState
from bridge.domain.messages import Message, Text, say
from bridge.domain.viewers import Viewer
from bridge.rules.access import Access
from bridge.rules.facts import Facts, is_hidden
from bridge.rules.partners import partner_of

DEFAULTS: Final[Mapping[Field, Circle]] = {
    Field.PHOTO: Circle.NETWORK,
    Field.NAME: Circle.NETWORK,
    Field.PRONOUNCED: Circle.NETWORK,
    Field.TITLE: Circle.NETWORK,
    Field.ORGANISATION: Circle.NETWORK,
    Field.PHONE: Circle.SPONSOR,
    Field.EMAIL: Circle.GROUPS,
    Field.LANGUAGES: Circle.NETWORK,
    Field.TIMEZONE: Circle.GROUPS,
    Field.PLACE: Circle.GROUPS,
    Field.TOPICS: Circle.NETWORK,
    Field.LINKS: Circle.NETWORK,
    Field.HISTORY: Circle.SPONSOR,
}
"""Who sees a field of which nobody said who may."""
DIRECTORY: Final = say("the directory")
AGREEMENT: Final = say("the agreement")


class Nearness(IntEnum):
    """How near everybody who reads along is to a person."""

    STRANGER = 0
    NETWORK = 1
    GROUPS = 2
    ANSWERABLE = 3
    """Themselves, or who answers for them."""


NEEDED: Final[Mapping[Circle, Nearness]] = {
    Circle.NETWORK: Nearness.NETWORK,
    Circle.GROUPS: Nearness.GROUPS,
    Circle.SPONSOR: Nearness.ANSWERABLE,
}


@dataclass(frozen=True, slots=True)
class Pin:
    """What somebody else declares of a person, and where: it cannot be changed in the card."""

    value: str | Text
    source: Message


@dataclass(frozen=True, slots=True)
class Shown:
    """A field as it may be shown. ``source`` is where it is pinned, None where the person said it; ``inside`` says that
    it is for employees alone, because nobody but the directory says it."""

    field: Field
    values: tuple[str | Text, ...]
    circle: Circle
    source: Message | None = None
    inside: bool = False


def pins(facts: Facts, user: str) -> dict[Field, Pin]:
    """What is declared of a person, as far as it belongs on a card."""
    person = facts.accounts.get(user)
    if person is not None:
        declared = {
            Field.NAME: person.name,
            Field.TITLE: person.title,
            Field.EMAIL: person.email,
            Field.TIMEZONE: person.timezone,
        }
        return {name: Pin(value, DIRECTORY) for name, value in declared.items() if value}
    partner = facts.partners.get(partner_of(user, facts.belongs) or "")
    return {Field.ORGANISATION: Pin(partner.name, AGREEMENT)} if partner else {}


def answering(facts: Facts, user: str) -> tuple[str, ...]:
    """Who answers for a person: sponsor and deputy of their organisation, or their manager. User ids."""
    partner = facts.partners.get(partner_of(user, facts.belongs) or "")
    if partner is not None:
        return facts.answerable(partner)
    person = facts.accounts.get(user)
    manager = facts.account_of(person.manager) if person and person.manager else None
    return (manager,) if manager and manager != user else ()


def circle_of(card: Card | None, name: Field) -> Circle:
    """Who sees a field. The photo cannot be fenced; the history is as wide as both sides allow."""
    if name is Field.PHOTO or card is None:
        return DEFAULTS[name]
    chosen = card.circles.get(name, DEFAULTS[name])
    return narrower(chosen, card.history_leave) if name is Field.HISTORY else chosen


class Sight:
    """What one viewer may see of people's cards. Made for one answer: it keeps what it has worked out."""

    def __init__(self, access: Access, viewer: Viewer) -> None:
        self.access = access
        self.viewer = viewer
        self._facts = access.facts
        self._readers = viewer.readers | {viewer.asker}
        self._outsiders = self._readers - access.insiders
        self._shared: dict[frozenset[str], Sequence[Group]] = {}
        self._met: dict[str, frozenset[str]] = {}

    @property
    def inside(self) -> bool:
        """Whether insiders alone read along."""
        return self.viewer.cleared or not (self._outsiders or self.viewer.partners)

    def shown(self, user: str, card: Card | None) -> list[Shown] | None:
        """The fields that may be shown, in their order, without the photo and the history; None when the person is
        nobody for this viewer. A pinned field other than the name is shown outside only in a circle that the person
        chose: nobody outside is told by the directory alone."""
        near = self.nearness(user)
        if near is Nearness.STRANGER:
            return None
        pinned, own = pins(self._facts, user), card if card and card.archived is None else None
        return list(self._fields(near, pinned, own))

    def _fields(self, near: Nearness, pinned: Mapping[Field, Pin], card: Card | None) -> Iterator[Shown]:
        for name in Field:
            circle, pin = circle_of(card, name), pinned.get(name)
            if near < NEEDED[circle]:
                continue
            if pin is not None:
                told = name in (Field.NAME, Field.ORGANISATION) or bool(card and name in card.circles)
                if told or self.inside or near is Nearness.ANSWERABLE:
                    yield Shown(name, (pin.value,), circle, pin.source, inside=not told)
            elif card is not None and name in card.values:
                yield Shown(name, card.values[name], circle)

    def sees(self, user: str, card: Card | None, name: Field) -> bool:
        """Whether a field of a person may be shown: of those, too, that ``shown`` leaves out."""
        archived = card is not None and card.archived is not None
        return not archived and self.nearness(user) >= NEEDED[circle_of(card, name)]

    def nearness(self, user: str) -> Nearness:
        """How near the farthest of those who read along is to the person."""
        if self.viewer.cleared:
            return Nearness.ANSWERABLE
        if not self._is_here(user):
            return Nearness.STRANGER
        others = self._readers - {user, *answering(self._facts, user)}
        if not self.viewer.everyone:
            if not others:
                return Nearness.ANSWERABLE
            if any(user in self._facts.people_of(group.id) for group in self._shared_by(others)):
                return Nearness.GROUPS
        known = all(self._meets(reader, user) for reader in self._readers) and self._all_meet(user)
        return Nearness.NETWORK if known else Nearness.STRANGER

    def around(self) -> frozenset[str]:
        """Those whom a name may mean; who of them may be shown, ``sees`` tells."""
        mine = (self._facts.people_of(group.id) for group in self._shared_by(frozenset({self.viewer.asker})))
        return self._settled.union(self._leading, answering(self._facts, self.viewer.asker), *mine)

    def _is_here(self, user: str) -> bool:
        return user in self.access.insiders or partner_of(user, self._facts.belongs) is not None

    def _meets(self, reader: str, user: str) -> bool:
        """Whether the person is in the reader's network, for all that is not hidden."""
        if reader == user or (reader in self.access.insiders and user in self.access.insiders):
            return True
        if user in answering(self._facts, reader) or reader in answering(self._facts, user):
            return True
        theirs = partner_of(user, self._facts.belongs) if user not in self.access.insiders else None
        if reader in self.access.insiders:
            return user in self._settled
        own = partner_of(reader, self._facts.belongs)
        if own is None:
            return False
        return theirs == own or user in self._leading or user in self._met_by(reader)

    def _all_meet(self, user: str) -> bool:
        """The same for whoever may come and read back: any employee, and anybody of partners that are let in."""
        if not self.viewer.everyone:
            return True
        if not (user in self.access.insiders or user in self._settled):
            return False
        theirs = partner_of(user, self._facts.belongs) if user not in self.access.insiders else None
        partners = (self._facts.partners.get(one) for one in self.viewer.partners)
        return all(
            one is not None and (theirs == one.id or user in self._leading or user in self._facts.answerable(one))
            for one in partners
        )

    def _met_by(self, reader: str) -> frozenset[str]:
        """Everybody with whom somebody of a partner shares a group that is not hidden."""
        if reader not in self._met:
            seated = (self._facts.people_of(group.id) for group in self._open_groups)
            self._met[reader] = frozenset[str]().union(*(people for people in seated if reader in people))
        return self._met[reader]

    def _shared_by(self, people: frozenset[str]) -> Sequence[Group]:
        """Groups in which all of these sit; hidden ones only for who is alone with the bot."""
        if people not in self._shared:
            found = (group for group in self._facts.directory.groups.values() if group.state is not GroupState.RETIRED)
            countable = (group for group in found if self.viewer.personal or not is_hidden(group))
            self._shared[people] = [one for one in countable if people <= self._facts.people_of(one.id)]
        return self._shared[people]

    @cached_property
    def _open_groups(self) -> Sequence[Group]:
        """Groups in which people of partners may sit, and of which this may be told."""
        groups = self._facts.directory.groups.values()
        return [one for one in groups if one.partners and not is_hidden(one) and one.state is not GroupState.RETIRED]

    @cached_property
    def _settled(self) -> frozenset[str]:
        """People of partners who sit in a group that is not hidden: employees may know of them."""
        seated = (self._facts.people_of(group.id) for group in self._open_groups)
        return frozenset[str]().union(*seated) - self._facts.employees

    @cached_property
    def _leading(self) -> frozenset[str]:
        """Owners of groups that everybody who reads along may know, hidden ones left out."""
        may_know, viewer = self.access.may_know, self.viewer.unaided
        owners = (self._facts.owners.get(group.id, frozenset()) for group in self._open_groups
                  if may_know(viewer, group.id))  # fmt: skip
        return frozenset[str]().union(*owners)
