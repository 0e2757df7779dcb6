"""What may be decided about a partner: its fields, how each is read from plain values, and how it is written again.

Used by ``partner_layers`` (stored decisions) and by commands; the directory's own readers are adapters.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from bridge.domain.ids import WILD, is_address, is_server_name, is_user_id
from bridge.domain.messages import say
from bridge.domain.partners import MAX_COUNT, Partner, PartnerKind, PartnerState
from bridge.domain.policy import Value
from bridge.rules.fields import (
    MAX_NAME,
    MAX_TEXT,
    BadValue,
    Field,
    among,
    plain_text,
    plain_word,
    read_day,
    read_ids,
    read_text,
    read_texts,
    read_word,
    same,
)


def _servers(value: Value) -> tuple[str, ...]:
    servers = tuple(dict.fromkeys(one.lower() for one in read_ids(value)))
    for server in servers:
        name = server.removeprefix(WILD)
        if is_address(name):
            raise BadValue(
                say("{server} is an address, not a name: servers without a name are never let in.", server=server)
            )
        if not is_server_name(name) or "." not in name.strip("."):
            raise BadValue(say("{server} is not a server name such as acme.example.", server=server))
    return servers


def _users(value: Value) -> tuple[str, ...]:
    users = read_ids(value)
    for user in users:
        if not is_user_id(user):
            raise BadValue(say("{user} is not a user id such as @bob:acme.example.", user=user))
    return users


def _note(value: Value) -> str:
    text = read_text(value)
    if len(text) > MAX_TEXT:
        raise BadValue(say("This is too long: at most {limit} characters.", limit=MAX_TEXT))
    return text


def _count(value: Value) -> int:
    text = read_text(value) or "0"
    if not (text.isascii() and text.isdigit() and int(text[:9]) <= MAX_COUNT):
        raise BadValue(say("{word} is not a whole number up to {limit}.", word=text, limit=MAX_COUNT))
    return int(text)


def _plain_day(day: date | None) -> Value:
    return day.isoformat() if day else None


def _plain_count(count: int) -> Value:
    return str(count) if count else None


FIELDS: Final[Mapping[str, Field]] = {
    field.name: field
    for field in (
        Field("name", read_texts(MAX_NAME, needed=True), plain_text),
        Field("kind", read_word(PartnerKind), plain_word),
        Field("servers", _servers, list),
        Field("users", _users, list),
        Field("state", read_word(PartnerState), plain_word),
        Field("sponsor", read_text, same),
        Field("deputy", read_text, same),
        Field("since", read_day, _plain_day),
        Field("until", read_day, _plain_day),
        Field("terms", read_text, same),
        Field("max-people", _count, _plain_count),
        Field("max-invitations", _count, _plain_count),
        Field("note", _note, same),
    )
}
"""Everything of a partner that somebody may decide, by name. Its id is decided once."""


def read_value(name: str, value: Value) -> Any:
    """The value of a field. Raises ``BadValue``, also when there is no such field."""
    return FIELDS[known_field(name)].read(value)


def write_value(partner: Partner, name: str) -> Value:
    """The partner's value of a field, as it is stored."""
    return FIELDS[name].write(getattr(partner, attribute(name)))


def known_field(name: str) -> str:
    """``name`` itself. Raises ``BadValue`` when no field is called so."""
    return among(name, list(FIELDS))


def attribute(name: str) -> str:
    """What the field is called in ``Partner``."""
    return name.replace("-", "_")
