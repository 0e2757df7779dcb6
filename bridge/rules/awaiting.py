"""Groups that came and are called like ones that vanished: until people have said whether they are the same, they wait.

A group that waits gets no room of its own, so that moving to another source doubles no rooms; it waits at the longest
until the one of before is archived. Each pair is judged by itself alone: others, hidden ones among them, change
nothing. Pure; called by ``services.awaited``.
"""

import unicodedata
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final, TypeAlias

from bridge.domain.directory import GROUP_REFERENCE, Group, GroupState, Visibility
from bridge.domain.findings import Finding
from bridge.domain.messages import Message, Text, say, say_n
from bridge.rules.mapping import leaving_out
from bridge.rules.replacing import NONE, UNFILED, Filed, Unpaired, becoming
from bridge.rules.sameness import Same
from bridge.rules.seeing import Leading, Seen
from bridge.rules.settings import MODERATORS, OWNERS


@dataclass(frozen=True, slots=True, kw_only=True)
class Alike:
    """A group that vanished (``old``) and one that came (``new``) under the same name.

    ``here`` counts the people in the room, ``same`` those of them who belong to the new group, ``others`` who belongs
    to that and is not in the room. ``becomes`` is the visibility that it would have; ``unsaid`` that neither its source
    nor the policy file says one, so that it would have what all have there. ``roomed`` says that the new one has a room
    of its own, ``waits`` that it gets none until somebody has said what it is.
    """

    old: str
    new: str
    name: Text
    visibility: Visibility
    becomes: Visibility
    here: int
    same: int
    others: int
    unsaid: bool = False
    roomed: bool = False
    waits: bool = False

    @property
    def keeps(self) -> bool:
        """Whether it stays as visible as before, or a public one becomes invite-only for want of a word about it."""
        closes = (self.visibility, self.becomes) == (Visibility.PUBLIC, Visibility.INVITE_ONLY)
        return self.visibility is self.becomes or (self.unsaid and closes)

    @property
    def overlaps(self) -> bool:
        """Whether at least half of who is in the room belong to the new group; anybody may be in the room of a public
        one, so half of either suffices there."""
        public = self.visibility is Visibility.PUBLIC
        return 2 * self.same >= (min(self.here, self.same + self.others) if public else self.here)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sameness:
    """What a look finds: ids of groups with a room that ``vanished``, those ``alike``, those ``unpaired``, and which
    ids are ``said`` to be others here. ``held`` are the groups that wait, by id, as they would be. ``leading`` are the
    user ids of who leads the rooms of those that vanished, by id and field."""

    vanished: frozenset[str] = frozenset()
    alike: tuple[Alike, ...] = ()
    unpaired: Unpaired = NONE
    said: Same = field(default_factory=dict)
    held: Mapping[str, Group] = field(default_factory=dict)
    leading: Mapping[str, Leading] = field(default_factory=dict)

    def likely(self) -> tuple[Alike, ...]:
        """The pairs that nothing speaks against: no other group is called so, it is as visible as before or closes for
        want of a word about it, has no room, and mostly the same people."""
        old, new = (Counter(getattr(one, name) for one in self.alike) for name in ("old", "new"))
        return tuple(
            one
            for one in self.alike
            if old[one.old] == new[one.new] == 1
            and one.overlaps and not one.roomed and one.keeps
        )  # fmt: skip

    @property
    def waiting(self) -> frozenset[str]:
        """Ids of groups that get no room yet."""
        return frozenset(one.new for one in self.alike if one.waits) | self.unpaired.held

    def findings(self) -> Iterator[Finding]:
        """That they wait: each hidden one to those who may know the one of before, the others by their number."""
        for one in self.alike:
            if one.waits and one.visibility is Visibility.HIDDEN:
                text = say(
                    "{group} has vanished from the directory, and another group of this name is there now, which gets"
                    " no room of its own until the command line says whether it is the same: parvis group same.",
                    group=one.name,
                )
                yield Finding("group-awaited", one.old, text, one.old)
        if count := len({one.new for one in self.alike if one.waits and one.visibility is not Visibility.HIDDEN}):
            text = say_n(
                "{count} group is called like one that has vanished from the directory, and gets no room of its own"
                " until that one is archived, or the command line says whether they are the same: parvis group same.",
                "{count} groups are called like ones that have vanished from the directory, and get no rooms of their"
                " own until those are archived, or the command line says whether they are the same: parvis group same.",
                count,
            )
            yield Finding("groups-awaited", "directory", text)
        if (gone := len(self.unpaired.gone)) and self.unpaired.fresh:
            last = say_n("{count} group that has vanished from the directory has a room, and none of its name is there"
                         " now.",
                         "{count} groups that have vanished from the directory have rooms, and none of their names is"
                         " there now.", gone)  # fmt: skip
            yield Finding("groups-unclaimed", "directory", say("{gone} {new}", gone=last, new=self._told_new()))

    def _told_new(self) -> Message:
        """Of those that wait with their source, and of the others. Those that wait in pairs do not count: the one of
        before may be hidden."""
        held, free = len(self.unpaired.fresh & self.unpaired.held), len(self.unpaired.fresh - self.unpaired.held)
        waits = say_n("As all went at once, {count} new one gets no room until the command line says whether it is"
                      " one of them under another name, or they are archived: parvis group same.",
                      "As all went at once, {count} new ones get no rooms until the command line says whether they"
                      " are some of them under other names, or these are archived: parvis group same.",
                      held)  # fmt: skip
        comes = say_n("{count} new one gets a room of its own. If it is one of them under another name, say so before,"
                      " as two rooms cannot become one: parvis group same.",
                      "{count} new ones get rooms of their own. If they are some of them under other names, say so"
                      " before, as two rooms cannot become one: parvis group same.", free)  # fmt: skip
        if held and free:
            return say("{held} {free}", held=waits, free=comes)
        return waits if held else comes


NOTHING: Final = Sameness()


Namesakes: TypeAlias = Sequence[tuple[str, str]]
"""Groups that vanished, and ones that came under the same name: ids."""


def folded(name: str) -> str:
    """A name by its letters, however they are written down."""
    return " ".join(unicodedata.normalize("NFC", name).casefold().split())


def names_of(group: Group) -> frozenset[str]:
    """What it is called in any language, by its letters."""
    return frozenset(filter(None, map(folded, (group.name.en, group.name.fr))))


def lost(governed: Mapping[str, Group], vanished: Collection[str], rooms: Collection[str]) -> frozenset[str]:
    """The groups with a room that ``vanished``, or of which nothing but their room is known; ``rooms`` are ids of
    groups that have one."""
    known = (one for one in rooms if one in vanished or one not in governed)
    return frozenset(one for one in known if one not in governed or governed[one].state is not GroupState.RETIRED)


def namesakes(
    declared: Mapping[str, Group], governed: Mapping[str, Group], gone: Collection[str], came: Collection[str]
) -> Namesakes:
    """Which groups of those that ``came`` are called, in a reading as it is ``declared``, like which of those that are
    ``gone``; ``governed`` are the same with all that is decided about them."""
    called: dict[str, list[str]] = defaultdict(list)
    for id_ in sorted(set(gone) & declared.keys() & governed.keys()):
        for name in names_of(declared[id_]):
            called[name].append(id_)
    if not called:
        return ()
    return [
        (old, new)
        for new in came
        for old in dict.fromkeys(one for name in names_of(declared[new]) for one in called.get(name, ()))
    ]


def compared(
    pairs: Namesakes, declared: Mapping[str, Group], governed: Mapping[str, Group], seen: Seen, filed: Filed = UNFILED
) -> tuple[Alike, ...]:
    """The same with who is where. ``filed`` is what the policy file says of groups that it names."""
    return tuple(
        replace(
            _alike(old, new, governed, declared, seen),
            becomes=becoming(governed[old], governed[new], filed.get(old, {})),
        )
        for old, new in pairs
    )


def awaiting(groups: Mapping[str, Group], found: Sameness, seen: Seen) -> Mapping[str, Group]:
    """The groups without those that wait. Who belongs to one of these, and is in the room of the one of before, stays
    there, as far as their power goes as owner or moderator. One that was hidden gives its members to no other."""
    kept = {id_: group for id_, group in groups.items() if id_ not in found.waiting}
    for one in found.alike:
        if one.waits and one.old in kept and one.new in groups:
            kept[one.old] = _staying(kept[one.old], groups[one.new], groups, seen)
    for id_ in found.unpaired.left & kept.keys():
        kept[id_] = _left(kept[id_], seen)
    left = {id_: groups[id_] for id_ in found.waiting if id_ in groups}
    hidden = {one.new for one in found.alike if one.visibility is Visibility.HIDDEN} & left.keys()
    left |= {id_: replace(left[id_], visibility=Visibility.HIDDEN) for id_ in hidden}
    return leaving_out(groups, kept, left)


def _alike(old: str, new: str, governed: Mapping[str, Group], declared: Mapping[str, Group], seen: Seen) -> Alike:
    was, now, here, roomed = governed[old], governed[new], seen.present(old), new in seen.rooms
    users = {seen.claimed.get(one, one if one.startswith("@") else "") for one in _people(new, governed)} - {""}
    active = was.state is now.state is GroupState.ACTIVE
    unsaid = "visibility" not in now.declared | now.decided
    said = _hidden_by_decision(was, declared[old], declared[new])
    alike = was.visibility is now.visibility or (unsaid and now.visibility is not Visibility.HIDDEN)
    return Alike(
        old=old,
        new=new,
        name=declared[old].name,
        visibility=was.visibility,
        becomes=now.visibility,
        here=len(here),
        same=len(here & users),
        others=len(users - here),
        unsaid=unsaid,
        roomed=roomed,
        waits=active and not roomed and (said or alike),
    )


def _hidden_by_decision(was: Group, before: Group, now: Group) -> bool:
    """Whether commands or the policy file alone made a group hidden that the directory has as it has the new one: open,
    a room of that would tell everybody the name and who belongs to it."""
    decided = "visibility" in was.decided | was.ruled
    return decided and was.visibility is Visibility.HIDDEN and before.visibility is now.visibility


def _people(group_id: str, groups: Mapping[str, Group]) -> set[str]:
    """Everybody whom the group names, or a group in it that is not hidden: ids of people, and user ids."""
    found: set[str] = set()
    seen, left = {group_id}, [group_id]
    while left:
        group = groups[left.pop()]
        for one in (*group.owners, *group.moderators, *group.members):
            inner = one.removeprefix(GROUP_REFERENCE)
            if inner is one:
                found.add(one)
            elif inner in groups and inner not in seen and groups[inner].visibility is not Visibility.HIDDEN:
                seen.add(inner)
                left.append(inner)
    return found


def _staying(was: Group, now: Group, groups: Mapping[str, Group], seen: Seen) -> Group:
    """Whoever leads it goes on, also where the new source knows no owners."""
    return _with_those_here(was, _people(now.id, groups), seen)


def _left(was: Group, seen: Seen) -> Group:
    """Everybody who was in its room when its source was replaced, and is there by whatever id, stays, and so does who
    leads it."""
    here = seen.stayed.get(was.id, frozenset())
    people = [one for one, user in seen.accounts.items() if user in here]
    return _with_those_here(was, people, seen)


def _with_those_here(was: Group, people: Collection[str], seen: Seen) -> Group:
    here = seen.present(was.id)

    def joined(names: Collection[str], enough: int) -> tuple[str, ...]:
        users = ((one, seen.accounts.get(one, one)) for one in sorted(people) if one not in names)
        more = (one for one, user in users if user in here and seen.power(was.id, user) >= enough)
        return (*names, *more)

    return replace(
        was,
        members=joined(was.members, 0),
        owners=joined(was.owners, OWNERS),
        moderators=joined(was.moderators, MODERATORS),
    )
