"""What is said of people of partners who are to come: to who answers for the partner, and to who invited. Pure."""

from collections.abc import Iterable
from datetime import date
from typing import Final

from bots.admin.cards import name_of
from bridge.domain.directory import Group
from bridge.domain.document import Block, Code, Document, Inline, Items, Strong, document, paragraph
from bridge.domain.messages import Language, Message, say, shown
from bridge.ports.pending import Pending
from bridge.rules.facts import Facts
from bridge.services.doorstep import News, Notice
from bridge.services.vouching import handle_of, two_of

ACCEPT: Final = {"en": "!invite accept", "fr": "!inviter accepter"}
REFUSE: Final = {"en": "!invite refuse", "fr": "!inviter refuser"}
ENDED: Final = {"yes": say("accepted"), "no": say("refused"), "late": say("not answered in time")}


def asked_for(item: Pending, facts: Facts) -> Message:
    """Who wants to invite whom, in one sentence that names no group."""
    asked = item.document
    partner = facts.directory.partners.get(asked["partner"])
    return say(
        "{name} asks to invite {user} of {partner}.",
        name=name_of(facts, item.asker),
        user=asked["user"],
        partner=partner.name if partner else asked["partner"],
    )


def card_of(item: Pending, facts: Facts, groups: Iterable[Group], language: Language) -> Document:
    """For whoever is asked for their word; ``groups`` are those that they may know."""
    asked, handle = item.document, handle_of(item)
    rows: list[tuple[Inline, ...]] = [(say("into {group}", group=group.name),) for group in groups]
    if asked["until"]:
        rows.append((say("their last day is {day}", day=date.fromisoformat(asked["until"])),))
    if asked["reason"]:
        rows.append((say("reason"), ": ", asked["reason"]))
    rows.append((say("until"), ": ", shown(item.expires_at)))
    return document(
        paragraph(Strong(asked_for(item, facts))),
        paragraph(
            say("This takes a second person who may decide it, too.")
            if two_of(item)
            else say("You answer for this partner.")
        ),
        Items(tuple(rows)),
        paragraph(say("Answer with ✅ or ❌ under this message, or write one of these, the second with a reason:")),
        Items(((Code(f"{ACCEPT[language]} {handle}"),), (Code(f"{REFUSE[language]} {handle} …"),))),
    )


def closed_card(item: Pending, facts: Facts) -> Document:
    """The same card once it is answered."""
    return document(paragraph(asked_for(item, facts), " – ", Strong(ENDED[item.outcome.partition(" ")[0]])))


def word_of(item: Pending, notice: Notice) -> Document:
    """For who invited: how it ended."""
    blocks: list[Block] = [paragraph(_ending(notice.news, item.document["user"]))]
    if notice.news is News.DECLINED and notice.reason:
        blocks.append(paragraph(say("The reason: {reason}", reason=notice.reason)))
    return Document(tuple(blocks))


def _ending(news: News, user: str) -> Message:
    match news:
        case News.GRANTED:
            return say("Your invitation of {user} is agreed to, and on its way.", user=user)
        case News.DECLINED:
            return say("Your invitation of {user} was not agreed to, so they are not invited.", user=user)
        case News.UNANSWERED:
            return say("Nobody has answered in time whether {user} may come, so they are not invited. You may ask"
                       " again.", user=user)  # fmt: skip
        case _:
            return say("Your invitation of {user} was agreed to, but something had changed meanwhile, so they are not"
                       " invited. Invite them again to see how it is now.", user=user)  # fmt: skip
