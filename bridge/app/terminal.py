"""The terminal: documents with colours where people look, plain text elsewhere; errors on standard error."""

import json
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final, assert_never

from rich.console import Console, Group, RenderableType
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table as RichTable
from rich.text import Text as RichText

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
from bridge.domain.errors import ParvisError
from bridge.domain.messages import Language, Message, Text
from bridge.domain.problems import InvalidInput, Problem, reasons_of
from bridge.ports.language import Translator
from bridge.services.applying.results import Progress as Report

WIDE: Final = 10_000
"""Columns of a file or pipe: whoever searches one for an id must find it whole, in one line with its name."""

STEERING: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
"""Control characters but tabs and line ends."""


def _standard_output() -> Console:
    console = Console(soft_wrap=True, highlight=False)
    if not console.is_terminal:
        console.width = WIDE
    return console


@dataclass(frozen=True, slots=True, kw_only=True)
class Terminal:
    """Speaks one language: results to standard output, everything else to standard error."""

    translator: Translator
    language: Language
    out: Console = field(default_factory=_standard_output)
    err: Console = field(default_factory=lambda: Console(stderr=True, soft_wrap=True, highlight=False))

    def say(self, message: Message) -> None:
        """A remark, beside the results."""
        self.err.print(RichText(self._words(message)))

    def show(self, document: Document) -> None:
        """A result."""
        self.out.print(Group(*(self._block(block) for block in document.blocks)))

    def raw(self, text: str) -> None:
        """A result for machines, to the letter."""
        sys.stdout.write(text if text.endswith("\n") else text + "\n")
        sys.stdout.flush()

    def failed(self, error: ParvisError) -> None:
        """Why there is no result, for machines: all that the error says. People are told by ``fail``."""
        told = (self.translator.translate(reason, self.language) for reason in reasons_of(error))
        self.raw(json.dumps({"error": "\n".join(told)}, ensure_ascii=False))

    def fail(self, error: ParvisError) -> None:
        """One clear sentence; a list of them when a reading found several problems."""
        if isinstance(error, InvalidInput):
            for problem in error.problems:
                self.problem(problem)
            if len(error.problems) == 1:
                return
        self.err.print(RichText(self._words(error.message), style="bold red"))

    def problem(self, problem: Problem) -> None:
        """Whether it must be mended, where, and what."""
        mark, style = ("!", "yellow") if problem.warning else ("✗", "red")
        where = (self._words(f"{problem.spot}: "), "bold")
        self.err.print(RichText.assemble((f"{mark} ", style), where, (self._words(problem.message), style)))

    @contextmanager
    def progress(self, title: Message) -> Iterator[Report]:
        """A bar on a terminal; nothing elsewhere. Yields what to call with steps done and steps in all."""
        if not self.err.is_terminal:
            yield lambda _done, _total: None
            return
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        with Progress(*columns, console=self.err, transient=True) as bar:
            task = bar.add_task(self._words(title), total=None)
            yield lambda done, total: bar.update(task, completed=done, total=total)

    def _words(self, text: str | Message | Text) -> str:
        """Whatever steers a terminal is left out: names may hold anything."""
        if isinstance(text, Message):
            text = self.translator.translate(text, self.language)
        return STEERING.sub("�", text.in_language(self.language) if isinstance(text, Text) else text)

    def _block(self, block: Block) -> RenderableType:
        match block:
            case Paragraph(parts=parts):
                return self._line(parts)
            case Heading(text=text):
                return RichText(self._words(text), style="bold underline")
            case Items(items=items, ordered=ordered):
                marks = (f"{number}." if ordered else "•" for number in range(1, len(items) + 1))
                pairs = zip(marks, items, strict=True)
                return Group(*(RichText.assemble(f"  {mark} ", self._line(item)) for mark, item in pairs))
            case Table(head=head, rows=rows):
                table = RichTable(box=None, pad_edge=False)
                for cell in head:
                    table.add_column(self._line((cell,)), overflow="fold")
                for row in rows:
                    table.add_row(*(self._line((cell,)) for cell in row))
                return table
            case CodeBlock(text=text):
                return RichText("\n".join(f"    {line}" for line in text.splitlines()), style="cyan")
        assert_never(block)

    def _line(self, parts: tuple[Inline, ...]) -> RichText:
        return RichText.assemble(*(self._inline(part) for part in parts))

    def _inline(self, part: Inline) -> RichText:
        match part:
            case Strong(text=text):
                return RichText(self._words(text), style="bold")
            case Code(text=text):
                return RichText(text.in_language(self.language) if isinstance(text, Text) else text, style="cyan")
            case Link(label=label, url=url):
                return RichText.assemble(self._words(label), " (", (url, "cyan"), ")")
            case _:
                return RichText(self._words(part))
