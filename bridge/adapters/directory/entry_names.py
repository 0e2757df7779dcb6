"""What the names in entries stand for: distinguished names, logins, identifiers of first groups. For ``entries``."""

import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Mapping
from typing import Final

from bridge.adapters.directory.dialects import Dialect
from bridge.adapters.directory.dn import DnKey, dn_key
from bridge.adapters.directory.group_ids import word_of
from bridge.adapters.directory.ldif_text import Entry
from bridge.domain.directory import GROUP_REFERENCE
from bridge.domain.sources import MemberStyle

NOWHERE: Final[DnKey] = ("",)

BITS: Final = re.compile(r"#'[01]*'B$")


class Names:
    """What distinguished names, logins and security identifiers stand for."""

    def __init__(self, people: list[Entry], groups: list[Entry], dialect: Dialect, former: Mapping[DnKey, str]) -> None:
        self.dialect = dialect
        ids = [entry.first(*dialect.id) for entry in people]
        self.group_ids = _group_ids(groups, dialect)
        self.meant = names_of(people, groups, dialect)
        self._people = frozenset(ids)
        logins = list(zip(people, ids, strict=True))
        also = {_folded(login): identity for entry, identity in logins for login in _logins(entry, dialect)}
        self.by_login = also | {_folded(entry.first(*dialect.login)): identity for entry, identity in logins}
        still = self._people.union(GROUP_REFERENCE + id_ for id_ in self.group_ids)
        self.former = {key: meant for key, meant in former.items() if key not in self.meant and meant in still}
        self.lost: dict[str, int] = {}
        self.primary = _primary_members(people, ids) if MemberStyle.PRIMARY_GROUP_ID in dialect.styles else {}
        self.numbered = _numbered_members(people, ids) if MemberStyle.GID_NUMBER in dialect.styles else {}

    def member(self, written: str) -> str:
        """A person's id or a reference to a group; empty when the name leads nowhere."""
        key = _key(written)
        return self.meant.get(key) or self.former.get(key, "")

    def person(self, written: str) -> str:
        """A person's id; empty when the name is nobody's."""
        found = self.member(written) if written else ""
        return found if found in self._people else ""

    def members(self, entry: Entry) -> list[tuple[str, str]]:
        """Everybody whom a group's entry names, as written and as understood; then who names it as their first."""
        styles = self.dialect.styles
        by_name = [style.lower() for style in styles if style in (MemberStyle.MEMBER, MemberStyle.UNIQUE_MEMBER)]
        found = [(name, self.member(name)) for name in entry.all(*by_name)]
        if MemberStyle.MEMBER_UID in styles:
            found += [(login, self.by_login.get(_folded(login), "")) for login in entry.all("memberuid")]
        first = *self.primary.get(entry.first("objectsid"), ()), *self.numbered.get(entry.first("gidnumber"), ())
        return [*found, *((one, one) for one in first)]


def names_of(people: list[Entry], groups: list[Entry], dialect: Dialect) -> dict[DnKey, str]:
    """What the names of these entries stand for: people's ids, and references to groups."""
    meant = {_key(entry.dn): entry.first(*dialect.id) for entry in people}
    groups = [entry for entry in groups if entry.first(*dialect.group_name)]
    return meant | {
        _key(entry.dn): GROUP_REFERENCE + id_ for entry, id_ in zip(groups, _group_ids(groups, dialect), strict=True)
    }


def _key(written: str) -> DnKey:
    """A unique member may end in ``#`` and bits (RFC 4517, section 3.3.21)."""
    return dn_key(BITS.sub("", written) if written.endswith("B") else written) or NOWHERE


def _primary_members(people: list[Entry], ids: list[str]) -> dict[str, list[str]]:
    """People by the security identifier of their primary group: their own domain's, with the group's number."""
    members: dict[str, list[str]] = {}
    for entry, identity in zip(people, ids, strict=True):
        domain = entry.first("objectsid").rpartition("-")[0]
        if domain and (number := entry.first("primarygroupid")):
            members.setdefault(f"{domain}-{number}", []).append(identity)
    return members


def _numbered_members(people: list[Entry], ids: list[str]) -> dict[str, list[str]]:
    """People by the number of their first group."""
    members: dict[str, list[str]] = {}
    for entry, identity in zip(people, ids, strict=True):
        if number := entry.first("gidnumber"):
            members.setdefault(number, []).append(identity)
    return members


def _logins(entry: Entry, dialect: Dialect) -> list[str]:
    """Everything by which somebody signs in: all values of the attribute of which the first is their account."""
    return next(filter(None, (entry.all(name) for name in dialect.login)), [])


def _folded(login: str) -> str:
    return unicodedata.normalize("NFC", login).casefold()


def _group_ids(groups: list[Entry], dialect: Dialect) -> list[str]:
    """The stable ids of groups; else a word for each that its name alone decides, and where several have one name, with
    some letters that its DN alone decides, so that an id does not depend on the order."""
    if dialect.group_id:
        return [entry.first(*dialect.group_id) for entry in groups]
    words = [word_of(entry.first(*dialect.group_name)) for entry in groups]
    often = Counter(words)
    return [
        word if often[word] == 1 else f"{word}-{_letters(dn_key(entry.dn))}"
        for word, entry in zip(words, groups, strict=True)
    ]


def _letters(key: DnKey | None) -> str:
    return hashlib.sha256("\n".join(key or ()).encode()).hexdigest()[:6]
