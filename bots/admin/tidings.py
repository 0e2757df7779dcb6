"""What the herald says: bulletins, the daily word about the audit log, and the alarm when it was altered. Pure."""

from typing import Final

from bridge.domain.document import Block, Code, CodeBlock, Document, Strong, document, paragraph
from bridge.domain.messages import Text, say, say_n
from bridge.domain.witnesses import written
from bridge.rules.facts import Facts
from bridge.services.bulletins import News
from bridge.services.proof import Checked
from bridge.services.recounting import proof_document
from bridge.services.remarks import blocks_of, names_of, rows_of
from bridge.services.showing import plan_document
from bridge.services.witnessing import Examined

STATUS: Final = Text(en="!status", fr="!état")
SHOWN: Final = 20
"""Lines about findings in one bulletin: it is read on a phone, too."""


def bulletin(news: News, *, apply: str) -> Document:
    """A plan that waits, and what there is to look at; ``apply`` is the command as it is typed there."""
    blocks: list[Block] = []
    if news.plan is not None:
        blocks.append(paragraph(Strong(say("This waits for the word of one of you:"))))
        blocks += plan_document(news.plan, news.facts, apply=apply).blocks
    rows = rows_of(news.findings, names_of(news.findings, news.facts))
    blocks += blocks_of(rows[:SHOWN])
    if (more := len(rows) - SHOWN) > 0:
        blocks.append(paragraph(say_n("and {count} more: ", "and {count} more: ", more), Code(STATUS)))
    return Document(tuple(blocks))


def daily(found: Examined) -> Document:
    """How the log is, and the line to be kept."""
    assert found.head is not None
    sound = found.checked is None or found.checked.fault is None
    agrees = say_n(
        "The audit log is as it was written, and agrees with {count} witness in this room.",
        "The audit log is as it was written, and agrees with {count} witnesses in this room.",
        found.witnesses,
    )
    verdict = agrees if sound else say("The audit log is not as it was written, as I have said.")
    keep = say("A witness for today; whoever keeps it elsewhere, too, can prove more:")
    return document(paragraph(verdict), paragraph(keep), CodeBlock(written(found.head)))


def alarm(checked: Checked, facts: Facts | None) -> Document:
    """What is wrong, where, and what to do."""
    remedy = say(
        "Keep the database as it is now, and find out who could write to it. After a backup was restored this is what "
        "it has lost. With lines that were kept elsewhere one can see more; docs/audit.md says how: "
    )
    told = proof_document([checked], facts)
    return Document((*told.blocks, paragraph(remedy, Code("parvis audit verify --heads FILE"))))
