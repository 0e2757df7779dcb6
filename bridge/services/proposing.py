"""A decision as people see it before or after it is taken: the same words in chat and on the terminal."""

from collections.abc import Iterable
from typing import Final, Protocol

from bridge.domain.document import Block, Inline, Items, Strong, paragraph
from bridge.domain.messages import Message, Text, say, say_n

SHOWN: Final = 8
"""Changes that are told before the rest is counted."""


class Called(Protocol):
    """What has a name: a group, a partner."""

    @property
    def name(self) -> Text: ...


class Told(Protocol):
    """A decision: about what, and in words what it means, what stays all the same, why it is asked again, and what
    follows in rooms."""

    @property
    def after(self) -> Called: ...
    @property
    def reference(self) -> str: ...
    @property
    def effects(self) -> tuple[Message, ...]: ...
    @property
    def aside(self) -> tuple[Message, ...]: ...
    @property
    def reasons(self) -> tuple[Message, ...]: ...
    @property
    def changes(self) -> tuple[Message, ...]: ...


def proposal_blocks(proposal: Told) -> tuple[Block, ...]:
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
