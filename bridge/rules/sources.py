"""Where each policy of a group comes from: which of the hands that write about it has the last word. Pure; called by
``services.standings`` for whoever governs the group.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from bridge.domain.directory import Group
from bridge.domain.messages import Message
from bridge.domain.policy import FilePolicy
from bridge.rules.effects import effect_of

POLICIES: Final = (
    *("visibility", "listed", "membership", "requests", "inviting", "posting", "mandatory"),
    *("vouching", "history", "encrypted", "retention", "language", "welcome", "digest", "template"),
)
"""What is decided about the room of a group, in the order in which it is shown."""


class Source(StrEnum):
    """Who has the last word."""

    DIRECTORY = "directory"
    POLICY_FILE = "policy-file"
    COMMAND = "command"
    TEMPLATE = "template"
    DEFAULTS = "defaults"
    """Those of the policy file."""
    ITSELF = "itself"
    """Nobody said anything."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How one field of a group stands: what it means and where it comes from."""

    field: str
    effect: Message
    source: Source


def standings(group: Group, files: FilePolicy) -> Iterator[Standing]:
    """Every policy of the group; ``files`` has templates and defaults."""
    for field in POLICIES:
        yield Standing(field, effect_of(group, field), source_of(group, field, files))


def source_of(group: Group, field: str, files: FilePolicy) -> Source:
    """Whose word counts for the field (``rules.layers``)."""
    if field in group.ruled:
        return Source.POLICY_FILE
    if field in group.declared:
        return Source.DIRECTORY
    if field in group.decided:
        return Source.COMMAND
    template = files.templates.get(group.template)
    if template is not None and field in template.values:
        return Source.TEMPLATE
    return Source.DEFAULTS if field in files.defaults else Source.ITSELF
