"""``!undo``: the last runs, what undoing one would be, and doing it by its fingerprint or by ✅ under it."""

from typing import Final

import structlog

from bots.admin.commands.plans import ADMIN, MINUTES
from bots.kit.commands import Call, Command, Confirmation, Reply, Status, argument, denied
from bots.kit.questions import Answered, Question
from bridge.domain.document import Code, Document, document, paragraph
from bridge.domain.errors import ParvisError
from bridge.domain.messages import Message, say
from bridge.services.applying.results import RunResult
from bridge.services.plans import Plans, Shown
from bridge.services.showing import result_document
from bridge.services.undoing import Undoing
from bridge.services.undone import Undo, runs_document, undo_document

UNDO: Final = {"en": "!undo", "fr": "!annuler"}
UNDO_RUN: Final = "undo run"
"""The kind of question that an undo asks; its document holds the run and the fingerprint."""
FOLLOW: Final = say("The decisions are taken back; the rooms follow.")

log = structlog.get_logger()


def undo_command(undoing: Undoing, plans: Plans) -> Command:
    """The command for administrators."""

    async def undo(call: Call) -> Reply:
        run, quoted = call.arguments["run"], call.arguments["fingerprint"]
        if run is None:
            return await _listed(undoing, plans, call)
        other = say("This is not the fingerprint of what undoing would do now:")
        return await _undo(undoing, plans, call, run, quoted, moved=other)

    return Command(
        path=("undo",),
        french=("annuler",),
        summary=say("What was applied last, and taking it back."),
        run=undo,
        rights=ADMIN,
        parameters=(
            argument("run", label=say("run"), help=say("The letters and digits of a run."), required=False),
            argument(
                "fingerprint",
                label=say("fingerprint"),
                help=say("The letters and digits that stand beside what undoing would do."),
                required=False,
            ),
        ),
        long=True,
    )


def undo_question(undoing: Undoing, plans: Plans) -> Question:
    """What ✅ under an undo does: the same as ``!undo`` with its fingerprint, for whoever then reads the room."""

    async def confirmed(answered: Answered) -> Reply:
        document = answered.item.document
        moved = say("Something has changed since this was shown. This is how it is now:")
        return await _undo(
            undoing, plans, answered.call, str(document["run"]), str(document["fingerprint"]), moved=moved
        )

    async def late(answered: Answered) -> Reply:
        shown = await undoing.show(answered.call.viewer.unaided, str(answered.item.document["run"]))
        over = say("More than {minutes} minutes have passed. This is how it is now:", minutes=MINUTES)
        return denied() if shown is None else _shown(shown, answered.call, before=over)

    return Question(kind=UNDO_RUN, command="undo", yes=confirmed, late=late, rights=ADMIN)


async def _listed(undoing: Undoing, plans: Plans, call: Call) -> Reply:
    world = plans.society.world()
    runs = await undoing.runs(call.viewer.unaided, world) if world else ()
    return Reply(runs_document(runs, undo=UNDO[call.language]))


async def _undo(undoing: Undoing, plans: Plans, call: Call, run: str, quoted: str | None, *, moved: Message) -> Reply:
    """Undo the run where the fingerprint of what that does is quoted; else show it."""
    if going_on := await plans.under_way(call.event_id):
        return _done(going_on)
    if await undoing.begun(call.event_id):
        return await _resumed(plans, call)
    shown = await undoing.show(call.viewer.unaided, run)
    if shown is None or quoted is None or shown.empty:
        return denied() if shown is None else _shown(shown, call)
    if quoted.casefold() == shown.fingerprint and await plans.turn(shown.plan):
        shown = await undoing.show(call.viewer.unaided, run)
    if shown is None or quoted.casefold() != shown.fingerprint:
        return denied() if shown is None else _shown(shown, call, before=moved)
    await undoing.take_back(shown, actor=call.sender, origin=call.event_id)
    if shown.plan.empty:
        await plans.watch.heed()
        return Reply(document(paragraph(FOLLOW)))
    return await _follow(plans, call, shown)


async def _follow(plans: Plans, call: Call, undo: Undo) -> Reply:
    """What is decided is decided: where its plan cannot be applied now, the next look does it."""
    shown = Shown(world=undo.then, plan=undo.plan)
    try:
        return _done(await plans.apply(shown, actor=call.sender, origin=call.event_id, progress=call.progress))
    except ParvisError as error:
        log.warning("what follows from an undo waits", kind=str(error.kind), detail=error.detail)
        await plans.watch.heed()
        return Reply(document(paragraph(FOLLOW), paragraph(error.message)), Status.ERROR)


def _shown(undo: Undo, call: Call, *, before: Message | None = None) -> Reply:
    """What undoing does, and how to do it."""
    text = undo_document(undo, command=UNDO[call.language])
    if before is not None:
        text = Document((paragraph(before), *text.blocks))
    if undo.empty:
        return Reply(text, Status.OK, undo.run.id)
    tap = say("Or answer this message with ✅ within {minutes} minutes.", minutes=MINUTES)
    return Reply(
        Document((*text.blocks, paragraph(tap))),
        Status.HELD if undo.plan.held else Status.CONFIRM,
        undo.fingerprint,
        Confirmation(kind=UNDO_RUN, document={"run": undo.run.id, "fingerprint": undo.fingerprint}),
    )


def _done(result: RunResult) -> Reply:
    return Reply(result_document(result), Status.OK if result.complete else Status.ERROR, result.run)


async def _resumed(plans: Plans, call: Call) -> Reply:
    """The answer to a command that took decisions back before a crash: not done twice, and the rooms follow."""
    earlier = await plans.earlier(call.event_id)
    plans.watch.wake()
    if earlier is None:
        return Reply(document(paragraph(FOLLOW)))
    return Reply(document(paragraph(FOLLOW, " ", Code(earlier.id))), Status.OK, earlier.id)
