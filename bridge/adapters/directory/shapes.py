"""A tree of text becomes rows: every key known, every word understood, or a fault that says what was meant.

This is the careful way, for YAML and for every JSON document that ``fast_json`` does not take.
"""

from collections.abc import Sequence
from dataclasses import fields
from datetime import date
from enum import StrEnum
from typing import Final, TypeVar

from bridge.adapters.directory.drafts import Draft, Fault
from bridge.adapters.directory.origins import origin, paths_of
from bridge.domain.directory import (
    Group,
    Inviting,
    JoinRequests,
    MembershipMode,
    Person,
    Posting,
    Visibility,
    Vouchers,
)
from bridge.domain.lifetimes import days_in, no_lifetime
from bridge.domain.messages import LANGUAGES, Message, Text, say
from bridge.domain.partners import MAX_COUNT, Partner, PartnerKind, PartnerState
from bridge.domain.rooms import HistoryVisibility
from bridge.domain.words import FLAGS, VISIBLE, visibility_of
from bridge.files.spelling import closest, looks_like_token, shown
from bridge.files.trees import Listing, Path, Scalar, Table, Tree

E = TypeVar("E", bound=StrEnum)
D = TypeVar("D")

PERSON_KEYS: Final = tuple(field.name for field in fields(Person) if field.name not in ("login", "off_in"))
OF_COMMANDS: Final = ("state", "declared", "ruled", "decided", "origin")
"""What no directory says of a group: one that is to end leaves it, and what is declared is what is written."""
OF_RULES: Final = ("path", "attributes")
"""What only rules of the policy file ask about."""
GROUP_KEYS: Final = (*(field.name for field in fields(Group) if field.name not in OF_COMMANDS), *OF_RULES)
PARTNER_KEYS: Final = tuple(field.name for field in fields(Partner) if field.name not in OF_COMMANDS[1:])
SECTIONS: Final = ("people", "groups", "partners")


def draft_of(tree: Tree, *, alone: bool = True) -> tuple[Draft, list[Fault]]:
    """The rows of the document, with what is wrong in their shape. ``alone`` says that it is the whole directory."""
    faults: list[Fault] = []
    if not isinstance(tree, Table):
        message = say("A directory has three parts: {parts}. Nothing of that is here.", parts=SECTIONS)
        return Draft(), [Fault((), message)]
    _refuse_unknown(tree, SECTIONS, (), faults)
    draft = Draft(
        people=[_person(record) for record in _records(tree, "people", PERSON_KEYS, faults)],
        groups=_groups(_records(tree, "groups", GROUP_KEYS, faults)),
        partners=[_partner(record) for record in _records(tree, "partners", PARTNER_KEYS, faults)],
    )
    if alone and not draft.people and not faults:
        faults.append(Fault((), say("This directory has no people.")))
    return draft, faults


def _records(document: Table, section: str, keys: tuple[str, ...], faults: list[Fault]) -> list["_Record"]:
    tree = document.entries.get(section, Listing())
    if isinstance(tree, Scalar) and not tree.text:
        return []
    if not isinstance(tree, Listing):
        faults.append(Fault((section,), say("A list is expected here.")))
        return []
    records = []
    for index, item in enumerate(tree.items):
        path = (section, index)
        if isinstance(item, Table):
            _refuse_unknown(item, keys, path, faults)
        else:
            faults.append(Fault(path, say("A table of keys and values is expected here.")))
        records.append(_Record(item if isinstance(item, Table) else None, path, faults))
    return records


def _person(record: "_Record") -> Person:
    return Person(
        id=record.text("id", required=True),
        user=record.text("user", required=True),
        name=record.text("name"),
        email=record.text("email"),
        language=record.text("language"),
        timezone=record.text("timezone"),
        department=record.text("department"),
        title=record.text("title"),
        manager=record.text("manager"),
        active=record.flag("active", default=True),
        given=record.text("given"),
    )


def _groups(records: list["_Record"]) -> list[Group]:
    paths = paths_of((one.silent.text("id"), one.silent.text("parent"), one.text("path")) for one in records)
    return [_group(record, path) for record, path in zip(records, paths, strict=True)]


def _group(record: "_Record", path: tuple[str, ...]) -> Group:
    purpose = record.languages("purpose")
    return Group(
        id=record.text("id", required=True),
        name=record.languages("name", required=True),
        purpose=purpose,
        visibility=record.visibility(),
        listed=record.flag("listed", default=False),
        mandatory=record.flag("mandatory", default=False),
        parent=record.text("parent"),
        owners=record.words("owners"),
        moderators=record.words("moderators"),
        members=record.words("members"),
        partners=record.words("partners"),
        moderating=record.words("moderating"),
        membership=record.word("membership", MembershipMode, MembershipMode.DIRECTORY),
        requests=record.word("requests", JoinRequests, JoinRequests.BOT),
        posting=record.word("posting", Posting, Posting.ALL),
        inviting=record.word("inviting", Inviting, None),
        vouching=record.word("vouching", Vouchers, Vouchers.ONE),
        history=record.word("history", HistoryVisibility, None),
        encrypted=record.flag("encrypted", default=None),
        retention=record.days("retention"),
        digest=record.flag("digest", default=True),
        language=record.text("language"),
        welcome=record.languages("welcome"),
        template=record.text("template"),
        declared=record.declared() - frozenset(OF_RULES),
        origin=origin(path, record.attributes(), (purpose.en, purpose.fr)),
    )


def _partner(record: "_Record") -> Partner:
    return Partner(
        id=record.text("id", required=True),
        name=record.languages("name", required=True),
        kind=record.word("kind", PartnerKind, PartnerKind.OTHER),
        servers=tuple(server.lower() for server in record.words("servers")),
        users=record.words("users"),
        state=record.word("state", PartnerState, PartnerState.ACTIVE),
        sponsor=record.text("sponsor"),
        deputy=record.text("deputy"),
        since=record.day("since"),
        until=record.day("until"),
        terms=record.text("terms"),
        max_people=record.count("max_people"),
        max_invitations=record.count("max_invitations"),
        note=record.text("note"),
        declared=record.declared(),
    )


class _Record:
    """One entry of a list, asked for its values key by key; without a table, every answer is the default."""

    def __init__(self, table: Table | None, path: Path, faults: list[Fault]) -> None:
        self._table = table
        self._path = path
        self._faults = faults

    @property
    def silent(self) -> "_Record":
        """The same, whose faults are told elsewhere."""
        return _Record(self._table, self._path, [])

    def text(self, key: str, *, required: bool = False) -> str:
        found = self._find(key)
        if isinstance(found, Scalar):
            return found.text
        if found is not None:
            self._fault(key, say("One value is expected here, not several."))
        elif required and self._table is not None:
            self._fault(key, say("{key} is missing or empty.", key=key))
        return ""

    def attributes(self) -> dict[str, tuple[str, ...]]:
        """What stands under ``attributes``: one word for each name, or several."""
        found = self._find("attributes")
        if found is None:
            return {}
        if not isinstance(found, Table):
            self._fault("attributes", say("A table of keys and values is expected here."))
            return {}
        inner = _Record(found, (*self._path, "attributes"), self._faults)
        lists = {name for name, value in found.entries.items() if isinstance(value, Listing)}
        return {name: inner.words(name) if name in lists else (inner.text(name),) for name in found.entries
                if inner._find(name) is not None}  # fmt: skip

    def declared(self) -> frozenset[str]:
        """The keys under which something is written, save the id."""
        keys = self._table.entries if self._table else ()
        return frozenset(key for key in keys if key != "id" and self._find(key) is not None)

    def flag(self, key: str, *, default: D) -> bool | D:
        text = self.text(key)
        if not text:
            return default
        if text.lower() not in FLAGS:
            self._fault(key, say("{word} is neither true nor false.", word=shown(text)))
        return FLAGS.get(text.lower(), default)

    def visibility(self) -> Visibility:
        text = self.text("visibility")
        found = visibility_of(text) if text else Visibility.INVITE_ONLY
        if found is None:
            self._fault("visibility", unknown_word(text, VISIBLE))
        return found or Visibility.PUBLIC  # about which no further complaint follows

    def word(self, key: str, words: type[E], default: D) -> E | D:
        text = self.text(key)
        if not text:
            return default
        known = [word.value for word in words]
        if text in known:
            return words(text)
        self._fault(key, unknown_word(text, known))
        return next(iter(words))  # the most open one, about which no further complaint follows

    def words(self, key: str) -> tuple[str, ...]:
        found = self._find(key)
        if found is None:
            return ()
        if not isinstance(found, Listing):
            self._fault(key, say("A list is expected here."))
            return ()
        texts = []
        for index, item in enumerate(found.items):
            if isinstance(item, Scalar) and item.text:
                texts.append(item.text)
            else:
                self._faults.append(Fault((*self._path, key, index), say("One word is expected here.")))
                texts.append("")
        return tuple(texts)

    def languages(self, key: str, *, required: bool = False) -> Text:
        found = self._find(key)
        if not isinstance(found, Table):
            return Text.same(self.text(key, required=required))
        _refuse_unknown(found, LANGUAGES, (*self._path, key), self._faults)
        inner = _Record(found, (*self._path, key), self._faults)
        text = Text(en=inner.text("en"), fr=inner.text("fr"))
        if required and not text:
            self._fault(key, say("{key} is missing or empty.", key=key))
        return text

    def day(self, key: str) -> date | None:
        text = self.text(key)
        if not text:
            return None
        try:
            return date.fromisoformat(text)
        except ValueError:
            self._fault(key, say("{word} is not a date such as 2027-06-30.", word=shown(text)))
            return None

    def count(self, key: str) -> int:
        text = self.text(key) or "0"
        if text.isascii() and text.isdigit() and int(text[:9]) <= MAX_COUNT:
            return int(text)
        self._fault(key, say("{word} is not a whole number up to {limit}.", word=shown(text), limit=MAX_COUNT))
        return 0

    def days(self, key: str) -> int:
        text = self.text(key)
        days = days_in(text)
        if days is None:
            self._fault(key, no_lifetime(shown(text)))
        return days or 0

    def _find(self, key: str) -> Tree | None:
        """What stands under ``key``; None for nothing, and for empty text."""
        found = self._table.entries.get(key) if self._table else None
        return None if isinstance(found, Scalar) and not found.text else found

    def _fault(self, key: str, message: Message) -> None:
        self._faults.append(Fault((*self._path, key), message))


def unknown_word(text: str, known: Sequence[str | Text]) -> Message:
    """What to say when ``text`` is none of the ``known`` words, which may differ from language to language."""
    guess = closest(text, [word for one in known for word in ((one.en, one.fr) if isinstance(one, Text) else (one,))])
    if guess:
        return say("{word} is not known here; did you mean {guess}?", word=shown(text), guess=guess)
    return say("{word} is not known here; it may be one of: {known}.", word=shown(text), known=tuple(known))


def _refuse_unknown(table: Table, known: tuple[str, ...], path: Path, faults: list[Fault]) -> None:
    unknown = [key for key in table.entries if key not in known]
    faults += [Fault((*path, key), _unknown_key(key, known)) for key in unknown]


def _unknown_key(key: str, known: tuple[str, ...]) -> Message:
    if key.endswith(("token", "secret", "password")) or looks_like_token(key):
        return say("Tokens and passwords do not belong in a directory: the bridge's own go into its configuration.")
    return unknown_word(key, list(known))
