"""``parvis check``: configuration, directory and policies, as the bridge would judge them. For ``rooms_cli``.

Where there is a store, what it keeps counts as it does for the bridge: groups that vanished or were made by command,
and ids that were said to be the same. It is only read, and none is made: one of an earlier schema, before an update, is
the running bridge's, and the files alone are judged.
"""

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from bridge.adapters.time import SystemClock
from bridge.app.judging import what_cannot_run, without_a_folder
from bridge.app.kept import has_store
from bridge.app.sources import Opened, sources_of, why_idle, without_groups
from bridge.app.terminal import Terminal
from bridge.app.verbs import DONE
from bridge.app.wiring import rules_of
from bridge.config.settings import Config
from bridge.config.tokens import refuse_weak_tokens
from bridge.domain.directory import Directory
from bridge.domain.document import Block, Document, paragraph
from bridge.domain.errors import ParvisError
from bridge.domain.findings import Finding
from bridge.domain.messages import Message, say, say_n
from bridge.domain.policy import FilePolicy
from bridge.domain.problems import InvalidInput, Problem, Spot
from bridge.domain.rooms import RoomKind
from bridge.ports.directory import Reading
from bridge.ports.policies import PolicyReading
from bridge.rules.identifying import identified
from bridge.rules.mapping import mapped
from bridge.rules.sameness import Same, counting, policy_as
from bridge.services.governing import Decisions
from bridge.services.grace import DEFAULT
from bridge.services.renamed import renamed
from bridge.services.several import NamedSource, combined, keeping

NOWHERE: Final = Spot("directory")
"""Where a group stands of which the directory alone says something."""


@dataclass(frozen=True, slots=True)
class Answered:
    """``DirectorySource`` that was asked already: its answer, as often as somebody wants it."""

    reading: Reading

    async def read(self) -> Reading:
        """As the port says."""
        return self.reading


@dataclass(frozen=True, slots=True)
class Kept:
    """What the bridge's store adds: decisions by command, which ids of groups stand for which, which have a room."""

    decided: Decisions = field(default_factory=Decisions)
    same: Same = field(default_factory=dict)
    rooms: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What follows for groups: ``directory`` with all that is decided, ``idle`` rules (from 0), and which ids stand for
    which (``same``). ``unread`` says why what the bridge keeps is not in it."""

    directory: Directory
    findings: tuple[Finding, ...]
    idle: tuple[int, ...]
    same: Same
    unread: Message | None = None


async def check(config: Config, terminal: Terminal) -> int:
    """Configuration, directory and policies, without the homeserver."""
    sources, reading, rules = await _valid(config)
    judged = await _judged(config, sources, reading.directory, rules.policy)
    spots = {**{judged.same.get(name, name): spot for name, spot in rules.spots.items()}, **rules.spots}
    told = tuple(Problem(spots.get(one.subject, NOWHERE), one.text, warning=True) for one in judged.findings)
    idle = (Problem(rules.spots[f"rules[{one}]"], why_idle(rules.policy.rules[one], config), warning=True)
            for one in judged.idle)  # fmt: skip
    empty = without_groups("directory", reading)
    unseen = _without_looking(config, reading.directory)
    warnings = (*config.warnings, *reading.warnings, *empty, *rules.warnings, *told, *idle, *unseen,
                *without_a_folder(config))  # fmt: skip
    for warning in warnings:
        terminal.problem(warning)
    if told and judged.unread:
        terminal.say(judged.unread)
    directory = reading.directory
    people = say_n("{count} person", "{count} people", len(directory.people))
    groups = say_n("{count} group", "{count} groups", len(directory.groups))
    partners = say_n("{count} partner", "{count} partners", len(directory.partners))
    verdict = say("All is well: {people}, {groups}, {partners}.", people=people, groups=groups, partners=partners)
    if warnings:
        verdict = say_n("Valid, with {count} warning: {people}, {groups}, {partners}.",
                        "Valid, with {count} warnings: {people}, {groups}, {partners}.",
                        len(warnings), people=people, groups=groups, partners=partners)  # fmt: skip
    terminal.show(Document((paragraph(verdict), *_asking_terms(judged.directory))))
    return DONE


async def _judged(config: Config, sources: Sequence[NamedSource], directory: Directory, policy: FilePolicy) -> Judged:
    """As the bridge has it where there is a store that can be read, else by the files alone."""
    reason: Message = say("there is none here")
    if await asyncio.to_thread(has_store, config.database.url):
        try:
            return await _as_kept(config, sources, policy)
        except ParvisError as error:
            reason = error.message
    judged = _together(config, directory, policy, Kept())
    unread = say("Groups that commands made, that vanished or that have another id now (parvis group same) are known to"
                 " the bridge’s database alone, which was not read: {reason}", reason=reason)  # fmt: skip
    return replace(judged, unread=unread)


async def _as_kept(config: Config, sources: Sequence[NamedSource], policy: FilePolicy) -> Judged:
    async with Opened(config).store() as store:
        truth = await keeping(sources, store, SystemClock(), config.lifecycle.archive_vanished).read(keep=False)
        async with store.view() as view:
            decided, said = await Decisions.kept(view), await renamed(view)
            rooms = frozenset(one.ref.id for one in await view.rooms.bindings() if one.ref.kind is RoomKind.GROUP)
            links = await view.identities.all()
    people = identified(truth.directory, links, config.identities.strategies_now())
    return _together(config, people, policy, Kept(decided, counting(said, people.groups), rooms))


def _together(config: Config, directory: Directory, policy: FilePolicy, kept: Kept) -> Judged:
    found = mapped(directory, policy_as(policy, kept.same), kept.rooms)
    governed = kept.decided.over(found.directory, found.policy, own_server=config.homeserver.server_name)
    return Judged(
        directory=governed.directory,
        findings=(*governed.findings, *found.findings),
        idle=found.idle,
        same=kept.same,
    )


def _without_looking(config: Config, directory: Directory) -> Iterator[Problem]:
    """That nobody looks whether people have the account that is made of their login."""
    count = sum(1 for one in directory.people.values() if one.active and one.login)
    if count and not config.identities.strategies:
        yield Problem(
            Spot(str(config.file), path="identities"),
            say_n("{count} person is known by login alone, and nobody looks whether the account exists that is made of"
                  " it: an invitation may go to an account that does not exist, or be tried again and again."
                  " `strategies: [template]` looks; it needs homeserver.admin_token.",
                  "{count} people are known by login alone, and nobody looks whether the accounts exist that are made"
                  " of it: invitations may go to accounts that do not exist, or be tried again and again."
                  " `strategies: [template]` looks; it needs homeserver.admin_token.", count),
            warning=True,
        )  # fmt: skip


def _asking_terms(directory: Directory) -> Iterator[Block]:
    """What the terms of partners will do to their people who are in already."""
    names = tuple(partner.name for partner in directory.partners.values() if partner.terms in directory.terms)
    if names:
        yield paragraph(say("Terms are asked of the people of {partners}. Who is in when the bridge first reads them"
                            " has until their day (`by`), or {count} days where none is named, and is then taken out"
                            " until they accept.", partners=names, count=DEFAULT.days))  # fmt: skip


async def _valid(config: Config) -> tuple[tuple[NamedSource, ...], Reading, PolicyReading]:
    """The sources with their answers, all of them as one, the policy file. Raises ``InvalidInput`` with the problems of
    all, and of whatever ``parvis run`` would refuse."""
    problems = [*refuse_weak_tokens(config), *what_cannot_run(config)]
    answered: list[tuple[NamedSource, Reading]] = []
    for source in sources_of(config, SystemClock()):
        try:
            answered.append((source, await source.source.read()))
        except InvalidInput as invalid:
            problems += invalid.problems
    try:
        rules = await rules_of(config).read()
    except InvalidInput as invalid:
        problems += invalid.problems
    if problems:
        raise InvalidInput(problems)
    readings = [(source.name, reading) for source, reading in answered]
    whole = readings[0][1] if len(readings) == 1 else combined(readings)
    return tuple(replace(source, source=Answered(reading)) for source, reading in answered), whole, rules
