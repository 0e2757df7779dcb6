"""Values of the homeserver's configuration that are of another form than it reads: lists, tables, and what is in them.

For ``homeserver``: whatever is of another form is told once and taken out, so that every other check may rely on forms.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from bridge.domain.diagnosis import Diagnosis, Verdict
from bridge.domain.messages import say
from bridge.rules.doctor.setting import Tree, value_at

Fits: TypeAlias = Callable[[Any], bool]


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _is_number(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_table(value: Any) -> bool:
    return isinstance(value, Mapping)


def _list_of(fits: Fits) -> Fits:
    return lambda value: isinstance(value, Sequence) and not isinstance(value, str) and all(map(fits, value))


def _table_with(**places: Fits) -> Fits:
    """Whether it is a table in which these places, where they are there and hold something, have these forms."""

    def fits(value: Any) -> bool:
        return _is_table(value) and all(value.get(name) is None or one(value[name]) for name, one in places.items())

    return fits


@dataclass(frozen=True, slots=True)
class Form:
    """Whether a value has it, and how that looks."""

    fits: Fits
    example: str


RULES: Final = _list_of(_table_with(user_id=_is_text, alias=_is_text, room_id=_is_text, action=_is_text))
LISTENERS: Final = _list_of(
    _table_with(
        port=_is_number,
        type=_is_text,
        path=_is_text,
        bind_address=_is_text,
        bind_addresses=_list_of(_is_text),
        resources=_list_of(_table_with(names=_list_of(_is_text))),
    )
)
FORMS: Final[Mapping[str, Form]] = {
    "email": Form(_is_table, "email: {enable_notifs: false}"),
    "experimental_features": Form(_is_table, "experimental_features: {}"),
    "push": Form(_is_table, "push: {include_content: false}"),
    "retention": Form(_is_table, "retention: {enabled: true}"),
    "room_prejoin_state": Form(_is_table, "room_prejoin_state: {}"),
    "server_notices": Form(_is_table, "server_notices: {system_mxid_localpart: notices}"),
    "user_directory": Form(_is_table, "user_directory: {search_all_users: false}"),
    "app_service_config_files": Form(_list_of(_is_text), "app_service_config_files: [/etc/parvis/registration.yaml]"),
    "room_list_publication_rules": Form(RULES, "room_list_publication_rules: [{action: deny}]"),
    "alias_creation_rules": Form(RULES, "alias_creation_rules: [{action: deny}]"),
    "federation_domain_whitelist": Form(_list_of(_is_text), "federation_domain_whitelist: [partner.example]"),
    "listeners": Form(
        LISTENERS,
        "listeners:\n"
        "  - {port: 8008, type: http, bind_addresses: [127.0.0.1], resources: [{names: [client, federation]}]}",
    ),
    "room_prejoin_state.additional_event_types": Form(
        _list_of(lambda one: _is_text(one) or _list_of(_is_text)(one)),
        "room_prejoin_state: {additional_event_types: []}",
    ),
}
"""What is read here, sections before what stands in them. An empty value counts as absent, as for Synapse."""
RESTS_ON: Final = {"retention": "experimental_features"}
"""Checks that look into another section beside their own."""


def formed(tree: Tree) -> Tree:
    """The configuration without what is of another form."""
    kept: dict[str, Any] = dict(tree)
    for path in _wrong(tree):
        section, _, name = path.partition(".")
        if name:
            kept[section] = {key: value for key, value in kept[section].items() if key != name}
        else:
            del kept[section]
    return kept


def examine(tree: Tree, place: str) -> Iterator[Diagnosis]:
    """One diagnosis for each value of another form, in the configuration that stands in ``place``."""
    for path in _wrong(tree):
        yield Diagnosis(
            check=path,
            place=place,
            verdict=Verdict.FAULT,
            found=say("The value has another form than the homeserver expects there."),
            why=say("It does not start with it, or takes it for something else."),
            remedy=FORMS[path].example,
        )


def follows(diagnosis: Diagnosis, wrong: Sequence[Diagnosis]) -> bool:
    """Whether a check is about a value that is of another form, or stands in one."""
    asked = {diagnosis.check, RESTS_ON.get(diagnosis.check, "")}
    return any(one.check in asked or diagnosis.check.startswith(f"{one.check}.") for one in wrong)


def _wrong(tree: Tree) -> list[str]:
    values = {path: value_at(tree, path) for path in FORMS}
    return [path for path, value in values.items() if value is not None and not FORMS[path].fits(value)]
