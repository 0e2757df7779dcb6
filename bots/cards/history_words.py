"""A history of working together in words: its entries with their numbers, and what one can do with them.

Pure, for ``bots/cards/history``.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

from bots.cards.showing import entry_row, person_link
from bots.cards.words import KINDS
from bots.kit.rendering import COLON
from bridge.domain.cards import Entry, Version
from bridge.domain.document import Block, Code, Document, Inline, Items, Strong, document, paragraph
from bridge.domain.messages import Language, Message, Text, say, say_n, shown
from bridge.rules.past_days import Doubt, SaidDay

Names: TypeAlias = Mapping[str, str | Text]
"""What those are called whom the reader may know, by user id."""
WAYS: Final[Mapping[Language, Mapping[str, str]]] = {
    "en": {"": "!profile history", "add": "add visit yesterday …", "edit": "edit", "remove": "remove",
           "removed": "removed", "restore": "restore", "about": "--about"},
    "fr": {"": "!profil historique", "add": "ajouter visite hier …", "edit": "corriger", "remove": "retirer",
           "removed": "retirées", "restore": "rétablir", "about": "--avec"},
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """From which side a history is read: ``user`` is whose it is, and ``own`` that they read it themselves. They call
    entries by their numbers; who keeps several histories, by letters that belong to one entry alone."""

    user: str
    own: bool
    language: Language

    def name(self, number: int, entry: Entry) -> str:
        """What this side calls an entry."""
        return str(number) if self.own and number else entry.id

    def called(self, number: int, entry: Entry) -> tuple[Inline, ...]:
        """The same to read: the number that both sides see, and the letters where one needs them."""
        shown_number = (Strong(str(number)),) if number else ()
        letters = (Code(entry.id),) if not self.own or not number else ()
        return (*shown_number, *((" – ",) if shown_number and letters else ()), *letters)

    def typed(self, verb: str, *more: str, whose: bool = False) -> Code:
        """A command as it is typed; ``whose``: it has to say whose history is meant."""
        ways = WAYS[self.language]
        about = (ways["about"], self.user) if whose and not self.own else ()
        return Code(" ".join((ways[""], ways[verb], *more, *about)))


def history_document(title: Block, entries: Mapping[int, Entry], names: Names, side: Side) -> Document:
    """The entries that count, the newest first, for one who keeps them, and what can be done."""
    now = {number: one for number, one in entries.items() if not one.current.withdrawn}
    rows = tuple(entry_line(number, now[number], names, side) for number in _latest_first(now))
    blocks: list[Block] = [title, Items(rows) if rows else paragraph(say("Nothing is written down yet."))]
    blocks.append(paragraph(say("To write something down:"), " ", side.typed("add", whose=True)))
    if now:
        blocks.append(paragraph(*_changing(*next(iter((n, now[n]) for n in _latest_first(now))), side)))
    if gone := len(entries) - len(now):
        taken = say_n("{count} entry was taken back:", "{count} entries were taken back:", gone)
        blocks.append(paragraph(taken, " ", side.typed("removed", *(() if side.own else (side.user,)))))
    return Document(tuple(blocks))


def removed_document(entries: Mapping[int, Entry], names: Names, side: Side) -> Document:
    """The entries that were taken back, by whom, and how one comes back."""
    gone = {number: one for number, one in entries.items() if one.current.withdrawn}
    if not gone:
        return document(paragraph(say("Nothing was taken back.")))
    order = _latest_first(gone)
    rows = tuple(entry_line(number, gone[number], names, side) for number in order)
    way = side.typed("restore", side.name(order[0], gone[order[0]]))
    title = paragraph(Strong(say("Taken back")))
    return Document((title, Items(rows), paragraph(say("To have one count again:"), " ", way)))


def entry_line(number: int, entry: Entry, names: Names, side: Side) -> tuple[Inline, ...]:
    """One entry with its number, and its author as far as the reader may know them."""
    letters: tuple[Inline, ...] = () if side.own else (" – ", Code(entry.id))
    return (Strong(str(number)), " – ", *entry_row(entry), *letters, *author(entry.current.by, names))


def changed_document(said: Message, number: int, entry: Entry, side: Side, *, alone: bool) -> Document:
    """What became of an entry, and how it is changed again; ``alone``: nobody else reads it, and it may be repeated."""
    now, name = entry.current, side.name(number, entry)
    what: tuple[Inline, ...] = (" ", *side.called(number, entry))
    if alone:
        what = (*what, " – ", KINDS[now.kind][1], ", ", shown(now.day))
    ways = ("restore",) if now.withdrawn else ("edit", "remove")
    more = paragraph(*_changing(number, entry, side)) if len(ways) > 1 else paragraph(
        say("To have it count again:"), " ", side.typed("restore", name))  # fmt: skip
    return document(paragraph(said, *what), more)


def doubt_words(read: SaidDay, typed: str, language: Language) -> Message | None:
    """How a day was read that may have been meant otherwise; in French the day always comes first."""
    if read.doubt is Doubt.ORDER and language != "fr":
        return say("I read {typed} as {day}: the day before the month.", typed=typed, day=read.day)
    if read.doubt is Doubt.MONTH:
        return say("I noted the first day of that month.")
    return None


def version_line(version: Version, names: Names) -> tuple[Inline, ...]:
    """What an entry said once."""
    row: list[Inline] = [shown(version.day), " – ", KINDS[version.kind][1], COLON, version.text,
                         *author(version.by, names), ", ", shown(version.at)]  # fmt: skip
    return (*row, " – ", Strong(say("taken back"))) if version.withdrawn else tuple(row)


def author(by: str, names: Names) -> tuple[Inline, ...]:
    """Nobody whom the reader may not know."""
    return (" – ", person_link(by, names[by])) if by in names else ()


def title_of(name: str | Text) -> Block:
    """The heading of a history."""
    return paragraph(Strong(say("History with {name}", name=name)))


def _changing(number: int, entry: Entry, side: Side) -> Sequence[Inline]:
    name = side.name(number, entry)
    return (say("To change it or to take it back, for example:"), " ", side.typed("edit", name, "…"), ", ",
            side.typed("remove", name))  # fmt: skip


def _latest_first(entries: Mapping[int, Entry]) -> list[int]:
    return sorted(entries, key=lambda number: (entries[number].current.day, number), reverse=True)
