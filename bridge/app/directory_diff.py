"""``parvis directory diff``: what the directory says now, beside the last good reading. Called by ``directory_cli``."""

from collections.abc import Iterator
from typing import Final

from bridge.adapters.time import SystemClock
from bridge.app.bots import users_of
from bridge.app.sources import source_of, sources_of
from bridge.app.terminal import Terminal
from bridge.app.verbs import DONE, TO_DO
from bridge.app.wiring import assembly
from bridge.config.settings import Config
from bridge.domain.directory import Directory
from bridge.domain.document import Block, Document, Table, paragraph
from bridge.domain.errors import ErrorKind, ParvisError
from bridge.domain.messages import Message, say, say_n
from bridge.rules.differing import Differences, called_alike, called_otherwise, differences, same_people
from bridge.rules.identifying import identified
from bridge.rules.sameness import holding, known_as
from bridge.services.renamed import renamed
from bridge.services.several import keeping
from bridge.services.truth import Keeper

NAMED: Final = 10
"""So many are named in one line, the others counted by the dots."""


async def diff(config: Config, terminal: Terminal, name: str | None) -> int:
    """What would count from the next reading on; nothing is kept. 3 when there is something, as for ``plan``."""
    clock = SystemClock()
    sources = sources_of(config, clock, name)
    reading = await source_of(config, clock, name).read()
    async with assembly(config, bots=users_of(config)) as parts:
        before = await _before(keeping(sources, parts.store, clock))
        async with parts.store.view() as view:
            said, links = await renamed(view), await view.identities.all()
    strategies = config.identities.strategies_now()
    now = known_as(reading.directory, holding(said, [reading.directory.groups]))
    before, now = (identified(one, links, strategies) for one in (before, now))
    for warning in reading.warnings:
        terminal.problem(warning)
    found = differences(before, now)
    if found.none:
        terminal.show(Document((paragraph(say("People, groups and members are those of the last good reading.")),)))
        return DONE
    looks_for_accounts = bool(config.identities.strategies)
    terminal.show(Document((_table(found, before, now), *_again(before, now, looked_for=looks_for_accounts))))
    return TO_DO


def _again(before: Directory, now: Directory, *, looked_for: bool) -> Iterator[Block]:
    """What to do about who and what could be the same under other ids, as after a change of source; ``looked_for`` are
    accounts that the directory does not name."""
    if count := called_alike(before, now):
        yield paragraph(
            say_n("{count} of the groups that are new is called like one that is gone. Whether it is the same is said"
                  " with {command}.",
                  "{count} of the groups that are new are called like ones that are gone. Whether they are the same is"
                  " said with {command}.", count, command="parvis group same")
        )  # fmt: skip
    gone, new = called_otherwise(before, now)
    if gone and new:
        last = say_n("{count} group is gone and no new one is called like it.",
                     "{count} groups are gone and no new ones are called like them.", gone)  # fmt: skip
        yield paragraph(
            last, " ",
            say_n("If the {count} new one is one of them under another name, say so before the bridge makes a room for"
                  " it: {command}.",
                  "If some of the {count} new ones are some of them under other names, say so before the bridge makes"
                  " rooms for them: {command}.", new, command="parvis group same")
        )  # fmt: skip
    if not (count := same_people(before, now, by_name=looked_for)):
        return
    if looked_for:
        yield paragraph(
            say_n("{count} of the people who are new could be somebody who is gone, by account or name. Once the"
                  " running bridge has read this, {command} lists whose account it found.",
                  "{count} of the people who are new could be people who are gone, by account or name. Once the"
                  " running bridge has read this, {command} lists whose accounts it found.",
                  count, command="parvis identity same")
        )  # fmt: skip
        return
    yield paragraph(
        say_n("{count} of the people who are new has the account of somebody who is gone, and keeps it: nothing has"
              " to be said of that.",
              "{count} of the people who are new have the accounts of people who are gone, and keep them: nothing"
              " has to be said of that.", count)
    )  # fmt: skip


async def _before(keeper: Keeper) -> Directory:
    """The last good reading. Raises ``ParvisError`` with what to do when there never was one."""
    try:
        return (await keeper.last()).directory
    except ParvisError as error:
        if error.kind is not ErrorKind.CONFLICT:
            raise
        message = say(
            "The directory has not been read yet, so there is nothing to compare with: {run} or {apply} keeps the "
            "first reading; {check} says what it would be.",
            run="parvis run",
            apply="parvis apply",
            check="parvis directory check",
        )
        raise ParvisError(message, kind=error.kind) from error


def _table(found: Differences, before: Directory, after: Directory) -> Table:
    people = {**before.people, **after.people}
    groups = {**before.groups, **after.groups}

    def named(ids: tuple[str, ...]) -> str:
        names = [people[id_].name or id_ if id_ in people else id_ for id_ in ids[:NAMED]]
        return ", ".join(names) + (" …" if len(ids) > NAMED else "")

    def titles(ids: tuple[str, ...]) -> str:
        return ", ".join(groups[id_].name.en for id_ in ids[:NAMED]) + (" …" if len(ids) > NAMED else "")

    def renamed(ids: tuple[str, ...]) -> str:
        return _changes([(before.people[id_].name, after.people[id_].name) for id_ in ids])

    def retitled(ids: tuple[str, ...]) -> str:
        return _changes([(before.groups[id_].name.en, after.groups[id_].name.en) for id_ in ids])

    whole: list[tuple[Message, tuple[str, ...], str]] = [
        (say("People who are new"), found.people_come, named(found.people_come)),
        (say("People who are gone"), found.people_gone, named(found.people_gone)),
        (say("People who are switched off"), found.left, named(found.left)),
        (say("People with another name"), found.people_called, renamed(found.people_called)),
        (say("Groups that are new"), found.groups_come, titles(found.groups_come)),
        (say("Groups that are gone"), found.groups_gone, titles(found.groups_gone)),
        (say("Groups with another name"), found.groups_called, retitled(found.groups_called)),
    ]
    rows = [(what, str(len(ids)), names) for what, ids, names in whole if ids]
    for one in found.groups:
        for what, ids in (
            (say("Come into {group}", group=one.group.name), one.come),
            (say("Gone from {group}", group=one.group.name), one.gone),
        ):
            if ids:
                rows.append((what, str(len(ids)), named(ids)))
    return Table(head=(say("What"), say("How many"), say("Who")), rows=tuple(rows))


def _changes(names: list[tuple[str, str]]) -> str:
    return ", ".join(f"{was} → {is_}" for was, is_ in names[:NAMED]) + (" …" if len(names) > NAMED else "")
