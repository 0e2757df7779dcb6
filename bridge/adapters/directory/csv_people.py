"""The people of a table, and whom a reference means: an id, a user name, a number or an address. For ``csv_draft``."""

import unicodedata
from typing import Final

from bridge.adapters.directory.csv_columns import activity, not_understood, require
from bridge.adapters.directory.csv_text import Row, Sheet
from bridge.adapters.directory.drafts import Fault
from bridge.domain.directory import Person
from bridge.domain.ids import as_localpart
from bridge.domain.messages import LANGUAGES, say
from bridge.files.spelling import shown

IDENTITIES: Final = ("id", "username", "email")
"""The first of these that a table has is the id of its people, in every line: who gets an employee number one day
must not become another person by it."""

UNSET: Final = ("99", "{")
"""How time zones begin that Moodle and Mattermost write where nobody chose one, or in a way of their own."""

SEVERAL: Final = ""
"""Stands for a name that more than one person has."""


def _composed(name: str) -> str:
    """Whether letters and accents are written apart makes no difference."""
    return unicodedata.normalize("NFC", name)


def _folded(name: str) -> str:
    """Capitals make none either."""
    return _composed(name).casefold()


FOLDS: Final = (_composed, _folded, _composed, _folded)
"""How ids, user names, numbers and addresses are compared."""


class Names:
    """Whom a reference means. Nothing is guessed: of several people with one address, nobody is meant.

    ``identity`` is the column that holds the ids, and ``headed`` how it is headed.
    """

    def __init__(self, sheet: Sheet, identity: str) -> None:
        self.identity = identity
        self.headed = sheet.headed(identity)
        self._by: list[dict[str, str]] = [{}, {}, {}, {}]
        for row in sheet.rows:
            person = row.first(identity)
            names = (person, row.first("username"), row.first("number"), row.first("email"))
            for known, fold, written in zip(self._by, FOLDS, names, strict=True):
                if (name := fold(written)) and person:
                    known[name] = person if known.get(name, person) == person else SEVERAL

    def person(self, written: str) -> str | None:
        """Somebody's id; None when nobody is called so; ``SEVERAL`` when it does not say who."""
        for known, fold in zip(self._by, FOLDS, strict=True):
            if (name := fold(written)) in known:
                return known[name]
        return None


def people_of(sheet: Sheet, server_name: str, faults: list[Fault]) -> tuple[list[Person], Names]:
    """Everybody in the table, and whom references mean. Raises ``InvalidInput`` when nothing in it tells who is who."""
    require(sheet, *IDENTITIES, example="id")
    identity = next(word for word in IDENTITIES if word in sheet.columns)
    names = Names(sheet, identity)
    if not sheet.rows and sheet.is_whole:
        faults.append(Fault((), say("There are no people in this file.")))
    people = [_person(row, index, names, server_name, faults) for index, row in enumerate(sheet.rows)]
    return people, names


def _person(row: Row, index: int, names: Names, server_name: str, faults: list[Fault]) -> Person:
    here, identity = ("people", index), names.identity
    if not row.first(identity):
        faults.append(Fault((*here, identity), say("{key} is missing or empty.", key=names.headed)))
    active, wrong = activity(row)
    if wrong:
        faults.append(Fault((*here, wrong), not_understood(row.first(wrong))))
    written = row.first("manager")
    manager = names.person(written) if written else ""
    if not manager and written:
        message = say("The manager {name} is no person of this file.", name=shown(written))
        faults.append(Fault((*here, "manager"), message, warning=True))
    language = row.first("language")[:2].lower()
    timezone = row.first("timezone")
    return Person(
        id=row.first(identity),
        user=f"@{account}:{server_name}" if (account := account_of(row))[:1] != "@" else account,
        name=row.first("name") or f"{row.first('first')} {row.first('last')}".strip(),
        email=row.first("email"),
        language=language if language in LANGUAGES else "",
        timezone="" if timezone.startswith(UNSET) else timezone,
        department=row.first("department"),
        title=row.first("title"),
        manager=manager or "",
        active=active,
        login="" if row.first("user") else _login(row),
        given=row.first("first"),
    )


def account_of(row: Row) -> str:
    """The user id where one is written; else its first part on our own server."""
    return row.first("user") or as_localpart(_login(row))


def _login(row: Row) -> str:
    """What somebody signs in with; of an address, the part before the server."""
    return row.first("username", "email", "id").partition("@")[0]
