"""What commands decide about groups: fields that neither the directory nor the policy file declares."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeAlias

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
