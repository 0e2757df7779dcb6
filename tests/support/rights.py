"""Who may do what: every command of the bot, typed by six people, and what each of them is told.

WHOEVER ADDS A COMMAND ADDS A LINE to ``ROWS``. It is typed on fakes (``tests/services/test_who_may_do_what.py``, where
work is counted) and on real homeservers (``tests/e2e/test_who_may_do_what.py``). Nothing that is typed may change what
somebody else is told: people type at the same time.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from deploy.demo.bot import REPLY

PEOPLE: Final[Mapping[str, str]] = {
    "admin": "ines",  # a member of nothing
    "owner": "luc",
    "sponsor": "sam",  # answers for the partner
    "member": "ann",
    "partner": "bob",
    "stranger": "eve",  # with an account on the company's homeserver, of whom the directory knows nothing
}
"""Who plays which part."""
MEMBER: Final = "claire"
"""She owns the hidden group, and knows it."""
COLLEAGUE: Final = "dora"

SECOND: Final = "hugo"
"""Another administrator: without one, glass cannot be broken."""

NOWHERE: Final = "none"
"""In the table: what everybody is told of words that mean nothing. For them there is no such command."""
FOUNDS: Final = "!group create Chess club"
"""Typed by the owner before all others: a group of which no file says anything."""
CLUB: Final = '"Chess club"'
HIDDEN: Final = "board"
UNKNOWN: Final = "droab"
"""Names nothing, and is as long."""
DIRECTORY: Final = """
people:
  - {id: "1", user: "@ines~:corp.test", name: Inès}
  - {id: "2", user: "@luc~:corp.test", name: Luc}
  - {id: "3", user: "@sam~:corp.test", name: Sam}
  - {id: "4", user: "@ann~:corp.test", name: Ann}
  - {id: "5", user: "@claire~:corp.test", name: Claire}
  - {id: "6", user: "@dora~:corp.test", name: Dora}
  - {id: "7", user: "@hugo~:corp.test", name: Hugo}
groups:
  - {id: team, name: Team, owners: ["2"], members: ["4"], membership: both}
  - {id: corner, name: Corner, visibility: public, owners: ["2"], members: ["4", "@bob~:acme.test"], partners: [acme]}
  - {id: board, name: Board, visibility: hidden, owners: ["5"], members: ["5"]}
partners:
  - {id: acme, name: Acme SA, kind: reseller, servers: [acme.test], users: ["@bob~:acme.test"], sponsor: "3"}
"""


@dataclass(frozen=True, slots=True)
class Row:
    """``line`` is typed as it stands, with ``{group}`` for a group and ``{colleague}`` for a person.

    ``told`` are the statuses of the answers, in the order of ``PEOPLE``; "a|b" is either of two, where what is told
    depends on how far things are.
    """

    command: str
    line: str
    told: str
    group: str = "team"

    @property
    def expected(self) -> dict[str, frozenset[str]]:
        """What each may be told."""
        words = self.told.split()
        assert len(words) == len(PEOPLE), f"{self.line!r} says what {len(words)} of {len(PEOPLE)} are told"
        return {part: frozenset(word.split("|")) for part, word in zip(PEOPLE, words, strict=True)}

    def is_nothing_to(self, part: str) -> bool:
        """Whether there is no such command for them."""
        return self.expected[part] == {NOWHERE}


ROWS: Final = (
    #    command             line                                         admin owner sponsor member partner stranger
    Row("group list",       "!group list",                               "ok ok ok ok ok ok"),
    Row("group show",       "!group show {group}",                       "ok ok ok ok denied denied"),
    Row("group show",       "!group show {group}",                       "ok ok ok ok ok denied", "corner"),
    Row("group create",     "!group create Club of {who}",               "ok ok ok ok none none"),
    Row("group set",        "!group set {group} language fr",            "ok ok error error none none"),
    Row("group unset",      "!group unset {group} language",             "ok ok error error none none"),
    Row("group visibility", "!group visibility {group} public",          "confirm confirm error error none none"),
    Row("group rename",     "!group rename {group} Chess club",          "ok ok error error none none", CLUB),
    Row("group template",   "!group template {group} nothing-such",      "usage usage error error none none"),
    Row("group owner",      "!group owner {group} {colleague}",          "confirm confirm error error none none", CLUB),
    Row("group moderator",  "!group moderator {group} {colleague}",      "ok ok error error none none"),
    Row("group delegate",   "!group delegate {group} {colleague}",       "confirm none none none none none"),
    Row("group undelegate", "!group undelegate {group} {colleague}",     "ok none none none none none"),
    Row("group add",        "!group add {group} {colleague}",            "ok ok error error none none"),
    Row("group remove",     "!group remove {group} {colleague}",         "ok|error ok|error error error none none"),
    Row("group archive",    "!group archive {group}",                    "confirm confirm error error none none"),
    Row("group reopen",     "!group reopen {group}",                     "ok ok error error none none"),
    Row("group retire",     "!group retire {group}",                     "confirm confirm error error none none"),
    Row("group export",     "!group export {group}",                     "ok ok error error none none"),
    Row("group adopt",      "!group adopt {group} #nowhere:corp.test",   "error error error error none none"),
    Row("join",             "!join {group}",                             "ok ok ok ok denied denied"),
    Row("join accept",      "!join accept zzzzzz",                       "denied denied denied denied denied denied"),
    Row("join refuse",      "!join refuse zzzzzz not now",               "denied denied denied denied denied denied"),
    Row("approval",         "!approval",                                 "ok ok ok ok none none"),
    Row("approval give",    "!approval give zzzzzz",                     "denied denied denied denied none none"),
    Row("approval refuse",  "!approval refuse zzzzzz not now",           "denied denied denied denied none none"),
    Row("invite",           "!invite @zoe:acme.test {group}",            "error error error error none none"),
    Row("terms",            "!terms",                                    "none none none none ok none"),
    Row("accept",           "!accept",                                   "none none none none ok none"),
    Row("refuse",           "!refuse",                                   "none none none none ok none"),
    Row("code",             "!code 2222-3333-4444",                      "none none none none denied none"),
    Row("invitations",      "!invitations",                              "ok ok ok ok none none"),
    Row("invitations revoke", "!invitations revoke zzzzzz",              "denied denied denied denied none none"),
    Row("invite accept",    "!invite accept zzzzzz",                     "denied denied denied denied none none"),
    Row("invite refuse",    "!invite refuse zzzzzz not now",             "denied denied denied denied none none"),
    Row("plan",             "!plan",                                     "ok|confirm none none none none none"),
    Row("plan",             "!plan {group}",                             "ok|confirm none none none none none"),
    Row("apply",            "!apply zzzzzz",                             "ok|confirm none none none none none"),
    Row("undo",             "!undo",                                     "ok|confirm none none none none none"),
    Row("undo",             "!undo zzzzzz",                              "denied none none none none none"),
    Row("find",             "!find {group}",                             "ok ok ok ok ok ok"),
    Row("why",              "!why {group}",                              "ok ok ok ok denied denied"),
    Row("why",              "!why {colleague} {group}",                  "ok ok denied denied denied denied"),
    Row("audit",            "!audit {group}",                            "ok none none none none none"),
    Row("audit verify",     "!audit verify",                             "ok none none none none none"),
    Row("audit secrecy",    "!audit secrecy",                            "ok none none none none none"),
    Row("audit heads",      "!audit heads",                              "ok none none none none none"),
    Row("glass",            "!glass {group} an emergency",               "ok none none none none none"),
    Row("glass end",        "!glass end",                                "ok none none none none none"),
    Row("partner list",     "!partner list",                             "ok ok ok ok ok none"),
    Row("partner show",     "!partner show acme",                        "ok ok ok ok ok none"),
    Row("partner add",      "!partner add P of {who} --servers {who}.test", "confirm ok ok ok none none"),
    Row("partner set",      "!partner set acme deputy {colleague}",      "confirm error confirm error none none"),
    Row("partner unset",    "!partner unset acme note",                  "ok error ok error none none"),
    Row("partner sponsor",  "!partner sponsor acme {colleague}",         "error error error error none none"),
    Row("partner extend",   "!partner extend acme 2099-12-31",           "confirm error confirm error none none"),
    Row("partner grant",    "!partner grant acme {group}",               "confirm confirm error error none none"),
    Row("partner revoke",   "!partner revoke acme {group}",              "ok|confirm ok|confirm error error none none"),
    Row("partner renew",    "!partner renew acme",                       "error error error error none none"),
    Row("partner stop",     "!partner stop acme",                        "error error error error none none"),
    Row("partner suspend",  "!partner suspend acme",                     "confirm error confirm error none none"),
    Row("partner resume",   "!partner resume acme",                      "ok error ok error none none"),
    Row("partner end",      "!partner end acme",                         "confirm error confirm error none none"),
    Row("partner evidence", "!partner evidence acme",                    "ok error ok error none none"),
    Row("partner receipt",  "!partner receipt acme",                     "ok error ok error none none"),
    Row("profile",          "!profile {colleague}",                      "ok ok ok ok denied none"),
    Row("profile set", "!profile set place Lyon",                   "confirm confirm confirm confirm confirm none"),
    Row("profile photo remove", "!profile photo remove",                 "ok ok ok ok ok none"),
    Row("profile export",   "!profile export",                           "ok ok ok ok ok none"),
    Row("profile erase", "!profile erase", "ok|confirm ok|confirm ok|confirm ok|confirm ok|confirm none"),
    # Without an admin token, profiles cannot be written.
    Row("profile publish", "!profile publish", "confirm|error confirm|error confirm|error confirm|error error none"),
    Row("profile unpublish", "!profile unpublish",                       "ok ok ok ok ok none"),
    Row("profile unset",    "!profile unset place",                      "ok ok ok ok ok none"),
    Row("profile circle",   "!profile circle place groups",              "ok ok ok ok ok none"),
    Row("partner history",  "!partner history groups {colleague}",       "usage none none none none none"),
    Row("profile fill",     "!profile fill",                             "ok ok ok ok ok none"),
    Row("profile history",  "!profile history",                          "usage|ok usage|ok usage|ok usage|ok ok none"),
    Row("profile history add", "!profile history add note today Hello",  "usage usage usage usage ok none"),
    Row("profile history edit", "!profile history edit zzzzzz Hello",    "denied denied denied denied denied none"),
    Row("profile history remove", "!profile history remove zzzzzz",      "denied denied denied denied denied none"),
    Row("profile history removed", "!profile history removed", "usage|ok usage|ok usage|ok usage|ok ok none"),
    Row("profile history restore", "!profile history restore zzzzzz",    "denied denied denied denied denied none"),
    Row("profile history versions", "!profile history versions zzzzzz",  "denied denied denied denied denied none"),
    Row("contacts",         "!contacts",                                 "ok ok ok ok ok none"),
    Row("who",              "!who {group}",                              "ok ok ok ok ok none"),
    Row("onboarding",       "!onboarding status",                        "ok ok ok ok ok none"),
    Row("digest",           "!digest",                                   "ok ok ok ok ok none"),
    Row("status",           "!status",                                   "ok none none none none none"),
    Row("identity",         "!identity",                                 "ok none none none none none"),
    Row("identity show",    "!identity show {colleague}",                "ok none none none none none"),
    Row("identity link",    "!identity link nobody {colleague}",         "usage none none none none none"),
    Row("identity unlink",  "!identity unlink nobody",                   "usage none none none none none"),
    Row("language",         "!language",                                 "ok ok ok ok ok ok"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Typed:
    """A line that somebody types: of which row, and about which group."""

    row: Row
    group: str

    def text(self, who: str, colleague: str) -> str:
        return self.row.line.replace("{group}", self.group).replace("{colleague}", colleague).replace("{who}", who)


def lines_of(part: str) -> Iterator[Typed]:
    """Every row as it stands; and whatever this part may run of it, about a hidden group and about none."""
    for row in ROWS:
        yield Typed(row, row.group)
        if "{group}" in row.line and not row.is_nothing_to(part):
            yield from (Typed(row, group) for group in (HIDDEN, UNKNOWN))


def comparable(content: Mapping[str, Any], *never_alike: str) -> str:
    """An answer as text in which both names are one, for an answer may repeat what was asked."""
    return str({key: value for key, value in content.items() if key not in never_alike}).replace(UNKNOWN, HIDDEN)


def status_in(content: Mapping[str, Any]) -> str:
    """What the table calls this answer."""
    reply = content[REPLY]
    return str(reply["status"]) if reply["command"] else NOWHERE
