"""A digest in words: one document, short, group by group. Pure; for ``courier``, letters and ``parvis digest``."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Final

from bridge.domain.activity import Why
from bridge.domain.digest import Digest, Health, Item, Kind, Opened, Section, Sponsored
from bridge.domain.document import Block, Document, Heading, Inline, Items, Link, Strong, paragraph
from bridge.domain.messages import Message, say, say_n
from bridge.domain.sending import group_of

BRIEFLY: Final = 8
"""Groups without conversations of which something is told; the others are counted."""
DASH: Final = " – "
DOT: Final = " · "


def document_of(digest: Digest, *, answered: bool = True, first_from: str = "") -> Document:
    """What is said in a conversation, or in a room; with ``answered`` where its reader can react to it. ``first_from``:
    the company, where it is the first one that its reader gets."""
    blocks: list[Block] = [Heading(title_of(digest))]
    if first_from:
        blocks.append(
            paragraph(
                say("This is your first weekly digest of {company}: the few things of your groups that you would not"
                    " have wanted to miss. “digest off” ends them, “help” says what else you may tell me.",
                    company=first_from)
            )
        )  # fmt: skip
    with_items = [section for section in digest.sections if section.items]
    for section in with_items:
        blocks += _section(section, digest)
    blocks += _briefly([section for section in digest.sections if not section.items], digest.names)
    blocks += _opened(digest)
    for partner in digest.sponsored:
        blocks += _sponsored(partner, digest.names)
    if answered and digest.items and group_of(digest.reader) is None:
        blocks.append(paragraph(say("👍 or 👎 tells me what you want more or less of.")))
    return Document(tuple(blocks))


def title_of(digest: Digest) -> Message:
    """What stands above it; also the subject of a letter."""
    last = digest.week.until - timedelta(days=1)
    if group_of(digest.reader) is None:
        return say("Your week until {day}", day=last)
    return say("The week in this room until {day}", day=last)


def _section(section: Section, digest: Digest) -> Iterator[Block]:
    yield Heading(section.name)
    rows = tuple(tuple(_item(item, digest)) for item in section.items)
    yield Items(rows, ordered=True, first=section.items[0].number)
    if news := tuple((one,) for one in _news(section, digest.names)):
        yield Items(news)


def _item(item: Item, digest: Digest) -> Iterator[Inline]:
    """Its title as a link, why it is there, how much was said."""
    yield Link(item.title or _untitled(item, digest.names), item.url, below=True)
    yield from (DASH, why(item, digest.names, reader=digest.reader))
    if item.posts > 1:
        yield from (DOT, say_n("{count} message", "{count} messages", item.posts))


def _untitled(item: Item, names: Mapping[str, str]) -> Message:
    """What cannot be read has its author's name for a title."""
    return say("A conversation that {person} began", person=_name(item.by, names))


def why(item: Item, names: Mapping[str, str], *, reader: str = "") -> Message:
    """Why it is there, in a few words that follow a title, said to its reader."""
    if item.kind is Kind.MARKED:
        others = [one for one in item.marked_by if one != reader]
        if not others:
            return say("picked by you")
        people = together(others, names)
        yours = reader in item.marked_by
        return say("picked by you and {people}", people=people) if yours else say("picked by {people}", people=people)
    told = _reason(item, names)
    return say("it went on: {reason}", reason=told) if item.moved else told


def _reason(item: Item, names: Mapping[str, str]) -> Message:
    people = together(item.reason.people, names)
    match item.reason.why:
        case Why.CALLED:
            return say_n("{people} mentions you", "{people} mention you", len(item.reason.people), people=people)
        case Why.ANSWERED:
            return say_n("{people} answers you", "{people} answer you", len(item.reason.people), people=people)
        case Why.YOURS:
            return say("people wrote on after you did")
        case Why.PEOPLE:
            return say("with {people}, with whom you have written before", people=people)
        case Why.UNANSWERED:
            person = _name(item.by, names)
            if item.kind is Kind.QUESTION:
                return say("{person} asks, and nobody has answered yet", person=person)
            return say("from {person}; nobody has answered yet", person=person)
        case Why.GROUP:
            return say("you take part in this group")
        case Why.LIVELY:
            return say_n("{count} person writes there", "{count} people write there", item.writers)
        case Why.RECENT:
            return (
                say("with {people}", people=together(item.people, names, item.writers)) if item.people else say("new")
            )


def _news(section: Section, names: Mapping[str, str]) -> Iterator[Message]:
    """What is told of a group beside its conversations."""
    if section.newcomers:
        yield say("New here: {people}.", people=together(section.newcomers, names, section.new))
    for partner in section.partners:
        yield say("{partner} takes part now.", partner=partner)
    yield from section.changes
    if section.health:
        yield _health(section.health)


def _health(health: Health) -> Message:
    active = say("Wrote this week: {active} of {members} (the week before: {before}).", active=health.active,
                 members=health.members, before=health.before)  # fmt: skip
    if not health.questions:
        return active
    return say("{wrote} Questions: {questions}, of them answered: {answered}.", wrote=active,
               questions=health.questions, answered=health.answered)  # fmt: skip


def _briefly(sections: Sequence[Section], names: Mapping[str, str]) -> Iterator[Block]:
    rows = [tuple(_brief(section, names)) for section in sections[:BRIEFLY]]
    if more := len(sections) - BRIEFLY:
        rows += [(say_n("and {count} more group", "and {count} more groups", more),)] if more > 0 else []
    if rows:
        yield Heading(say("Also in your groups"))
        yield Items(tuple(rows))


def _brief(section: Section, names: Mapping[str, str]) -> Iterator[Inline]:
    yield Link(section.name, section.url, below=True)
    for number, sentence in enumerate(_news(section, names)):
        yield from (" " if number else DASH, sentence)


def _opened(digest: Digest) -> Iterator[Block]:
    if not digest.opened:
        return
    rows = [tuple(_one_opened(one)) for one in digest.opened]
    if digest.opened_more:
        rows.append((say_n("and {count} more group", "and {count} more groups", digest.opened_more),))
    yield Heading(say("New groups that you may join"))
    yield Items(tuple(rows))


def _one_opened(one: Opened) -> Iterator[Inline]:
    yield Link(one.name, one.url, below=True)
    if one.purpose:
        yield from (DASH, one.purpose)


def _sponsored(partner: Sponsored, names: Mapping[str, str]) -> Iterator[Block]:
    yield Heading(say("Your partner {partner}", partner=partner.name))
    rows: list[tuple[Inline, ...]] = [
        (say("Wrote this week: {active} of {people}.", active=partner.active, people=partner.people),)
    ]
    if partner.newcomers:
        rows.append((say("New here: {people}.", people=together(partner.newcomers, names)),))
    rows += [(Strong(one),) for one in partner.due]
    yield Items(tuple(rows))


def together(people: Sequence[str], names: Mapping[str, str], count: int = 0) -> Message | str:
    """People by what they are called, joined as one writes; of so many as there are in all."""
    called = [_name(one, names) for one in people]
    if (more := count - len(called)) > 0 and called:
        return say_n("{people} and {count} more", "{people} and {count} more", more, people=", ".join(called))
    if len(called) < 2:
        return "".join(called)
    return say("{people} and {last}", people=", ".join(called[:-1]), last=called[-1])


def _name(user: str, names: Mapping[str, str]) -> str:
    return names.get(user, user)
