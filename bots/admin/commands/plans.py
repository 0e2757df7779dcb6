"""``!plan`` and ``!apply``: see before acting, act on what was seen."""

from bots.kit.commands import Call, Command, Reply, Status, argument, denied
from bridge.domain.document import Code, Document, document, paragraph
from bridge.domain.messages import say
from bridge.services.applying.results import RunResult
from bridge.services.plans import Plans, Shown
from bridge.services.showing import plan_document, result_document

ADMIN = frozenset({"admin"})
APPLY = {"en": "!apply", "fr": "!appliquer"}


def plan_commands(plans: Plans) -> list[Command]:
    """The commands about plans."""

    async def show(call: Call) -> Reply:
        name = " ".join(call.arguments["group"])
        shown = await plans.show(call.viewer, group=name or None)
        return denied() if shown is None else _planned(shown, call)

    async def apply(call: Call) -> Reply:
        quoted = call.arguments["fingerprint"]
        if going_on := await plans.under_way(call.event_id):
            return _applied(going_on)
        if earlier := await plans.earlier(call.event_id):
            return await _resumed(plans, call, earlier.id, finished=earlier.finished_at is not None)
        shown = await plans.show(call.viewer)
        if shown is None or quoted is None or shown.plan.empty:
            return denied() if shown is None else _planned(shown, call)
        if quoted.casefold() != shown.plan.fingerprint:
            moved = say("This is not the fingerprint of the plan as it is now:")
            planned = _planned(shown, call)
            return Reply(Document((paragraph(moved), *planned.document.blocks)), planned.status, planned.reference)
        return _applied(await plans.apply(shown, actor=call.sender, origin=call.event_id))

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
            ),
        ),
    ]


def _planned(shown: Shown, call: Call) -> Reply:
    """The plan, and how to apply it."""
    plan = shown.plan
    text = plan_document(plan, shown.world.facts, findings=shown.findings, apply=APPLY[call.language],
                         whole=None if shown.whole else "!plan")  # fmt: skip
    if plan.empty or not shown.whole:
        return Reply(text, Status.OK)
    return Reply(text, Status.HELD if plan.held else Status.CONFIRM, plan.fingerprint)


def _applied(result: RunResult) -> Reply:
    return Reply(result_document(result), Status.OK if result.complete else Status.ERROR, result.run)


async def _resumed(plans: Plans, call: Call, run: str, *, finished: bool) -> Reply:
    """The answer to a command whose effect began before a crash: never done twice."""
    if finished:
        return Reply(document(paragraph(say("This plan has been applied."), " ", Code(run))), Status.OK, run)
    shown = await plans.show(call.viewer)
    said = say("Applying this plan was interrupted by a restart. This is what remains:")
    rest = shown and plan_document(shown.plan, shown.world.facts, apply=APPLY[call.language])
    return Reply(Document((paragraph(said), *(rest.blocks if rest else ()))), Status.ERROR, run)
