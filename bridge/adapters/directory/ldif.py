"""A directory in LDIF, as LDAP servers export it: entries told apart by class, then understood (``entries``)."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Final

from bridge.adapters.directory.dialects import Dialect
from bridge.adapters.directory.dn import DnKey, dn_key
from bridge.adapters.directory.drafts import Fault
from bridge.adapters.directory.entries import Drafted, drafted
from bridge.adapters.directory.ldif_ends import is_cut
from bridge.adapters.directory.ldif_text import Content, Entry, content_of
from bridge.domain.directory import Visibility
from bridge.domain.messages import say, say_n
from bridge.domain.problems import InvalidInput, Problem, Spot
from bridge.domain.sources import MemberStyle
from bridge.files.spelling import in_one_line

PERSON_CLASSES: Final = frozenset(
    {"person", "organizationalperson", "inetorgperson", "openldapperson", "posixaccount", "user"}
)
GROUP_CLASSES: Final = frozenset({"groupofnames", "groupofuniquenames", "posixgroup", "group"})

OF_FILES: Final = Dialect(
    department=("departmentnumber", "department", "ou"),
    owners=("owner", "managedby"),
    styles=(
        MemberStyle.MEMBER,
        MemberStyle.UNIQUE_MEMBER,
        MemberStyle.MEMBER_UID,
        MemberStyle.PRIMARY_GROUP_ID,
    ),
)
"""What servers of all kinds write."""

CUT: Final = say(
    "This file ends in the middle of a line and is taken for truncated: export it again or, if it is whole, end its "
    "last line."
)
NO_END: Final = say("The last line of this file has no end: is it truncated?")


def ldif_draft(
    text: str, file: str, server_name: str, visibility: Visibility, *, now: datetime | None = None
) -> Drafted:
    """The people and groups of ``text``; groups get ``visibility``, and accounts that are over by ``now`` (UTC) are
    switched off. Raises ``InvalidInput`` when it is no LDIF, or not all of it."""
    dialect = replace(OF_FILES, visibility=visibility)
    # All other attributes may hold anything, photographs too.
    content = content_of(text, file, dialect.of_people | dialect.of_groups, dialect.needed)
    counted = [entry for entry in content.entries if _is_a(entry, PERSON_CLASSES | GROUP_CLASSES)]
    entries = _once(counted, file, content.problems)
    if not content.problems and is_cut(text, content.entries, dialect):
        content.problems.append(Problem(Spot(file, text.count("\n" if "\n" in text else "\r") + 1), CUT))
    if content.problems:
        raise InvalidInput(content.problems)
    people = [entry for entry in entries if _is_a(entry, PERSON_CLASSES)]
    groups = [entry for entry in entries if _is_a(entry, GROUP_CLASSES)]
    found = drafted(people, groups, dialect, server_name, now=now)
    found.faults.extend(_told(content, len(counted) - len(entries)))
    if not text.endswith(("\n", "\r")):
        found.faults.append(Fault((), NO_END, warning=True))
    if not found.people:
        found.faults.append(Fault((), say("There are no people in this file.")))
    return found


def _once(entries: list[Entry], file: str, problems: list[Problem]) -> list[Entry]:
    """Each entry once: exports that were put together may share some. Those that say different things are problems."""
    first: dict[DnKey, Entry] = {}
    kept = []
    for entry in entries:
        known = first.setdefault(dn_key(entry.dn) or (entry.dn,), entry)
        if known is entry:
            kept.append(entry)
        elif known.values != entry.values:
            message = say("This entry stands in line {line} already, and is another one there.", line=known.line)
            problems.append(Problem(Spot(file, entry.line, in_one_line(entry.dn)), message))
    return kept


def _told(content: Content, again: int) -> Iterator[Fault]:
    if again:
        message = say_n("{count} entry stands here twice, the same, and counts once.",
                        "{count} entries stand here twice, the same, and count once.", again)  # fmt: skip
        yield Fault((), message, warning=True)
    if content.no_text:
        message = say_n("{count} value is no text in UTF-8 and is left out, in line {line}.",
                        "{count} values are no text in UTF-8 and are left out, the first in line {line}.",
                        len(content.no_text), line=content.no_text[0])  # fmt: skip
        yield Fault((), message, warning=True)


def _is_a(entry: Entry, classes: frozenset[str]) -> bool:
    return not frozenset(map(str.lower, entry.all("objectclass"))).isdisjoint(classes)
