"""What is decided beside the directory: by command, by the policy file, by the templates that it ships."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum
from typing import TypeAlias, TypeVar

from bridge.domain.mapping import MappingRule
from bridge.domain.messages import Text

Value: TypeAlias = "str | bool | list[str] | dict[str, str] | None"
"""A field's value as JSON has it: text, a list of ids, or a text per language. ``rules.policy`` gives it its type."""


D = TypeVar("D", bound="Decided")


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """Decisions by command about one thing.

    ``values`` are by field. ``by`` (a user id, or empty for the bridge itself) decided last, ``at`` (UTC). ``before``
    are the values that the rooms followed last; None once they follow what is decided now.
    """

    values: Mapping[str, Value] = field(default_factory=dict)
    by: str = ""
    at: datetime
    before: Mapping[str, Value] | None = None

    def deciding(self: D, values: Mapping[str, Value], *, by: str, at: datetime) -> D:
        """With these values in place of those that are decided; what rooms followed last is remembered.

        A field that goes back to what it was may have been followed meanwhile: then rooms are at what is left now.
        """
        before = dict(self.values if self.before is None else self.before)
        for name in self.values.keys() | values.keys() | before.keys():
            now, then = (name in self.values, self.values.get(name)), (name in values, values.get(name))
            if then != now and then == (name in before, before.get(name)):
                before.pop(name, None)
                if name in self.values:
                    before[name] = self.values[name]
        return replace(self, values=values, by=by, at=at, before=before)

    @property
    def followed(self: D) -> D | None:
        """What the rooms followed last; None when there was no decision then."""
        if self.before is None:
            return self
        return replace(self, values=self.before, before=None) if self.before else None


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupPolicy(Decided):
    """The decisions about one group: ``values`` are by field of ``Group``. ``created`` groups exist by command
    alone."""

    group: str
    created: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """What a group for a concrete purpose starts with: values by field of ``Group``, each of which may be decided
    otherwise, and the indicators that such a group wants to move. ``name`` is the template's own."""

    name: Text
    values: Mapping[str, Value] = field(default_factory=dict)
    indicators: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What partner members accept. Who is in already has until ``by`` (that day included) to accept this version;
    ``services.grace`` sets a day where the file names none."""

    version: str
    text: Text
    by: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class KindPolicy:
    """What goes for all partners of a kind, unless a partner says otherwise: names of terms and of a group template.
    ``cards`` says what becomes of their people's profile cards when the agreement is over ("archive", "erase")."""

    terms: str = ""
    template: str = ""
    cards: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FilePolicy:
    """What the policy file says. ``defaults`` and ``templates`` give way to every decision; ``groups`` (values by
    group) cannot be changed by command, nor what ``rules`` say of groups that it does not name. ``terms`` are by name,
    ``kinds`` by kind of partner."""

    defaults: Mapping[str, Value] = field(default_factory=dict)
    templates: Mapping[str, Template] = field(default_factory=dict)
    groups: Mapping[str, Mapping[str, Value]] = field(default_factory=dict)
    rules: tuple[MappingRule, ...] = ()
    terms: Mapping[str, Terms] = field(default_factory=dict)
    kinds: Mapping[str, KindPolicy] = field(default_factory=dict)


class Creator(StrEnum):
    """Who may make groups by command."""

    EMPLOYEES = "employees"
    ADMINS = "admins"
    NOBODY = "nobody"


class Critical(StrEnum):
    """Decisions that an organisation may have a second person confirm."""

    RETIRE = "retire"
    ARCHIVE = "archive"
    LOOSEN_HIDDEN = "loosen-hidden"
    """A hidden group becomes known to others, or admits a partner."""
    DELEGATE = "delegate"
    """Somebody becomes a delegate for a group."""
    END_PARTNER = "end-partner"
    """The agreement with a partner ends for good. To suspend it waits for nobody: that is the emergency brake."""
