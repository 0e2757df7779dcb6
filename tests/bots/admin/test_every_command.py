"""Every command of the bot: help in both languages, a success, a refusal, bad arguments and its confirmation.

WHOEVER ADDS A COMMAND ADDS ITS ROW to ``ROWS``: without it, these tests fail.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

import click
import pytest

from bots.kit.commands import Command
from bots.kit.naming import NAMED
from bridge.domain.directory import Directory, MembershipMode
from bridge.services.cards.histories import entry_id
from deploy.commands import commands
from tests.bots.admin.asking import ADMIN, Asking, body, status
from tests.world import directory, group, partner, user

COMMANDS: Final = {command.name: command for command in commands()}
ALL: Final = pytest.mark.parametrize("command", COMMANDS.values(), ids=lambda command: command.name)
ROOT: Final = Path(__file__).parents[3]
LANGUAGES: Final = pytest.mark.parametrize("language", ["en", "fr"])
UNKNOWN: Final = "usage"
"""The status of the answer to a command that one may not run: the same as for one that does not exist."""


@dataclass(frozen=True, slots=True)
class Told:
    """Somebody types a line and is told: the status, and words of the answer."""

    by: str
    line: str
    status: str
    words: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """``before`` are lines that others typed. ``confirms`` is asked first, and done by ✅."""

    does: Told
    refuses: Told
    confirms: Told | None = None
    before: tuple[Told, ...] = ()


def ok(by: str, line: str, words: str = "") -> Told:
    return Told(by, line, "ok", words)


def no(by: str, line: str, words: str = "I know nothing by this name", status: str = "denied") -> Told:
    return Told(by, line, status, words)


def asks(by: str, line: str, status: str = "confirm") -> Told:
    return Told(by, line, status, "✅")


NOT_OWNER: Final = "decide about"
ASKED: Final = (ok("eve", "!join deal", "I have asked"),)

WISHED: Final = (Told("ann", "!group create Chess --visibility hidden --reason why", "held", "I have asked them"),)

VOUCHED: Final = (Told("zoe", "!invite @bob:acme.example lab --yes", "held", "I have asked them"),)

BOB, STRANGER = "@bob:acme.example", "eve:elsewhere.example"

ENTRY: Final = entry_id("$asked1")
"""What is written down before anything else."""
WRITTEN: Final = (ok("bob:acme.example", "!profile history add note today Hello", "Written down"),)

AGREED: Final = (asks("ann", "!profile set place Lyon"), ok("ann", "yes", "Lyon"))
"""To what becomes of a card: asked once, before the first word."""

ROWS: Final[Mapping[str, Row]] = {
    "group list": Row(ok("ann", "!group list", "Sales"), ok("bob:acme.example", "!group list", "1 group")),
    "group show": Row(ok("ann", "!group show sales", "Sales"), no("ann", "!group show board")),
    "audit": Row(
        ok("ines", "!audit sales --since 2026-01-01", "The audit log holds"),
        no("ines", "!audit --since yesterday", "is not a day", "usage"),
    ),
    "audit verify": Row(
        ok("ines", "!audit verify", "The audit log"), no("ann", "!audit verify", "", UNKNOWN)
    ),
    "audit secrecy": Row(
        ok("ines", "!audit secrecy", "To have it checked now"), no("ann", "!audit secrecy", "", UNKNOWN)
    ),
    "audit heads": Row(ok("ines", "!audit heads", "holds nothing yet"), no("ann", "!audit heads", "", UNKNOWN)),
    "group create": Row(
        ok("ann", "!group create Chess club", "Chess club is made"),
        no("ann", "!group create Sales", "There is a group called Sales already", "usage"),
    ),
    "group set": Row(
        ok("luc", "!group set sales language fr", "Sales"),
        no("ann", "!group set sales language fr", NOT_OWNER, "error"),
        asks("luc", "!group set deal visibility public"),
    ),
    "group unset": Row(
        ok("luc", "!group unset sales language", "Sales"), no("ann", "!group unset sales language", NOT_OWNER, "error")
    ),
    "group visibility": Row(
        ok("luc", "!group visibility deal public --yes", "Deal"),
        no("ann", "!group visibility sales public", NOT_OWNER, "error"),
        asks("luc", "!group visibility deal public"),
    ),
    "group rename": Row(ok("luc", "!group rename sales Trade", "Trade"), no("eve", "!group rename board x")),
    "group template": Row(ok("luc", "!group template", "Templates"), no("luc", "!group template board deal-room")),
    "group owner": Row(
        ok("luc", "!group owner sales @ann:corp.example --yes", "Sales"),
        no("luc", "!group owner sales @nobody:corp.example", "nobody of the company", "usage"),
        asks("luc", "!group owner sales @ann:corp.example"),
    ),
    "group delegate": Row(
        ok("ines", "!group delegate sales @ann:corp.example --yes", "Sales"),
        no("luc", "!group delegate sales @ann:corp.example", "", UNKNOWN),
        asks("ines", "!group delegate sales @ann:corp.example"),
    ),
    "group undelegate": Row(
        ok("ines", "!group undelegate sales @ann:corp.example --yes", "Sales"),
        no("luc", "!group undelegate sales @ann:corp.example", "", UNKNOWN),
        before=(ok("ines", "!group delegate sales @ann:corp.example --yes"),),
    ),
    "group moderator": Row(
        ok("luc", "!group moderator sales @ann:corp.example", "Sales"),
        no("ann", "!group moderator sales @ann:corp.example", NOT_OWNER, "error"),
    ),
    "group add": Row(
        ok("luc", "!group add deal @ann:corp.example", "Deal"),
        no("luc", "!group add deal @mallory:evil.example", "neither of the company", "usage"),
    ),
    "group remove": Row(
        ok("luc", "!group remove deal @ann:corp.example", "Deal"),
        no("luc", "!group remove deal @claire:corp.example", "so they stay", "error"),
        before=(ok("luc", "!group add deal @ann:corp.example"),),
    ),
    "group archive": Row(
        ok("luc", "!group archive deal --yes", "Deal"),
        no("ann", "!group archive deal", NOT_OWNER, "error"),
        asks("luc", "!group archive deal"),
    ),
    "group reopen": Row(
        ok("luc", "!group reopen deal --yes", "Deal"), no("luc", "!group reopen board"),
        before=(ok("luc", "!group archive deal --yes"),),
    ),
    "group retire": Row(
        ok("luc", "!group retire deal --yes", "Deal"),
        no("ann", "!group retire deal", NOT_OWNER, "error"),
        asks("luc", "!group retire deal"),
    ),
    "group export": Row(
        ok("luc", "!group export sales", "sales"), no("ann", "!group export sales", NOT_OWNER, "error")
    ),
    "join": Row(ok("eve", "!join deal", "I have asked"), no("eve", "!join board")),
    "join accept": Row(
        ok("luc", "!join accept {request}", "eve"), no("luc", "!join accept zzzzzz"), before=ASKED
    ),
    "join refuse": Row(
        ok("luc", "!join refuse {request} not now", "eve"), no("luc", "!join refuse zzzzzz"), before=ASKED
    ),
    "approval": Row(
        ok("ines", "!approval", "a hidden group"), no("bob:acme.example", "!approval", "", UNKNOWN), before=WISHED
    ),
    "approval give": Row(
        ok("ines", "!approval give {approval}", "It is done"), no("ines", "!approval give zzzzzz"), before=WISHED
    ),
    "approval refuse": Row(
        ok("ines", "!approval refuse {approval} not now", "Nothing is done"), no("luc", "!approval refuse {approval}"),
        before=WISHED,
    ),
    "invite": Row(
        ok("luc", "!invite @bob:acme.example lab --yes", "on their way"),
        no("ann", "!invite @bob:acme.example sales", "Sales does not admit", "error"),
        asks("luc", "!invite @bob:acme.example"),
    ),
    "terms": Row(ok("bob:acme.example", "!terms", "no terms for you"), no("ann", "!terms", "", UNKNOWN)),
    "accept": Row(ok("bob:acme.example", "oui", "no terms for you"), no("ann", "!accept", "", UNKNOWN)),
    "refuse": Row(ok("bob:acme.example", "!refuse", "no terms for you"), no("ann", "!refuse", "", UNKNOWN)),
    "code": Row(
        no("bob:acme.example", "AAAA-BBBB-CCCC", "lets nobody in"), no("ann", "!code AAAA-BBBB-CCCC", "", UNKNOWN)
    ),
    "invitations": Row(
        ok("luc", "!invitations", "@bob:acme.example"), no("bob:acme.example", "!invitations", "", UNKNOWN),
        before=VOUCHED,
    ),
    "invitations revoke": Row(
        ok("luc", "!invitations revoke @bob:acme.example", "not invited any more"),
        no("ann", "!invitations revoke @bob:acme.example"), before=VOUCHED,
    ),
    "invite accept": Row(
        ok("luc", "!invite accept {vouching}", "is invited"), no("luc", "!invite accept zzzzzz"), before=VOUCHED
    ),
    "invite refuse": Row(
        ok("luc", "!invite refuse {vouching} not now", "is not invited"), no("ann", "!invite refuse {vouching}"),
        before=VOUCHED,
    ),
    "partner list": Row(
        ok("ann", "!partner list", "Acme – active, sponsor: @luc:corp.example, 0 people"),
        no("mallory:evil.example", "!partner list", "", UNKNOWN),
    ),
    "partner show": Row(
        ok("ann", "!partner show Acme", "acme.example"), no("bob:acme.example", "!partner show globex")
    ),
    "partner add": Row(
        ok("ann", "!partner add Initech --servers initech.example", "once an administrator agrees"),
        no("ines", "!partner add Initech --servers corp.example", "our own server", "usage"),
        asks("ines", "!partner add Initech GmbH --servers initech.example --sponsor @luc:corp.example"),
    ),
    "partner set": Row(
        ok("luc", "!partner set acme note important", "note: important"),
        no("ann", "!partner set acme note x", "Its sponsor and administrators decide", "error"),
        asks("ines", "!partner set acme servers acme.example *.acme.test"),
    ),
    "partner unset": Row(
        ok("luc", "!partner unset acme note", "it is so already"), no("luc", "!partner unset nothing note")
    ),
    "partner sponsor": Row(
        ok("luc", "!partner sponsor acme @ann:corp.example --yes", "@ann:corp.example"),
        no("luc", "!partner sponsor acme @nobody:corp.example", "nobody of the company", "usage"),
        asks("ines", "!partner sponsor acme @ann:corp.example --deputy"),
    ),
    "partner extend": Row(
        ok("luc", "!partner extend acme 2099-12-31 --yes", "last day: 31 Dec 2099"),
        no("luc", "!partner extend acme soon", "is not a date", "usage"),
        asks("luc", "!partner extend acme 2099-12-31"),
    ),
    "partner grant": Row(
        ok("luc", "!partner grant acme deal --yes", "Deal"),
        no("ann", "!partner grant acme sales", NOT_OWNER, "error"),
        asks("luc", "!partner grant acme deal sales"),
    ),
    "partner revoke": Row(
        ok("luc", "!partner revoke acme deal --yes", "Deal"),
        no("luc", "!partner revoke acme board"),
        before=(ok("luc", "!partner grant acme deal --yes"),),
    ),
    "partner renew": Row(
        ok("luc", "!partner renew globex --until 2099-12-31", "runs until 31 Dec 2099"),
        no("ann", "!partner renew globex", "Its sponsor and administrators decide", "error"),
    ),
    "partner stop": Row(
        ok("luc", "!partner stop globex", "ends on 31 Dec 2098"),
        no("bob:acme.example", "!partner stop acme", "", UNKNOWN),
    ),
    "partner suspend": Row(
        ok("luc", "!partner suspend acme --yes --reason a breach", "being taken out now"),
        no("ann", "!partner suspend acme", "Its sponsor and administrators decide", "error"),
        asks("luc", "!partner suspend acme"),
    ),
    "partner end": Row(
        ok("luc", "!partner end acme --yes", "out for good"),
        no("bob:acme.example", "!partner end acme", "", UNKNOWN),
        asks("ines", "!partner end acme"),
    ),
    "partner evidence": Row(
        ok("luc", "!partner evidence acme", "stay"),
        no("ann", "!partner evidence acme", "had access", "error"),
    ),
    "partner receipt": Row(
        ok("luc", "!partner receipt acme", "was ever shut out"),
        no("ann", "!partner receipt acme", "see what became of", "error"),
    ),
    "plan": Row(ok("ines", "!plan sales", ""), no("ann", "!plan", "", UNKNOWN), asks("ines", "!plan")),
    "apply": Row(
        ok("ines", "!apply {fingerprint}", ""), no("ann", "!apply abc", "", UNKNOWN), asks("ines", "!apply")
    ),
    "glass end": Row(ok("ines", "!glass end", "nothing to end"), no("ann", "!glass end", "", UNKNOWN)),
    "profile": Row(ok("ann", "!profile", "@ann:corp.example"), no("ann", "!profile @nobody:corp.example")),
    "profile set": Row(
        ok("ann", "!profile set phone +33612345678", "+33 6 12 34 56 78"),
        no("ann", "!profile set phone 12", "no phone number", "usage"),
        asks("luc", "!profile set phone +33612345678"),
        before=AGREED,
    ),
    "profile photo remove": Row(
        ok("ann", "!profile photo remove", "no photo"), no(STRANGER, "!profile photo remove", "", UNKNOWN)
    ),
    "profile export": Row(
        ok("ann", "!profile export", "in two files"), no(STRANGER, "!profile export", "", UNKNOWN), before=AGREED
    ),
    "profile erase": Row(
        asks("ann", "!profile erase"), ok("luc", "!profile erase", "nothing on your card"), before=AGREED
    ),
    "profile publish": Row(
        asks("ann", "!profile publish"),
        no("bob:acme.example", "!profile publish", "homeserver of your own", "error"),
        asks("luc", "!profile publish"),
    ),
    "profile unpublish": Row(
        ok("ann", "!profile unpublish", "does not follow"), no(STRANGER, "!profile unpublish", "", UNKNOWN)
    ),
    "profile unset": Row(
        ok("ann", "!profile unset phone", "does not say"),
        no("ann", "!profile unset photo", "!profile photo remove", "usage"),
    ),
    "profile circle": Row(
        ok("ann", "!profile circle phone groups", "share a group"),
        no("ann", "!profile circle photo groups", "address of a picture", "usage"),
    ),
    "partner history": Row(
        ok("ines", f"!partner history groups {BOB}", "groups"), no("luc", f"!partner history groups {BOB}", "", UNKNOWN)
    ),
    "profile fill": Row(ok("ann", "!profile fill", "step by step"), no(STRANGER, "!profile fill", "", UNKNOWN)),
    "profile history": Row(
        ok("bob:acme.example", "!profile history", "Nothing is written down"),
        no("ann", "!profile history", "only with people of partners", "usage"),
    ),
    "profile history add": Row(
        ok("luc", f"!profile history add visit today Came by. --about {BOB}", "Written down"),
        no("ann", f"!profile history add visit today Came by. --about {BOB}"),
    ),
    "profile history edit": Row(
        ok("luc", f"!profile history edit {ENTRY} Hello again", "Changed"),
        no("ann", f"!profile history edit {ENTRY} Hello again"),
        before=WRITTEN,
    ),
    "profile history remove": Row(
        ok("luc", f"!profile history remove {ENTRY}", "Taken back"),
        no("ann", f"!profile history remove {ENTRY}"),
        before=WRITTEN,
    ),
    "profile history removed": Row(
        ok("bob:acme.example", "!profile history removed", "Nothing was taken back"),
        no("ann", f"!profile history removed {BOB}"),
    ),
    "profile history restore": Row(
        ok("luc", f"!profile history restore {ENTRY}", "It counts again"),
        no("ann", f"!profile history restore {ENTRY}"),
        before=WRITTEN,
    ),
    "profile history versions": Row(
        ok("luc", f"!profile history versions {ENTRY}", "Hello"),
        no("ann", f"!profile history versions {ENTRY}"),
        before=WRITTEN,
    ),
    "contacts": Row(ok("ann", "!contacts", "luc"), no(STRANGER, "!contacts", "", UNKNOWN)),
    "who": Row(ok("ann", "!who customs", "Nobody says so"), no(STRANGER, "!who customs", "", UNKNOWN)),
    "find": Row(ok("ann", "!find claire", "claire"), ok("ann", "!find board", "I find nobody and nothing")),
    "why": Row(ok("ann", "!why sales", "Sales"), no("ann", "!why board")),
    "undo": Row(ok("ines", "!undo", ""), no("ann", "!undo", "", UNKNOWN)),
    "digest": Row(ok("ann", "!digest now", "weekly digest"), no(STRANGER, "!digest", "", UNKNOWN)),
    "onboarding": Row(ok("ann", "!onboarding status", "step by step"), no(STRANGER, "!onboarding", "", UNKNOWN)),
    "status": Row(ok("ines", "!status", "Homeserver"), no("ann", "!status", "", UNKNOWN)),
    "identity": Row(ok("ines", "!identity", "0 accounts"), no("ann", "!identity", "", UNKNOWN)),
    "identity show": Row(ok("ines", "!identity show ann", "as the directory says"),
                         no("ines", "!identity show nobody", "nobody of this name", "usage")),
    "identity link": Row(ok("ines", "!identity link ann @ann:corp.example", "nobody else’s"),
                         no("ines", "!identity link ann ann", "no user id", "usage")),
    "identity unlink": Row(ok("ines", "!identity unlink ann", "until one is found"),
                           no("ines", "!identity unlink ines", "No account is stored", "usage"),
                           before=(ok("ines", "!identity link ann @ann:corp.example"),)),
    "language": Row(
        ok("ann", "!language en", "All right"), no("ann", "!language latin", "French and English", "usage")
    ),
}  # fmt: skip
ELSEWHERE: Final = {
    "glass": Path("tests/services/test_glass.py"),
    "group adopt": Path("tests/services/test_adopting.py"),
    "partner resume": Path("tests/e2e/test_parting.py"),
}
"""Commands that need more around them than a row can say, and where they are tried."""


ROWED: Final = pytest.mark.parametrize("name", ROWS)


def company() -> Directory:
    deal = group("deal").owners("luc").members("claire").having(membership=MembershipMode.BOTH)
    return directory(
        group("sales").public().owners("luc").members("claire", "luc", "ann"),
        deal,
        group("lab").owners("zoe").members("zoe").admits("acme"),
        group("board").hidden().owners("claire").members("claire", "ines"),
        partners=[partner("acme", sponsor="luc"), partner("globex", sponsor="luc", until=date(2098, 12, 31))],
        people=("eve", "ines"),
    )


def whose(command: Command) -> str:
    """Somebody who may run it."""
    return "bob:acme.example" if command.rights == {"guest"} else ADMIN


async def opened() -> Asking:
    """With rooms to make: the first look is all that happened."""
    return await Asking.of(company())


async def type_in(asking: Asking, told: Told) -> Mapping[str, Any]:
    """The answer, which must be as the row says."""
    line = told.line
    if "{fingerprint}" in line:
        reply = await asking.ask("!plan", by=told.by)
        line = line.replace("{fingerprint}", str(reply["io.parvis.reply"]["reference"]))
    if "{request}" in line:
        [item] = [one for one in asking.house.store.data.pending.values() if one.kind == "join-request"]
        line = line.replace("{request}", item.key.removeprefix("join:"))
    if "{approval}" in line:
        [item] = [one for one in asking.house.store.data.pending.values() if one.kind == "approval"]
        line = line.replace("{approval}", item.key.removeprefix("approval:"))
    if "{vouching}" in line:
        [item] = [one for one in asking.house.store.data.pending.values() if one.kind == "vouching"]
        line = line.replace("{vouching}", item.key.removeprefix("vouching:"))
    reply = await asking.ask(line, by=told.by)
    assert (status(reply), told.words in body(reply)) == (told.status, True), body(reply)
    return reply


async def test_a_user_id_is_understood_as_a_telephone_writes_it() -> None:
    asking = await opened()
    assert "ann" in body(await asking.ask("!group add deal @Ann:corp.example", by="luc"))
    await asking.house.settle()
    assert "remove @ann" in body(await asking.ask("!group remove deal @ANN:Corp.example", by="luc"))
    assert "directory knows" not in body(await asking.ask("!why @Ann:corp.example sales", by="luc"))


def test_every_command_has_a_row_and_every_row_a_command() -> None:
    assert ROWS.keys() == COMMANDS.keys() - ELSEWHERE.keys()
    assert all((ROOT / ELSEWHERE[name]).exists() for name in COMMANDS if name in ELSEWHERE)


@ALL
@LANGUAGES
async def test_it_is_explained_in_both_languages(command: Command, language: str) -> None:
    asking = await opened()
    reply = await asking.ask(f"!help {command.words(language)}", by=whose(command), language=language)
    assert status(reply) == "ok"
    assert f"!{command.words(language)}" in body(reply)
    others = "fr" if language == "en" else "en"
    other = await asking.ask(f"!help {command.words(language)}", by=whose(command), language=others)
    assert body(reply) != body(other)


@ROWED
async def test_it_does_what_it_is_for(name: str) -> None:
    asking, row = await opened(), ROWS[name]
    for told in (*row.before, row.does):
        reply = await type_in(asking, told)
    assert reply["io.parvis.reply"]["command"] == name


@ROWED
async def test_it_refuses_whom_it_is_not_for_and_what_is_not_there(name: str) -> None:
    asking, row = await opened(), ROWS[name]
    for told in (*row.before, row.refuses):
        await type_in(asking, told)


@ROWED
async def test_a_command_that_asks_first_is_done_by_a_tap_and_by_nobody_elses(name: str) -> None:
    confirms = ROWS[name].confirms
    if confirms is None:
        assert name not in {"plan", "apply"}
        return
    asking = await opened()
    reply = await type_in(asking, confirms)
    assert reply["io.parvis.reply"]["reference"]
    asking.messenger.room(f"!{confirms.by}", user(confirms.by), user("hugo"))
    assert await asking.tap("✅", by="hugo", room=f"!{confirms.by}") == {}
    asking.messenger.room(f"!{confirms.by}", user(confirms.by))
    assert status(await asking.tap("✅", by=confirms.by)) == "ok"


def mistakes(command: Command, language: str) -> Iterator[str]:
    """Lines that do not fit the command's arguments."""
    name = command.words(language)
    declarations = [parameter.declaration for parameter in command.parameters]
    places = [one for one in declarations if isinstance(one, click.Argument)]
    words = "x " * sum(one.required for one in places)
    yield f"!{name} {words} --zzz"
    if words:
        yield f"!{name}"
    # Where the name of a group or of a person comes last, it may have many words.
    if all(one.nargs == 1 for one in places) and not (places and places[-1].name in {*NAMED, "person"}):
        yield f"!{name} {'x ' * (len(places) + 1)}"
    for one in declarations:
        if isinstance(one, click.Option):
            yield f"!{name} {words} {one.opts[0]}=" if one.is_flag else f"!{name} {words} {one.opts[0]}"


@ALL
@LANGUAGES
async def test_what_does_not_fit_is_answered_with_how_it_is_used(command: Command, language: str) -> None:
    asking = await opened()
    for line in mistakes(command, language):
        reply = await asking.ask(line, by=whose(command), language=language)
        assert status(reply) == "usage", line
        assert f"!{command.words(language)}" in body(reply), line
