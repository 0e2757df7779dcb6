"""What the porter says: a request as a card, how it ended, and why an invitation came to nothing. Pure."""

from collections.abc import Sequence
from typing import Final

from bridge.domain.directory import Group
from bridge.domain.document import Block, Code, Document, Inline, Items, Strong, document, paragraph
from bridge.domain.messages import Language, Message, Text, say, say_n
from bridge.ports.pending import Pending
from bridge.rules.calling import called
from bridge.rules.facts import Facts
from bridge.rules.partners import partner_of
from bridge.services.activity.past import REFUSED
from bridge.services.doorstep import News, Notice, handle_of

ACCEPT: Final = {"en": "!join accept", "fr": "!rejoindre accepter"}
REFUSE: Final = {"en": "!join refuse", "fr": "!rejoindre refuser"}
ADD: Final = {"en": "!group add", "fr": "!groupe ajouter"}

ENDED: Final = {
    "yes": say("accepted"),
    "done": say("a member by now"),
    "no": say("refused"),
    "late": say("not answered in time"),
    "withdrawn": say("taken back"),
}
"""How a request ended, by the first word of its outcome."""


def name_of(facts: Facts, user: str) -> str:
    """What somebody is called."""
    return called(facts, user)


def card_of(request: Pending, group: Group, facts: Facts, language: Language) -> Document:
    """For an owner: who asks, why, and how to answer."""
    user, handle = request.asker, handle_of(request.key)
    rows: list[tuple[Inline, ...]] = [(say("account"), ": ", user)]
    person, partner = facts.accounts.get(user), facts.partners.get(partner_of(user, facts.belongs) or "")
    if person and person.department:
        rows.append((say("department"), ": ", person.department))
    if partner:
        rows.append((say("partner"), ": ", partner.name))
    if reason := request.document["reason"]:
        rows.append((say("reason"), ": ", reason))
    return document(
        paragraph(Strong(_asks(facts, user, group.name))),
        Items(tuple(rows)),
        paragraph(say("Answer with ✅ or ❌ under this message, or write one of these, the second with a reason:")),
        Items(((Code(f"{ACCEPT[language]} {handle}"),), (Code(f"{REFUSE[language]} {handle} …"),))),
    )


def closed_card(request: Pending, group: Group, facts: Facts) -> Document:
    """The same card once the request is answered."""
    ending = ENDED[request.outcome.partition(" ")[0]]
    return document(paragraph(_asks(facts, request.asker, group.name), " – ", Strong(ending)))


def word_of(notice: Notice, group: Group, facts: Facts, whom: Sequence[str], language: Language) -> Document:
    """For whoever asked, or invited somebody in vain."""
    asked = tuple(called(facts, user) for user in whom)
    blocks: list[Block] = [paragraph(_news(notice, group, facts))]
    if notice.news is News.REFUSED and notice.reason:
        blocks.append(paragraph(say("The reason: {reason}", reason=notice.reason)))
    if notice.news in (News.REFUSED, News.EXPIRED, News.DIRECTORY) and asked:
        blocks.append(paragraph(who_may_help(asked)))
    if notice.news is News.INVITED_IN_VAIN:
        blocks.append(paragraph(say("An administrator can let owners decide, too; then you can write: "),
                                Code(f"{ADD[language]} {group.id} {notice.about}")))  # fmt: skip
    return Document(tuple(blocks))


def who_may_help(names: tuple[str, ...]) -> Message:
    """Whom to turn to."""
    return say("You can ask: {names}.", names=names)


def _news(notice: Notice, group: Group, facts: Facts) -> Message:
    match notice.news:
        case News.ACCEPTED:
            return say("You have been let into {group}. Accept the invitation to come in.", group=group.name)
        case News.REFUSED:
            return say("Thank you for your interest in {group}. Your request was not accepted this time.",
                       group=group.name)  # fmt: skip
        case News.EXPIRED:
            return say("Nobody has answered your request to join {group} in time, so it has ended. You may ask again.",
                       group=group.name)  # fmt: skip
        case News.INVITED_IN_VAIN:
            return say("Your invitation of {name} to {group} was withdrawn: the directory alone says who belongs to "
                       "this group.", name=called(facts, notice.about), group=group.name)  # fmt: skip
        case News.LINKED:
            return say(
                "You have posted a link to a room that is hidden, where others read along. Nobody gets in by it,"
                " but it tells them that there is such a room: delete the message if you did not mean to."
            )
        case News.LINK_REDACTED:
            return say(
                "I have removed a message of yours: it held a link to a room that is hidden, where others read along."
                " Nobody gets in by it, but it tells them that there is such a room."
            )
        case News.ADOPTED:
            return say("The room that you asked for is the room of {group} from now on.", group=group.name)
        case News.PAST_READ:
            return _past_read(notice, group)
        case News.NOT_ADOPTED:
            return say("The room that you asked for could not become the room of {group}: something has changed since. "
                       "Ask again, and I shall say what.", group=group.name)  # fmt: skip
        case _:
            return say("The directory alone says who belongs to {group}, so nobody can accept requests to join it.",
                       group=group.name)  # fmt: skip


def _past_read(notice: Notice, group: Group) -> Message:
    """How much was read, unless the homeserver refused to show any of it."""
    over, _, count = notice.reason.partition(" ")
    if over == REFUSED and count == "0":
        return say("The homeserver does not show me what was said in the room of {group} before. Weekly digests know "
                   "what is said from now on.", group=group.name)  # fmt: skip
    return say_n("I have looked through what was said in the room of {group} before: {count} message. Weekly digests "
                 "know it now: who wrote when and to whom, and not a word of it.",
                 "I have looked through what was said in the room of {group} before: {count} messages. Weekly digests "
                 "know it now: who wrote when and to whom, and not a word of it.", int(count or "0"),
                 group=group.name)  # fmt: skip


def _asks(facts: Facts, user: str, group: Text) -> Message:
    return say("{name} asks to be let into {group}.", name=called(facts, user), group=group)
