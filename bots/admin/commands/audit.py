"""``!audit``: what was decided and done, by person, group and time; and whether the log is as it was written."""

from datetime import datetime, tzinfo
from typing import Final

from bots.admin.commands.whom import whom
from bots.kit.commands import Call, Command, Reply, Status, argument, option
from bridge.domain.document import CodeBlock, Document, document, paragraph
from bridge.domain.errors import InputError
from bridge.domain.messages import say
from bridge.domain.witnesses import written
from bridge.services.auditing import Auditing, Question
from bridge.services.finding import Finding
from bridge.services.recounting import proof_document, search_document

ADMIN: Final = frozenset({"admin"})
SHOWN: Final = 20
"""Entries in one answer: it is read on a phone, too."""


def audit_commands(auditing: Auditing, finding: Finding) -> tuple[Command, ...]:
    """The commands for administrators."""

    async def search(call: Call) -> Reply:
        question = await _question(call, finding, auditing.timezone)
        answer, world = await auditing.newest(call.viewer, question, limit=SHOWN)
        narrow = say("There is more: add a person, a group, or --since and --until with a day.")
        return Reply(search_document(answer, world.facts if world else None, narrow=narrow))

    async def verify(call: Call) -> Reply:
        checked = await auditing.verify(call.viewer, progress=lambda links: call.progress(links, links))
        world = auditing.society.world()
        sound = all(one.fault is None for one in checked)
        told = proof_document(checked, world.facts if world else None, handovers=await auditing.proof.handovers())
        return Reply(told, Status.OK if sound else Status.ERROR)

    async def heads(call: Call) -> Reply:
        found = await auditing.heads(call.viewer)
        if not found:
            return Reply(document(paragraph(say("The audit log holds nothing yet that I can check here."))))
        keep = paragraph(say("Keep these lines elsewhere: with them it can be checked that nothing was cut off."))
        return Reply(Document((keep, CodeBlock("\n".join(map(written, found))))))

    return (
        Command(
            path=("audit",),
            french=("journal",),
            summary=say("What was decided and done, by whom, and why."),
            run=search,
            rights=ADMIN,
            parameters=(
                argument(
                    "words",
                    label=say("person group"),
                    help=say("A person, a group's name or id, or both."),
                    required=False,
                    nargs=-1,
                ),
                option("--since", "--depuis", "since", label=say("day"), help=say("From this day on, as 2026-11-30.")),
                option("--until", "--jusque", "until", label=say("day"), help=say("Before this day.")),
            ),
        ),
        Command(
            path=("audit", "verify"),
            french=("journal", "vérifier"),
            summary=say("Check that the audit log is as it was written."),
            run=verify,
            rights=ADMIN,
            long=True,
        ),
        Command(
            path=("audit", "heads"),
            french=("journal", "têtes"),
            summary=say("The signed ends of the audit log, to be kept elsewhere."),
            run=heads,
            rights=ADMIN,
        ),
    )


async def _question(call: Call, finding: Finding, zone: tzinfo) -> Question:
    person, words = await whom(finding, call.viewer, call.arguments["words"] or (), alone=True)
    since, until = (_day(call.arguments[name], zone) for name in ("since", "until"))
    return Question(person=person, group=" ".join(words) or None, since=since, until=until)


def _day(word: str | None, zone: tzinfo) -> datetime | None:
    """A day, from its beginning in ``zone``, in which answers tell times."""
    if word is None:
        return None
    try:
        return datetime.strptime(word, "%Y-%m-%d").replace(tzinfo=zone)
    except ValueError as error:
        raise InputError(say("{text} is not a day; it looks like 2026-11-30.", text=word)) from error
