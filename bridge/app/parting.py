"""``parvis partner suspend``, ``resume``, ``end``, ``receipt``, ``evidence``: the way out on the command line.

Whoever is shut out by it is so at its end: it waits for the receipt.
"""

import json
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from bridge.app.bots import users_of
from bridge.app.grouping import society_of
from bridge.app.terminal import Terminal
from bridge.app.verbs import DONE, TO_DO
from bridge.app.wiring import assembly, files_of
from bridge.config.settings import Config
from bridge.domain.document import Block, Document, Items, Strong, paragraph
from bridge.domain.errors import InputError
from bridge.domain.messages import say
from bridge.domain.partners import PartnerState
from bridge.domain.viewers import COMMAND_LINE
from bridge.rules.facts import Facts
from bridge.services.containing import Containing
from bridge.services.evidence import Evidences, evidence_csv, evidence_document, evidence_json
from bridge.services.parting import Parting
from bridge.services.partnerships import Partnerships
from bridge.services.receipt_words import RESUMED, receipt_document, receipt_json, toll_words
from bridge.services.receipts import Receipts
from bridge.services.undone import COMMAND_LINE as ACTOR


@dataclass(frozen=True, slots=True, kw_only=True)
class WayOut:
    """The services, over the world as it is now."""

    parting: Parting
    containing: Containing
    facts: Facts


async def become(config: Config, terminal: Terminal, name: str, state: PartnerState, *, reason: str, yes: bool) -> int:
    """Show what it takes that the partner is suspended, active again or ended, and with ``yes`` do it."""
    async with _way_out(config) as way:
        parting = way.parting
        proposal = await parting.propose(COMMAND_LINE, name, state)
        if proposal is None:
            raise _unknown(name)
        if proposal.unchanged is not None:
            terminal.show(Document((paragraph(Strong(proposal.after.name)), paragraph(proposal.unchanged))))
            return DONE
        back = state is PartnerState.ACTIVE
        takes = RESUMED if back else toll_words(await parting.toll(COMMAND_LINE, proposal.before))
        blocks: list[Block] = [paragraph(Strong(proposal.after.name))]
        blocks += [Items(tuple((effect,) for effect in proposal.effects)), paragraph(takes)]
        if not yes:
            terminal.show(Document((*blocks, paragraph(say("To do it, say it again with --yes.")))))
            return TO_DO
        terminal.show(Document(tuple(blocks)))
        origin = f"command line {parting.partnerships.chance.token()}"
        await parting.take(proposal, actor=ACTOR, origin=origin, reason=reason)
        await way.containing.over()
        access = parting.partnerships.society.access()
        receipt = await parting.receipts.of(access, COMMAND_LINE, proposal.after.id, origin) if access else None
        if receipt is not None:
            terminal.show(receipt_document(receipt, way.facts))
        return DONE


async def receipt(config: Config, terminal: Terminal, name: str, *, as_machine: bool) -> int:
    """The last receipt of a partner. Raises ``InputError`` when there is no such partner."""
    async with _way_out(config) as way:
        found = await way.parting.receipt(COMMAND_LINE, name)
        if found is None:
            raise _unknown(name)
        if as_machine:
            terminal.raw(json.dumps(receipt_json(found), ensure_ascii=False))
        elif found.receipt is None:
            never = say("Nobody of {partner} was ever shut out.", partner=found.partner.name)
            terminal.show(Document((paragraph(never),)))
        else:
            terminal.show(receipt_document(found.receipt, way.facts, waiting=found.waiting))
        return DONE


async def evidence(config: Config, terminal: Terminal, name: str, *, as_machine: bool, as_csv: bool) -> int:
    """Who of a partner had access to what from when to when. Raises as ``receipt``."""
    async with _way_out(config) as way:
        found = await Evidences(society=way.parting.partnerships.society).of(COMMAND_LINE, name)
        if found is None:
            raise _unknown(name)
        if as_csv:
            sys.stdout.write(evidence_csv(found))
            sys.stdout.flush()
        elif as_machine:
            terminal.raw(json.dumps(evidence_json(found), ensure_ascii=False))
        else:
            terminal.show(evidence_document(found, way.facts))
        return DONE


@asynccontextmanager
async def _way_out(config: Config) -> AsyncIterator[WayOut]:
    async with assembly(config, bots=users_of(config)) as parts:
        world = await parts.reconciler.glance(keep=True)
        containing = Containing(
            store=parts.store,
            reconciler=parts.reconciler,
            executor=parts.emergency,
            clock=parts.clock,
            chance=parts.chance,
            ended=lambda: None,
        )
        partnerships = Partnerships(
            society=society_of(config, parts, world),
            store=parts.store,
            reconciler=parts.reconciler,
            clock=parts.clock,
            chance=parts.chance,
            changed=lambda: None,
            files=files_of(config),
            urgent=containing.begin,
        )
        parting = Parting(partnerships=partnerships, receipts=Receipts(store=parts.store))
        yield WayOut(parting=parting, containing=containing, facts=world.facts)


def _unknown(name: str) -> InputError:
    return InputError(say("There is no partner {id}.", id=name))
