"""A directory in LDIF, as LDAP servers export it: entries told apart by class, then understood (``entries``)."""

from dataclasses import replace
from datetime import datetime
from typing import Final

from bridge.adapters.directory.dialects import Dialect
from bridge.adapters.directory.drafts import Fault
from bridge.adapters.directory.entries import Drafted, drafted
from bridge.adapters.directory.ldif_text import Entry, entries_of
from bridge.domain.directory import Visibility
from bridge.domain.messages import say
from bridge.domain.problems import InvalidInput
from bridge.domain.sources import MemberStyle

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


def ldif_draft(
    text: str, file: str, server_name: str, visibility: Visibility, *, now: datetime | None = None
) -> Drafted:
    """The people and groups of ``text``; groups get ``visibility``, and accounts that are over by ``now`` (UTC) are
    switched off. Raises ``InvalidInput`` when it is no LDIF."""
    dialect = replace(OF_FILES, visibility=visibility)
    # All other attributes may hold anything, photographs too.
    entries, problems = entries_of(text, file, dialect.of_people | dialect.of_groups)
    if problems:
        raise InvalidInput(problems)
    people = [entry for entry in entries if _is_a(entry, PERSON_CLASSES)]
    groups = [entry for entry in entries if _is_a(entry, GROUP_CLASSES)]
    found = drafted(people, groups, dialect, server_name, now=now)
    if not found.people:
        found.faults.append(Fault((), say("There are no people in this file.")))
    return found


def _is_a(entry: Entry, classes: frozenset[str]) -> bool:
    return not frozenset(map(str.lower, entry.all("objectclass"))).isdisjoint(classes)
