"""The section ``rules`` of a policy file: conditions about groups, each with what follows. Called by ``shapes``."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from bridge.adapters.directory.dn import dn_key
from bridge.adapters.directory.shapes import unknown_word
from bridge.domain.mapping import Condition
from bridge.domain.messages import Message, say
from bridge.domain.words import FLAGS
from bridge.files.spelling import shown
from bridge.files.trees import Listing, Path, Scalar, Table, Tree

KEYS: Final = ("source", "id", "name", "path", "attributes")
DEEP: Final = "**"
ROOM: Final = "room"
"""Written beside a condition: false leaves the groups that fit without a room."""

Tell = Callable[[Path, Message], None]


@dataclass(frozen=True, slots=True)
class ConditionShape:
    """Reads conditions; ``tell`` is told what is wrong, and where."""

    tell: Tell

    def condition(self, tree: Tree | None, path: Path) -> Condition:
        """What stands under ``when``; without it, every group fits."""
        if tree is None:
            return Condition()
        if not isinstance(tree, Table):
            self.tell(path, say("A table of keys and values is expected here."))
            return Condition()
        for key in tree.entries:
            if key not in KEYS:
                self.tell((*path, key), unknown_word(key, list(KEYS)))
        texts = {key: self._texts(tree.entries.get(key), (*path, key)) for key in KEYS[:4]}
        equals, contains = self._attributes(tree.entries.get("attributes"), (*path, "attributes"))
        return Condition(
            source=texts["source"],
            id=texts["id"],
            name=texts["name"],
            path=tuple(self._steps(one, (*path, "path")) for one in texts["path"]),
            equals=equals,
            contains=contains,
        )

    def has_room(self, table: Table, path: Path) -> bool:
        """Whether groups that fit get a room."""
        text = self._texts(table.entries.get(ROOM), (*path, ROOM)) or ("true",)
        if text[0].lower() not in FLAGS:
            self.tell((*path, ROOM), say("{word} is neither true nor false.", word=shown(text[0])))
        return FLAGS.get(text[0].lower(), True)

    def _attributes(
        self, tree: Tree | None, path: Path
    ) -> tuple[Mapping[str, tuple[str, ...]], Mapping[str, tuple[str, ...]]]:
        equals: dict[str, tuple[str, ...]] = {}
        contains: dict[str, tuple[str, ...]] = {}
        if tree is not None and not isinstance(tree, Table):
            self.tell(path, say("A table of keys and values is expected here."))
        for name, value in tree.entries.items() if isinstance(tree, Table) else ():
            if not isinstance(value, Table):
                equals[name.lower()] = self._texts(value, (*path, name))
                continue
            for key, inner in value.entries.items():
                if key == "contains":
                    contains[name.lower()] = self._texts(inner, (*path, name, key))
                else:
                    self.tell((*path, name, key), unknown_word(key, ["contains"]))
        return equals, contains

    def _steps(self, text: str, path: Path) -> tuple[str, ...]:
        """A path from the root: of distinguished names, which begin at the leaf, the other way round."""
        if text.startswith("/"):
            return tuple(step for step in text.split("/") if step)
        deep = [part.strip() for part in text.split(",")]
        marks = [index for index, part in enumerate(deep) if part == DEEP]
        named = ",".join(f"x={DEEP}" if index in marks else part for index, part in enumerate(deep))
        parts = dn_key(named)
        if parts is None:
            self.tell(path, say("{text} is neither a path such as /Sales/* nor a distinguished name such as"
                                " **,ou=projects,dc=corp,dc=example.", text=shown(text)))  # fmt: skip
            return ()
        return tuple(DEEP if part == f"x={DEEP}" else part for part in reversed(parts))

    def _texts(self, tree: Tree | None, path: Path) -> tuple[str, ...]:
        """One text, or any of several."""
        items = tree.items if isinstance(tree, Listing) else () if tree is None else (tree,)
        found = tuple(item.text for item in items if isinstance(item, Scalar) and item.text)
        if tree is not None and (len(found) < len(items) or not found):
            self.tell(path, say("One word is expected here."))
        return found
