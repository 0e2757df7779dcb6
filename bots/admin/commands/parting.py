"""``!partner suspend``, ``resume``, ``end``: one command and one confirmation; ``receipt`` and ``evidence`` of it."""

from collections.abc import Awaitable, Callable
from typing import Final

from bots.admin.commands.deciding import EMPLOYEE, MINUTES, yes_option
from bots.admin.commands.partner_deciding import completed
from bots.admin.partner_cards import handle_of
from bots.kit.commands import Call, Command, Confirmation, Parameter, Reply, Status, argument, denied, option
from bots.kit.questions import Answered, Question
from bots.kit.wording import SENTENCE
from bridge.domain.document import Block, Document, Items, Strong, document, paragraph
from bridge.domain.messages import Message, Text, say
from bridge.domain.partners import PartnerState
from bridge.services.ending import Endings
from bridge.services.evidence import Evidences, evidence_document
from bridge.services.parting import Parting
from bridge.services.partnerships import PartnerProposal
from bridge.services.receipt_words import RESUMED, receipt_document, toll_words

PART: Final = "part"
"""The kind of question that the end of an agreement asks."""


def parting_commands(parting: Parting, endings: Endings) -> list[Command]:
    """The commands of whoever answers for a partner."""
    evidences = Evidences(society=parting.partnerships.society)

    def becoming(state: PartnerState) -> Callable[[Call], Awaitable[Reply]]:
        async def run(call: Call) -> Reply:
            reason = str(call.arguments.get("reason") or "")
            return await _run(endings, call, call.arguments["partner"], state, reason=reason)

        return run

    async def receipt(call: Call) -> Reply:
        found = await parting.receipt(call.viewer, call.arguments["partner"])
        world = parting.partnerships.society.world()
        if found is None or world is None:
            return denied()
        if found.receipt is None:
            never = say("Nobody of {partner} was ever shut out.", partner=found.partner.name)
            return Reply(document(paragraph(never)))
        return Reply(receipt_document(found.receipt, world.facts, waiting=found.waiting))

    async def evidence(call: Call) -> Reply:
        found = await evidences.of(call.viewer, call.arguments["partner"])
        world = parting.partnerships.society.world()
        if found is None or world is None:
            return denied()
        return Reply(evidence_document(found, world.facts))

    said = (_partner(), yes_option(), _reason())
    return [
        _command("suspend", "suspendre", say("Shut everybody of a partner out at once, until it is resumed."),
                 becoming(PartnerState.SUSPENDED), *said),
        _command("resume", "reprendre", say("Let a suspended partner in again, as it was."),
                 becoming(PartnerState.ACTIVE), *said),
        _command("end", "terminer", say("End the agreement with a partner: everybody of it is out for good."),
                 becoming(PartnerState.ENDED), *said),
        _command("receipt", "reçu", say("What was removed when a partner was suspended or ended, and how it was "
                                        "verified."), receipt, _partner()),
        _command("evidence", "preuve", say("Who of a partner had access to what, from when to when, by whose word."),
                 evidence, _partner()),
    ]  # fmt: skip


def _command(
    word: str, french: str, summary: Message, run: Callable[[Call], Awaitable[Reply]], *parameters: Parameter
) -> Command:
    return Command(
        path=("partner", word),
        french=("partenaire", french),
        summary=summary,
        run=run,
        rights=EMPLOYEE,
        parameters=parameters,
    )


def _partner() -> Parameter:
    return argument("partner", label=say("partner"), help=say("The partner's name or id."))


def _reason() -> Parameter:
    return option("--reason", "--raison", "reason", label=say("reason"), type=SENTENCE,
                  help=say("Why, in your own words: it stands on the receipt."))  # fmt: skip


def parting_question(endings: Endings) -> Question:
    """What ✅ does: it. Nothing that was shown could become worse meanwhile, so that nothing is asked twice."""

    async def confirmed(answered: Answered) -> Reply:
        shown = answered.item.document
        state = PartnerState(shown["state"])
        return await _run(endings, answered.call, shown["partner"], state, reason=shown["reason"], confirmed=True)

    return Question(kind=PART, command="partner", yes=confirmed, rights=EMPLOYEE)


async def _run(
    endings: Endings, call: Call, text: str, state: PartnerState, *, reason: str, confirmed: bool = False
) -> Reply:
    parting = endings.parting
    proposal = await parting.propose(call.viewer, text, state)
    if proposal is None:
        return denied()
    taken = await parting.partnerships.taken(proposal, call.event_id)
    if proposal.unchanged is not None and not taken:
        return Reply(document(paragraph(Strong(proposal.after.name)), paragraph(proposal.unchanged)))
    if not (confirmed or taken or call.arguments.get("yes")):
        return await _asked(endings, call, proposal, reason)
    if endings.critical(proposal) and not taken:
        item = await endings.ask(proposal, asker=call.sender, origin=call.event_id, room_id=call.room_id, reason=reason)
        waits = say("This takes a second administrator. I have asked them, and shall write to you what they say.")
        return Reply(document(paragraph(Strong(proposal.after.name)), paragraph(waits)), Status.HELD, handle_of(item))
    await parting.take(proposal, actor=call.sender, origin=call.event_id, room_id=call.room_id, reason=reason)
    if state is PartnerState.ACTIVE:
        await completed(parting.partnerships, call, proposal)
    last = RESUMED if state is PartnerState.ACTIVE else say(
        "They are being taken out now. I write here when every room is verified."
    )  # fmt: skip
    return Reply(document(paragraph(Strong(proposal.after.name)), *_effects(proposal), paragraph(last)))


async def _asked(endings: Endings, call: Call, proposal: PartnerProposal, reason: str) -> Reply:
    state = proposal.after.state
    tap = say("To do it, answer this message with ✅ within {minutes} minutes, or say it again with {option}.",
              minutes=MINUTES, option=Text(en="--yes", fr="--oui"))  # fmt: skip
    toll = toll_words(await endings.parting.toll(call.viewer, proposal.before))
    takes = RESUMED if state is PartnerState.ACTIVE else toll
    second = (paragraph(say("A second administrator has to agree, too.")),) if endings.critical(proposal) else ()
    blocks = (paragraph(Strong(proposal.after.name)), *_effects(proposal), paragraph(takes), *second, paragraph(tap))
    shown = {"partner": proposal.after.id, "state": state.value, "reason": reason}
    return Reply(Document(blocks), Status.CONFIRM, proposal.reference, Confirmation(kind=PART, document=shown))


def _effects(proposal: PartnerProposal) -> tuple[Block, ...]:
    return (Items(tuple((effect,) for effect in proposal.effects)),)
