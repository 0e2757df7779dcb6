"""Where the references of one source lead, once all sources are known. Called by ``merging``.

People may be named by their id, their account, their address or the first part of their account. What two people could
be meant by means neither.
"""

import unicodedata
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from bridge.domain.directory import GROUP_REFERENCE, Group, Person
from bridge.domain.findings import Finding
from bridge.domain.ids import as_localpart, is_user_id, localpart_of, server_of
from bridge.domain.messages import say_n
from bridge.domain.partners import Partner

NAMED: Final = 3
"""Names that lead nowhere are told up to this number, then counted."""
PEOPLE: Final = ("owners", "moderators", "delegates")


@dataclass(slots=True)
class Resolver:
    """Follows what one source writes. ``own`` tells ids of its people that mean others, or ("") nobody."""

    source: str
    people: Mapping[str, Person]
    groups: Collection[str]
    partners: Collection[str]
    own: Mapping[str, str] = field(default_factory=dict)
    _called: dict[str, str] | None = field(default=None, init=False)
    _lost: dict[str, list[str]] = field(default_factory=dict, init=False)
    _shared: dict[str, list[str]] = field(default_factory=dict, init=False)

    def person(self, text: str) -> str | None:
        """The id of whoever is meant; None when that is nobody, or nobody knows who."""
        if text in self.own:
            return self.own[text] or None
        if text in self.people:
            return text
        called = self._names()
        return called.get(_folded(text)) or called.get(as_localpart(text)) or None

    def group(self, group: Group) -> Group:
        """The group with every reference followed; what leads nowhere is left out, and told by ``findings``."""
        changed: dict[str, Any] = {}
        if self.own or any(member not in self.people for member in group.members):
            changed["members"] = self._all(group, map(self._member, group.members), group.members)
        for name in PEOPLE:
            if named := getattr(group, name):
                changed[name] = self._all(group, map(self._leader, named), named)
        for name in ("partners", "moderating"):
            if named := getattr(group, name):
                changed[name] = self._all(group, (one if one in self.partners else None for one in named), named)
        if group.parent and group.parent not in self.groups:
            self._lost.setdefault(group.id, []).append(group.parent)
            changed["parent"] = ""
        changed = {name: value for name, value in changed.items() if value != getattr(group, name)}
        return replace(group, **changed) if changed else group

    def partner(self, partner: Partner) -> Partner:
        """The partner with those who answer for it."""
        sponsor, deputy = (self.person(one) or "" if one else "" for one in (partner.sponsor, partner.deputy))
        return replace(partner, sponsor=sponsor, deputy=deputy)

    def findings(self) -> Iterator[Finding]:
        """What led nowhere, or to several people, by group."""
        for group_id, names in sorted(self._shared.items()):
            text = say_n(
                "{count} name that {source} writes in {group} is that of several people and is left out: {names}. Write"
                " their id or their account.",
                "{count} names that {source} writes in {group} are those of several people each and are left out:"
                " {names}. Write their ids or their accounts.",
                len(names),
                source=self.source,
                group=group_id,
                names=_some(names),
            )
            yield Finding("source-reference", group_id, text, group_id)
        for group_id, names in sorted(self._lost.items()):
            text = say_n(
                "{count} name that {source} writes in {group} leads nowhere and is left out: {names}.",
                "{count} names that {source} writes in {group} lead nowhere and are left out: {names}.",
                len(names),
                source=self.source,
                group=group_id,
                names=_some(names),
            )
            yield Finding("source-reference", group_id, text, group_id)

    def _member(self, text: str) -> str | None:
        if text.startswith(GROUP_REFERENCE):
            return text if text.removeprefix(GROUP_REFERENCE) in self.groups else None
        return self._leader(text)

    def _leader(self, text: str) -> str | None:
        """Somebody of ours, or of a partner, whom the rules about partners judge."""
        return self.person(text) or (text if is_user_id(text) and server_of(text) != self._server() else None)

    def _names(self) -> dict[str, str]:
        if self._called is None:
            self._called = _called(self.people.values())
        return self._called

    def _server(self) -> str:
        return next((server_of(person.user) for person in self.people.values() if person.user), "")

    def _all(self, group: Group, found: Iterable[str | None], written: Iterable[str]) -> tuple[str, ...]:
        known = list(found)
        for text, one in zip(written, known, strict=True):
            if one is None:
                kept = self._shared if self._names().get(_folded(text)) == "" else self._lost
                kept.setdefault(group.id, []).append(text)
        return tuple(dict.fromkeys(one for one in known if one is not None))


def _some(names: list[str]) -> tuple[str, ...]:
    return (*names[:NAMED], *(["…"] if len(names) > NAMED else []))


def _called(people: Iterable[Person]) -> dict[str, str]:
    """Ids by what people are called beside; empty where several are called so."""
    found: dict[str, str] = {}
    for person in people:
        for name in {person.user, _folded(person.email), localpart_of(person.user) if person.user else ""} - {""}:
            found[name] = person.id if found.get(name, person.id) == person.id else ""
    return found


def _folded(text: str) -> str:
    return unicodedata.normalize("NFC", text).casefold().strip()
