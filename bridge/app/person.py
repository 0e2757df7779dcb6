"""``parvis person``: what is kept about somebody, and erasing it. Called by the command line."""

import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Final

from bridge.adapters.sealing import DataKeySealer, key_from_text
from bridge.app.bots import users_of
from bridge.app.terminal import Terminal
from bridge.app.verbs import DONE, FAILED, TO_DO, viewer_named
from bridge.app.wiring import Assembly, assembly, signer_of
from bridge.config.settings import Config
from bridge.domain.document import Document, paragraph
from bridge.domain.errors import InputError
from bridge.domain.ids import is_user_id
from bridge.domain.messages import say
from bridge.domain.viewers import COMMAND_LINE, OPEN, Viewer
from bridge.domain.witnesses import written
from bridge.rules.access import Access
from bridge.services.disclosing import as_json, dossier_document, foreseen_document, statement_document
from bridge.services.erasing import Erasing, Statement
from bridge.services.person import Gathering, named
from bridge.services.proof import Proof

TOKENS: Final = b"person.erased"


async def export(
    config: Config, terminal: Terminal, user: str, *, also: Sequence[str], as_machine: bool, viewer: str | None
) -> int:
    """Everything that is kept about somebody: for the command line, or as ``viewer`` may know it."""
    _check(user)
    who = viewer_named(viewer)
    async with _gathering(config, keep=False) as (_, gathering):
        if not _may_be_given(gathering.access, who, user):
            raise InputError(say("Only {user} and administrators are given this.", user=user))
        dossier = await gathering.dossier(who, named(gathering.access.facts, user, also))
        if as_machine:
            terminal.raw(json.dumps(as_json(dossier), ensure_ascii=False, indent=2))
        else:
            terminal.show(dossier_document(dossier, gathering.access.facts))
    return DONE


async def erase(config: Config, terminal: Terminal, user: str, *, also: Sequence[str], yes: bool) -> int:
    """Show what erasing somebody would do; with ``yes`` do it, unless something stands against it."""
    _check(user)
    async with _gathering(config, keep=yes) as (parts, gathering):
        facts = gathering.access.facts
        erasing = _erasing(config, parts)
        foreseen = await erasing.foresee(facts, await gathering.dossier(COMMAND_LINE, named(facts, user, also)))
        terminal.show(foreseen_document(foreseen))
        if foreseen.obstacles:
            terminal.say(say("Nothing was erased."))
            return FAILED
        if foreseen.empty:
            if yes:
                # Erased before, by a process that may have died before it came to this.
                await parts.store.scrub()
            return DONE
        if not yes:
            terminal.show(Document((paragraph(say("To do it, say it again with --yes. There is no way back.")),)))
            return TO_DO
        statement = await erasing.erase(foreseen)
        await _prove(config, parts, terminal, statement)
        await parts.store.scrub()
    return DONE


async def _prove(config: Config, parts: Assembly, terminal: Terminal, statement: Statement) -> None:
    """Show the statement before the file is written anew: that may be refused for a while, and be done again."""
    proof = Proof(store=parts.store, signer=signer_of(config))
    heads = await proof.heads(frozenset({OPEN}))
    terminal.show(statement_document(statement, written(heads[0])))


def _check(user: str) -> None:
    if not is_user_id(user):
        raise InputError(say("{text} is not a user id; it looks like @ines:corp.example.", text=user))


def _may_be_given(access: Access, viewer: Viewer, user: str) -> bool:
    """What is kept about people is theirs, and the administrators'."""
    return viewer.cleared or viewer.asker == user or access.is_admin(viewer.asker)


def _erasing(config: Config, parts: Assembly) -> Erasing:
    sealer = DataKeySealer(key_from_text(config.secrets.data_key.reveal()))
    return Erasing(
        store=parts.store,
        clock=parts.clock,
        chance=parts.chance,
        commit=lambda text: sealer.index(text, TOKENS).hex(),
        sources=tuple(config.sources),
    )


@asynccontextmanager
async def _gathering(config: Config, *, keep: bool) -> AsyncIterator[tuple[Assembly, Gathering]]:
    """From the directory and the store, without the homeserver."""
    async with assembly(config, bots=users_of(config)) as parts:
        world = await parts.reconciler.glance(keep=keep)
        access = Access(world.facts, admins=frozenset(config.admins))
        yield parts, Gathering(store=parts.store, world=world, access=access)
