"""``!plan`` and ``!apply``: see before acting, act on what was seen, by its fingerprint or by ✅ under it."""

from dataclasses import replace
from typing import Final

from bots.kit.commands import CONFIRM_WITHIN, Call, Command, Confirmation, Reply, Status, argument, denied, option
from bots.kit.questions import Answered, Question
from bridge.domain.document import Code, Document, document, paragraph
from bridge.domain.messages import Message, say
from bridge.services.applying.results import RunResult
from bridge.services.plans import Plans, Shown
from bridge.services.remarks import UNREAD
from bridge.services.showing import plan_document, result_document

ADMIN: Final = frozenset({"admin"})
APPLY: Final = {"en": "!apply", "fr": "!appliquer"}
NOW: Final = {"en": "!apply --now", "fr": "!appliquer --maintenant"}
APPLY_PLAN: Final = "apply plan"
"""The kind of question that a plan asks; its document holds the fingerprint."""

FRESH: Final = say("The directory was read just now.")
MINUTES: Final = int(CONFIRM_WITHIN.total_seconds()) // 60


def plan_commands(plans: Plans) -> list[Command]:
    """The commands about plans."""

    async def show(call: Call) -> Reply:
        name = " ".join(call.arguments["group"])
        shown = await plans.show(call.viewer, group=name or None)
        if shown is None:
            return denied()
        return _seen(shown, call) if call.viewer.glass else _planned(shown, call, before=_reading(shown))

    async def apply(call: Call) -> Reply:
        moved = say("This is not the fingerprint of the plan as it is now:")
        gone = say("No plan has this fingerprint now.")
        quoted, at_once = call.arguments["fingerprint"], call.arguments["now"]
        return await _apply(plans, call, quoted, moved=moved, gone=gone, at_once=at_once)

    return [
        Command(
            path=("plan",),
            french=("plan",),
            summary=say("What would change in the rooms, and why."),
            run=show,
            rights=ADMIN,
            parameters=(
                argument("group", label=say("group"), help=say("Only this group's room."), nargs=-1, required=False),
            ),
        ),
        Command(
            path=("apply",),
            french=("appliquer",),
            summary=say("Do what the plan says."),
            run=apply,
            rights=ADMIN,
            parameters=(
                argument(
                    "fingerprint",
                    label=say("fingerprint"),
                    help=say("The letters and digits that stand beside the plan."),
                    required=False,
                ),
                option(
                    "--now",
                    "--maintenant",
                    "now",
                    label=say("now"),
                    help=say("Also who would be invited to hidden groups later."),
                    is_flag=True,
                ),
            ),
            long=True,
        ),
    ]


def plan_question(plans: Plans) -> Question:
    """What ✅ under a plan does: the same as ``!apply`` with its fingerprint, for whoever then reads the room."""

    async def confirmed(answered: Answered) -> Reply:
        moved = say("Something has changed since this plan was shown. This is the plan as it is now:")
        document = answered.item.document
        return await _apply(plans, answered.call, str(document["fingerprint"]), moved=moved,
                            at_once=bool(document.get("now")))  # fmt: skip

    async def late(answered: Answered) -> Reply:
        over = say("More than {minutes} minutes have passed. This is the plan as it is now:", minutes=MINUTES)
        at_once = bool(answered.item.document.get("now"))
        shown = await plans.show(answered.call.viewer.unaided, at_once=at_once)
        return denied() if shown is None else _planned(shown, answered.call, before=over, at_once=at_once)

    return Question(kind=APPLY_PLAN, command="apply", yes=confirmed, late=late, rights=ADMIN)


async def _apply(
    plans: Plans, call: Call, quoted: str | None, *, moved: Message, gone: Message | None = None, at_once: bool = False
) -> Reply:
    """Apply the plan whose fingerprint is quoted; where there is none or the plan is another now, show it. ``gone``
    is said where nothing is to be done; with ``at_once`` nobody is invited later."""
    if going_on := await plans.under_way(call.event_id):
        return _applied(going_on)
    if earlier := await plans.earlier(call.event_id):
        return await _resumed(plans, call, earlier.id, finished=earlier.finished_at is not None)
    shown = await plans.show(call.viewer.unaided, at_once=at_once)
    if shown is None or quoted is None or shown.plan.empty:
        return denied() if shown is None else _planned(shown, call, before=gone if quoted else None, at_once=at_once)
    if quoted.casefold() == shown.plan.fingerprint:
        await plans.turn(shown.plan)
        # What is applied must not be undone by going back to an older reading; what is only shown must not be done.
        shown = await plans.show(call.viewer.unaided, keep=True, at_once=at_once)
    if shown is None or quoted.casefold() != shown.plan.fingerprint:
        return denied() if shown is None else _planned(shown, call, before=moved, at_once=at_once)
    result = await plans.apply(shown, actor=call.sender, origin=call.event_id, progress=call.progress)
    return _applied(result)


def _reading(shown: Shown) -> Message:
    """By which reading of the directory this is the plan."""
    return next((one.text for one in shown.findings if one.kind in UNREAD), FRESH)


def _seen(shown: Shown, call: Call) -> Reply:
    """A plan that is seen through broken glass."""
    text = plan_document(
        shown.plan, shown.world.facts, findings=shown.findings, apply=None, staff=shown.world.desired.service_users
    )
    mine = say("This holds what you see through broken glass, which you cannot apply. What you can apply is shown by:")
    return Reply(Document((*text.blocks, paragraph(mine, " ", Code(APPLY[call.language])))))


def _planned(shown: Shown, call: Call, *, before: Message | None = None, at_once: bool = False) -> Reply:
    """The plan, and how to apply it."""
    plan, now = shown.plan, NOW[call.language]
    findings = [one for one in shown.findings if one.text != before]
    text = plan_document(plan, shown.world.facts, findings=findings, apply=now if at_once else APPLY[call.language],
                         whole=None if shown.whole else "!plan", staff=shown.world.desired.service_users,
                         at_once=now)  # fmt: skip
    if before is not None:
        text = Document((paragraph(before), *text.blocks))
    if plan.empty or not shown.whole:
        return Reply(text, Status.OK)
    tap = say("Or answer this message with ✅ within {minutes} minutes.", minutes=MINUTES)
    return Reply(
        Document((*text.blocks, paragraph(tap))),
        Status.HELD if plan.held else Status.CONFIRM,
        plan.fingerprint,
        Confirmation(kind=APPLY_PLAN, document={"fingerprint": plan.fingerprint, **({"now": True} if at_once else {})}),
    )


def _applied(result: RunResult) -> Reply:
    return Reply(result_document(result), Status.OK if result.complete else Status.ERROR, result.run)


async def _resumed(plans: Plans, call: Call, run: str, *, finished: bool) -> Reply:
    """The answer to a command whose effect began before a crash: never done twice; what remains is asked anew."""
    if finished:
        return Reply(document(paragraph(say("This plan has been applied."), " ", Code(run))), Status.OK, run)
    shown = await plans.show(call.viewer.unaided)
    said = say("Applying this plan was interrupted by a restart. This is what remains:")
    if shown is None:
        return Reply(document(paragraph(said)), Status.ERROR, run)
    rest = _planned(shown, call, before=said)
    return replace(rest, status=Status.OK if shown.plan.empty else Status.ERROR, reference=run)
