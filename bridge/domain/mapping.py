"""Where a group stands in its source, and rules about that: read by adapters, applied by ``rules.mapping``."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final


@dataclass(frozen=True, slots=True)
class Origin:
    """What a source says of a group beside what it is: ``source`` is its name among several, ``path`` leads from the
    root to the group (of distinguished names, their parts as they are compared), ``attributes`` are by name in small
    letters."""

    source: str = ""
    path: tuple[str, ...] = ()
    attributes: tuple[tuple[str, tuple[str, ...]], ...] = ()


UNTOLD: Final = Origin()
"""Of groups of which only what they are is known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """What must be so of a group: everything that is named, and of several values for one thing any.

    Of ``id``, ``name``, ``path`` and ``equals``, ``*`` stands for any letters and ``?`` for one; ``contains`` are parts
    of values.
    """

    source: tuple[str, ...] = ()
    id: tuple[str, ...] = ()
    name: tuple[str, ...] = ()
    path: tuple[tuple[str, ...], ...] = ()
    equals: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    contains: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class MappingRule:
    """What becomes of groups that fit: whether they have a room (``maps``), and ``values`` by field of ``Group``."""

    when: Condition
    maps: bool = True
    values: Mapping[str, Any] = field(default_factory=dict)
