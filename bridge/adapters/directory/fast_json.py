"""The quick way from a large JSON directory to rows: C speed from bytes to domain values.

It takes only what needs no explanation; anything odd is None, and the careful way (``shapes``) then says what is wrong.
Whatever it takes, the careful way reads the same.
"""

import re
from itertools import chain
from typing import Any, Final

import msgspec

from bridge.adapters.directory.drafts import Draft
from bridge.adapters.directory.origins import origin, paths_of
from bridge.adapters.directory.shapes import GROUP_KEYS, OF_RULES, PARTNER_KEYS, PERSON_KEYS, SECTIONS
from bridge.domain.directory import Group, Person, declare
from bridge.domain.lifetimes import MAX_DAYS
from bridge.domain.messages import LANGUAGES
from bridge.domain.partners import MAX_COUNT, Partner

KEY: Final = re.compile(rb'(?<!\\)"[ \t\r\n]*:')
"""The end of a key. It can match once too often, inside odd text, never too seldom among keys that we know."""

BLANK_BEFORE_COLON: Final = (b" :", b"\t:", b"\n:", b"\r:")

LANGUAGE_KEYS: Final = ("name", "purpose", "welcome")
REFERENCES: Final = ("members", "owners", "moderators")

Row = dict[str, Any]

for _kind in (Person, Group, Partner):
    # Learnt here, before there are threads: msgspec dies where a second one converts to a class that a first one has it
    # learn.
    msgspec.json.Decoder(_kind)


def quick_draft(content: bytes) -> Draft | None:
    """The rows of ``content``, or None when it must be read carefully."""
    try:
        document = msgspec.json.decode(content)
        if not isinstance(document, dict) or not document.keys() <= set(SECTIONS):
            return None
        people, groups, partners = (document.get(section, []) for section in SECTIONS)
        if not (_are_rows(people, PERSON_KEYS) and _are_rows(groups, GROUP_KEYS) and _are_rows(partners, PARTNER_KEYS)):
            return None
        if _keys_in(document, people, groups, partners) != _keys_written(content):
            return None  # a key was written twice: JSON decoders keep the last one silently
        return _draft(people, groups, partners)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError, TypeError):
        return None  # TypeError: a list was expected, or text


def _are_rows(rows: Any, known: tuple[str, ...]) -> bool:
    return isinstance(rows, list) and set(map(type, rows)) <= {dict} and set().union(*rows) <= set(known)


def _keys_in(document: Row, *sections: list[Row]) -> int:
    inner = (row.get(key) for rows in sections[1:] for row in rows for key in (*LANGUAGE_KEYS, "attributes"))
    texts = sum(len(value) for value in inner if type(value) is dict)
    return len(document) + sum(map(len, chain(*sections))) + texts


def _keys_written(content: bytes) -> int:
    """How many keys the text has, or more; counting two bytes is ten times quicker than the pattern."""
    if any(blank in content for blank in BLANK_BEFORE_COLON):
        return len(KEY.findall(content))
    return content.count(b'":') - content.count(b'\\":')


def _draft(people: list[Row], groups: list[Row], partners: list[Row]) -> Draft | None:
    persons = msgspec.convert(people, list[Person])
    people.clear()
    ids = {person.id: person.id for person in persons}
    declared = _declared(groups)
    for row in groups:
        for key in REFERENCES:
            if key in row:
                row[key] = list(map(ids.get, row[key], row[key]))
    if not all(map(_spread_languages, chain(groups, partners))) or any(map(_has_gaps, chain(groups, partners))):
        return None
    if not _placed(groups):
        return None
    partners_declared = _declared(partners)
    for row in partners:
        row["servers"] = [str(server).lower() for server in row.get("servers", ())]
    draft = Draft(persons, msgspec.convert(groups, list[Group]), msgspec.convert(partners, list[Partner]))
    declare(draft.groups, declared)
    declare(draft.partners, partners_declared)
    return draft if _is_filled(draft) else None


def _declared(groups: list[Row]) -> list[frozenset[str]]:
    """Which keys of each row say something."""
    undeclared = {"id", *OF_RULES}
    return [
        frozenset(key for key, value in row.items() if key not in undeclared and value not in (None, ""))
        for row in groups
    ]


def _placed(groups: list[Row]) -> bool:
    """Give each group its origin; whether all paths and attributes are such."""
    kept = [(row, row.pop("path", ""), row.pop("attributes", {})) for row in groups]
    if not all(type(path) is str and _are_attributes(attributes) for _, path, attributes in kept):
        return False
    paths = paths_of((row.get("id", ""), row.get("parent", ""), path) for row, path, _ in kept)
    for (row, _, attributes), path in zip(kept, paths, strict=True):
        texts = {name: (one,) if type(one) is str else one for name, one in attributes.items() if one}
        row["origin"] = origin(path, texts, row.get("purpose", {}).values())
    return True


def _are_attributes(found: Any) -> bool:
    """Texts, or lists of texts that say something."""
    return type(found) is dict and all(
        type(one) is str or (type(one) is list and all(type(text) is str and text for text in one))
        for one in found.values()
    )


def _spread_languages(row: Row) -> bool:
    """Give a name that is one text to both languages; whether all names are texts in languages that we know."""
    for key in LANGUAGE_KEYS:
        value = row.get(key, {})
        if type(value) is str:
            row[key] = dict.fromkeys(LANGUAGES, value)
        elif type(value) is not dict or not value.keys() <= set(LANGUAGES):
            return False
    return True


def _has_gaps(row: Row) -> bool:
    """Whether a list holds empty text, which the careful way refuses."""
    return any("" in row.get(key, ()) for key in (*REFERENCES, "partners", "moderating", "servers", "users"))


def _is_filled(draft: Draft) -> bool:
    people = all(person.id and person.user for person in draft.people)
    groups = all(group.id and group.name and 0 <= group.retention <= MAX_DAYS for group in draft.groups)
    partners = all(
        partner.id
        and partner.name
        and min(limits := (partner.max_people, partner.max_invitations)) >= 0
        and max(limits) <= MAX_COUNT
        for partner in draft.partners
    )
    return bool(draft.people) and people and groups and partners
