"""A decision as people see it before or after it is taken: the same words in chat and on the terminal."""

from collections.abc import Iterable
from typing import Final

from bridge.domain.document import Block, Inline, Items, Strong, paragraph
from bridge.domain.messages import say, say_n
from bridge.services.decided import Proposal

SHOWN: Final = 8
"""Changes that are told before the rest is counted."""


def proposal_blocks(proposal: Proposal) -> tuple[Block, ...]:
    """What is so from then on, what there is to think about, and what follows in rooms."""
    blocks: list[Block] = [
        paragraph(Strong(proposal.after.name)),
        _items((*proposal.effects, *proposal.aside, *proposal.reasons)),
    ]
    if proposal.changes:
        more = len(proposal.changes) - SHOWN
        rest = (say_n("and {count} more", "and {count} more", more),) if more > 0 else ()
        blocks.append(paragraph(say("What changes in rooms:")))
        blocks.append(_items((*proposal.changes[:SHOWN], *rest)))
    return tuple(blocks)


def _items(rows: Iterable[Inline]) -> Items:
    return Items(tuple((row,) for row in dict.fromkeys(rows)))
