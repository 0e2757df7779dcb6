"""``parvis undo``: the last runs, what undoing one would be, and doing it. Called by the command line."""

from typing import Final

from bridge.app.bots import users_of
from bridge.app.terminal import Terminal
from bridge.app.verbs import DONE, FAILED
from bridge.app.wiring import Assembly, assembly
from bridge.config.settings import Config
from bridge.domain.errors import ErrorKind, InputError, ParvisError
from bridge.domain.messages import say
from bridge.domain.viewers import COMMAND_LINE
from bridge.rules.access import Access
from bridge.services.showing import result_document
from bridge.services.undoing import Undoing
from bridge.services.undone import COMMAND_LINE as ACTOR
from bridge.services.undone import Undo, runs_document, undo_document

UNDO: Final = "parvis undo"


async def undo(config: Config, terminal: Terminal, *, run: str | None, fingerprint: str | None) -> int:
    """List runs; or show what undoing ``run`` would be; or do it, when its fingerprint is quoted."""
    async with assembly(config, bots=users_of(config)) as parts:
        await parts.prepare()
        undoing = Undoing(
            store=parts.store,
            reconciler=parts.reconciler,
            clock=parts.clock,
            chance=parts.chance,
            gate=lambda world: Access(world.facts, admins=frozenset(config.admins)),
        )
        if run is None:
            runs = await undoing.runs(COMMAND_LINE, await parts.reconciler.look())
            terminal.show(runs_document(runs, undo=UNDO))
            return DONE
        shown = await undoing.show(COMMAND_LINE, run)
        if shown is None:
            raise InputError(say("There is no run {run}.", run=run))
        if fingerprint is None or shown.empty:
            terminal.show(undo_document(shown, command=UNDO))
            return DONE
        if fingerprint.casefold() != shown.fingerprint:
            terminal.show(undo_document(shown, command=UNDO))
            raise ParvisError(
                say(
                    "{quoted} is not the fingerprint of what undoing would do now, so nothing was done.",
                    quoted=fingerprint,
                ),
                kind=ErrorKind.CONFLICT,
            )
        return await _undo(parts, undoing, shown, terminal)


async def _undo(parts: Assembly, undoing: Undoing, shown: Undo, terminal: Terminal) -> int:
    await undoing.take_back(shown, actor=ACTOR, origin=f"command line {parts.chance.token()}")
    if shown.plan.empty:
        terminal.say(say("The decisions are taken back; the rooms follow."))
        return DONE
    with terminal.progress(say("Applying")) as progress:
        result = await parts.reconciler.apply(shown.then, shown.plan, actor=ACTOR, progress=progress)
    terminal.show(result_document(result))
    return DONE if result.complete else FAILED
