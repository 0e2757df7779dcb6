"""The groups of tables: lines about one group become a group, names become references. For ``csv_draft``."""

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from bridge.adapters.directory import csv_languages
from bridge.adapters.directory.csv_columns import ATTRIBUTE, plain
from bridge.adapters.directory.csv_people import SEVERAL, Names
from bridge.adapters.directory.csv_ties import SEPARATOR, Tie
from bridge.adapters.directory.drafts import Fault
from bridge.adapters.directory.group_ids import group_id
from bridge.adapters.directory.origins import origin, paths_of
from bridge.adapters.directory.shapes import unknown_word
from bridge.domain.directory import GROUP_REFERENCE, Group, Visibility
from bridge.domain.messages import Message, Text, say, say_n
from bridge.domain.problems import Problem, Spot
from bridge.domain.words import VISIBLE, visibility_of
from bridge.files.spelling import shown
from bridge.files.trees import Path

ROLES: Final = {
    **csv_languages.ROLES,
    **dict.fromkeys(("team_user", "team_guest", "channel_user", "channel_guest"), ""),
    **dict.fromkeys(("team_admin", "channel_admin"), "moderators"),
    "": "", "member": "", "owner": "owners", "moderator": "moderators", "manager": "moderators",
    "membre": "", "proprietaire": "owners", "moderateur": "moderators", "moderatrice": "moderators",
    **dict.fromkeys(("gestionnaire", "responsable"), "moderators"),
}  # fmt: skip
"""What somebody is beside being a member, without capitals and accents. Those with a hyphen below are of
Mattermost, which may write several."""

OFFERED: Final = (
    Text(en="member", fr="membre"), Text(en="owner", fr="propriétaire"),
    Text(en="moderator", fr="modératrice"), Text(en="manager", fr="responsable"),
)  # fmt: skip
"""What is offered to whoever wrote another role."""

PERSON = frozenset({"", "user", "person", "utilisateur", "utilisatrice", "personne"})
NESTED = frozenset({"", "group", "groupe"})
KINDS: Final = (Text(en="user", fr="personne"), Text(en="group", fr="groupe"))
IN_FRENCH: Final = "groupe:"
"""How some write ``group:``."""
NAMED: Final = 3
"""Members of a group that lead nowhere are told up to this number, each at its line; more are counted at the first."""


@dataclass(slots=True)
class _Gathered:
    """What the lines about one group say so far; of the lists, each entry with its line."""

    id: str
    written: str
    spot: Spot
    says: dict[str, str] = field(default_factory=dict)
    lists: dict[str, dict[str, Spot]] = field(default_factory=lambda: {"members": {}, "owners": {}, "moderators": {}})
    lost: list[tuple[Spot, str]] = field(default_factory=list)


class Groups:
    """Gathers lines into groups. ``spots`` tells where the paths of ``faults`` are; ``problems`` are those of lines."""

    def __init__(
        self, names: Names, visibility: Visibility, headings: Mapping[str, str], *, everybody: bool = True
    ) -> None:
        """``headings`` are those of memberships, by our words. Unless ``everybody`` is in ``names``, nothing is said of
        members who are not."""
        self._names = names
        self._visibility = visibility
        self._headings = headings
        self._everybody = everybody
        self._groups: dict[str, _Gathered] = {}
        self.spots: dict[Path, Spot] = {}
        self.faults: list[Fault] = []
        self.problems: list[Problem] = []

    def of(self, ties: Iterable[Tie]) -> list[Group]:
        """The groups, in the order in which lines first name them."""
        kept = list(ties)
        for tie in kept:
            self._declare(tie)
        for tie in kept:
            if tie.member and tie.group:
                self._add(tie)
        self._doubt(kept)
        groups = list(self._groups.values())
        paths = paths_of(
            (group.id, self._parent(group.says.get("parent", "")), group.says.get("path", "")) for group in groups
        )
        return [self._group(index, group, path) for index, (group, path) in enumerate(zip(groups, paths, strict=True))]

    def _declare(self, tie: Tie) -> None:
        key = _key(tie.group)
        if not key:
            self._problem(tie.spot, "group")
            return
        group = self._groups.setdefault(key, _Gathered(group_id(tie.group), tie.group, tie.spot))
        for said, value in tie.says.items():
            if group.says.setdefault(said, value) != value:
                message = say(
                    "{group} has the {key} {other} on another line.",
                    group=shown(tie.group),
                    key=self._headings.get(said, said),
                    other=shown(group.says[said]),
                )
                self.problems.append(Problem(_in(tie.spot, said), message))

    def _problem(self, spot: Spot, key: str) -> None:
        self.problems.append(
            Problem(_in(spot, key), say("{key} is missing or empty.", key=self._headings.get(key, key)))
        )

    def _add(self, tie: Tie) -> None:
        group = self._groups[_key(tie.group)]
        if not ROLES.keys() >= set(_roles(tie)):
            self.problems.append(Problem(_in(tie.spot, "role"), unknown_word(tie.role, OFFERED)))
        elif plain(tie.kind) not in PERSON | NESTED:
            self.problems.append(Problem(_in(tie.spot, "type"), unknown_word(tie.kind, KINDS)))
        else:
            self._put(group, tie, self._member(tie))

    def _put(self, group: _Gathered, tie: Tie, member: str | None) -> None:
        if member is None:
            group.lost.append((tie.spot, tie.member))
        elif member == SEVERAL:
            message = say("{name} may be several people: name them by their id.", name=shown(tie.member))
            self.problems.append(Problem(_in(tie.spot, "member"), message))
        else:
            for role in dict.fromkeys(("members", *(ROLES[one] or "members" for one in _roles(tie)))):
                group.lists[role].setdefault(member, tie.spot)

    def _member(self, tie: Tie) -> str | None:
        """A person's id, a reference to a group or a user id as it is; None for whoever is nowhere to be found."""
        person = self._names.person(tie.member) if plain(tie.kind) in PERSON else None
        if person is not None:
            return person
        named = tie.member.removeprefix(GROUP_REFERENCE).removeprefix(IN_FRENCH)
        if plain(tie.kind) in NESTED and (inner := self._groups.get(_key(named))):
            return GROUP_REFERENCE + inner.id
        return tie.member if tie.member.startswith("@") else None

    def _doubt(self, ties: list[Tie]) -> None:
        """A table none of whose members is known is that of other people."""
        named = sum(bool(tie.member) for tie in ties)
        lost = sum(len(group.lost) for group in self._groups.values())
        if self._everybody and lost and lost == named:
            message = say("None of the members is one of the people: were both files written from the same system?")
            self.problems.append(Problem(Spot(ties[-1].spot.file), message))

    def _group(self, index: int, group: _Gathered, path: tuple[str, ...]) -> Group:
        here = ("groups", index)
        self.spots[here] = group.spot
        for key, entries in group.lists.items():
            for place, spot in enumerate(entries.values()):
                self.spots[*here, key, place] = spot
        if self._everybody:
            self.problems += _left_out(group.lost)
        owners, moderators = tuple(group.lists["owners"]), tuple(group.lists["moderators"])
        said = {"owners": owners, "moderators": moderators, **group.says}
        written = frozenset(key for key, value in said.items() if value and key != "path" and ATTRIBUTE not in key)
        attributes = {
            key.removeprefix(ATTRIBUTE): tuple(one.strip() for one in SEPARATOR.split(value) if one.strip())
            for key, value in group.says.items()
            if key.startswith(ATTRIBUTE)
        }
        return Group(
            id=group.id,
            name=Text.same(group.says.get("name") or group.written.partition("@")[0]),
            purpose=Text.same(group.says.get("purpose", "")),
            visibility=self._seen(here, group.says.get("visibility", "")),
            parent=self._parent(group.says.get("parent", "")),
            owners=owners,
            moderators=moderators,
            members=tuple(group.lists["members"]),
            declared=written | {"name", "members"},
            origin=origin(path, attributes, [group.says.get("purpose", "")]),
        )

    def _seen(self, here: Path, written: str) -> Visibility:
        found = visibility_of(written)
        if written and found is None:
            self.faults.append(Fault((*here, "visibility"), unknown_word(written, VISIBLE)))
        # Where the table says none, that of the configuration: commands may decide otherwise.
        return found or self._visibility

    def _parent(self, written: str) -> str:
        above = self._groups.get(_key(written))
        return above.id if above else written


def _roles(tie: Tie) -> list[str]:
    """The role, or Mattermost's: ``team_user team_admin``."""
    role = plain(tie.role)
    return role.split() if "_" in role else [role]


def _key(written: str) -> str:
    return unicodedata.normalize("NFC", written).casefold()


def _in(spot: Spot, key: str) -> Spot:
    return spot if spot.path else Spot(spot.file, spot.line, key)


def _left_out(lost: list[tuple[Spot, str]]) -> list[Problem]:
    told = [(spot, [name]) for spot, name in lost]
    if len(lost) > NAMED:
        told = [(lost[0][0], [name for _, name in lost])]
    return [Problem(spot, _lead_nowhere(names), warning=True) for spot, names in told]


def _lead_nowhere(names: list[str]) -> Message:
    return say_n(
        "{count} member leads nowhere and is left out: {names}.",
        "{count} members lead nowhere and are left out: {names}.",
        len(names),
        names=(*map(shown, names[:NAMED]), *(["…"] if len(names) > NAMED else [])),
    )
