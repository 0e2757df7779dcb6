"""What people of partners are shown about terms: the text, how to answer, and what who invited them is told. Pure."""

from datetime import date
from typing import Final

from bridge.domain.document import Block, Code, Document, Items, Strong, document, paragraph
from bridge.domain.messages import DayOf, Language, Message, say
from bridge.domain.partners import Partner
from bridge.ports.pending import Pending
from bridge.rules.terms import Due
from bridge.services.doorstep import News, Notice

ACCEPT: Final = {"en": "accept", "fr": "j’accepte"}
REFUSE: Final = {"en": "refuse", "fr": "je refuse"}
READ: Final = {"en": "!terms", "fr": "!conditions"}
OTHER: Final = {"en": "!langue fr", "fr": "!language en"}


def terms_card(one: Due, language: Language) -> Document:
    """The text in their language, with one line about the other one."""
    partner, terms = one.partner, one.terms
    if one.by is None:
        title = say("This invitation is for people of {partner}. Before the first room opens, these terms, version"
                    " {version}, are to be accepted:", partner=partner.name, version=terms.version)  # fmt: skip
    else:
        title = say("People of {partner} are asked to accept these terms, version {version}, by {day}. Until then"
                    " nothing changes; after that day the rooms are closed to whoever has not accepted:",
                    partner=partner.name, version=terms.version, day=one.by)  # fmt: skip
    blocks: list[Block] = [paragraph(Strong(title))]
    blocks += [paragraph(part) for part in terms.text.in_language(language).split("\n\n") if part.strip()]
    answer = say("Answer with ✅ or ❌ under this message, or write one of these words:")
    blocks += [paragraph(answer), Items(((Code(ACCEPT[language]),), (Code(REFUSE[language]),)))]
    # Said in the other language whatever this one is, so it is no sentence of the catalogue.
    hint = "En français : écrivez " if language == "en" else "In English: write "
    then = ", puis " if language == "en" else ", then "
    reread = READ["fr" if language == "en" else "en"]
    blocks.append(paragraph(hint, Code(OTHER[language]), then, Code(reread)))
    return Document(tuple(blocks))


def how_to_answer(one: Due, language: Language) -> Document:
    """For who says something else while terms wait for them."""
    sentence = say("The terms for people of {partner} wait for your answer. Write one of these words, or read them"
                   " again:", partner=one.partner.name)  # fmt: skip
    words = (ACCEPT[language], REFUSE[language], READ["fr" if language == "fr" else "en"])
    return document(paragraph(sentence), Items(tuple((Code(word),) for word in words)))


def asked_of(partner: Partner, notice: Notice) -> Document:
    """For who answers for the partner: what is asked of those who are in, and what becomes of them."""
    sentence = say("I ask the people of {partner} who are in already to accept terms. They have until {day}; whoever"
                   " has not accepted by then is taken out of all rooms, until they do.", partner=partner.name,
                   day=date.fromisoformat(notice.reason))  # fmt: skip
    return document(paragraph(sentence))


def reminder(partner: Partner, item: Pending) -> Document:
    """One more word to who has not answered."""
    sentence = say("The terms for people of {partner} still wait for your answer, until {day}. To read them again:",
                   partner=partner.name, day=DayOf(item.expires_at))  # fmt: skip
    return document(paragraph(sentence, " ", Code(READ["en"]), " / ", Code(READ["fr"])))


def word_of(item: Pending, notice: Notice) -> Document:
    """For who invited them: how it ended."""
    return document(paragraph(_ending(notice.news, item.asker)))


def _ending(news: News, user: str) -> Message:
    match news:
        case News.BLOCKED:
            return say("{user} cannot be invited: they or their homeserver refuse it. They can allow {bot} to invite"
                       " them, then invite them again.", user=user, bot="Parvis")  # fmt: skip
        case News.UNANSWERED:
            return say("{user} has not answered in time whether they accept the terms.", user=user)
        case _:
            return say("{user} did not accept the terms, so they are not invited any more.", user=user)
