"""What the columns of tables mean, as Moodle, Mattermost, Google Workspace and people head them. For ``csv_draft``."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from typing import Final

from bridge.adapters.directory import csv_languages
from bridge.adapters.directory.csv_text import Row, Sheet
from bridge.domain.messages import Message, say
from bridge.domain.problems import InvalidInput, Problem, Spot
from bridge.files.spelling import shown

PEOPLE: Final[Mapping[str, str]] = {
    **csv_languages.PEOPLE,
    **dict.fromkeys(("id", "userid"), "id"),
    **dict.fromkeys(("username", "login", "uid"), "username"),
    **dict.fromkeys(("email", "emailaddress", "mail", "primaryemail"), "email"),
    **dict.fromkeys(("employeeid", "idnumber"), "number"),
    **dict.fromkeys(("user", "matrixid", "mxid"), "user"),
    **dict.fromkeys(("name", "displayname", "fullname"), "name"),
    **dict.fromkeys(("firstname", "givenname"), "first"),
    **dict.fromkeys(("lastname", "familyname", "surname"), "last"),
    **dict.fromkeys(("language", "lang", "locale"), "language"),
    "timezone": "timezone",
    "department": "department",
    **dict.fromkeys(("title", "jobtitle", "position", "employeetitle"), "title"),
    **dict.fromkeys(("manager", "manageremail", "managerid"), "manager"),
    **dict.fromkeys(("active", "enabled"), "active"),
    "status": "status",
    **dict.fromkeys(("suspended", "deleted", "disabled"), "suspended"),
    **dict.fromkeys(("deletedat", "deleteat"), "ended"),
    **dict.fromkeys(("groups", "groupes"), "groups"),
    **dict.fromkeys(("identifiant", "utilisateur", "nomdutilisateur", "nomutilisateur"), "username"),
    **dict.fromkeys(("courriel", "adresseemail", "adressemail", "adresseelectronique", "adressecourriel"), "email"),
    "adressedecourriel": "email",
    "matricule": "number",
    **dict.fromkeys(("nomcomplet", "nomaffiche"), "name"),
    "prenom": "first",
    **dict.fromkeys(("nom", "nomdefamille"), "last"),
    "langue": "language",
    "fuseauhoraire": "timezone",
    **dict.fromkeys(("departement", "service"), "department"),
    **dict.fromkeys(("fonction", "poste", "titre"), "title"),
    **dict.fromkeys(("responsable", "superieur"), "manager"),
    "actif": "active",
    **dict.fromkeys(("statut", "etat"), "status"),
    **dict.fromkeys(("suspendu", "supprime", "desactive"), "suspended"),
}
"""A column of people by its heading without capitals, accents, spaces and signs."""

MEMBERSHIPS: Final[Mapping[str, str]] = {
    **csv_languages.MEMBERSHIPS,
    **dict.fromkeys(("group", "groupid", "groupemail", "cohort", "cohortid", "team", "teamname", "channel"), "group"),
    **dict.fromkeys(("groupname", "groupdisplayname", "cohortname"), "name"),
    **dict.fromkeys(("description", "groupdescription", "purpose"), "purpose"),
    "visibility": "visibility",
    **dict.fromkeys(("parent", "parentgroup"), "parent"),
    **dict.fromkeys(("path", "grouppath"), "path"),
    **dict.fromkeys(("member", "memberid", "memberemail", "person", "userid", "username", "email", "user"), "member"),
    **dict.fromkeys(("role", "memberrole"), "role"),
    **dict.fromkeys(("type", "membertype"), "type"),
    **dict.fromkeys(("groupe", "equipe"), "group"),
    "nomdugroupe": "name",
    "objet": "purpose",
    "visibilite": "visibility",
    "groupeparent": "parent",
    **dict.fromkeys(("membre", "utilisateur", "identifiant", "courriel", "personne"), "member"),
}

ATTRIBUTE: Final = "attribute:"
"""How columns begin that only rules of the policy file ask about."""

REMARK: Final = re.compile(r"\[.*\]|[^a-z0-9[]+")
"""What a heading says beside its name: ``Email Address [Required]``."""

EITHER: Final = "identifiant"
"""In French the id, where another column is the user name or the account; else that is it."""

COHORT: Final = re.compile(r"cohort\d+")

ALMOST: Final = 0.85
"""How much a heading resembles another of which it is a slip; exports hold some that are meant, such as LastLogin."""

YES: Final = frozenset({"1", "true", "yes", "on", "oui", "vrai"}) | csv_languages.YES
NO: Final = frozenset({"0", "false", "no", "off", "non", "faux"}) | csv_languages.NO
WORKING: Final = frozenset({"active", "enabled", "actif"}) | csv_languages.WORKING
AWAY: Final = csv_languages.AWAY | frozenset({
    "suspended", "inactive", "archived", "disabled", "deleted", "deactivated",
    "suspendu", "inactif", "archive", "desactive", "supprime",
})  # fmt: skip
TOLD: Final = ("yes", "no", "active", "suspended")
"""What is offered to whoever wrote something else."""


def plain(text: str) -> str:
    """Without capitals and accents: what people write in either language."""
    return "".join(one for one in unicodedata.normalize("NFKD", text.lower()) if not unicodedata.combining(one))


def of_people(headings: Sequence[str]) -> list[str]:
    """Our words for the columns of people; ``cohort1``, ``cohort2``… stay as they are."""
    bare = [REMARK.sub("", plain(heading)) for heading in headings]
    words = [PEOPLE.get(one, one if COHORT.fullmatch(one) else "") for one in bare]
    if EITHER in bare and (words.count("username") > 1 or "user" in words) and "id" not in words:
        words[bare.index(EITHER)] = "id"
    if "vorname" in bare and "last" not in words and "name" in bare:  # in German the name beside a first one
        words[bare.index("name")] = "last"
    return words


def of_memberships(headings: Sequence[str]) -> list[str]:
    """Our words for the columns of memberships; ``attribute: unit`` stays as it is."""
    return [_of_membership(heading) for heading in headings]


def _of_membership(heading: str) -> str:
    kind, _, name = heading.lower().partition(":")
    if kind.strip() == "attribute" and name.strip():
        return ATTRIBUTE + name.strip()
    return MEMBERSHIPS.get(REMARK.sub("", plain(heading)), "")


def misspelt(sheet: Sheet, known: Mapping[str, str]) -> list[Problem]:
    """Warnings about headings that are almost one of the ``known`` ones, where no other column says the same."""
    problems: list[Problem] = []
    for heading in sheet.unread:
        bare = REMARK.sub("", plain(heading))
        guesses = get_close_matches(bare, [word for word in known if known[word] not in sheet.columns], 1, ALMOST)
        if guesses:
            message = say(
                "The column {column} is not read; did you mean {guess}?", column=shown(heading), guess=guesses[0]
            )
            problems.append(Problem(Spot(sheet.file), message, warning=True))
    return problems


def passed_over(sheets: Sequence[Sheet], identity: str) -> tuple[Problem, ...]:
    """What to know of tables whose columns are called otherwise than ours: those that are not read, and by which
    column people are known where none is called ``id``. The first of ``sheets`` is that of people."""
    told = [
        Problem(Spot(sheet.file), say("Columns that are not read: {columns}.", columns=tuple(map(shown, sheet.unread))),
                warning=True)
        for sheet in sheets if sheet.unread
    ]  # fmt: skip
    if identity != "id":
        people = sheets[0]
        message = say("People are known again by the column {column}: who has another one there is somebody else. A"
                      " column id with what never changes is safer.", column=people.headed(identity))  # fmt: skip
        told.insert(0, Problem(Spot(people.file), message, warning=True))
    return tuple(told)


def activity(row: Row) -> tuple[bool, str]:
    """Whether a person is there, by every column that says so; and the column that cannot be understood, or nothing."""
    active = True
    for column, there, gone in (
        ("active", YES, NO),
        ("status", WORKING, AWAY),
        ("suspended", NO, YES),
    ):
        word = plain(row.first(column))
        if word and word not in there | gone:
            return True, column
        active = active and word not in gone
    return active and row.first("ended") in {"", "0"}, ""


def not_understood(text: str) -> Message:
    """What to say of a word that tells neither that somebody is there nor that they are gone."""
    return say("{word} says neither that somebody is active nor that they are not, as {known} do.",
               word=shown(text), known=TOLD)  # fmt: skip


def require(sheet: Sheet, *choices: str, example: str) -> None:
    """Refuse a table that has none of the columns ``choices``. Raises ``InvalidInput``."""
    if sheet.columns.isdisjoint(choices):
        message = say("A column such as {column} is missing.", column=example)
        raise InvalidInput([*sheet.problems, Problem(Spot(sheet.file, 1), message)])
