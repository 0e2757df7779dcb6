"""JSON text to a tree with lines: the careful way, for finding where a fault is. The fast way is msgspec."""

import json
import re
from typing import Final, NoReturn

from bridge.domain.messages import Message, say
from bridge.domain.problems import InvalidInput, Problem, Spot
from bridge.files.reading import refuse
from bridge.files.trees import Listing, Path, Scalar, Table, Tree, path_text
from bridge.files.yaml_faults import TRUNCATED
from bridge.files.yaml_text import MAX_DEPTH

BLANK: Final = re.compile(r"[ \t\n\r]*")
STRING: Final = re.compile(r'"[^"\\\x00-\x1f]*(?:\\.[^"\\\x00-\x1f]*)*"')
WORD: Final = re.compile(r"-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null")


def json_tree(text: str, file: str) -> Tree:
    """The document in ``text``. Raises ``InvalidInput``: one syntax error, or every key that is written twice."""
    scanner = _Scanner(text, file)
    tree = scanner.value(())
    scanner.skip()
    if scanner.at < len(text):
        scanner.refuse(say("Something follows the end of the JSON document."))
    if scanner.duplicates:
        raise InvalidInput(scanner.duplicates)
    return tree


class _Scanner:
    """Reads forward only, so that counting lines costs one pass in all."""

    def __init__(self, text: str, file: str) -> None:
        self.text = text
        self.file = file
        self.at = 0
        self.duplicates: list[Problem] = []
        self._line = 1
        self._counted = 0

    def refuse(self, message: Message) -> NoReturn:
        if self.at >= len(self.text):
            refuse(self.file, TRUNCATED, self.line())
        refuse(self.file, message, self.line(), column=self.at - self.text.rfind("\n", 0, self.at))

    def line(self) -> int:
        self._line += self.text.count("\n", self._counted, self.at)
        self._counted = self.at
        return self._line

    def skip(self) -> str:
        """Go to the next thing that is not blank; its first character, empty at the end."""
        blank = BLANK.match(self.text, self.at)
        self.at = blank.end() if blank else self.at
        return self.text[self.at : self.at + 1]

    def value(self, path: Path) -> Tree:
        first, line = self.skip(), self.line()
        if len(path) > MAX_DEPTH:
            self.refuse(say("This is nested too deeply."))
        if first == "{":
            return self._table(path, line)
        if first == "[":
            return self._listing(path, line)
        if first == '"':
            return Scalar(self._string(), line)
        word = WORD.match(self.text, self.at)
        if word is None:
            self.refuse(say("This is not valid JSON: a value is expected here."))
        self.at = word.end()
        return Scalar("" if word.group() == "null" else word.group(), line)

    def _table(self, path: Path, line: int) -> Table:
        entries: dict[str, Tree] = {}
        lines: dict[str, int] = {}
        more = self._begin("}")
        while more:
            if self.skip() != '"':
                self.refuse(say("This is not valid JSON: a key in quotation marks is expected here."))
            key_line, key = self.line(), self._string()
            inner = (*path, key)
            if key in entries:
                message = say("{key} is written twice, first on line {line}.", key=key, line=lines[key])
                self.duplicates.append(Problem(Spot(self.file, key_line, path_text(inner)), message))
            if self.skip() != ":":
                self.refuse(say("This is not valid JSON: a colon is expected here."))
            self.at += 1
            entries[key] = self.value(inner)
            lines.setdefault(key, key_line)
            more = self._continue("}")
        return Table(entries, lines, line)

    def _listing(self, path: Path, line: int) -> Listing:
        items: list[Tree] = []
        more = self._begin("]")
        while more:
            items.append(self.value((*path, len(items))))
            more = self._continue("]")
        return Listing(tuple(items), line)

    def _begin(self, close: str) -> bool:
        """Pass an opening bracket; whether something is inside."""
        self.at += 1
        if self.skip() == close:
            self.at += 1
            return False
        return True

    def _continue(self, close: str) -> bool:
        """Pass what follows a value; whether another one comes."""
        found = self.skip()
        if found not in (",", close):
            self.refuse(say("This is not valid JSON: a comma or {bracket} is expected here.", bracket=close))
        self.at += 1
        return found == ","

    def _string(self) -> str:
        found = STRING.match(self.text, self.at)
        if found is None:
            if "\n" not in self.text[self.at :]:
                self.at = len(self.text)
            self.refuse(say("This is not valid JSON: these quotation marks are not closed properly."))
        raw = found.group()
        try:
            text: str = json.loads(raw) if "\\" in raw else raw[1:-1]
            text.encode()
        except ValueError:
            self.refuse(say("This is not valid JSON: an escape in these quotation marks means nothing."))
        self.at = found.end()
        return text
