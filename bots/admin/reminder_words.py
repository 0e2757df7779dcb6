"""What is said of invitations that nobody answers: to who invited, and to whoever is invited. Pure."""

from collections.abc import Sequence
from typing import Final

from bridge.domain.document import Block, Code, Document, Inline, Items, document, paragraph
from bridge.domain.messages import say, say_n
from bridge.services.reminding import Unanswered

SHOWN: Final = 20
"""People in one reminder: it is read on a phone, too."""


def for_who_invited(people: Sequence[Unanswered]) -> Document:
    """Who has not answered. The bot cannot write to them before they are in, and the reader can."""
    first = say_n(
        "This person of a partner is invited and has not answered. Tell them by another way that the invitation waits "
        "in their client:",
        "These people of partners are invited and have not answered. Tell them by another way that the invitations "
        "wait in their clients:",
        len(people),
    )
    blocks: list[Block] = [paragraph(first), Items(tuple(map(_row, people[:SHOWN])))]
    if (more := len(people) - SHOWN) > 0:
        blocks.append(paragraph(say_n("and {count} more", "and {count} more", more)))
    blocks.append(paragraph(say("Who is on the way, and how to take an invitation back:"), " ", Code("!invitations")))
    return Document(tuple(blocks))


def for_who_is_invited(one: Unanswered) -> Document:
    """One more word to whoever talks with the bot already."""
    waits = say("You are invited into rooms here since {day}, and have not answered: the invitations wait in your"
                " client.", day=one.since)  # fmt: skip
    if one.until is None:
        return document(paragraph(waits))
    return document(paragraph(waits, " ", say("They are taken back on {day}.", day=one.until)))


def _row(one: Unanswered) -> tuple[Inline, ...]:
    row: tuple[Inline, ...] = (Code(one.user), " – ", say("since {day}", day=one.since))
    return row if one.until is None else (*row, ", ", say("taken back on {day}", day=one.until))
