"""Cutting what was rendered into pages that fit into events (specification: an event is at most 65,536 bytes).

Called by ``rendering`` with pieces that are escaped already: cuts fall between atoms (paragraphs, rows, lines) and
never inside one; an atom too large for any page is cut as plain text and escaped again.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from html import escape
from typing import Final, TypeAlias

PAGE_BYTES: Final = 48_000
"""Body and HTML together, as JSON: leaves 17 KB to the rest of an event (relations, claim, hashes, signatures)."""

WORST_LETTER: Final = 10
"""Bytes that one letter can take in both forms: a quotation mark is 2 in the body and 6 in HTML, an emoji 4 and 4."""

FOOTER_BYTES: Final = 400
MAX_PAGES: Final = 12
"""More would bury the conversation: the last page says that something was left out."""

SILENCE: Final = "…"


@dataclass(frozen=True, slots=True)
class Atom:
    """The same words in plain text and in HTML; never cut."""

    body: str
    html: str


@dataclass(frozen=True, slots=True)
class Piece:
    """A block: atoms between an opening and a closing tag, both repeated on each page that the block reaches.

    ``between`` joins the atoms' HTML. A ``heading`` stays with what follows it.
    """

    atoms: tuple[Atom, ...]
    opening: str
    closing: str
    between: str = ""
    heading: bool = False


@dataclass(frozen=True, slots=True)
class Page:
    """What one event says."""

    body: str
    html: str


Footer: TypeAlias = Callable[[int, int, bool], Atom]
"""Page number, number of pages, whether the rest is left out after it → what stands at the foot."""


def paged(pieces: Iterable[Piece], footer: Footer, limit: int = PAGE_BYTES) -> list[Page]:
    """The pieces on as few pages as they need, in order, each at most ``limit`` bytes (2,000 or more) of JSON.

    What does not fit on ``MAX_PAGES`` is left out.
    """
    book = _Book(limit - FOOTER_BYTES)
    for piece in pieces:
        for atom in piece.atoms:
            book.put(piece, atom)
    sheets = [sheet for sheet in book.sheets if sheet] or [[_Part(_paragraph(SILENCE), [Atom(SILENCE, SILENCE)])]]
    if len(sheets) == 1:
        return [_page(sheets[0])]
    shown = min(len(sheets), MAX_PAGES)
    feet = [footer(number, shown, number == shown < len(sheets)) for number in range(1, shown + 1)]
    return [_page([*sheet, _Part(Piece((), "", ""), [foot])]) for sheet, foot in zip(sheets, feet, strict=False)]


@dataclass(slots=True)
class _Part:
    """As much of a piece as stands on one page."""

    piece: Piece
    atoms: list[Atom] = field(default_factory=list)


class _Book:
    """Pages being filled; ``room`` is the number of bytes that a page holds."""

    def __init__(self, room: int) -> None:
        self.room = room
        self.sheets: list[list[_Part]] = [[]]
        self.used = 0

    def put(self, piece: Piece, atom: Atom) -> None:
        """Write the atom at the end, on a new page when this one is full."""
        if not atom.body and not piece.between:
            return
        if _cost(atom) + _frame(piece) > self.room:
            for chunk in _chunks(atom.body, self.room // (2 * WORST_LETTER)):
                self.put(_paragraph(chunk), Atom(chunk, escape(chunk)))
            return
        if self.used + _cost(atom) + self._opening(piece) > self.room:
            self._turn()
        self.used += _cost(atom) + self._opening(piece)
        sheet = self.sheets[-1]
        if not sheet or sheet[-1].piece is not piece:
            sheet.append(_Part(piece))
        sheet[-1].atoms.append(atom)

    def _opening(self, piece: Piece) -> int:
        sheet = self.sheets[-1]
        return 0 if sheet and sheet[-1].piece is piece else _frame(piece)

    def _turn(self) -> None:
        sheet = self.sheets[-1]
        carried = [sheet.pop()] if len(sheet) > 1 and sheet[-1].piece.heading else []
        self.sheets.append(carried)
        self.used = sum(_frame(part.piece) + sum(map(_cost, part.atoms)) for part in carried)
        if self.used > self.room // 2:  # a heading of that size is none: it stays where it was
            sheet.extend(carried)
            self.sheets[-1] = []
            self.used = 0


def _paragraph(text: str) -> Piece:
    return Piece((Atom(text, escape(text)),), "<p>", "</p>")


def _chunks(text: str, letters: int) -> Iterator[str]:
    """``text`` in parts of at most ``letters``, cut at a space where one is near the end."""
    start = 0
    while start < len(text):
        end = start + letters
        space = text.rfind(" ", start + letters * 3 // 4, end) if end < len(text) else -1
        end = space + 1 if space > start else end
        yield text[start:end]
        start = end


def _page(parts: Sequence[_Part]) -> Page:
    body = ""
    for part in parts:
        lines = "\n".join(atom.body for atom in part.atoms)
        body += lines + ("\n" if part.piece.heading else "\n\n")
    html = "".join(
        part.piece.opening + part.piece.between.join(atom.html for atom in part.atoms) + part.piece.closing
        for part in parts
    )
    return Page(body.rstrip() or SILENCE, html)


def _cost(atom: Atom) -> int:
    return _bytes(atom.body) + _bytes(atom.html) + 2 * len(r"\n")


def _frame(piece: Piece) -> int:
    return _bytes(piece.opening) + _bytes(piece.closing) + 2 * len(r"\n")


def _bytes(text: str) -> int:
    """What ``text`` takes in canonical JSON, without its quotation marks."""
    if text.isascii() and text.isprintable():
        return len(text) + text.count('"') + text.count("\\")
    return len(json.dumps(text, ensure_ascii=False).encode()) - 2
