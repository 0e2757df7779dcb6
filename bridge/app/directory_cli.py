"""``parvis directory``: can the directory be read, and what does it say by itself. Added by ``cli``."""

import click

from bridge.adapters.time import SystemClock
from bridge.app import directory_diff
from bridge.app.context import Context, finish, pass_context
from bridge.app.terminal import Terminal
from bridge.app.verbs import DONE
from bridge.app.wiring import source_of
from bridge.config.settings import Config
from bridge.domain.directory import GROUP_REFERENCE, Directory, Group
from bridge.domain.document import Document, Table, paragraph
from bridge.domain.errors import InputError
from bridge.domain.messages import say, say_n


@click.group("directory")
def directory_() -> None:
    """Read the directory, and change nothing."""


@directory_.command("check")
@pass_context
def check(context: Context) -> None:
    """Read all of it once: can it be reached, is it whole, what is odd."""
    finish(_check(context.config(), context.terminal))


@directory_.command("show")
@click.argument("group", required=False)
@pass_context
def show(context: Context, group: str | None) -> None:
    """Print its groups with their ids, or who belongs to GROUP (an id or a name) by its word."""
    finish(_show(context.config(), context.terminal, group))


@directory_.command("diff")
@pass_context
def diff(context: Context) -> None:
    """Show what it says otherwise than the last good reading (exit code 3 when there is something). Keeps nothing."""
    finish(directory_diff.diff(context.config(), context.terminal))


async def _check(config: Config, terminal: Terminal) -> int:
    """How much there is."""
    reading = await source_of(config, SystemClock()).read()
    for warning in reading.warnings:
        terminal.problem(warning)
    directory = reading.directory
    off = sum(not person.active for person in directory.people.values())
    people = say_n("{count} person", "{count} people", len(directory.people))
    groups = say_n("{count} group", "{count} groups", len(directory.groups))
    named = sum(len(group.members) for group in directory.groups.values())
    verdict = say("{source} can be read, and whole: {people} ({off} switched off), {groups}, {named} memberships.",
                  source=config.directory.called, people=people, off=off, groups=groups, named=named)  # fmt: skip
    terminal.show(Document((paragraph(verdict),)))
    return DONE


async def _show(config: Config, terminal: Terminal, wanted: str | None) -> int:
    """All groups, or one."""
    directory = (await source_of(config, SystemClock()).read()).directory
    terminal.show(Document((_all_groups(directory) if wanted is None else _members(directory, wanted),)))
    return DONE


def _all_groups(directory: Directory) -> Table:
    rows = sorted(directory.groups.values(), key=lambda group: (group.name.en.casefold(), group.id))
    return Table(
        head=(say("Group"), say("Id"), say("Members")),
        rows=tuple((group.name, group.id, str(len(group.members))) for group in rows),
    )


def _members(directory: Directory, wanted: str) -> Table:
    names = (wanted.casefold(), wanted)
    found = [group for group in directory.groups.values() if group.id == wanted or group.name.en.casefold() in names]
    if len(found) != 1:
        raise InputError(
            say("Several groups are called {group}: name one by its id.", group=wanted)
            if found
            else say("There is no group {group}.", group=wanted)
        )
    rows = tuple(_row(directory, member) for member in found[0].members)
    return Table(head=(say("Member"), say("Account"), say("Id")), rows=rows)


def _row(directory: Directory, member: str) -> tuple[str, str, str]:
    if member in directory.people:
        person = directory.people[member]
        return person.name, person.user if person.active else "–", person.id
    inner: Group | None = directory.groups.get(member.removeprefix(GROUP_REFERENCE))
    return (inner.name.en, "", member) if inner else ("", member, "")
