"""Documents become what Matrix shows: a plain ``body`` and a ``formatted_body`` in Matrix's subset of HTML.

The one place where text is escaped. ``Renderer.pages`` is called by ``talk`` and by bots that speak unasked; cutting
long documents into pages is ``paging``'s work.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Any, Final
from urllib.parse import urlsplit

from bots.kit.paging import Atom, Page, Piece, paged
from bots.kit.texts import clean, clean_lines, isolated, shielded
from bridge.domain.document import (
    Block,
    Code,
    CodeBlock,
    Document,
    Heading,
    Inline,
    Items,
    Link,
    Paragraph,
    Strong,
    Table,
)
from bridge.domain.messages import Language, Message, Text, say
from bridge.ports.language import Translator

MAX_TABLE_COLUMNS: Final = 4
MAX_TABLE_WIDTH: Final = 64
"""Letters in the widest cells of all columns together: beyond that, a table scrolls sideways on a phone."""

MAX_HEAD: Final = 500
"""Letters of HTML in a table's head: it is repeated on every page."""

MAX_URL: Final = 1_000
SEPARATOR: Final = " · "
INDENT: Final = "   "
"""Before an address in plain text that stands below its row."""

COLON: Final = ": "
"""A part that is nothing else stands between a label and a value: in French, a space comes before it as well."""


@dataclass(frozen=True, slots=True)
class Renderer:
    """Documents in, pages out."""

    translator: Translator

    def pages(self, document: Document, language: Language, *, limit: int | None = None) -> list[Page]:
        """The document in ``language``, cut at the borders of blocks and rows where one event cannot hold it.

        ``limit`` is the number of bytes that a page may take in an event's JSON (by default what is safe). At least
        one page is given, and a page is never empty.
        """
        sheet = _Sheet(self.translator, language)
        pieces = [sheet.piece(block) for block in document.blocks]

        def footer(page: int, pages: int, cut: bool) -> Atom:
            number = say("(page {page} of {pages})", page=page, pages=pages)
            cut_short = say("{number} The rest is left out: ask for less at a time.", number=number)
            words = sheet.inline(cut_short if cut else number)
            return Atom(words.body, f"<p><em>{words.html}</em></p>")

        return paged(pieces, footer) if limit is None else paged(pieces, footer, limit)


def message_content(page: Page, msgtype: str = "m.notice") -> dict[str, Any]:
    """The content of an ``m.room.message`` that nobody's name makes ring (specification 1.7, m.mentions)."""
    return {
        "msgtype": msgtype,
        "body": page.body,
        "format": "org.matrix.custom.html",
        "formatted_body": page.html,
        "m.mentions": {},
    }


def is_safe_url(url: str) -> bool:
    """Whether a link may be shown as one: https to a named host, without a user part that could pose as another."""
    if (
        not url.startswith("https://")
        or len(url) > MAX_URL
        or clean(url) != url
        or any(letter in url for letter in " <>\"'\\`")
    ):
        return False
    try:
        parts = urlsplit(url)
        return bool(parts.hostname) and "@" not in parts.netloc
    except ValueError:
        return False


@dataclass(frozen=True, slots=True)
class _Sheet:
    """One rendering, in one language."""

    translator: Translator
    language: Language

    def words(self, text: str | Message | Text) -> str:
        if isinstance(text, Message):
            return self.translator.translate(shielded(text), self.language)
        if text == COLON:
            return self.translator.translate(say("{label}: {value}", label="", value=""), self.language)
        return isolated(text.in_language(self.language) if isinstance(text, Text) else text)

    def inline(self, part: Inline) -> Atom:
        if isinstance(part, Strong):
            words = self.words(part.text)
            return Atom(words, f"<strong>{escape(words)}</strong>")
        if isinstance(part, Code):
            words = clean(part.text.in_language(self.language) if isinstance(part.text, Text) else part.text)
            return Atom(words, f"<code>{escape(words)}</code>")
        if isinstance(part, Link):
            return self.link(part)
        words = self.words(part)
        return Atom(words, escape(words))

    def link(self, link: Link) -> Atom:
        label = self.words(link.label) or clean(link.url)
        if not is_safe_url(link.url):
            return Atom(label, escape(label))
        body = label if label == link.url or link.below else f"{label} ({link.url})"
        return Atom(body, f'<a href="{escape(link.url)}">{escape(label)}</a>')

    def row(self, parts: Sequence[Inline]) -> Atom:
        atoms = [self.inline(part) for part in parts]
        below = (part.url for part in parts if isinstance(part, Link) and part.below and is_safe_url(part.url))
        body = "".join(atom.body for atom in atoms)
        return Atom("\n".join((body, *(f"{INDENT}{url}" for url in below))), "".join(atom.html for atom in atoms))

    def piece(self, block: Block) -> Piece:
        if isinstance(block, Paragraph):
            return Piece((self.row(block.parts),), "<p>", "</p>")
        if isinstance(block, Heading):
            words = self.words(block.text)
            return Piece((Atom(words, escape(words)),), "<h4>", "</h4>", heading=True)
        if isinstance(block, Items):
            return self.items([self.row(item) for item in block.items], ordered=block.ordered, first=block.first)
        if isinstance(block, CodeBlock):
            lines = clean_lines(block.text).split("\n")
            atoms = tuple(Atom(line, escape(line)) for line in lines)
            return Piece(atoms, "<pre><code>", "</code></pre>", between="\n")
        return self.table(block)

    def items(self, rows: Sequence[Atom], *, ordered: bool = False, first: int = 1) -> Piece:
        # numbers are written out in HTML too: a list that goes on on the next page must not begin again at 1
        marks = [f"{number}. " if ordered else "• " for number in range(first, len(rows) + first)]
        atoms = tuple(
            Atom(mark + row.body, f'<li value="{number}">{row.html}</li>' if ordered else f"<li>{row.html}</li>")
            for number, (mark, row) in enumerate(zip(marks, rows, strict=True), start=first)
        )
        if not ordered:
            return Piece(atoms, "<ul>", "</ul>")
        # once more for clients that know this and not the numbers of items
        return Piece(atoms, "<ol>" if first == 1 else f'<ol start="{first}">', "</ol>")

    def table(self, table: Table) -> Piece:
        """A real table where it is narrow, else a list; always a list in plain text.

        Plain text is read in proportional letters, aloud and in notifications, where aligned columns fall apart.
        """
        head = [self.inline(cell) for cell in table.head]
        rows = [[self.inline(cell) for cell in row] for row in table.rows]
        listed = self.items([self.listed(head, row) for row in rows])
        if not _is_narrow(head, rows):
            return listed
        # The line feeds between cells are for clients that show a table's words without its lines.
        lines = ["\n".join(f"<td>{cell.html}</td>" for cell in row) for row in rows]
        atoms = tuple(Atom(plain.body, f"<tr>{line}</tr>") for plain, line in zip(listed.atoms, lines, strict=True))
        titles = "\n".join(f"<th>{cell.html}</th>" for cell in head)
        return Piece(atoms, f"<table><thead><tr>{titles}</tr></thead><tbody>", "</tbody></table>")

    def listed(self, head: Sequence[Atom], row: Sequence[Atom]) -> Atom:
        """A row as a line: the first cell, then each further one after its column's title."""
        if not row:
            return Atom("", "")
        rest = [self.labelled(title, cell) for title, cell in zip(head[1:], row[1:], strict=False) if cell.body]
        body = SEPARATOR.join([row[0].body, *(cell.body for cell in rest)])
        return Atom(body, SEPARATOR.join([f"<strong>{row[0].html}</strong>", *(cell.html for cell in rest)]))

    def labelled(self, title: Atom, cell: Atom) -> Atom:
        colon = self.words(COLON)
        return Atom(f"{title.body}{colon}{cell.body}", f"{title.html}{colon}{cell.html}")


def _is_narrow(head: Sequence[Atom], rows: Sequence[Sequence[Atom]]) -> bool:
    if not 2 <= len(head) <= MAX_TABLE_COLUMNS or any(len(row) != len(head) for row in rows):
        return False
    if sum(len(title.html) for title in head) > MAX_HEAD:
        return False
    widths = [max(len(row[column].body) for row in [head, *rows]) for column in range(len(head))]
    return sum(widths) <= MAX_TABLE_WIDTH
