"""A directory in LDIF, as LDAP servers export it: entries become people and groups, names become references.

Real directories have members that are gone; those are told as warnings and left out.
"""

import hashlib
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from bridge.adapters.directory.dn import DnKey, dn_key
from bridge.adapters.directory.drafts import Draft, Fault
from bridge.adapters.directory.ldif_text import Entry, entries_of
from bridge.domain.directory import GROUP_REFERENCE, Group, Person, Visibility
from bridge.domain.ids import slug
from bridge.domain.messages import LANGUAGES, Message, Text, say, say_n
from bridge.domain.problems import InvalidInput, Spot
from bridge.files.spelling import shown
from bridge.files.trees import Path

PERSON_CLASSES: Final = frozenset({"person", "organizationalperson", "inetorgperson", "openldapperson", "posixaccount"})
GROUP_CLASSES: Final = frozenset({"groupofnames", "groupofuniquenames", "posixgroup"})
INACTIVE: Final = frozenset({"inactive", "disabled", "terminated"})
"""Words of ``employeeType`` for people who are no longer there."""

OF_PEOPLE: Final = frozenset({"uid", "displayname", "mail", "title", "departmentnumber", "ou", "manager"})
OF_STATE: Final = frozenset({"preferredlanguage", "employeetype", "nsaccountlock"})
OF_GROUPS: Final = frozenset({"member", "uniquemember", "memberuid", "owner", "description"})
WANTED: Final = frozenset({"objectclass", "cn"}) | OF_PEOPLE | OF_STATE | OF_GROUPS
"""The attributes that are read; all others may hold anything, photographs too."""

LEGAL: Final = frozenset(b"abcdefghijklmnopqrstuvwxyz0123456789._-/+")
SAID: Final = (("purpose", "description"), ("owners", "owner"))
"""Fields of groups that an entry may leave open, and the attributes that say them."""

NAMED: Final = 3
"""Members that lead nowhere are named up to this number, then counted."""


@dataclass(frozen=True, slots=True)
class LdifDraft:
    """The rows of an LDIF file, and where each came from."""

    draft: Draft
    faults: list[Fault]
    people: list[Entry]
    groups: list[Entry]

    def locate(self, file: str, path: Path) -> Spot:
        """The entry behind a path: its line, and its distinguished name."""
        sections = {"people": self.people, "groups": self.groups}
        if len(path) < 2 or not isinstance(path[1], int):
            return Spot(file)
        entry = sections[str(path[0])][path[1]]
        return Spot(file, entry.line, entry.dn)


def ldif_draft(text: str, file: str, server_name: str, visibility: Visibility) -> LdifDraft:
    """The people and groups of ``text``; groups get ``visibility``. Raises ``InvalidInput`` when it is no LDIF."""
    entries, problems = entries_of(text, file, WANTED)
    if problems:
        raise InvalidInput(problems)
    people = [entry for entry in entries if _is_a(entry, PERSON_CLASSES) and entry.first("uid", "cn")]
    groups = [entry for entry in entries if _is_a(entry, GROUP_CLASSES) and entry.first("cn")]
    names = _Names(people, groups)
    faults: list[Fault] = [] if people else [Fault((), say("There are no people in this file."))]
    draft = Draft(
        people=[_person(entry, names, server_name) for entry in people],
        groups=[_group(entry, index, names, visibility, faults) for index, entry in enumerate(groups)],
    )
    return LdifDraft(draft, faults, people, groups)


class _Names:
    """What distinguished names and user names stand for."""

    def __init__(self, people: list[Entry], groups: list[Entry]) -> None:
        self.people = {dn_key(entry.dn): entry.first("uid", "cn") for entry in people}
        self.group_ids = _group_ids(groups)
        self.groups = {dn_key(entry.dn): group for entry, group in zip(groups, self.group_ids, strict=True)}
        self.by_uid = {identity.casefold(): identity for identity in self.people.values()}

    def member(self, written: str) -> str:
        """A person's id or a reference to a group; empty when the name leads nowhere."""
        key = self._key(written)
        if key in self.people:
            return self.people[key]
        return GROUP_REFERENCE + self.groups[key] if key in self.groups else ""

    def person(self, written: str) -> str:
        """A person's id; empty when the name is nobody's."""
        return self.people.get(self._key(written), "")

    def _key(self, written: str) -> DnKey | None:
        """A unique member may end in ``#`` and bits (RFC 4517, section 3.3.21)."""
        return dn_key(re.sub(r"#'[01]*'B$", "", written)) or ("",)


def _person(entry: Entry, names: _Names, server_name: str) -> Person:
    identity = entry.first("uid", "cn")
    language = entry.first("preferredlanguage")[:2].lower()
    locked = entry.first("nsaccountlock").lower() == "true"
    return Person(
        id=identity,
        user=f"@{localpart(identity)}:{server_name}",
        name=entry.first("displayname", "cn"),
        email=entry.first("mail"),
        language=language if language in LANGUAGES else "",
        department=entry.first("departmentnumber", "ou"),
        title=entry.first("title"),
        manager=names.person(entry.first("manager")),
        active=not locked and entry.first("employeetype").lower() not in INACTIVE,
    )


def _group(entry: Entry, index: int, names: _Names, visibility: Visibility, faults: list[Fault]) -> Group:
    written = entry.all("member", "uniquemember")
    members = [(name, names.member(name)) for name in written]
    members += [(uid, names.by_uid.get(uid.casefold(), "")) for uid in entry.all("memberuid")]
    owners = [(name, names.person(name)) for name in entry.all("owner")]
    lost = [name for name, found in members if not found]
    if lost:
        faults.append(Fault(("groups", index), _lost_members(lost), warning=True))
    nobody = [name for name, found in owners if not found]
    if nobody:
        message = say("The owner {name} is no person of this file.", name=shown(nobody[0]))
        faults.append(Fault(("groups", index), message, warning=True))
    return Group(
        id=names.group_ids[index],
        name=Text.same(entry.first("cn")),
        purpose=Text.same(entry.first("description")),
        visibility=visibility,  # of the configuration, not of the entry: commands may decide otherwise
        owners=tuple(dict.fromkeys(found for _, found in owners if found)),
        members=tuple(dict.fromkeys(found for _, found in members if found)),
        declared=frozenset({"name", "members", *(key for key, written in SAID if entry.first(written))}),
    )


def _lost_members(lost: list[str]) -> Message:
    return say_n(
        "{count} member leads nowhere and is left out: {names}.",
        "{count} members lead nowhere and are left out: {names}.",
        len(lost),
        names=(*map(shown, lost[:NAMED]), *(["…"] if len(lost) > NAMED else [])),
    )


def localpart(identity: str) -> str:
    """A legal localpart: small letters, and every other byte as ``=xx`` (specification, appendix 4.2.1.2)."""
    return "".join(chr(byte) if byte in LEGAL else f"={byte:02x}" for byte in identity.lower().encode())


def _group_ids(groups: list[Entry]) -> list[str]:
    """A word for each group, from its name; where several would be equal, with some letters that its DN alone decides.

    So an id does not depend on the order of the file.
    """
    slugs = [slug(entry.first("cn")) for entry in groups]
    often = Counter(slugs)
    return [
        slug if often[slug] == 1 else f"{slug}-{_letters(dn_key(entry.dn))}"
        for slug, entry in zip(slugs, groups, strict=True)
    ]


def _letters(key: DnKey | None) -> str:
    return hashlib.sha256("\n".join(key or ()).encode()).hexdigest()[:6]


def _is_a(entry: Entry, classes: Iterable[str]) -> bool:
    return not frozenset(map(str.lower, entry.all("objectclass"))).isdisjoint(classes)
