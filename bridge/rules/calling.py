"""What people, partners and groups are called where a group or a decision names them by their ids. Pure; used by
whatever shows such names: plans, effects, explanations, the audit log.
"""

from collections.abc import Iterable

from bridge.domain.directory import GROUP_REFERENCE, Person
from bridge.domain.messages import Text
from bridge.rules.facts import Facts


def called(facts: Facts, who: str) -> str:
    """What the directory calls somebody, switched off or not, given a user id or an id in the directory; with their
    user id where several bear the name. Whom it does not know is called as given."""
    person = facts.accounts.get(who) or facts.inactive.get(who) or facts.directory.people.get(who)
    if person is None:
        return who
    account = person.user or person.id
    if not person.name:
        return account
    return f"{person.name} ({account})" if person.name in facts.namesakes else person.name


def greeted(person: Person) -> str:
    """By what somebody is addressed: their given name, where the directory tells it and calls them by it; else their
    whole name, for no part of a name says which one it is (“Martin, Claire”, “Nguyễn Thị Hoa”, “Anne Marie Petit”)."""
    words = [word.strip(",") for word in person.name.split()]
    given = person.given.casefold().split()
    starts = range(len(words) - len(given) + 1) if given else ()
    parts = (words[start : start + len(given)] for start in starts)
    named = next((part for part in parts if [word.casefold() for word in part] == given), None)
    return " ".join(named) if named else person.name


def all_called(facts: Facts, names: Iterable[str]) -> tuple[str | Text, ...]:
    """The same for members of a group, among whom may be other groups, and for partners."""
    return tuple(_one(facts, name) for name in names)


def _one(facts: Facts, name: str) -> str | Text:
    if name.startswith(GROUP_REFERENCE):
        group = facts.directory.groups.get(name.removeprefix(GROUP_REFERENCE))
        return group.name if group else name
    return called(facts, name)


def partners_called(facts: Facts, ids: Iterable[str]) -> tuple[str | Text, ...]:
    """What partners are called, given their ids."""
    known = facts.directory.partners
    return tuple(known[one].name if one in known else one for one in ids)
