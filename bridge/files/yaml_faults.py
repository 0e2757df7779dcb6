"""What is wrong with YAML text, in sentences of ours: libyaml and PyYAML say it in English, and in words of a parser.

For ``yaml_text``, and for ``parvis doctor``, which reads files of a homeserver.
"""

from dataclasses import dataclass
from typing import Final

import yaml

from bridge.domain.messages import Message, say

ESCAPES: Final = frozenset(
    {
        "found unknown escape character",
        "did not find expected hexdecimal number",
        "found invalid Unicode character escape code",
    }
)
ODD_SIGNS: Final = ("an anchor", "an alias", "a tag", "a node", "for the next token")
"""Ends of contexts in which a sign that means something in YAML was meant as text."""

TRUNCATED: Final = say("The file ends before something that was begun is closed; is it truncated?")
NOT_CLOSED: Final = say("What begins here is not closed before the file ends; is it truncated?")
TABBED: Final = say("This line is indented with a tab; YAML wants spaces.")
LEFT_OVER: Final = say("This belongs to nothing: does a quotation mark before it end the text too early, or is a comma"
                       " or a line break missing?")  # fmt: skip
DIRECTIVE: Final = say(
    "Lines that begin with a per cent sign are orders to YAML; this one means nothing: leave it out."
)

PLAIN: Final = {
    "mapping keys are not allowed in this context": say(
        "A question mark with a space behind it begins a key, which cannot stand here: put the text in quotation marks."
    ),
    "block sequence entries are not allowed in this context": say(
        "A dash begins a list, which cannot stand here: begin it on a line of its own, or put the text in quotation"
        " marks."
    ),
    "found unexpected document indicator": say(
        "The quotation marks that begin here are not closed before a line that begins with --- or three dots."
    ),
    "could not find expected ':'": say("A colon with a space behind it is missing after this key."),
    "found unexpected ':'": say("Between brackets, text with a colon wants quotation marks."),
    "found a tab character that violates indentation": TABBED,
    "found a tab character where an indentation space is expected": TABBED,
    "found an indentation indicator equal to 0": say(
        "Behind | or > there may be a digit from 1 to 9, + or -, and nothing else: the text begins on the next line."
    ),
    "but found another document": say("A second document begins here; only one is allowed in a file."),
    "found unhashable key": say("A key must be a word, not a list or a table."),
    "second occurrence": say("This name behind & is given a second time."),
}
"""By what the parser says; the sentences that need no look at the text."""

AT_BEGINNING: Final = frozenset(
    {"found unexpected document indicator", "could not find expected ':'", "found unexpected ':'"}
)
"""Problems that are told where the thing begins, and not where the parser gave up."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One sentence with its place; line and column count from 1, and are 0 where nobody knows."""

    message: Message
    line: int = 0
    column: int = 0


def fault_of(error: Exception, text: str) -> Fault:
    """The fault in ``text`` for which PyYAML raised ``error``."""
    if isinstance(error, yaml.reader.ReaderError):
        return _unreadable(error, text)
    mark = error.problem_mark if isinstance(error, yaml.MarkedYAMLError) else None
    if not isinstance(error, yaml.MarkedYAMLError) or mark is None:
        return Fault(_unknown())
    return _Reading(text, error.problem or "", error.context or "", mark, error.context_mark or mark).fault()


def _unreadable(error: yaml.reader.ReaderError, text: str) -> Fault:
    character = chr(error.character)
    before = text[: max(text.find(character), 0)]
    message = say("There is an invisible character here ({code}): delete it.", code=f"U+{error.character:04X}")
    return Fault(message, before.count("\n") + 1, len(before) - before.rfind("\n"))


def _unknown() -> Message:
    return say("This is not valid YAML: look for a quotation mark, bracket, colon or indentation that is missing here"
               " or above.")  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Reading:
    """What the parser says, beside the text: ``mark`` is where it gave up, ``begun`` where the thing begins."""

    text: str
    problem: str
    context: str
    mark: yaml.Mark
    begun: yaml.Mark

    def fault(self) -> Fault:
        line, before = self._line(self.mark), self._line(self.mark)[: self.mark.column]
        if not before.strip(" ") and line[self.mark.column :].startswith("\t"):
            return self._at(self.mark, TABBED)
        if message := PLAIN.get(self.problem):
            return self._at(self.begun if self.problem in AT_BEGINNING else self.mark, message)
        if "directive" in self.context or "directive" in self.problem or "incompatible" in self.problem:
            return self._at(self.begun, DIRECTIVE)
        if self.problem in ESCAPES:
            return self._escape()
        if self.context.endswith(ODD_SIGNS):
            return self._at(self.begun, self._sign(self._line(self.begun)[self.begun.column : self.begun.column + 1]))
        if self._over(self.mark):
            return self._end()
        return self._at(self.mark, self._sentence(line, before))

    def _sentence(self, line: str, before: str) -> Message:
        """For what is told where the parser gave up: in ``line``, after ``before``."""
        match self.problem:
            case "mapping values are not allowed in this context":
                return self._second_colon(before)
            case "did not find expected comment or line break":
                return PLAIN["found an indentation indicator equal to 0"]
            case "did not find expected ',' or ']'" | "did not find expected ',' or '}'":
                return say("A comma or {bracket} is expected before this, in what begins on line {line}.",
                           bracket=self.problem[-2], line=self.begun.line + 1)  # fmt: skip
            case "did not find expected node content":
                character = line[self.mark.column : self.mark.column + 1]
                return say("A value is expected before {character}; text that begins with it wants quotation marks.",
                           character=character)  # fmt: skip
            case "did not find expected <document start>" if self.text.startswith("%"):
                return DIRECTIVE
            case ("did not find expected key" | "did not find expected '-' indicator"
                  | "did not find expected <document start>"):  # fmt: skip
                return LEFT_OVER if before.strip() else self._column(line)
        return self._other()

    def _column(self, line: str) -> Message:
        """A line that begins where nothing can."""
        if self.problem.endswith("<document start>"):
            return say("Everything is over before this line: let all lines of the outermost table begin in the first"
                       " column.")  # fmt: skip
        if self.problem.endswith("indicator"):
            return say("A dash is expected here, as before the other items of the list: write one, or let this line"
                       " begin where the lines begin that it belongs to.")  # fmt: skip
        if line.lstrip().startswith("- "):
            return say("A list begins here where a key is expected: give it a key, or take the dash away.")
        return say("This line begins in a column where nothing begins above: let it begin where the other keys of its"
                   " table begin.")  # fmt: skip

    def _second_colon(self, before: str) -> Message:
        if ": " in before:
            return say("This is the second colon of its line: put quotation marks around text that has a colon and a"
                       " space in it.")  # fmt: skip
        return say("A key cannot stand here: does the line above want a colon with a space behind it, or is this one"
                   " indented too much?")  # fmt: skip

    def _other(self) -> Message:
        """What only whoever interprets the text finds."""
        if self.problem.startswith("found undefined alias"):
            name = self._line(self.mark)[self.mark.column + 1 :].partition(" ")[0]
            return say("The alias *{name} repeats something that is not defined above.", name=name)
        return self._sign("!") if self.problem.startswith("could not determine a constructor") else _unknown()

    def _escape(self) -> Fault:
        line = self._line(self.mark)
        at = max(line.rfind("\\", 0, self.mark.column + 1), 0)
        message = say("{escape} means nothing in double quotation marks: double the backslash, or use single ones.",
                      escape=line[at : at + 2])  # fmt: skip
        return Fault(message, self.mark.line + 1, at + 1)

    def _sign(self, character: str) -> Message:
        if character == "\t":
            return say("There is a tab here where YAML wants spaces.")
        return say("Text that begins with {character} wants quotation marks: to YAML this sign means something else.",
                   character=character)  # fmt: skip

    def _over(self, mark: yaml.Mark) -> bool:
        """Whether nothing but blanks follows."""
        lines = self.text.splitlines()[mark.line :]
        return not "".join(lines)[mark.column :].strip()

    def _end(self) -> Fault:
        if self._over(self.begun):
            return Fault(TRUNCATED, min(self.mark.line + 1, len(self.text.splitlines())))
        return self._at(self.begun, NOT_CLOSED)

    def _line(self, mark: yaml.Mark) -> str:
        lines = self.text.splitlines()
        return lines[mark.line] if mark.line < len(lines) else ""

    def _at(self, mark: yaml.Mark, message: Message) -> Fault:
        return Fault(message, mark.line + 1, mark.column + 1)
