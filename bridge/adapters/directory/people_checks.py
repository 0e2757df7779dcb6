"""What must hold for the people of a directory, and for ids of any kind."""

import re
from collections.abc import Iterator
from typing import Final

from bridge.adapters.directory.drafts import Fault
from bridge.adapters.directory.known import Known
from bridge.domain.directory import GROUP_REFERENCE, Person
from bridge.domain.ids import MAX_ID_BYTES, as_localpart, is_user_id, server_of
from bridge.domain.messages import LANGUAGES, Message, say, say_n
from bridge.files.spelling import shown
from bridge.files.trees import path_text
from bridge.files.zones import is_timezone

NAMELESS: Final = 5
"""So many people without a single name are a column or an attribute that is called otherwise."""
NAMED: Final = 3
"""Of those without a name so many are told, then counted."""
CONTROL: Final = re.compile(r"[\x00-\x1f\x7f]")

REFERENCES: Final = (GROUP_REFERENCE, "@")
"""How members begin that are no people. A person's id may begin with @ all the same, unless it is a whole user id."""


def fits(login: str, server_name: str) -> bool:
    """Whether the account that follows from ``login`` may be as long as it is (255 bytes with its server)."""
    spare = MAX_ID_BYTES - len("@:") - len(server_name)
    return 3 * len(login.encode()) <= spare or len(as_localpart(login)) <= spare


def too_long(count: int) -> Fault:
    """What is told of people whose logins do not fit. They are left out: one of them is no reason to read nobody."""
    message = say_n(
        "{count} person has a login that is too long for an account, and is left out.",
        "{count} people have logins that are too long for accounts, and are left out.",
        count,
    )
    return Fault((), message, warning=True)


def faults_of_ids(section: str, ids: list[str]) -> Iterator[Fault]:
    """Every id once, in characters that can be shown. Empty ids belong to rows that were refused already."""
    first: dict[str, int] = {}
    for index, text in enumerate(ids):
        if text and first.setdefault(text, index) != index:
            other = (section, first[text])
            message = say("The id {id} is already that of {other}.", id=shown(text), other=path_text(other))
            yield Fault((section, index, "id"), message, other=other)
        if CONTROL.search(text) or len(text) > MAX_ID_BYTES:
            yield Fault((section, index, "id"), say("An id has at most 255 characters, none of them invisible."))


def faults_of_people(people: list[Person], known: Known) -> Iterator[Fault]:
    yield from faults_of_ids("people", [person.id for person in people])
    first: dict[str, int] = {}
    for index, person in enumerate(people):
        if not person.id:
            continue
        if person.id.startswith(REFERENCES) and (person.id[0] != "@" or is_user_id(person.id)):
            message = say("As a member, {id} would be taken for a group or a partner's user.", id=shown(person.id))
            yield Fault(("people", index, "id"), message)
        if person.user and (wrong := wrong_user(person.user, known.server_name)):
            yield Fault(("people", index, "user"), wrong)
        elif person.user and first.setdefault(person.user, index) != index:
            other = people[first[person.user]].id
            message = say("{user} is already the account of {other}.", user=shown(person.user), other=shown(other))
            yield Fault(("people", index, "user"), message)
        if person.manager and known.lacks_person(person.manager):
            yield Fault(("people", index, "manager"), known.no_person(person.manager))
    yield from _nameless(people)
    yield from _faults_of_choices(people)


def _nameless(people: list[Person]) -> Iterator[Fault]:
    """People who will be called by their accounts: a few, or all of so many."""
    nameless = [person.user or person.id for person in people if person.active and not person.name]
    if not any(person.name for person in people):
        if len(people) >= NAMELESS:
            yield Fault(("people",), say("None of the {count} people has a name.", count=len(people)), warning=True)
    elif nameless:
        message = say_n(
            "{count} person has no name and is called by their account: {people}.",
            "{count} people have no name and are called by their accounts: {people}.",
            len(nameless),
            people=(*map(shown, nameless[:NAMED]), *(["…"] if len(nameless) > NAMED else [])),
        )
        yield Fault(("people",), message, warning=True)


def wrong_user(user: str, server_name: str) -> Message | None:
    """What is wrong with ``user`` as the account of an employee; None when nothing is."""
    if not is_user_id(user):
        return say("{user} is not a user id such as @claire:{server}.", user=shown(user), server=server_name)
    if server_of(user) != server_name.lower():
        return say(
            "{user} is not on {server}: people from elsewhere are named by the groups that admit their partner.",
            user=shown(user),
            server=server_name,
        )
    return None


def _faults_of_choices(people: list[Person]) -> Iterator[Fault]:
    languages = {person.language for person in people} - {"", *LANGUAGES}
    zones = {zone for zone in {person.timezone for person in people} if zone and not is_timezone(zone)}
    if not languages and not zones:
        return
    for index, person in enumerate(people):
        if person.language in languages:
            message = say("{word} is not one of our languages: {known}.", word=shown(person.language), known=LANGUAGES)
            yield Fault(("people", index, "language"), message)
        if person.timezone in zones:
            message = say("{word} is not a time zone such as Europe/Paris.", word=shown(person.timezone))
            yield Fault(("people", index, "timezone"), message)
