"""What the verbs of the command line do; each gives an exit code (INTERFACE section 2)."""

import json
from collections.abc import Iterable, Sequence
from functools import partial
from pathlib import Path
from typing import Final

from bridge.adapters.sql import store as sql
from bridge.app.bots import users_of
from bridge.app.identifying import identifying_of
from bridge.app.terminal import Terminal
from bridge.app.wiring import Assembly, assembly
from bridge.config.settings import Config
from bridge.domain.document import Document
from bridge.domain.errors import ErrorKind, InputError, ParvisError
from bridge.domain.findings import Finding
from bridge.domain.ids import is_user_id
from bridge.domain.messages import say
from bridge.domain.rooms import group_room, subspace
from bridge.domain.viewers import COMMAND_LINE, Viewer, alone
from bridge.planning.choosing import of_rooms
from bridge.planning.plan import Plan
from bridge.planning.showing import as_json as plan_as_json
from bridge.rules.access import Access
from bridge.services.applying.results import RunResult
from bridge.services.glazing import broken_by
from bridge.services.showing import later_blocks, plan_document, result_document
from bridge.services.world import World

DONE, FAILED, TO_DO, HELD = 0, 1, 3, 4
APPLY: Final = "parvis apply"
NOW: Final = "parvis apply --now"
PLAN: Final = "parvis plan"


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
        for finding in () if as_json else world.sameness.findings():
            terminal.say(finding.text)  # before a room is made that could have been one of before
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
