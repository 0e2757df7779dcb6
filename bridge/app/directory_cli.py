"""``parvis directory``: can the directory be read, and what does it say by itself. Found by ``cli``."""

import json
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any

import click

from bridge.adapters.time import SystemClock
from bridge.app import directory_diff
from bridge.app.context import Context, finish, pass_context
from bridge.app.kept import kept_counts, kept_read
from bridge.app.sources import source_of, sources_of, without_groups
from bridge.app.speaking import Words
from bridge.app.terminal import Terminal
from bridge.app.verbs import DONE
from bridge.app.wiring import rules_of
from bridge.config.settings import Config
from bridge.domain.directory import GROUP_REFERENCE, Directory, Group
from bridge.domain.document import Document, Inline, Paragraph, Table, paragraph
from bridge.domain.errors import InputError, ParvisError
from bridge.domain.messages import say, say_n
from bridge.domain.problems import InvalidInput, Problem, Spot
from bridge.domain.soundings import Counts
from bridge.ports.directory import Reading
from bridge.rules.doctor.sources import fewer_groups, fewer_people
from bridge.rules.mapping import mapped, path_of
from bridge.services.several import NamedSource, combined, contradicted
from bridge.services.sources_read import SourceRead

of_source: Callable[[Any], Any] = click.option(
    "--source", metavar="NAME", help="One source of several, by its name in the configuration."
)


@click.group("directory", cls=Words)
def directory_() -> None:
    """Read the directory, and change nothing."""


@directory_.command("check")
@of_source
@pass_context
def check(context: Context, source: str | None) -> None:
    """Read all of it once: can it be reached, is it whole, what is odd."""
    finish(_check(context.config(), context.terminal, source))


@directory_.command("show")
@click.argument("group", required=False)
@click.option("--unmapped", is_flag=True, help="The groups that fit no rule of the policy file.")
@click.option("--json", "as_machine", is_flag=True, help="Everybody and every group, for scripts.")
@of_source
@pass_context
def show(context: Context, group: str | None, source: str | None, *, unmapped: bool, as_machine: bool) -> None:
    """Print its groups with their ids, or who belongs to GROUP (an id or a name) by its word."""
    if unmapped:
        finish(_unmapped(context.config(), context.terminal, source))
    finish(_show(context.config(), context.terminal, group, source, as_machine=as_machine))


@directory_.command("diff")
@of_source
@pass_context
def diff(context: Context, source: str | None) -> None:
    """Show what it says otherwise than the last good reading (exit code 3 when there is something). Keeps nothing."""
    finish(directory_diff.diff(context.config(), context.terminal, source))


async def _check(config: Config, terminal: Terminal, name: str | None) -> int:
    """How much there is, of each source and then of all."""
    clock = SystemClock()
    sources = sources_of(config, clock, name)
    readings = await _readings(sources, terminal)
    reading = readings[0][1] if len(readings) == 1 else combined(readings)
    called = " + ".join(one.called for one in sources)
    fewer = [
        warning for one, (_, part) in zip(sources, readings, strict=True) for warning in await _fewer(config, one, part)
    ]
    beside = await _beside(config, name, reading) if name and len(config.sources) > 1 else ()
    for warning in (*reading.warnings, *reading.remarks, *beside, *without_groups(called, reading), *fewer):
        terminal.problem(warning)
    parts = readings if len(readings) > 1 else []
    terminal.show(Document(tuple(_verdict(*told) for told in (*parts, (called, reading)))))
    return DONE


async def _readings(sources: Sequence[NamedSource], terminal: Terminal) -> list[tuple[str, Reading]]:
    """Every source once. Raises ``InvalidInput`` with what is wrong with any, after what is right has been shown."""
    if len(sources) == 1:
        return [(sources[0].called, await sources[0].source.read())]
    readings: list[tuple[str, Reading]] = []
    problems: list[Problem] = []
    for one in sources:
        try:
            readings.append((one.called, await one.source.read()))
        except InvalidInput as invalid:
            problems += invalid.problems
        except ParvisError as error:
            problems.append(Problem(Spot(one.called), error.message))
    if problems:
        if readings:
            terminal.show(Document(tuple(_verdict(*told) for told in readings)))
        raise InvalidInput(problems)
    return readings


async def _beside(config: Config, name: str, reading: Reading) -> tuple[Problem, ...]:
    """What one of several sources writes that leads nowhere, which the others decide: they are read for that alone."""
    others = [one for one in sources_of(config, SystemClock()) if one.name != name]
    readings = {name: reading}
    for one in others:
        try:
            readings[one.name] = await one.source.read()
        except ParvisError:
            message = say("Where names of {source} lead is not known, as {other} cannot be read.",
                          source=name, other=one.called)  # fmt: skip
            return (Problem(Spot("directory"), message, warning=True),)
    told = contradicted([(one, readings[one]) for one in config.sources], name)
    return tuple(Problem(Spot("directory", path=one.subject), one.text, warning=True) for one in told)


async def _fewer(config: Config, source: NamedSource, reading: Reading) -> list[Problem]:
    """Half a file may be whole in form: what tells is how much there was before."""
    before = await kept_counts(config, source.name)
    if before is None:
        return []
    now = Counts.of(reading.directory)
    look = f"parvis directory diff --source {source.name}" if source.name else "parvis directory diff"
    return [
        Problem(Spot(source.called), say("{found} {command} says which.", found=found, command=look), warning=True)
        for found in (fewer_people(before, now), fewer_groups(before, now))
        if found is not None
    ]


def _verdict(called: str, reading: Reading) -> Paragraph:
    if reading.early:
        return paragraph(say("{source} can be read; so far nothing has come that counts.", source=called))
    directory = reading.directory
    off = sum(not person.active for person in directory.people.values())
    people = say_n("{count} person", "{count} people", len(directory.people))
    groups = say_n("{count} group", "{count} groups", len(directory.groups))
    named = sum(len(group.members) for group in directory.groups.values())
    memberships = say_n("{count} membership", "{count} memberships", named)
    verdict = say("{source} can be read, and whole: {people} ({off} switched off), {groups}, {memberships}.",
                  source=called, people=people, off=off, groups=groups, memberships=memberships)  # fmt: skip
    return paragraph(verdict)


async def _show(config: Config, terminal: Terminal, wanted: str | None, name: str | None, *, as_machine: bool) -> int:
    """All groups, or one."""
    clock = SystemClock()
    directory = (await source_of(config, clock, name).read()).directory
    if as_machine:
        groups = directory.groups.values() if wanted is None else [_one(directory, wanted)]
        terminal.raw(json.dumps(_told(directory, groups), ensure_ascii=False, indent=2))
        return DONE
    table = _all_groups(directory) if wanted is None else _members(directory, wanted)
    kept = [
        _kept(one.called, await kept_read(config, one.name), clock.now()) for one in sources_of(config, clock, name)
    ]
    terminal.show(Document((table, *kept)))
    return DONE


def _kept(called: str, read: SourceRead, now: datetime) -> Paragraph:
    """What the bridge goes by, while this is what the source says now."""
    if read.under_way(now):
        return paragraph(
            say("The bridge has been reading {source} since {time}.", source=called, time=read.begun or now)
        )
    if read.good is None:
        return paragraph(say("The bridge has not read {source} yet.", source=called))
    return paragraph(say("The bridge read {source} last on {time}.", source=called, time=read.good))


async def _unmapped(config: Config, terminal: Terminal, name: str | None) -> int:
    """What the rules leave without a room, with the paths that rules may ask about."""
    directory = (await source_of(config, SystemClock(), name).read()).directory
    left = mapped(directory, (await rules_of(config).read()).policy).unmapped
    rows = tuple(
        (group.name, group.id, path_of(group.origin), str(len(group.members)))
        for group in sorted(left, key=lambda one: (one.name.en.casefold(), one.id))
    )
    table = Table(head=(say("Group"), say("Id"), say("Path"), say("Members")), rows=rows)
    terminal.show(Document((table if rows else paragraph(say("Every group fits a rule, or there are none.")),)))
    return DONE


def _all_groups(directory: Directory) -> Table:
    rows = sorted(directory.groups.values(), key=lambda group: (group.name.en.casefold(), group.id))
    return Table(
        head=(say("Group"), say("Id"), say("Members")),
        rows=tuple((group.name, group.id, str(len(group.members))) for group in rows),
    )


def _told(directory: Directory, groups: Iterable[Group]) -> dict[str, list[dict[str, Any]]]:
    """These groups, and everybody who is there, by their ids; groups in groups are ``group:…``."""
    people = sorted(directory.people.values(), key=lambda one: one.id)
    return {
        "people": [{"id": one.id, "user": one.user, "name": one.name, "active": one.active} for one in people],
        "groups": [
            {"id": one.id, "name": one.name.en, "members": sorted(one.members), "owners": sorted(one.owners)}
            for one in sorted(groups, key=lambda one: one.id)
        ],
    }


def _members(directory: Directory, wanted: str) -> Table:
    rows = tuple(_row(directory, member) for member in _one(directory, wanted).members)
    return Table(head=(say("Member"), say("Account"), say("Id")), rows=rows)


def _one(directory: Directory, wanted: str) -> Group:
    """The group of this id or name; raises ``InputError`` when there is none or are several."""
    names = (wanted.casefold(), wanted)
    found = [group for group in directory.groups.values() if group.id == wanted or group.name.en.casefold() in names]
    if len(found) != 1:
        raise InputError(
            say("Several groups are called {group}: name one by its id.", group=wanted)
            if found
            else say("There is no group {group}.", group=wanted)
        )
    return found[0]


def _row(directory: Directory, member: str) -> tuple[Inline, ...]:
    if member in directory.people:
        person = directory.people[member]
        return person.name, (person.user or "–") if person.active else say("switched off"), person.id
    inner: Group | None = directory.groups.get(member.removeprefix(GROUP_REFERENCE))
    return (inner.name.en, "", member) if inner else ("", member, "")
