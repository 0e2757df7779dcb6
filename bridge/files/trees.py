"""Documents as trees of text that remember their lines: made by the readers of this package, judged by their callers.

Every leaf is text as it was written: ``0123`` stays ``0123`` and ``no`` stays ``no``.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from bridge.domain.problems import Spot
from bridge.files.spelling import shown

Path: TypeAlias = tuple[str | int, ...]
"""The way from the root of a document to a value: keys of tables and positions in lists, from 0."""


@dataclass(frozen=True, slots=True)
class Scalar:
    """One value. Empty text also stands for "nothing written" and JSON's ``null``."""

    text: str
    line: int = 0


@dataclass(frozen=True, slots=True)
class Listing:
    """Values in a row."""

    items: tuple["Tree", ...] = ()
    line: int = 0


@dataclass(frozen=True, slots=True)
class Table:
    """Values under keys; ``lines`` tells on which line each key stands."""

    entries: Mapping[str, "Tree"] = field(default_factory=dict)
    lines: Mapping[str, int] = field(default_factory=dict)
    line: int = 0


Tree: TypeAlias = Scalar | Listing | Table

Plain: TypeAlias = "str | list[Plain] | dict[str, Plain]"
"""A tree without its lines."""


def plain(tree: Tree) -> Plain:
    """The bare values of a tree, for validators that want dictionaries and lists.

    A key after which nothing is written is left out: it means the same as no key at all.
    """
    match tree:
        case Scalar(text=text):
            return text
        case Listing(items=items):
            return [plain(item) for item in items]
        case Table(entries=entries):
            return {key: plain(value) for key, value in entries.items() if not is_nothing(value)}


def is_nothing(tree: Tree) -> bool:
    """Whether nothing is written here, or ``null``."""
    return isinstance(tree, Scalar) and not tree.text


def line_of(tree: Tree, path: Path) -> int:
    """The line where ``path`` stands, or the nearest thing above it that exists."""
    line = tree.line
    for step in path:
        if isinstance(tree, Table) and isinstance(step, str) and step in tree.entries:
            line, tree = tree.lines[step], tree.entries[step]
        elif isinstance(tree, Listing) and isinstance(step, int) and step < len(tree.items):
            tree = tree.items[step]
            line = tree.line
        else:
            break
    return line


def path_text(path: Path) -> str:
    """``("groups", 3, "members")`` as people read it: ``groups[3].members``."""
    text = ""
    for step in path:
        word = f"[{step}]" if isinstance(step, int) else shown(step)
        text += f".{word}" if text and isinstance(step, str) else word
    return text


def spot_in(file: str, tree: Tree, path: Path) -> Spot:
    """Where ``path`` is in the document ``tree`` that was read from ``file``."""
    return Spot(file, line_of(tree, path), path_text(path))
