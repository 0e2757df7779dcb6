"""Taking people out of what is kept: where somebody is named, and the same without them, or without anybody. Pure.

Called by ``services/erasing`` for one person, by ``services/retention`` for everybody who stands in an old record.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final

from bridge.domain.audit import ERASED, NAMES
from bridge.domain.directory import GROUP_REFERENCE

TAKEN_BACK: Final = frozenset({"before", "after"})
"""Keys of a record's detail that undoing stores again: a word for nobody must not become a member."""
PEOPLE: Final = frozenset({"owners", "moderators", "delegates", "members"})
"""Fields of groups whose values are people."""
PLACES: Final = NAMES | PEOPLE
"""Keys under which people stand."""
TYPED: Final = ("request-", "approval-")
"""How the kinds of records begin whose reason somebody typed."""
USER: Final = re.compile(r"@[^\s:@\"'<>()]+:[\w.\-\[\]]*\w(?::\d{1,5})?")
"""A user id within a text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """By what somebody is called: a user id, ids in the directory, and texts that mean nobody else (an address).

    Ids may be short numbers, so they count only where people stand; user id and texts count wherever they occur.
    """

    user: str
    ids: frozenset[str] = frozenset()
    texts: frozenset[str] = frozenset()
    _pattern: re.Pattern[str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        words = "|".join(re.escape(one) for one in sorted((self.user, *self.texts), key=len, reverse=True) if one)
        object.__setattr__(self, "_pattern", re.compile(rf"(?<!\w)(?:{words})(?![\w-]|[.:]\w)", re.IGNORECASE))

    def mentioned_in(self, *values: Any) -> bool:
        """Whether any of these JSON values names them."""
        return any(self.taken_out_of(value) != value for value in values)

    def taken_out_of(self, value: Any, key: str = "") -> Any:
        """A JSON value without them; ``key`` is under which it stands."""
        if isinstance(value, str):
            return ERASED if key in PLACES and value in self.ids else self._pattern.sub(ERASED, value)
        return _within(value, key, self.taken_out_of, self._is)

    def _is(self, value: Any) -> bool:
        return isinstance(value, str) and (value == self.user or value in self.ids)


def without(named: Named, kind: str, actor: str, detail: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    """Actor and detail of a record of this kind without somebody whom it names."""
    kept = dict(named.taken_out_of(detail))
    if kind.startswith(TYPED) and detail.get("user") == named.user:
        kept["reason"] = ERASED
    return named.taken_out_of(actor), kept


def without_anybody(kind: str, actor: str, detail: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    """Actor and detail of a record without people: what was done to which group stays, and by which rule."""
    kept = dict(_nobody_in(dict(detail), of_people=detail.get("field") in PEOPLE))
    if kind.startswith(TYPED):
        kept["reason"] = ERASED
    return USER.sub(ERASED, actor), kept


def _nobody_in(value: Any, key: str = "", *, of_people: bool) -> Any:
    """``of_people`` says that the record is about a field whose values are people."""
    if isinstance(value, str):
        named = key in PLACES - TAKEN_BACK and value and not value.startswith(GROUP_REFERENCE)
        return ERASED if named else USER.sub(ERASED, value)
    anybody = of_people or key in PEOPLE
    return _within(value, key, partial(_nobody_in, of_people=of_people), lambda one: _is_person(one, anybody=anybody))


def _is_person(word: Any, *, anybody: bool) -> bool:
    if not isinstance(word, str) or word.startswith(GROUP_REFERENCE):
        return False
    return anybody or USER.fullmatch(word) is not None


def _within(value: Any, key: str, change: Callable[..., Any], is_person: Callable[[Any], bool]) -> Any:
    """A container with ``change`` made to what it holds. What stands below a key of people stands where people do."""
    if isinstance(value, Mapping):
        return {
            change(name): change(item, name if name in PLACES or key not in PLACES else key)
            for name, item in value.items()
        }
    if isinstance(value, list | tuple):
        left = [one for one in value if not (key in TAKEN_BACK | PEOPLE and is_person(one))]
        return type(value)(change(one, key) for one in left)
    return value
