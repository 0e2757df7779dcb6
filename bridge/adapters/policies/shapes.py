"""The tree of a policy file becomes plain values by field, each of them one that its field can have; or faults.

What a value may be is said by ``rules.policy``, the same for files and for commands. Called by ``source``.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final, TypeVar, cast

from bridge.adapters.directory.shapes import unknown_word
from bridge.adapters.policies.rule_shapes import ROOM, ConditionShape
from bridge.domain.contradictions import contradictions
from bridge.domain.directory import Group
from bridge.domain.mapping import MappingRule
from bridge.domain.messages import Message, Text, say
from bridge.domain.partners import AfterEnd, PartnerKind
from bridge.domain.policy import FilePolicy, KindPolicy, Template, Terms, Value
from bridge.files.trees import Listing, Path, Scalar, Table, Tree, is_nothing, plain
from bridge.rules.fields import BadValue, read_day, read_text, read_texts
from bridge.rules.policy import IN_DEFAULTS, IN_FILES, IN_RULES, IN_TEMPLATES, read_value

SECTIONS: Final = ("defaults", "templates", "rules", "groups", "terms", "partners")
TERMS: Final = ("version", "text", "by")
KIND: Final = ("terms", "template", "cards")
NAMELESS: Final = Text.same("-")
MAX_TERMS: Final = 20_000
"""Characters of terms: a message holds no more than three times as many bytes."""

T = TypeVar("T")


@dataclass(slots=True)
class Shape:
    """A policy file in the making: ``faults`` are what is wrong and where."""

    shipped: Mapping[str, Template] = field(default_factory=dict)
    faults: list[tuple[Path, Message]] = field(default_factory=list)

    def policy(self, tree: Tree) -> FilePolicy:
        """What the file says; meaningful when no fault was found. A template of its own replaces a shipped one."""
        sections = self._known(tree, SECTIONS, ())
        parts = {section: self._table(tree, (section,)) for section in sections if section != "rules"}
        templates = {name: self.template(tree, ("templates", name)) for name in self._entries(parts.get("templates"))}
        known = {*self.shipped, *templates}
        return FilePolicy(
            defaults=self._values(tree, ("defaults",), IN_DEFAULTS, known),
            templates={**self.shipped, **templates},
            groups={
                id_: self._values(tree, ("groups", id_), IN_FILES, known) for id_ in self._entries(parts.get("groups"))
            },
            rules=self._rules(tree, known),
            terms={name: self._terms(tree, ("terms", name)) for name in self._entries(parts.get("terms"))},
            kinds={kind: self._kind(tree, ("partners", kind), known) for kind in self._kinds(parts.get("partners"))},
        )

    def _rules(self, tree: Tree, templates: Collection[str]) -> tuple[MappingRule, ...]:
        """Which groups count, and as what, in the order in which they are asked."""
        found = tree.entries.get("rules") if isinstance(tree, Table) else None
        if found is None or is_nothing(found):
            return ()
        if not isinstance(found, Listing):
            self._fault(("rules",), say("A list is expected here."))
            return ()
        return tuple(self._rule(tree, ("rules", index), templates) for index in range(len(found.items)))

    def _rule(self, tree: Tree, path: Path, templates: Collection[str]) -> MappingRule:
        table, reader = self._table(tree, path) or Table(), ConditionShape(self._fault)
        self._known(table, ("when", ROOM, *IN_RULES), path)
        return MappingRule(
            when=reader.condition(table.entries.get("when"), (*path, "when")),
            maps=reader.has_room(table, path),
            values=self._values(tree, path, IN_RULES, templates, beside=("when", ROOM)),
        )

    def _terms(self, tree: Tree, path: Path) -> Terms:
        """What partner members accept."""
        table = self._table(tree, path) or Table()
        self._known(table, TERMS, path)
        said = {name: plain(value) for name, value in table.entries.items() if not is_nothing(value)}
        version, text, by = said.get("version", ""), said.get("text", ""), said.get("by", "")
        for name, value in (("version", version), ("text", text)):
            if not value:
                self._fault((*path, name), say("{key} is missing or empty.", key=name))
        return Terms(
            version=self._read(read_text, version, (*path, "version"), ""),
            text=self._read(read_texts(MAX_TERMS), text, (*path, "text"), NAMELESS),
            by=self._read(read_day, by, (*path, "by"), None),
        )

    def _kinds(self, table: Table | None) -> list[str]:
        return self._known(table, [kind.value for kind in PartnerKind], ("partners",)) if table else []

    def _kind(self, tree: Tree, path: Path, templates: Collection[str]) -> KindPolicy:
        """What goes for the partners of a kind."""
        table = self._table(tree, path) or Table()
        self._known(table, KIND, path)
        names = {name: self._read(read_text, plain(value), (*path, name), "") for name, value in table.entries.items()}
        after = [one.value for one in AfterEnd]
        terms = self._entries(self._table(tree, ("terms",)))
        for name, known in (("terms", terms), ("template", templates), ("cards", after)):
            if names.get(name) and names[name] not in known:
                self._fault((*path, name), unknown_word(names[name], sorted(known)))
        return KindPolicy(**{name: names.get(name, "") for name in KIND})

    def _read(self, read: Callable[[Value], T], value: Any, path: Path, otherwise: T) -> T:
        try:
            return read(value)
        except BadValue as bad:
            self._fault(path, bad.message)
            return otherwise

    def template(self, tree: Tree, path: Path) -> Template:
        """The template at ``path``."""
        table = self._table(tree, path)
        names = {"name": table.entries["name"]} if table and "name" in table.entries else {}
        if table is not None and not names:
            self._fault(path, say("{key} is missing or empty.", key="name"))
        self._known(table or Table(), ("name", "indicators", *IN_TEMPLATES), path)
        return Template(
            name=cast(
                Text, self._typed({key: plain(value) for key, value in names.items()}, path).get("name", NAMELESS)
            ),
            values=self._values(tree, path, IN_TEMPLATES, (), beside=("name", "indicators")),
            indicators=self._words(table.entries.get("indicators") if table else None, (*path, "indicators")),
        )

    def _values(
        self, tree: Tree, path: Path, allowed: Collection[str], templates: Collection[str], beside: Collection[str] = ()
    ) -> Mapping[str, Value]:
        """The plain values under ``path``, every one of them good."""
        table = self._table(tree, path) or Table()
        names = [name for name in table.entries if name not in beside]
        if not beside:
            names = self._known(table, allowed, path)
        written = {
            name: cast(Value, plain(table.entries[name]))
            for name in names
            if name in allowed and not is_nothing(table.entries[name])
        }
        typed = self._typed(written, path)
        if (template := typed.get("template")) and template not in templates:
            self._fault((*path, "template"), unknown_word(template, sorted(templates)))
        if "visibility" in typed:
            for found in contradictions(Group(**{"id": str(path[-1] if path else "-"), "name": NAMELESS, **typed})):
                self._fault((*path, found.field), found.message)
        return {name: _plain_word(typed[name], value) for name, value in written.items() if name in typed}

    def _typed(self, written: Mapping[str, Any], path: Path) -> dict[str, Any]:
        typed: dict[str, Any] = {}
        for name, value in written.items():
            try:
                typed[name] = read_value(name, value)
            except BadValue as bad:
                self._fault((*path, name), bad.message)
        return typed

    def _table(self, tree: Tree, path: Path) -> Table | None:
        """The table at ``path``; None, with a fault unless nothing is written there, when there is no table."""
        found: Tree = tree
        for step in path:
            if isinstance(found, Listing) and isinstance(step, int):
                found = found.items[step]
            else:
                found = found.entries.get(str(step), Scalar("")) if isinstance(found, Table) else Scalar("")
        if isinstance(found, Table):
            return found
        if not is_nothing(found):
            self._fault(path, say("A table of keys and values is expected here."))
        return None

    @staticmethod
    def _entries(table: Table | None) -> list[str]:
        return list(table.entries) if table else []

    def _known(self, tree: Tree, allowed: Collection[str], path: Path) -> list[str]:
        """The keys of a table that are known; the others are faults."""
        keys = list(tree.entries) if isinstance(tree, Table) else []
        if not isinstance(tree, Table):
            self._fault(path, say("A table of keys and values is expected here."))
        for key in keys:
            if key not in allowed:
                self._fault((*path, key), unknown_word(key, list(allowed)))
        return [key for key in keys if key in allowed]

    def _words(self, tree: Tree | None, path: Path) -> tuple[str, ...]:
        if tree is None or is_nothing(tree):
            return ()
        if not isinstance(tree, Listing) or not all(isinstance(item, Scalar) and item.text for item in tree.items):
            self._fault(path, say("A list is expected here."))
            return ()
        return tuple(item.text for item in tree.items if isinstance(item, Scalar))

    def _fault(self, path: Path, message: Message) -> None:
        if (path, message) not in self.faults:
            self.faults.append((path, message))


def _plain_word(typed: Any, written: Value) -> Value:
    """A word as the rules call it, in whatever language it was written; all else as it is."""
    return typed.value if isinstance(typed, StrEnum) else written
