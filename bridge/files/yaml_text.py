"""YAML text to a tree. Nothing is interpreted: no types, no tags, no merge keys; aliases are followed within bounds."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final, NoReturn

import yaml

from bridge.domain.messages import Message, say
from bridge.domain.problems import InvalidInput, Problem, Spot
from bridge.files.reading import refuse
from bridge.files.trees import Listing, Scalar, Table, Tree, path_text
from bridge.files.yaml_faults import Fault, fault_of

MAX_DEPTH: Final = 50
"""Nesting of a document: ours need five."""

MAX_REPEATED: Final = 100_000
"""Values that aliases may repeat in all. A "billion laughs" file passes this after a handful of lines."""


@dataclass(slots=True)
class _Open:
    """A table or list whose end has not been read yet."""

    line: int
    anchor: str | None
    table: bool
    values: list[Tree] = field(default_factory=list)
    entries: dict[str, Tree] = field(default_factory=dict)
    lines: dict[str, int] = field(default_factory=dict)
    key: str | None = None
    size: int = 1


def yaml_tree(text: str, file: str) -> Tree:
    """The document in ``text``. Raises ``InvalidInput``: one syntax error, or every key that is written twice."""
    builder = _Builder(file)
    try:
        for event in yaml.parse(text, Loader=yaml.CBaseLoader):
            builder.take(event)
    except yaml.YAMLError as error:
        refuse_fault(fault_of(error, text), file)
    if builder.duplicates:
        raise InvalidInput(builder.duplicates)
    if builder.root is None:
        refuse(file, say("This file is empty."))
    return builder.root


class _Builder:
    """Takes the parser's events one by one; its own stack, so that deep nesting cannot exhaust Python's."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.root: Tree | None = None
        self.duplicates: list[Problem] = []
        self._stack: list[_Open] = []
        self._anchors: dict[str, tuple[Tree, int] | None] = {}
        self._repeated = 0
        self._documents = 0

    def take(self, event: yaml.Event) -> None:
        line = event.start_mark.line + 1 if event.start_mark else 0
        match event:
            case yaml.ScalarEvent():
                self._add(Scalar(event.value, line), 1, event.anchor)
            case yaml.MappingStartEvent() | yaml.SequenceStartEvent():
                self._enter(_Open(line, event.anchor, isinstance(event, yaml.MappingStartEvent)))
            case yaml.MappingEndEvent() | yaml.SequenceEndEvent():
                self._leave()
            case yaml.AliasEvent():
                self._follow(event.anchor, line)
            case yaml.DocumentStartEvent():
                self._documents += 1
                if self._documents > 1:
                    refuse(self.file, say("A second document begins here; only one is allowed in a file."), line)

    def _enter(self, opened: _Open) -> None:
        if len(self._stack) >= MAX_DEPTH:
            refuse(self.file, say("This is nested too deeply."), opened.line)
        if opened.anchor:
            self._anchors[opened.anchor] = None
        self._stack.append(opened)

    def _leave(self) -> None:
        done = self._stack.pop()
        tree = Table(done.entries, done.lines, done.line) if done.table else Listing(tuple(done.values), done.line)
        self._add(tree, done.size, done.anchor)

    def _follow(self, anchor: str | None, line: int) -> None:
        known = self._anchors.get(anchor or "")
        if known is None:
            refuse(self.file, _alias_message(anchor or "", inside=anchor in self._anchors), line)
        tree, size = known
        self._repeated += size
        if self._repeated > MAX_REPEATED:
            refuse(self.file, say("Aliases repeat so much here that the file would grow beyond all bounds."), line)
        self._add(tree, size, None)

    def _add(self, tree: Tree, size: int, anchor: str | None) -> None:
        if anchor:
            self._anchors[anchor] = (tree, size)
        if not self._stack:
            self.root = tree if not (isinstance(tree, Scalar) and not tree.text) else None
            return
        parent = self._stack[-1]
        parent.size += size
        if not parent.table:
            parent.values.append(tree)
        elif parent.key is None:
            self._begin_entry(parent, tree)
        else:
            parent.entries[parent.key] = tree
            parent.key = None

    def _begin_entry(self, parent: _Open, key: Tree) -> None:
        if not isinstance(key, Scalar):
            refuse(self.file, say("A key must be a word, not a list or a table."), key.line)
        if key.text in parent.entries:
            steps = tuple(self._steps())
            message = say("{key} is written twice, first on line {line}.", key=key.text, line=parent.lines[key.text])
            self.duplicates.append(Problem(Spot(self.file, key.line, path_text((*steps, key.text))), message))
        else:
            parent.lines[key.text] = key.line
        parent.key = key.text

    def _steps(self) -> Iterator[str | int]:
        """The path to the table that is open now."""
        for opened in self._stack[:-1]:
            yield len(opened.values) if opened.key is None else opened.key


def _alias_message(anchor: str, *, inside: bool) -> Message:
    if inside:
        return say("The alias *{name} stands inside what it repeats.", name=anchor)
    return say("The alias *{name} repeats something that is not defined above.", name=anchor)


def refuse_fault(fault: Fault, file: str) -> NoReturn:
    """Raise ``InvalidInput`` for what the parser stumbled over."""
    refuse(file, fault.message, fault.line, column=fault.column)
