"""A path in YAML becomes a ``Path``: every key known, every word understood, or a fault that says what was meant.

Called by ``library``; what only the whole path tells is judged by ``checking``.
"""

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from typing import Final, TypeVar

from bots.onboarding.checking import faults_of
from bots.onboarding.paths import END, Answer, Audience, Path, Show, Step, Who
from bridge.domain.messages import LANGUAGES, NOTHING, Language, Message, Text, say
from bridge.domain.onboarding import Effect, EffectKind
from bridge.domain.problems import InvalidInput, Problem
from bridge.files.spelling import closest, shown
from bridge.files.trees import Listing, Scalar, Table, Tree, is_nothing, spot_in
from bridge.files.trees import Path as Place
from bridge.files.yaml_text import yaml_tree

PATH_KEYS: Final = ("id", "name", "audience", "reminders", "hint", "steps")
STEP_KEYS: Final = ("id", "title", "say", "ask", "show", "when", "unless", "after", "to")
ANSWER_KEYS: Final = ("say", "words", "to", "effect")
AUDIENCE_KEYS: Final = ("who", "departments", "kinds")
WAIT: Final = re.compile(r"(\d{1,3})\s*([mhd])")
UNITS: Final = {"m": "minutes", "h": "hours", "d": "days"}
ID: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
NEVER: Final = "never"

E = TypeVar("E", bound=StrEnum)
T = TypeVar("T")


def path_in(content: str, file: str) -> Path:
    """The path that a file holds. Raises ``InvalidInput`` with everything that is wrong."""
    tree = yaml_tree(content, file)
    reader = Reader()
    path = reader.path(tree)
    faults = reader.faults or list(faults_of(path))
    if faults:
        raise InvalidInput(Problem(spot_in(file, tree, place), message) for place, message in faults)
    return path


@dataclass(slots=True)
class Reader:
    """One file in the reading; the path is meaningful when no fault was found."""

    faults: list[tuple[Place, Message]] = field(default_factory=list)

    def path(self, tree: Tree) -> Path:
        """The whole path."""
        table = self._table(tree, (), PATH_KEYS)
        steps = self._steps(self._items(table, (), "steps"))
        if not steps:
            self._fault(("steps",), say("A path has at least one step."))
        hint = self._text(table, (), "hint")
        return Path(
            id=self._id(table, ()),
            name=self._texts(table, (), "name"),
            audience=self._audience(table),
            steps=steps,
            reminders=tuple(
                self._number(one, ("reminders", place))
                for place, one in enumerate(self._items(table, (), "reminders", ("2", "7")))
            ),
            hint=None if hint == NEVER else self._number(Scalar(hint or "9"), ("hint",)),
        )

    def _audience(self, table: Table) -> Audience:
        place = ("audience",)
        inner = self._table(table.entries.get("audience", Scalar("")), place, AUDIENCE_KEYS)
        return Audience(
            who=self._word(Who, self._text(inner, place, "who", required=True), (*place, "who")) or Who.EMPLOYEE,
            departments=frozenset(self._words(inner, place, "departments")),
            kinds=frozenset(self._words(inner, place, "kinds")),
        )

    def _steps(self, trees: Iterable[Tree]) -> Mapping[str, Step]:
        tables = [self._table(tree, ("steps", number), STEP_KEYS) for number, tree in enumerate(trees)]
        ids = [self._id(table, ("steps", number)) for number, table in enumerate(tables)]
        steps: dict[str, Step] = {}
        for number, (id_, table) in enumerate(zip(ids, tables, strict=True)):
            following = ids[number + 1] if number + 1 < len(ids) else END
            if id_ == END or id_ in steps:
                self._fault(("steps", number, "id"), say("There is another step {id}.", id=id_))
            steps[id_] = self._step(id_, table, ("steps", number), following)
        return steps

    def _step(self, id_: str, table: Table, place: Place, following: str) -> Step:
        to = self._text(table, place, "to") or following
        answers = self._items(table, place, "ask")
        showing = self._text(table, place, "show")
        return Step(
            id=id_,
            say=self._texts(table, place, "say"),
            to=to,
            title=self._texts(table, place, "title") if "title" in table.entries else NOTHING,
            ask=tuple(self._answer(one, (*place, "ask", number), to) for number, one in enumerate(answers)),
            show=self._word(Show, showing, (*place, "show")) if showing else None,
            when=frozenset(self._words(table, place, "when")),
            unless=frozenset(self._words(table, place, "unless")),
            after=self._wait(self._text(table, place, "after"), (*place, "after")),
        )

    def _answer(self, tree: Tree, place: Place, to: str) -> Answer:
        table = self._table(tree, place, ANSWER_KEYS)
        words = self._table(table.entries.get("words", Table()), (*place, "words"), LANGUAGES)
        return Answer(
            say=self._texts(table, place, "say"),
            words={one: tuple(self._words(words, (*place, "words"), one)) for one in LANGUAGES},
            to=self._text(table, place, "to") or to,
            effect=self._effect(self._text(table, place, "effect"), (*place, "effect")),
        )

    def _effect(self, text: str, place: Place) -> Effect | None:
        name, _, value = text.partition(" ")
        kind = self._word(EffectKind, name, place) if name else None
        if kind is EffectKind.LANGUAGE and value not in LANGUAGES:
            self._fault(place, say("A language is one of {known}.", known=LANGUAGES))
        return Effect(kind, value) if kind else None

    def _texts(self, table: Table, place: Place, key: str) -> Text:
        """What is said in each language; both are needed."""
        inner = self._table(table.entries.get(key, Scalar("")), (*place, key), LANGUAGES)
        said = {one: " ".join(self._text(inner, (*place, key), one).split()) for one in LANGUAGES}
        for language, text in said.items():
            if not text:
                self._missing((*place, key), language)
        return Text(en=said["en"], fr=said["fr"])

    def _missing(self, place: Place, language: Language) -> None:
        missing = say("The English text is missing.") if language == "en" else say("The French text is missing.")
        self._fault(place, missing)

    def _id(self, table: Table, place: Place) -> str:
        text = self._text(table, place, "id", required=True)
        if text and not ID.fullmatch(text):
            self._fault((*place, "id"), say("An id has small letters, digits and hyphens."))
        return text

    def _wait(self, text: str, place: Place) -> timedelta:
        if not text:
            return timedelta()
        match = WAIT.fullmatch(text)
        if match is None:
            self._fault(place, say("This is no time to wait: write {examples}.", examples=("30m", "4h", "1d")))
            return timedelta()
        return timedelta(**{UNITS[match[2]]: int(match[1])})

    def _number(self, tree: Tree, place: Place) -> int:
        text = tree.text if isinstance(tree, Scalar) else ""
        if not text.isascii() or not text.isdigit() or not 0 < int(text) <= 365:
            self._fault(place, say("A number of working days is expected here."))
            return 1
        return int(text)

    def _word(self, kind: type[E], text: str, place: Place) -> E | None:
        known = [one.value for one in kind]
        if text in known:
            return kind(text)
        if text:
            self._unknown(text, known, place)
        return None

    def _words(self, table: Table, place: Place, key: str) -> list[str]:
        found = [(number, item) for number, item in enumerate(self._items(table, place, key))]
        for number, item in found:
            if not isinstance(item, Scalar) or not item.text:
                self._fault((*place, key, number), say("A word is expected here."))
        return [item.text for _, item in found if isinstance(item, Scalar) and item.text]

    def _items(self, table: Table, place: Place, key: str, default: Collection[str] = ()) -> tuple[Tree, ...]:
        """What stands in a list, or by itself."""
        tree = table.entries.get(key)
        if tree is None or is_nothing(tree):
            return tuple(Scalar(one) for one in default)
        if isinstance(tree, Table):
            self._fault((*place, key), say("A list is expected here."))
            return ()
        return tree.items if isinstance(tree, Listing) else (tree,)

    def _text(self, table: Table, place: Place, key: str, *, required: bool = False) -> str:
        tree = table.entries.get(key, Scalar(""))
        if not isinstance(tree, Scalar):
            self._fault((*place, key), say("One word or sentence is expected here."))
            return ""
        if required and not tree.text:
            self._fault((*place, key), say("{key} is missing or empty.", key=key))
        return tree.text

    def _table(self, tree: Tree, place: Place, known: Collection[str]) -> Table:
        if not isinstance(tree, Table):
            if not is_nothing(tree):
                self._fault(place, say("A table of keys and values is expected here."))
            return Table()
        for key in tree.entries:
            if key not in known:
                self._unknown(key, known, (*place, key))
        return tree

    def _unknown(self, word: str, known: Collection[str], place: Place) -> None:
        near = closest(word, known)
        if near:
            message = say("{word} is not known here. Did you mean {near}?", word=shown(word), near=near)
        else:
            message = say("{word} is not known here; it may be {known}.", word=shown(word), known=tuple(known))
        self._fault(place, message)

    def _fault(self, place: Place, message: Message) -> None:
        if (place, message) not in self.faults:
            self.faults.append((place, message))


def read_all(files: Iterable[tuple[str, Callable[[], str]]]) -> list[Path]:
    """The paths of these files, each a name and what reads it. Raises ``InvalidInput`` with the problems of all."""
    problems: list[Problem] = []
    paths: list[Path] = []
    for file, read in files:
        try:
            paths.append(path_in(read(), file))
        except InvalidInput as invalid:
            problems += invalid.problems
    if problems:
        raise InvalidInput(problems)
    return paths
