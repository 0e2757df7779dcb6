"""``parvis partner …``: partners shown and decided about, by the command line, which is cleared for everything.

A decision is shown, and taken with ``--yes``; rooms follow at the next look of the running bridge.
"""

import json
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager

from bridge.app.bots import users_of
from bridge.app.grouping import policies_of, society_of
from bridge.app.terminal import Terminal
from bridge.app.verbs import DONE, TO_DO
from bridge.app.wiring import assembly, files_of
from bridge.config.settings import Config
from bridge.domain.document import Document, paragraph
from bridge.domain.errors import InputError
from bridge.domain.messages import say
from bridge.domain.policy import Value
from bridge.domain.viewers import COMMAND_LINE
from bridge.rules.fields import read_day
from bridge.services.granting import Granting
from bridge.services.invitation_words import invitation_blocks
from bridge.services.inviting import Inviting
from bridge.services.partner_shown import as_json, listed, shown
from bridge.services.partner_views import PartnerViews
from bridge.services.partnerships import PartnerProposal, Partnerships
from bridge.services.proposing import Told, proposal_blocks
from bridge.services.undone import COMMAND_LINE as ACTOR


async def list_all(config: Config, terminal: Terminal, *, as_machine: bool) -> int:
    """All partners, one line each, or as a JSON list."""
    async with _granting(config, keep=False) as granting:
        views = PartnerViews(society=granting.partnerships.society).visible(COMMAND_LINE)
        if as_machine:
            terminal.raw(json.dumps([as_json(view) for view in views], ensure_ascii=False))
        else:
            terminal.show(listed(views, granting.partnerships.society))
        return DONE


async def show(config: Config, terminal: Terminal, name: str, *, as_machine: bool) -> int:
    """One partner. Raises ``InputError`` when there is none of that name."""
    async with _granting(config, keep=False) as granting:
        view = PartnerViews(society=granting.partnerships.society).find(COMMAND_LINE, name)
        if view is None:
            raise _unknown(name)
        if as_machine:
            terminal.raw(json.dumps(as_json(view), ensure_ascii=False))
        else:
            terminal.show(shown(view, granting.partnerships.society))
        return DONE


async def add(config: Config, terminal: Terminal, values: Mapping[str, Value], *, yes: bool) -> int:
    """A new partner. Raises what ``Partnerships.propose_new`` raises."""
    async with _granting(config) as granting:
        partnerships = granting.partnerships
        proposal = await partnerships.propose_new(COMMAND_LINE, values, _origin(partnerships))
        return await _decided(partnerships, terminal, proposal, yes=yes)


async def decide(
    config: Config,
    terminal: Terminal,
    name: str,
    values: Mapping[str, Value],
    unset: frozenset[str] = frozenset(),
    *,
    yes: bool,
) -> int:
    """Something about a partner. Raises what ``Partnerships.propose`` raises."""
    async with _granting(config) as granting:
        partnerships = granting.partnerships
        proposal = await partnerships.propose(COMMAND_LINE, name, values, unset)
        if proposal is None:
            raise _unknown(name)
        return await _decided(partnerships, terminal, proposal, yes=yes)


async def grant(
    config: Config,
    terminal: Terminal,
    name: str,
    groups: Sequence[str],
    *,
    present: bool,
    yes: bool,
    moderating: bool = False,
) -> int:
    """Groups open to a partner, or no longer; ``moderating``: its people may be named moderators.

    Raises what ``Granting.propose`` raises."""
    async with _granting(config) as granting:
        proposals = await granting.propose(COMMAND_LINE, name, groups, present=present, moderating=moderating)
        if proposals is None:
            raise InputError(say("There is no partner or no group of this name."))
        for proposal in proposals:
            _tell(terminal, proposal)
            if yes:
                await granting.policies.take(proposal, actor=ACTOR, origin=_origin(granting.partnerships))
        return _end(terminal, yes=yes)


async def invite(
    config: Config, terminal: Terminal, user: str, groups: Sequence[str], *, until: str, reason: str, yes: bool
) -> int:
    """Somebody of a partner comes in. Raises what ``Inviting.propose`` raises."""
    async with _granting(config) as granting:
        inviting = Inviting(policies=granting.policies, homeserver=granting.policies.reconciler.homeserver)
        invitation = await inviting.propose(COMMAND_LINE, user, groups, until=read_day(until), reason=reason)
        if invitation is None:
            raise InputError(say("There is no partner or no group of this name."))
        if invitation.unchanged is not None:
            terminal.show(Document((paragraph(invitation.unchanged),)))
            return DONE
        terminal.show(Document(invitation_blocks(invitation, inviting.now()[0].facts)))
        if yes:
            await inviting.take(invitation, origin=_origin(granting.partnerships))
        return _end(terminal, yes=yes)


@asynccontextmanager
async def _granting(config: Config, *, keep: bool = True) -> AsyncIterator[Granting]:
    """Services over the world as it is now; with ``keep`` this reading of the directory counts."""
    async with assembly(config, bots=users_of(config)) as parts:
        society = society_of(config, parts, await parts.reconciler.glance(keep=keep))
        partnerships = Partnerships(
            society=society,
            store=parts.store,
            reconciler=parts.reconciler,
            clock=parts.clock,
            chance=parts.chance,
            changed=lambda: None,
            files=files_of(config),
        )
        yield Granting(policies=policies_of(config, parts, society), partnerships=partnerships)


async def _decided(partnerships: Partnerships, terminal: Terminal, proposal: PartnerProposal, *, yes: bool) -> int:
    if proposal.unchanged is not None and not proposal.kept:
        terminal.show(Document((paragraph(proposal.unchanged),)))
        return DONE
    _tell(terminal, proposal)
    if yes:
        await partnerships.take(proposal, actor=ACTOR, origin=_origin(partnerships))
    return _end(terminal, yes=yes)


def _tell(terminal: Terminal, proposal: Told) -> None:
    terminal.show(Document(proposal_blocks(proposal)))


def _end(terminal: Terminal, *, yes: bool) -> int:
    done = say("Decided; the rooms follow at the next look.")
    terminal.show(Document((paragraph(done if yes else say("To do it, say it again with --yes.")),)))
    return DONE if yes else TO_DO


def _origin(partnerships: Partnerships) -> str:
    return f"command line {partnerships.chance.token()}"


def _unknown(name: str) -> InputError:
    return InputError(say("There is no partner {id}.", id=name))
