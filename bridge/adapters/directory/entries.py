"""Entries of a directory server become people and groups, names become references. For ``ldif`` and ``ldap``.

Real directories have members that are gone; those are told as warnings and left out.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from bridge.adapters.directory.dialects import Dialect
from bridge.adapters.directory.dn import DnKey, dn_key
from bridge.adapters.directory.drafts import Draft, Fault
from bridge.adapters.directory.entry_names import Names
from bridge.adapters.directory.ldif_text import Entry
from bridge.adapters.directory.people_checks import fits, too_long
from bridge.adapters.directory.states import end_of, is_active, is_there
from bridge.domain.directory import Group, Person
from bridge.domain.ids import as_localpart
from bridge.domain.mapping import Origin
from bridge.domain.messages import LANGUAGES, Message, Text, say, say_n
from bridge.domain.problems import Spot
from bridge.files.spelling import in_one_line, shown
from bridge.files.trees import Path

NAMED: Final = 3
"""Members that lead nowhere are named up to this number, then counted."""

MOST: Final = 32
"""Values of one attribute that rules may ask about."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Drafted:
    """Rows, and the entry that each came from. ``lost`` counts, by group, the names of members that stand for nothing;
    ``ends`` are the moments at which accounts end. People ``without_login`` are left out."""

    draft: Draft
    faults: list[Fault]
    people: list[Entry]
    groups: list[Entry]
    ends: tuple[datetime, ...] = ()
    lost: Mapping[str, int] = field(default_factory=dict)
    without_login: int = 0

    def locate(self, file: str, path: Path) -> Spot:
        """The entry behind a path: its line where there is one, and its distinguished name."""
        sections = {"people": self.people, "groups": self.groups}
        if len(path) < 2 or not isinstance(path[1], int):
            return Spot(file)
        entry = sections[str(path[0])][path[1]]
        return Spot(file, entry.line, in_one_line(entry.dn))


def drafted(
    people: list[Entry],
    groups: list[Entry],
    dialect: Dialect,
    server_name: str,
    *,
    now: datetime | None = None,
    former: Mapping[DnKey, str] | None = None,
) -> Drafted:
    """The rows of these entries. ``former`` is what names stood for in the reading before: a server renames somebody
    first and their groups a moment later, and a name that led to somebody who is still there goes on doing so once."""
    faults: list[Fault] = []
    living = [entry for entry in people if is_there(entry)]
    people = [entry for entry in living if entry.first(*dialect.login)]
    if without := len(living) - len(people):
        faults.append(Fault((), _without_login(without, dialect), warning=True))
    named = [(entry, entry.first(*dialect.account) or entry.first(*dialect.login)) for entry in people]
    people = [entry for entry, login in named if login.startswith("@") or fits(login, server_name)]
    if unfit := len(named) - len(people):
        faults.append(too_long(unfit))
    people = _without_old_twins(people, dialect, now, faults)
    groups = [entry for entry in groups if is_there(entry) and entry.first(*dialect.group_name)]
    faults += _nameless("people", people, dialect.id)
    faults += _nameless("groups", groups, dialect.group_id) if dialect.group_id else ()
    names = Names(people, groups, dialect, former or {})
    draft = Draft(
        people=[_person(entry, names, server_name, now) for entry in people],
        groups=[_group(entry, index, names, faults) for index, entry in enumerate(groups)],
    )
    ends = tuple(end for entry in people if (end := end_of(entry)))
    return Drafted(draft=draft, faults=faults, people=people, groups=groups, ends=ends, lost=names.lost,
                   without_login=without)  # fmt: skip


def _without_old_twins(people: list[Entry], dialect: Dialect, now: datetime | None, faults: list[Fault]) -> list[Entry]:
    """Without accounts that are switched off, where somebody active has the same login: they were created again."""
    logins = [as_localpart(entry.first(*dialect.login)) for entry in people]
    often = Counter(logins)
    active = {login for login, entry in zip(logins, people, strict=True) if often[login] > 1 and is_active(entry, now)}
    kept = [one for one, login in zip(people, logins, strict=True) if login not in active or is_active(one, now)]
    if len(kept) < len(people):
        message = say_n(
            "{count} account is switched off and left out, as somebody active has its login.",
            "{count} accounts are switched off and left out, as others who are active have their logins.",
            len(people) - len(kept),
        )
        faults.append(Fault((), message, warning=True))
    return kept


def _without_login(count: int, dialect: Dialect) -> Message:
    return say_n(
        "{count} person has no {attribute} and is left out: nobody can say which account is theirs.",
        "{count} people have no {attribute} and are left out: nobody can say which accounts are theirs.",
        count,
        attribute=" / ".join(dialect.login),
    )


def _nameless(section: str, entries: list[Entry], names: tuple[str, ...]) -> list[Fault]:
    """Whoever has no stable id would be somebody else each time: then the whole answer is none."""
    if len(entries) > 1 and not any(entry.first(*names) for entry in entries):
        none = say("None of the {count} entries has {attribute}, by which they are known again: does the preset fit "
                   "this server, and may the account read it?",
                   count=len(entries), attribute=" / ".join(names))  # fmt: skip
        return [Fault((section,), none)]
    message = say("This entry has no {attribute}, by which it is known again: may the account read it?",
                  attribute=" / ".join(names))  # fmt: skip
    return [Fault((section, index), message) for index, entry in enumerate(entries) if not entry.first(*names)]


def _person(entry: Entry, names: Names, server_name: str, now: datetime | None) -> Person:
    dialect = names.dialect
    language = entry.first(*dialect.language)[:2].lower()
    login, account = entry.first(*dialect.login), entry.first(*dialect.account)
    return Person(
        id=entry.first(*dialect.id),
        user=account if account.startswith("@") else f"@{as_localpart(account or login)}:{server_name}",
        name=entry.first(*dialect.name),
        email=entry.first(*dialect.email),
        language=language if language in LANGUAGES else "",
        department=entry.first(*dialect.department),
        title=entry.first(*dialect.title),
        manager=names.person(entry.first(*dialect.manager)),
        active=is_active(entry, now),
        login="" if account else login,
        given=entry.first(*dialect.given),
    )


def _group(entry: Entry, index: int, names: Names, faults: list[Fault]) -> Group:
    dialect = names.dialect
    members = names.members(entry)
    owners = [(name, names.person(name)) for name in entry.all(*dialect.owners)]
    if lost := [name for name, found in members if not found]:
        names.lost[names.group_ids[index]] = len(lost)
        faults.append(Fault(("groups", index), _lost_members(lost), warning=True))
    if nobody := [name for name, found in owners if not found]:
        message = say("The owner {name} is nobody in this directory.", name=shown(nobody[0]))
        faults.append(Fault(("groups", index), message, warning=True))
    said = (("purpose", dialect.purpose), ("owners", dialect.owners))
    return Group(
        id=names.group_ids[index],
        name=Text.same(entry.first(*dialect.group_name)),
        purpose=Text.same(entry.first(*dialect.purpose)),
        visibility=dialect.visibility,  # of the configuration, not of the entry: commands may decide otherwise
        owners=tuple(dict.fromkeys(found for _, found in owners if found)),
        members=tuple(dict.fromkeys(found for _, found in members if found)),
        declared=frozenset({"name", "members", *(key for key, written in said if entry.first(*written))}),
        origin=_origin(entry, dialect),
    )


def _origin(entry: Entry, dialect: Dialect) -> Origin:
    """What rules may ask about: the name of the entry from its root, and what short attributes say."""
    path = tuple(reversed(dn_key(entry.dn) or ()))
    values = ((name, entry.all(name)) for name in sorted(dialect.of_rules))
    return Origin(path=path, attributes=tuple((name, tuple(sorted(some)[:MOST])) for name, some in values if some))


def _lost_members(lost: list[str]) -> Message:
    return say_n(
        "{count} member leads nowhere and is left out: {names}.",
        "{count} members lead nowhere and are left out: {names}.",
        len(lost),
        names=(*map(shown, lost[:NAMED]), *(["…"] if len(lost) > NAMED else [])),
    )
