"""Profile cards as documents: what is missing leaves no line. Pure, for ``bots/cards`` and whoever shows a card."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Final
from urllib.parse import quote
from zoneinfo import ZoneInfo

from bots.cards.words import KINDS, PARTS, circle_words
from bots.kit.rendering import COLON
from bridge.domain.cards import Entry, Field
from bridge.domain.document import Block, Code, Document, Inline, Items, Link, Paragraph, Strong, paragraph
from bridge.domain.ids import localpart_of
from bridge.domain.messages import Language, Text, say, say_n, shown
from bridge.ports.formats import Formats
from bridge.rules.cards import Shown
from bridge.rules.contacts import Contact
from bridge.services.cards.labels import LABELS
from bridge.services.cards.views import CardView, Experts

LATEST: Final = 3
"""Entries of a history that stand on the card."""
HEAD: Final = (Field.NAME, Field.PRONOUNCED, Field.TITLE, Field.ORGANISATION)
"""Fields of the first line."""
ASK: Final = {"en": "!profile history", "fr": "!profil historique"}


def person_link(user: str, name: str | Text = "") -> Link:
    """Opens a conversation with somebody, in any client."""
    return Link(name or user, f"https://matrix.to/#/{quote(user, safe='@:')}")


def card_document(view: CardView, formats: Formats, *, language: Language, now: datetime, partner: bool) -> Document:
    """A card. To the person themselves alone, also who sees what; ``partner`` says that they are of a partner."""
    blocks: list[Block] = [Paragraph(tuple(_head(view)))]
    if rows := tuple(_rows(view, formats, now, partner=partner)):
        blocks.append(Items(rows))
    if view.history:
        latest = view.history[-LATEST:][::-1]
        blocks += [paragraph(Strong(LABELS[Field.HISTORY])), Items(tuple(entry_row(one) for one in latest))]
        if more := len(view.history) - len(latest):
            words = say_n("There is {count} more:", "There are {count} more:", more)
            blocks.append(paragraph(words, " ", Code(f"{ASK[language]} {view.user}")))
    return Document(tuple(blocks))


def _head(view: CardView) -> Iterator[Inline]:
    by_field = {one.field: one for one in view.shown}
    yield Strong(localpart_of(view.user) if view.name == view.user else view.name)
    if sound := by_field.get(Field.PRONOUNCED):
        yield from (" (", sound.values[0], ")")
    for name in (Field.TITLE, Field.ORGANISATION):
        if one := by_field.get(name):
            yield from (" · ", one.values[0])
    yield from (" · ", person_link(view.user))


def _rows(view: CardView, formats: Formats, now: datetime, *, partner: bool) -> Iterator[tuple[Inline, ...]]:
    for one in view.shown:
        if view.own:
            yield (Strong(LABELS[one.field]), COLON, *value_words(one, formats, now), *_own(one, partner=partner))
        elif one.field not in HEAD:
            yield (Strong(LABELS[one.field]), COLON, *value_words(one, formats, now))


def _own(one: Shown, *, partner: bool) -> Iterable[Inline]:
    """Who sees it, and where it is changed if not here."""
    circle = circle_words(one.circle, partner=partner, inside=one.inside)
    yield from (" – ", say("seen by {circle}", circle=circle))
    if one.source is not None:
        yield from (", ", say("from {source}", source=one.source))


def value_words(one: Shown, formats: Formats, now: datetime) -> Iterator[Inline]:
    """What a field says, as people read it."""
    if one.field is Field.LINKS:
        for number, url in enumerate(map(str, one.values)):
            yield from ((", ",) if number else ())
            yield Link(url, url)
    elif one.field is Field.LANGUAGES:
        yield shown(tuple(formats.language_name(str(code)) for code in one.values))
    elif one.field is Field.TOPICS:
        yield topics_words(one.values)
    elif one.field is Field.TIMEZONE:
        declared = str(one.values[0])
        zone = formats.timezone(declared)  # the directory may name one that this machine does not know
        yield (
            say("{zone} ({time} there now)", zone=zone, time=f"{now.astimezone(ZoneInfo(zone)):%H:%M}")
            if zone
            else (declared)
        )
    else:
        yield shown(one.values)


def topics_words(values: Iterable[str | Text]) -> str:
    """Topics as they were typed: in one's own language, so that no word of the reader's belongs between them."""
    return ", ".join(map(str, values))


def entry_row(entry: Entry) -> tuple[Inline, ...]:
    """One entry of a history."""
    now = entry.current
    return (shown(now.day), " – ", KINDS[now.kind][1], COLON, now.text)


def contacts_document(found: Sequence[tuple[Contact, CardView]]) -> Document:
    """The people to turn to, each with a link that opens a conversation."""
    if not found:
        return Document((paragraph(say("I know nobody yet to whom you could turn here.")),))
    intro = paragraph(Strong(say("People whom you can turn to directly")))
    return Document((intro, Items(tuple(_contact(one, view) for one, view in found))))


def _contact(contact: Contact, view: CardView) -> tuple[Inline, ...]:
    row: list[Inline] = [person_link(view.user, view.name)]
    if contact.part is not None:
        row += [" – ", PARTS[contact.part]]
    if contact.groups:
        row += [" – ", say("owner of {groups}", groups=tuple(group.name for group in contact.groups))]
    return tuple(row)


def experts_document(found: Experts) -> Document:
    """Who knows about something."""
    blocks: list[Block] = []
    if found.instead:
        blocks.append(paragraph(say("Nobody says exactly this. This is near it:"), " ", Strong(found.instead)))
    if not found.people:
        return Document((paragraph(say("Nobody says so on a card that I can show here.")),))
    blocks.append(Items(tuple(tuple(_expert(view)) for view in found.people)))
    if more := found.in_all - len(found.people):
        blocks.append(paragraph(say_n("There is {count} more: say it more exactly.",
                                      "There are {count} more: say it more exactly.", more)))  # fmt: skip
    return Document(tuple(blocks))


def _expert(view: CardView) -> Iterator[Inline]:
    by_field = {one.field: one for one in view.shown}
    yield person_link(view.user, view.name)
    for name in (Field.TITLE, Field.ORGANISATION):
        if one := by_field.get(name):
            yield from (", ", one.values[0])
    if topics := by_field.get(Field.TOPICS):
        yield from (" – ", topics_words(topics.values))
