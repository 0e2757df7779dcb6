"""What the verbs of the command line do; each gives an exit code (INTERFACE section 2)."""

import json
from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Final

from bridge.adapters.sql import store as sql
from bridge.adapters.time import SystemClock
from bridge.app.bots import bot_classes, users_of
from bridge.app.identifying import identifying_of
from bridge.app.probing import check_schedule
from bridge.app.sources import source_of, why_idle, without_groups
from bridge.app.terminal import Terminal
from bridge.app.wiring import Assembly, assembly, rules_of
from bridge.config.settings import Config
from bridge.domain.directory import Directory
from bridge.domain.document import Block, Document, paragraph
from bridge.domain.errors import ErrorKind, InputError, ParvisError
from bridge.domain.findings import Finding
from bridge.domain.ids import is_user_id
from bridge.domain.messages import say, say_n
from bridge.domain.problems import InvalidInput, Problem, Spot
from bridge.domain.rooms import group_room, subspace
from bridge.domain.viewers import COMMAND_LINE, Viewer, alone
from bridge.planning.choosing import of_rooms
from bridge.planning.plan import Plan
from bridge.planning.showing import as_json as plan_as_json
from bridge.ports.directory import Reading
from bridge.ports.policies import PolicyReading
from bridge.rules.access import Access
from bridge.rules.mapping import mapped
from bridge.services.applying.results import RunResult
from bridge.services.glazing import broken_by
from bridge.services.governing import Decisions
from bridge.services.grace import DEFAULT
from bridge.services.showing import later_blocks, plan_document, result_document
from bridge.services.world import World

DONE, FAILED, TO_DO, HELD = 0, 1, 3, 4
APPLY: Final = "parvis apply"
NOW: Final = "parvis apply --now"
PLAN: Final = "parvis plan"
NOWHERE: Final = Spot("directory")
"""Where a group stands of which the directory alone says something."""


async def check(config: Config, terminal: Terminal) -> int:
    """Configuration, directory and policies, without the homeserver."""
    reading, rules = await _valid(config)
    found = mapped(reading.directory, rules.policy)
    governed = Decisions().over(found.directory, found.policy, own_server=config.homeserver.server_name)
    findings = (*governed.findings, *found.findings)
    told = tuple(Problem(rules.spots.get(one.subject, NOWHERE), one.text, warning=True) for one in findings)
    idle = (Problem(rules.spots[f"rules[{one}]"], why_idle(rules.policy.rules[one], config), warning=True)
            for one in found.idle)  # fmt: skip
    empty = without_groups("directory", reading)
    warnings = (*config.warnings, *reading.warnings, *empty, *rules.warnings, *told, *idle)
    for warning in warnings:
        terminal.problem(warning)
    directory = reading.directory
    people = say_n("{count} person", "{count} people", len(directory.people))
    groups = say_n("{count} group", "{count} groups", len(directory.groups))
    partners = say_n("{count} partner", "{count} partners", len(directory.partners))
    verdict = say("All is well: {people}, {groups}, {partners}.", people=people, groups=groups, partners=partners)
    if warnings:
        verdict = say_n("Valid, with {count} warning: {people}, {groups}, {partners}.",
                        "Valid, with {count} warnings: {people}, {groups}, {partners}.",
                        len(warnings), people=people, groups=groups, partners=partners)  # fmt: skip
    terminal.show(Document((paragraph(verdict), *_asking_terms(governed.directory))))
    return DONE


def _asking_terms(directory: Directory) -> Iterator[Block]:
    """What the terms of partners will do to their people who are in already."""
    names = tuple(partner.name for partner in directory.partners.values() if partner.terms in directory.terms)
    if names:
        yield paragraph(say("Terms are asked of the people of {partners}. Who is in when the bridge first reads them"
                            " has until their day (`by`), or {count} days where none is named, and is then taken out"
                            " until they accept.", partners=names, count=DEFAULT.days))  # fmt: skip


async def _valid(config: Config) -> tuple[Reading, PolicyReading]:
    """Both files, and what bots have files of their own for. Raises ``InvalidInput`` with the problems of all."""
    problems: list[Problem] = []
    for bot, settings in bot_classes(config):
        try:
            if check_settings := getattr(bot, "check", None):
                check_settings(settings, config.file.parent)
        except InvalidInput as invalid:
            problems += invalid.problems
    try:
        reading = await source_of(config, SystemClock()).read()
    except InvalidInput as invalid:
        problems += invalid.problems
    try:
        rules = await rules_of(config).read()
    except InvalidInput as invalid:
        problems += invalid.problems
    try:
        check_schedule(config)
    except InputError as error:
        problems.append(Problem(Spot(str(config.file), path="secrecy.when"), error.message))
    if problems:
        raise InvalidInput(problems)
    return reading, rules


async def plan(config: Config, terminal: Terminal, *, as_json: bool, group: str | None, viewer: str | None) -> int:
    """What would change: for the command line, or for what a person would see."""
    async with assembly(config, bots=users_of(config)) as parts:
        await parts.prepare()
        world = await parts.reconciler.look(verify=True)
        shown = _cut(world, config, group=group, who=await viewer_now(parts, viewer))
        # What reading found is about the whole, and for those who run the bridge.
        _show(shown, world, terminal, findings=() if group or viewer else world.findings, as_json=as_json)
        return DONE if shown.empty else TO_DO


def _cut(world: World, config: Config, *, group: str | None, who: Viewer) -> Plan:
    access = Access(world.facts, admins=frozenset(config.admins))
    plan = world.plan.seen_by(access.compartments(who))
    if group is None:
        return plan
    found = access.find(who, group)
    if found is None:
        near = access.closest(who, group)
        raise InputError(
            say("There is no group {group}. Did you mean {near}?", group=group, near=near)
            if near
            else say("There is no group {group}.", group=group)
        )
    return of_rooms(plan, {group_room(found.id), subspace(found.id)})


def viewer_named(user: str | None) -> Viewer:
    """The command line itself, or the person whose view is asked for. Raises ``InputError``."""
    if user is None:
        return COMMAND_LINE
    if not is_user_id(user):
        raise InputError(say("{text} is not a user id; it looks like @ines:corp.example.", text=user))
    return alone(user)


async def viewer_now(parts: Assembly, user: str | None) -> Viewer:
    """The same with what they may see for a while (``services/glass``)."""
    viewer = viewer_named(user)
    async with parts.store.view() as view:
        return viewer.through(await broken_by(view, viewer.asker, parts.clock.now()))


def _show(
    plan: Plan, world: World, terminal: Terminal, *, findings: Sequence[Finding], as_json: bool, apply: str = APPLY
) -> None:
    """A plan, for people or for scripts."""
    if not as_json:
        whole = None if plan.fingerprint == world.plan.fingerprint else PLAN
        terminal.show(plan_document(plan, world.facts, findings=findings, apply=apply, whole=whole, at_once=NOW))
        return
    translator = terminal.translator
    shape = plan_as_json(plan, world.room_ids(), lambda message: translator.translate(message, terminal.language))
    shape["findings"] += _findings(findings, terminal)
    terminal.raw(json.dumps(shape, ensure_ascii=False))


def _findings(findings: Iterable[Finding], terminal: Terminal) -> list[dict[str, str | None]]:
    return [
        {
            "kind": finding.kind,
            "group": finding.group,
            "subject": finding.subject,
            "text": terminal.translator.translate(finding.text, terminal.language),
        }
        for finding in findings
    ]


async def apply(
    config: Config, terminal: Terminal, *, fingerprint: str | None, as_json: bool, at_once: bool = False
) -> int:
    """Apply the plan as it is now; a held one, or a quoted one, only under its fingerprint. With ``at_once`` nobody is
    invited later."""
    async with assembly(config, bots=users_of(config)) as parts:
        await parts.prepare()
        world = await parts.reconciler.look(keep=True, verify=True, at_once=at_once)
        if fingerprint is None and await _found_accounts(parts, config, world):
            world = await parts.reconciler.look(keep=True, verify=True, at_once=at_once)
        show = partial(_show, world.plan, world, terminal, findings=world.findings, as_json=as_json,
                       apply=NOW if at_once else APPLY)  # fmt: skip
        if fingerprint is not None and fingerprint.casefold() != world.plan.fingerprint:
            show()
            raise ParvisError(
                say(
                    "{quoted} is not the fingerprint of the plan as it is now, so nothing was done.", quoted=fingerprint
                ),
                kind=ErrorKind.CONFLICT,
            )
        if world.plan.held and fingerprint is None:
            show()
            return HELD
        if world.plan.empty and not as_json:
            show()
            return DONE
        result = await _apply(parts, world, terminal)
        if as_json:
            terminal.raw(_result_json(result, terminal))
        else:
            terminal.show(
                Document((*result_document(result).blocks, *later_blocks(world.plan, world.facts, at_once=NOW)))
            )
        return DONE if result.complete else FAILED


async def _found_accounts(parts: Assembly, config: Config, world: World) -> bool:
    """Whether accounts were found of people who had none: the running bridge looks for them, but ``apply`` may come
    before its first start, and would let nobody in."""
    changes: list[None] = []
    identifying = identifying_of(
        parts, lambda: world.facts.directory, users_of(config), changed=lambda: changes.append(None)
    )
    if identifying is not None:
        await identifying.go()
    return bool(changes)


async def _apply(parts: Assembly, world: World, terminal: Terminal) -> RunResult:
    if world.plan.empty:
        return RunResult(run="", done=0, total=0)
    with terminal.progress(say("Applying")) as progress:
        return await parts.reconciler.apply(world, world.plan, actor="command line", progress=progress)


def _result_json(result: RunResult, terminal: Terminal) -> str:
    findings = _findings(result.findings, terminal)
    shape = {"run": result.run, "done": result.done, "total": result.total, "findings": findings}
    return json.dumps(shape, ensure_ascii=False)


async def upgrade(config: Config, terminal: Terminal) -> int:
    """The schema, up to date."""
    await sql.upgrade(config.database.url)
    terminal.say(say("The database is up to date."))
    return DONE


async def backup(config: Config, terminal: Terminal, file: Path) -> int:
    """A consistent copy of the database."""
    await sql.backup(config.database.url, file)
    terminal.say(say("The database was copied to {file}.", file=str(file)))
    return DONE
