"""What may be decided about a group: its fields, how each is read from plain values, and how it is written again.

Used by ``layers`` (stored decisions and the policy file), by the readers of files, and by commands.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from enum import StrEnum
from typing import Any, Final, TypeVar

from bridge.domain.directory import Group, GroupState, Inviting, JoinRequests, MembershipMode, Posting, Visibility
from bridge.domain.errors import InputError
from bridge.domain.ids import MAX_ID_BYTES
from bridge.domain.lifetimes import days_in, no_lifetime
from bridge.domain.messages import LANGUAGES, Text, say
from bridge.domain.policy import Value
from bridge.domain.rooms import HistoryVisibility

E = TypeVar("E", bound=StrEnum)

FLAGS: Final[Mapping[str, bool]] = {
    **dict.fromkeys(("true", "yes", "on", "oui", "vrai"), True),
    **dict.fromkeys(("false", "no", "off", "non", "faux"), False),
}
BY_VISIBILITY: Final = "default"
"""Written where the visibility is to decide."""
MAX_NAME: Final = 100
"""Characters of a group's name: rooms show no more in a list."""
MAX_TEXT: Final = 2000
SHOWN: Final = 60


class BadValue(InputError):
    """A value that its field cannot have."""


@dataclass(frozen=True, slots=True)
class Field:
    """One field of ``Group``: ``read`` makes its value of a plain one (raises ``BadValue``), ``write`` goes back."""

    name: str
    read: Callable[[Value], Any]
    write: Callable[[Any], Value]


def _text(value: Value) -> str:
    if isinstance(value, str):
        return value.strip()
    if value is None:
        return ""
    raise BadValue(say("One value is expected here, not several."))


def _flag(value: Value) -> bool:
    if isinstance(value, bool):
        return value
    word = _text(value)
    if word.casefold() not in FLAGS:
        raise BadValue(say("{word} is neither true nor false.", word=_shown(word)))
    return FLAGS[word.casefold()]


def _perhaps(value: Value) -> bool | None:
    return None if value is None or value == BY_VISIBILITY else _flag(value)


def _word(words: type[E]) -> Callable[[Value], E]:
    def read(value: Value) -> E:
        return words(_among(_text(value), [word.value for word in words]))

    return read


def _perhaps_word(words: type[E]) -> Callable[[Value], E | None]:
    """As ``_word``, and nothing where the visibility is to decide."""

    def read(value: Value) -> E | None:
        word = _among(_text(value) or BY_VISIBILITY, [BY_VISIBILITY, *(one.value for one in words)])
        return None if word == BY_VISIBILITY else words(word)

    return read


def _days(value: Value) -> int:
    text = _text(value)
    days = days_in(text)
    if days is None:
        raise BadValue(no_lifetime(_shown(text)))
    return days


def _language(value: Value) -> str:
    word = _text(value)
    return _among(word, list(LANGUAGES)) if word else ""


def _ids(value: Value) -> tuple[str, ...]:
    """Each once, in order; one text holds one id, for ids may hold commas and spaces."""
    if isinstance(value, str):
        value = [value]
    if value is None:
        return ()
    if not isinstance(value, list) or not all(isinstance(one, str) and one.strip() for one in value):
        raise BadValue(say("A list is expected here."))
    if any(len(one.encode()) > MAX_ID_BYTES for one in value):
        raise BadValue(say("An id has at most 255 characters, none of them invisible."))
    return tuple(dict.fromkeys(one.strip() for one in value))


def _languages(limit: int, *, needed: bool = False) -> Callable[[Value], Text]:
    def read(value: Value) -> Text:
        if isinstance(value, dict):
            unknown = next((key for key in value if key not in LANGUAGES), None)
            if unknown is not None:
                raise BadValue(
                    say("{word} is not one of our languages: {known}.", word=_shown(unknown), known=LANGUAGES)
                )
            text = Text(en=_text(value.get("en")), fr=_text(value.get("fr")))
        else:
            text = Text.same(_text(value))
        if needed:  # a name stands in one line
            text = Text(en=" ".join(text.en.split()), fr=" ".join(text.fr.split()))
        if needed and not text:
            raise BadValue(say("A name is needed here."))
        if max(len(text.en), len(text.fr)) > limit:
            raise BadValue(say("This is too long: at most {limit} characters.", limit=limit))
        return text

    return read


def _plain_text(text: Text) -> Value:
    if text.en == text.fr:
        return text.en
    return {language: words for language, words in (("en", text.en), ("fr", text.fr)) if words}


def _plain_word(word: StrEnum | None) -> Value:
    return None if word is None else word.value


def _plain_days(days: int) -> Value:
    return str(days) if days else None


def _same(value: Value) -> Value:
    return value


FIELDS: Final[Mapping[str, Field]] = {
    field.name: field
    for field in (
        Field("name", _languages(MAX_NAME, needed=True), _plain_text),
        Field("purpose", _languages(MAX_TEXT), _plain_text),
        Field("visibility", _word(Visibility), _plain_word),
        Field("listed", _flag, _same),
        Field("mandatory", _flag, _same),
        Field("parent", _text, _same),
        Field("owners", _ids, list),
        Field("moderators", _ids, list),
        Field("delegates", _ids, list),
        Field("members", _ids, list),
        Field("partners", _ids, list),
        Field("membership", _word(MembershipMode), _plain_word),
        Field("requests", _word(JoinRequests), _plain_word),
        Field("posting", _word(Posting), _plain_word),
        Field("inviting", _perhaps_word(Inviting), _plain_word),
        Field("history", _perhaps_word(HistoryVisibility), _plain_word),
        Field("encrypted", _perhaps, _same),
        Field("retention", _days, _plain_days),
        Field("digest", _flag, _same),
        Field("language", _language, _same),
        Field("welcome", _languages(MAX_TEXT), _plain_text),
        Field("template", _text, _same),
        Field("state", _word(GroupState), _plain_word),
    )
}
"""Everything of a group that somebody may decide, by name. Its id is decided once."""

IN_FILES: Final = tuple(name for name in FIELDS if name != "state")
"""What the policy file may say of one group: a group ends by leaving the directory, or by command."""

IN_TEMPLATES: Final = (
    *("purpose", "visibility", "mandatory", "membership", "requests", "posting", "inviting"),
    *("history", "encrypted", "retention", "digest", "language", "welcome"),
)
"""What may be said of many groups at once."""

IN_DEFAULTS: Final = (*(name for name in IN_TEMPLATES if name not in ("purpose", "welcome")), "template")


def read_value(name: str, value: Value) -> Any:
    """The value of a field. Raises ``BadValue``, also when there is no such field."""
    return FIELDS[known_field(name)].read(value)


def write_value(group: Group, name: str) -> Value:
    """The group's value of a field, as it is stored and as files write it."""
    return FIELDS[name].write(getattr(group, name))


def known_field(name: str) -> str:
    """``name`` itself. Raises ``BadValue`` when no field is called so."""
    return _among(name, list(FIELDS))


def _among(word: str, known: list[str]) -> str:
    """The one of the ``known`` words that is meant, whatever its capitals."""
    folded = word.casefold().replace("_", "-").replace(" ", "-")
    if folded in known:
        return folded
    near = get_close_matches(folded[: SHOWN * 2], known, n=1, cutoff=0.7)
    if near:
        raise BadValue(say("{word} is not known here; did you mean {guess}?", word=_shown(word), guess=near[0]))
    raise BadValue(say("{word} is not known here; it may be one of: {known}.", word=_shown(word), known=tuple(known)))


def _shown(text: str) -> str:
    return text if len(text) <= SHOWN else text[: SHOWN - 1] + "…"
