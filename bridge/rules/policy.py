"""What may be decided about a group: its fields, and where each may stand.

Used by ``layers`` (stored decisions and the policy file), by the readers of files, and by commands.
"""

from collections.abc import Mapping
from typing import Any, Final

from bridge.domain.directory import (
    Group,
    GroupState,
    Inviting,
    JoinRequests,
    MembershipMode,
    Posting,
    Vouchers,
)
from bridge.domain.policy import Value
from bridge.domain.rooms import HistoryVisibility
from bridge.rules.fields import (
    MAX_NAME,
    MAX_TEXT,
    Field,
    among,
    plain_days,
    plain_text,
    plain_word,
    read_days,
    read_flag,
    read_flag_or_default,
    read_ids,
    read_language,
    read_text,
    read_texts,
    read_visibility,
    read_word,
    read_word_or_default,
    same,
)

FIELDS: Final[Mapping[str, Field]] = {
    field.name: field
    for field in (
        Field("name", read_texts(MAX_NAME, needed=True), plain_text),
        Field("purpose", read_texts(MAX_TEXT), plain_text),
        Field("visibility", read_visibility, plain_word),
        Field("listed", read_flag, same),
        Field("mandatory", read_flag, same),
        Field("parent", read_text, same),
        Field("owners", read_ids, list),
        Field("moderators", read_ids, list),
        Field("delegates", read_ids, list),
        Field("members", read_ids, list),
        Field("partners", read_ids, list),
        Field("moderating", read_ids, list),
        Field("membership", read_word(MembershipMode), plain_word),
        Field("requests", read_word(JoinRequests), plain_word),
        Field("posting", read_word(Posting), plain_word),
        Field("inviting", read_word_or_default(Inviting), plain_word),
        Field("vouching", read_word(Vouchers), plain_word),
        Field("history", read_word_or_default(HistoryVisibility), plain_word),
        Field("encrypted", read_flag_or_default, same),
        Field("retention", read_days, plain_days),
        Field("digest", read_flag, same),
        Field("language", read_language, same),
        Field("welcome", read_texts(MAX_TEXT), plain_text),
        Field("template", read_text, same),
        Field("state", read_word(GroupState), plain_word),
    )
}
"""Everything of a group that somebody may decide, by name. Its id is decided once."""

IN_FILES: Final = tuple(name for name in FIELDS if name != "state")
"""What the policy file may say of one group: a group ends by leaving the directory, or by command."""

IN_TEMPLATES: Final = (
    *("purpose", "visibility", "mandatory", "membership", "requests", "posting", "inviting"),
    *("vouching", "history", "encrypted", "retention", "digest", "language", "welcome"),
)
"""What may be said of many groups at once."""

IN_RULES: Final = tuple(name for name in IN_FILES if name not in ("name", "members", "parent"))
"""What a rule over attributes and paths may say of every group that fits."""

IN_DEFAULTS: Final = (*(name for name in IN_TEMPLATES if name not in ("purpose", "welcome")), "template")


def read_value(name: str, value: Value) -> Any:
    """The value of a field. Raises ``BadValue``, also when there is no such field."""
    return FIELDS[known_field(name)].read(value)


def write_value(group: Group, name: str) -> Value:
    """The group's value of a field, as it is stored and as files write it."""
    return FIELDS[name].write(getattr(group, name))


def known_field(name: str) -> str:
    """``name`` itself. Raises ``BadValue`` when no field is called so."""
    return among(name, list(FIELDS))
