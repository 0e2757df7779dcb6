"""A small document tree: what a reply says, before it is rendered and escaped at the edge.

Leaves are messages (translated), texts of others (chosen by language) and plain strings (shown as they are).
"""

from dataclasses import dataclass
from typing import TypeAlias

from bridge.domain.messages import Message, Text


@dataclass(frozen=True, slots=True)
class Strong:
    """Words that stand out."""

    text: "str | Message | Text"


@dataclass(frozen=True, slots=True)
class Code:
    """Something to type or to copy, in a line; a command by its name in the reader's language."""

    text: str | Text


@dataclass(frozen=True, slots=True)
class Link:
    """``url`` is https or matrix.to; ``label`` what people see. Where there are no links, ``below`` says that the
    address stands in a line of its own, below the row that the link is in."""

    label: "str | Message | Text"
    url: str
    below: bool = False


Inline: TypeAlias = str | Message | Text | Strong | Code | Link


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One or more inlines, set one after the other without a space added."""

    parts: tuple[Inline, ...]


@dataclass(frozen=True, slots=True)
class Heading:
    """A short title."""

    text: str | Message | Text


@dataclass(frozen=True, slots=True)
class Items:
    """A list; each item is a row of inlines. ``first`` is the number of the first one, where it is ordered."""

    items: tuple[tuple[Inline, ...], ...]
    ordered: bool = False
    first: int = 1


@dataclass(frozen=True, slots=True)
class Table:
    """Short cells only: on a phone and in plain text it is shown as a list."""

    head: tuple[Inline, ...]
    rows: tuple[tuple[Inline, ...], ...]


@dataclass(frozen=True, slots=True)
class CodeBlock:
    """Lines to copy."""

    text: str


Block: TypeAlias = Paragraph | Heading | Items | Table | CodeBlock


@dataclass(frozen=True, slots=True)
class Document:
    """What is said in one reply."""

    blocks: tuple[Block, ...]


def paragraph(*parts: Inline) -> Paragraph:
    """A paragraph of these parts."""
    return Paragraph(parts)


def document(*blocks: Block) -> Document:
    """A document of these blocks."""
    return Document(blocks)
