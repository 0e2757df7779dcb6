"""What is said of agreements that are to end, to administrators and to who asked; and of partners that were proposed,
to who proposed them. Pure.
"""

from typing import Final

from bots.admin.approval_cards import GIVE, REFUSE
from bridge.domain.document import Block, Code, Document, Inline, Items, Strong, document, paragraph
from bridge.domain.messages import Language, Message, Text, say, shown
from bridge.ports.pending import Pending
from bridge.rules.calling import called
from bridge.rules.facts import Facts
from bridge.services.doorstep import News, Notice
from bridge.services.proposers import PROPOSED

ENDED: Final = {"yes": say("accepted"), "no": say("refused"), "late": say("not answered in time")}


def asked_for(item: Pending, facts: Facts) -> Message:
    """Who asks for what, in one sentence."""
    return say("{name} wants to end the agreement with {partner}.", name=called(facts, item.asker),
               partner=_partner(item, facts))  # fmt: skip


def card_of(item: Pending, facts: Facts, language: Language) -> Document:
    """For administrators: who asks, why, and how to answer."""
    rows: list[tuple[Inline, ...]] = [(say("account"), ": ", item.asker)]
    if item.document["reason"]:
        rows.append((say("reason"), ": ", item.document["reason"]))
    rows.append((say("until"), ": ", shown(item.expires_at)))
    handle = handle_of(item)
    return document(
        paragraph(Strong(asked_for(item, facts))),
        paragraph(say("Everybody of it is then taken out of every room and space for good. This takes a second"
                      " administrator.")),
        Items(tuple(rows)),
        paragraph(say("Answer with ✅ or ❌ under this message, or write one of these, the second with a reason:")),
        Items(((Code(f"{GIVE[language]} {handle}"),), (Code(f"{REFUSE[language]} {handle} …"),))),
    )  # fmt: skip


def closed_card(item: Pending, facts: Facts) -> Document:
    """The same card once it is answered."""
    return document(paragraph(asked_for(item, facts), " – ", Strong(ENDED[item.outcome.partition(" ")[0]])))


def word_of(item: Pending, notice: Notice, facts: Facts) -> Document:
    """For who asked, or proposed: how it ended."""
    name = _partner(item, facts)
    said = _proposed(notice.news, name) if item.kind == PROPOSED else _ending(notice.news, name)
    blocks: list[Block] = [paragraph(said)]
    if notice.news is News.DECLINED and notice.reason:
        blocks.append(paragraph(say("The reason: {reason}", reason=notice.reason)))
    return Document(tuple(blocks))


def handle_of(item: Pending) -> str:
    """What people type to answer."""
    return item.key.partition(":")[2]


def _proposed(news: News, partner: Text) -> Message:
    if news is News.GRANTED:
        return say("{partner}, which you proposed, is agreed to: groups can admit it from now on.", partner=partner)
    return say("{partner}, which you proposed, was not agreed to: nobody of it is let in.", partner=partner)


def _ending(news: News, partner: Text) -> Message:
    match news:
        case News.GRANTED:
            return say("The end of the agreement with {partner} is agreed to. They are being taken out; the receipt"
                       " follows.", partner=partner)  # fmt: skip
        case News.DECLINED:
            return say("The end of the agreement with {partner} was not agreed to, so nothing is done.",
                       partner=partner)  # fmt: skip
        case News.UNANSWERED:
            return say("Nobody has answered in time whether the agreement with {partner} ends, so nothing is done. You"
                       " may ask again.", partner=partner)  # fmt: skip
        case _:
            return say("The end of the agreement with {partner} was agreed to, but something had changed meanwhile, so"
                       " nothing is done.", partner=partner)  # fmt: skip


def _partner(item: Pending, facts: Facts) -> Text:
    known = facts.directory.partners.get(item.document["partner"])
    return known.name if known else Text.same(item.document["partner"])
