"""What is decided about groups beside the directory: by command, by the policy file, by the templates that it ships."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import TypeAlias

from bridge.domain.messages import Text

Value: TypeAlias = "str | bool | list[str] | dict[str, str] | None"
"""A field's value as JSON has it: text, a list of ids, or a text per language. ``rules.policy`` gives it its type."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupPolicy:
    """The decisions about one group.

    ``values`` are by field of ``Group``. ``created`` groups exist by command alone. ``by`` (a user id, or empty for the
    bridge itself) decided last, ``at`` (UTC).
    """

    group: str
    values: Mapping[str, Value] = field(default_factory=dict)
    created: bool = False
    by: str = ""
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """What a group for a concrete purpose starts with: values by field of ``Group``, each of which may be decided
    otherwise, and the indicators that such a group wants to move. ``name`` is the template's own."""

    name: Text
    values: Mapping[str, Value] = field(default_factory=dict)
    indicators: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FilePolicy:
    """What the policy file says. ``defaults`` and ``templates`` give way to every decision; ``groups`` (values by
    group) cannot be changed by command."""

    defaults: Mapping[str, Value] = field(default_factory=dict)
    templates: Mapping[str, Template] = field(default_factory=dict)
    groups: Mapping[str, Mapping[str, Value]] = field(default_factory=dict)


class Creator(StrEnum):
    """Who may make groups by command."""

    EMPLOYEES = "employees"
    ADMINS = "admins"
    NOBODY = "nobody"
