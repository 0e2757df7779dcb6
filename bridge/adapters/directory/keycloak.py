"""A realm as Keycloak exports it: users and the tree of groups become people and groups. For ``files``."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from bridge.adapters.directory.drafts import Draft, Fault
from bridge.adapters.directory.group_ids import group_id
from bridge.adapters.directory.people_checks import fits, too_long
from bridge.adapters.directory.shapes import unknown_word
from bridge.domain.directory import Group, Person, Visibility
from bridge.domain.ids import as_localpart
from bridge.domain.mapping import Origin
from bridge.domain.messages import LANGUAGES, Text, say, say_n
from bridge.domain.problems import Spot
from bridge.domain.words import FLAGS, VISIBLE, visibility_of
from bridge.files.spelling import shown
from bridge.files.trees import Listing, Path, Scalar, Table, Tree, spot_in

NAMED: Final = 3
"""Memberships that lead nowhere are named up to this number, then counted."""

IN_NAME: Final = "~/"
"""How a path writes a stroke that belongs to the name of a group."""
STEP: Final = re.compile(r"(?<!~)/")

SAID: Final = {"purpose": ("description",), "visibility": ("visibility",), "owners": ("owner", "owners")}
"""Fields of groups, and the attributes that say them."""


@dataclass(frozen=True, slots=True)
class KeycloakDraft:
    """The rows of a realm, what is wrong with them, and where in the document each stands."""

    draft: Draft
    faults: list[Fault]
    people: list[Path]
    groups: list[Path]

    def locate(self, file: str, tree: Tree, path: Path) -> Spot:
        """The user or group behind a path of the draft."""
        sections = {"people": self.people, "groups": self.groups}
        if len(path) < 2 or not isinstance(path[1], int):
            return Spot(file)
        return spot_in(file, tree, (*sections[str(path[0])][path[1]], *path[2:]))


def keycloak_draft(tree: Tree, server_name: str, visibility: Visibility) -> KeycloakDraft:
    """The people and groups of an exported realm, whose users name groups by path or id; groups without an attribute
    ``visibility`` get ``visibility``."""
    faults: list[Fault] = []
    if not isinstance(tree, Table):
        faults.append(Fault((), say("One realm is expected here: export it alone, with its users.")))
    every = [found for found in _tables(tree, ("users",)) if not found.text("serviceAccountClientId")]
    users = [one for one in every if one.attribute("matrix_id") or fits(one.text("username"), server_name)]
    if unfit := len(every) - len(users):
        faults.append(too_long(unfit))
    groups = list(_nested(tree, ("groups",), "", ""))
    if not users and not faults:
        faults.append(Fault((), say("There are no users in this realm: export it with them, in the same file.")))
    by_name = {user.text("username"): user.text("id", "username") for user in users}
    by_path = {_composed(group.path): group.id for group in groups} | {group.id: group.id for group in groups}
    members: dict[str, list[str]] = {group.id: [] for group in groups}
    people = []
    for index, user in enumerate(users):
        person = _person(user, server_name, by_name)
        people.append(person)
        if not person.id:
            faults.append(Fault(("people", index), say("{key} is missing or empty.", key="username")))
        paths = user.texts("groups")
        for path in paths:
            if person.id and (named := by_path.get(_composed(path))):
                members[named].append(person.id)
        faults += _lost(index, [path for path in paths if _composed(path) not in by_path])
    faults += _ambiguous(groups, {path for user in users for path in user.texts("groups")})
    read = _Reader(by_name, visibility, faults)
    rows = [read.group(group, ("groups", index), members[group.id]) for index, group in enumerate(groups)]
    places = [user.at for user in users], [group.record.at for group in groups]
    return KeycloakDraft(Draft(people=people, groups=rows), faults, *places)


@dataclass(frozen=True, slots=True)
class _Record:
    """One object of the export, and where it stands."""

    table: Table
    at: Path

    def text(self, *keys: str) -> str:
        """The first value that is there."""
        found = (self.table.entries.get(key) for key in keys)
        return next((one.text for one in found if isinstance(one, Scalar) and one.text), "")

    def texts(self, key: str) -> tuple[str, ...]:
        """All values of a list, or the one that stands alone."""
        found = self.table.entries.get(key)
        items = found.items if isinstance(found, Listing) else (found,)
        return tuple(item.text for item in items if isinstance(item, Scalar) and item.text)

    def attributes(self, *names: str) -> tuple[str, ...]:
        """The values of the first of these attributes that is there."""
        found = self.table.entries.get("attributes")
        own = _Record(found, self.at) if isinstance(found, Table) else _Record(Table(), self.at)
        return next(filter(None, map(own.texts, names)), ())

    def all_attributes(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """Every attribute with its values, by name in small letters."""
        found = self.table.entries.get("attributes")
        own = _Record(found if isinstance(found, Table) else Table(), self.at)
        return tuple((name.lower(), tuple(sorted(own.texts(name)))) for name in sorted(own.table.entries))

    def attribute(self, *names: str) -> str:
        """The first value of these attributes; empty when there is none."""
        return next(iter(self.attributes(*names)), "")


@dataclass(frozen=True, slots=True)
class _Grouped:
    """One group of the tree: its id, its path from the root, and the id of the group above it."""

    record: _Record
    id: str
    path: str
    parent: str


def path_below(above: str, name: str) -> str:
    """The path of a group of this name in the group whose path is ``above``."""
    return f"{above}/{name.replace('/', IN_NAME)}"


def _steps(path: str) -> tuple[str, ...]:
    return tuple(step.replace(IN_NAME, "/") for step in STEP.split(path) if step)


def _composed(path: str) -> str:
    return unicodedata.normalize("NFC", path)


def _ambiguous(groups: list[_Grouped], named: set[str]) -> Iterator[Fault]:
    """Older versions write ``/A/B`` for a group called A/B too, and for B in A: who is in which nobody may guess."""
    often = Counter(group.path for group in groups)
    for index, group in enumerate(groups):
        if often[group.path] > 1 and group.path in named:
            message = say("Several groups have the path {path}: rename one, or let Keycloak be asked directly.",
                          path=shown(group.path))  # fmt: skip
            yield Fault(("groups", index), message)


def _tables(tree: Tree | None, at: Path) -> list[_Record]:
    """The objects of the list under the last key of ``at``."""
    found = tree.entries.get(str(at[-1])) if isinstance(tree, Table) else None
    items = found.items if isinstance(found, Listing) else ()
    return [_Record(item, (*at, index)) for index, item in enumerate(items) if isinstance(item, Table)]


def _nested(tree: Tree, at: Path, above: str, parent: str) -> Iterator[_Grouped]:
    """Every group below, each before those in it. Older files write no path, and by hand people write no id."""
    for record in _tables(tree, at):
        path = record.text("path") or path_below(above, record.text("name"))
        own = record.text("id") or group_id(path.removeprefix("/"))
        yield _Grouped(record, own, path, parent)
        yield from _nested(record.table, (*record.at, "subGroups"), path, own)


def _person(user: _Record, server_name: str, by_name: dict[str, str]) -> Person:
    language = user.attribute("locale")[:2].lower()
    name = f"{user.text('firstName')} {user.text('lastName')}".strip()
    return Person(
        id=user.text("id", "username"),
        user=user.attribute("matrix_id") or f"@{as_localpart(user.text('username'))}:{server_name}",
        name=name or user.attribute("displayName"),
        email=user.text("email"),
        language=language if language in LANGUAGES else "",
        timezone=user.attribute("zoneinfo", "timezone"),
        department=user.attribute("department"),
        title=user.attribute("title"),
        manager=by_name.get(user.attribute("manager").lower(), ""),
        active=FLAGS.get(user.text("enabled").lower(), True),
        login="" if user.attribute("matrix_id") else user.text("username"),
        given=user.text("firstName"),
    )


@dataclass(frozen=True, slots=True)
class _Reader:
    """Makes groups; ``by_name`` tells people's ids by their user names."""

    by_name: dict[str, str]
    visibility: Visibility
    faults: list[Fault]

    def group(self, group: _Grouped, here: Path, members: list[str]) -> Group:
        record = group.record
        said = {key: record.attributes(*names) for key, names in SAID.items()}
        purpose = record.text("description") or "\n".join(said["purpose"])
        written = {key for key, values in said.items() if values} | ({"purpose"} if purpose else set())
        return Group(
            id=group.id,
            name=Text.same(record.text("name")),
            purpose=Text.same(purpose),
            visibility=self._seen(here, record.attribute("visibility")),
            parent=group.parent,
            owners=self._owners(here, said["owners"]),
            members=tuple(dict.fromkeys(members)),
            declared=frozenset({"name", "members", "parent"} | written),
            origin=Origin(path=_steps(group.path), attributes=record.all_attributes()),
        )

    def _seen(self, here: Path, written: str) -> Visibility:
        found = visibility_of(written)
        if written and found is None:
            self.faults.append(Fault((*here, "attributes", "visibility"), unknown_word(written, VISIBLE)))
        return found or self.visibility

    def _owners(self, here: Path, names: tuple[str, ...]) -> tuple[str, ...]:
        for name in names:
            if name.lower() not in self.by_name:
                message = say("The owner {name} is no person of this file.", name=shown(name))
                self.faults.append(Fault(here, message, warning=True))
        return tuple(self.by_name[name.lower()] for name in names if name.lower() in self.by_name)


def _lost(index: int, paths: list[str]) -> list[Fault]:
    if not paths:
        return []
    message = say_n(
        "{count} group of this person is not in this file and is left out: {names}.",
        "{count} groups of this person are not in this file and are left out: {names}.",
        len(paths),
        names=(*map(shown, paths[:NAMED]), *(["…"] if len(paths) > NAMED else [])),
    )
    return [Fault(("people", index), message, warning=True)]
