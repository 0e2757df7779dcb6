"""What the columns of tables mean, as Moodle, Mattermost, Google Workspace and people head them. For ``csv_draft``."""

import re
from collections.abc import Mapping
from typing import Final

from bridge.adapters.directory.csv_text import Row, Sheet
from bridge.domain.messages import Message, say
from bridge.domain.problems import InvalidInput, Problem, Spot
from bridge.files.spelling import shown

PEOPLE: Final[Mapping[str, str]] = {
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
    "groups": "groups",
}
"""A column of people by its heading without capitals, spaces and signs."""

MEMBERSHIPS: Final[Mapping[str, str]] = {
    **dict.fromkeys(("group", "groupid", "groupemail", "cohort", "cohortid", "team", "teamname", "channel"), "group"),
    **dict.fromkeys(("groupname", "groupdisplayname", "cohortname"), "name"),
    **dict.fromkeys(("description", "groupdescription", "purpose"), "purpose"),
    "visibility": "visibility",
    **dict.fromkeys(("parent", "parentgroup"), "parent"),
    **dict.fromkeys(("path", "grouppath"), "path"),
    **dict.fromkeys(("member", "memberid", "memberemail", "person", "userid", "username", "email", "user"), "member"),
    **dict.fromkeys(("role", "memberrole"), "role"),
    **dict.fromkeys(("type", "membertype"), "type"),
}

ATTRIBUTE: Final = "attribute:"
"""How columns begin that only rules of the policy file ask about."""

REMARK: Final = re.compile(r"\[.*\]|[^a-z0-9[]+")
"""What a heading says beside its name: ``Email Address [Required]``."""

COHORT: Final = re.compile(r"cohort\d+")

YES: Final = frozenset({"1", "true", "yes", "on"})
NO: Final = frozenset({"0", "false", "no", "off"})
WORKING: Final = frozenset({"active", "enabled"})
AWAY: Final = frozenset({"suspended", "inactive", "archived", "disabled", "deleted", "deactivated"})


def of_people(heading: str) -> str:
    """Our word for a column of people; ``cohort1``, ``cohort2``… stay as they are."""
    bare = REMARK.sub("", heading.lower())
    return PEOPLE.get(bare, bare if COHORT.fullmatch(bare) else "")


def of_memberships(heading: str) -> str:
    """Our word for a column of memberships; ``attribute: unit`` stays as it is."""
    kind, _, name = heading.lower().partition(":")
    if kind.strip() == "attribute" and name.strip():
        return ATTRIBUTE + name.strip()
    return MEMBERSHIPS.get(REMARK.sub("", heading.lower()), "")


def activity(row: Row) -> tuple[bool, str]:
    """Whether a person is there, by every column that says so; and the column that cannot be understood, or nothing."""
    active = True
    for column, there, gone in (
        ("active", YES, NO),
        ("status", WORKING, AWAY),
        ("suspended", NO, YES),
    ):
        word = row.first(column).lower()
        if word and word not in there | gone:
            return True, column
        active = active and word not in gone
    return active and row.first("ended") in {"", "0"}, ""


def not_understood(text: str) -> Message:
    """What to say of a word that tells neither that somebody is there nor that they are gone."""
    return say("{word} says neither that somebody is active nor that they are not.", word=shown(text))


def require(sheet: Sheet, *choices: str, example: str) -> None:
    """Refuse a table that has none of the columns ``choices``. Raises ``InvalidInput``."""
    if sheet.columns.isdisjoint(choices):
        message = say("A column such as {column} is missing.", column=example)
        raise InvalidInput([*sheet.problems, Problem(Spot(sheet.file, 1), message)])
