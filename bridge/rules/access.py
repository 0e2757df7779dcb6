"""The gate: may this viewer know that a group exists, read it, join it, govern it? Nothing else answers that.

Every reply, list, suggestion, error and count passes here (DESIGN section 7).
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Final

from bridge.domain.directory import Directory, Group, GroupState, Visibility
from bridge.domain.messages import Text
from bridge.domain.partners import Partner
from bridge.domain.viewers import OPEN, Compartment, Viewer
from bridge.rules.facts import Facts, is_hidden
from bridge.rules.naming import folded
from bridge.rules.partners import partner_of

NOBODYS: Final = Group(id="", name=Text(), visibility=Visibility.HIDDEN)
"""Judged in place of a group that does not exist, so that looking for it takes the same steps."""


def names_of(directory: Directory) -> dict[str, list[str]]:
    """Ids of groups, in their order, by everything that each may be called, folded."""
    names: dict[str, list[str]] = {}
    for group_id in sorted(directory.groups):
        group = directory.groups[group_id]
        for name in {folded(group.id), folded(group.name.en), folded(group.name.fr)}:
            names.setdefault(name, []).append(group_id)
    return names


def nowhere(_: str) -> str:
    """No rooms are known."""
    return ""


@dataclass(frozen=True, slots=True)
class Crowd:
    """A viewer, resolved: ``outsiders`` are the readers who are not insiders; ``glass`` are hidden groups that the only
    reader may see for a while without being a member."""

    people: frozenset[str]
    outsiders: frozenset[str]
    everyone: bool
    partners: frozenset[str]
    cleared: bool
    glass: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Access:
    """The gate for one reading of the directory. ``admins`` are user ids from the configuration; ``names`` are the
    directory's (``names_of``), made when first needed unless they are given: for many groups that takes long.
    ``group_at`` gives the id of the group whose room has a room id or alias, or nothing."""

    facts: Facts
    admins: frozenset[str] = frozenset()
    names: Mapping[str, Sequence[str]] | None = field(default=None, repr=False, compare=False)
    group_at: Callable[[str], str] = field(default=nowhere, repr=False, compare=False)
    insiders: frozenset[str] = field(init=False)
    """Employees, and admins whom the directory does not call inactive: they may know of all that is not hidden."""

    def __post_init__(self) -> None:
        others = self.admins - self.facts.inactive.keys() - self.facts.employees
        object.__setattr__(self, "insiders", self.facts.employees | others if others else self.facts.employees)

    def find(self, viewer: Viewer, text: str) -> Group | None:
        """The group that the viewer means: by id, by name in either language, whatever its capitals and accents, by
        ``#name``, or by the room id or alias of its room.

        None when it is unknown *or* not for them, with the same work; a name counts among the groups that they may
        know, so that a hidden one of the same name changes nothing. One that is retired gives way to one that is not.
        """
        crowd = self._crowd(viewer)
        candidates = (*self._addressed(text.strip()), *self._called(text), NOBODYS)
        known = [group for group in candidates if self._knows(crowd, group) and group is not NOBODYS]
        return min(known, key=lambda group: group.state is GroupState.RETIRED) if known else None

    def _group(self, group_id: str) -> Group:
        return self.facts.directory.groups.get(group_id, NOBODYS)

    def _known(self, viewer: Viewer, group_id: str) -> Group | None:
        """The group with exactly this id, if the viewer may know it: never another one that is called so."""
        group = self._group(group_id)
        return group if self._knows(self._crowd(viewer), group) and group is not NOBODYS else None

    def _own(self, viewer: Viewer, group_id: str) -> Group | None:
        """The same as far as the viewer needs no broken glass for it."""
        return self._known(viewer.unaided, group_id)

    def _addressed(self, text: str) -> Iterator[Group]:
        yield self._group(text)
        yield self._group(self.group_at(text))

    def _called(self, text: str) -> Sequence[Group]:
        if self.names is None:
            object.__setattr__(self, "names", names_of(self.facts.directory))
        wanted = folded(text.strip().removeprefix("#"))
        called = (self.names or {}).get(wanted, ()) if wanted else ()
        return [self._group(group_id) for group_id in called]

    def user_meant(self, text: str) -> str:
        """The user id of an employee, also of one who is switched off, however a telephone wrote it; any other text as
        it is."""
        plain, known = text.lower(), (self.facts.accounts, self.facts.inactive)
        return plain if any(plain in one for one in known) and not any(text in one for one in known) else text

    def may_know(self, viewer: Viewer, group_id: str) -> bool:
        """Whether the group may be mentioned to this viewer at all."""
        return self._known(viewer, group_id) is not None

    def may_read(self, viewer: Viewer, group_id: str) -> bool:
        """Whether what is said in the group's room may be shown: to members, or to the audience of a public group."""
        group, crowd = self._known(viewer, group_id), self._crowd(viewer)
        if group is None:
            return False
        if crowd.cleared or group.visibility is Visibility.PUBLIC or group.id in crowd.glass:
            return True
        return not crowd.everyone and crowd.people <= self.facts.people_of(group.id)

    def may_join(self, viewer: Viewer, group_id: str) -> bool:
        """Whether the asker may enter the group's room by themselves."""
        group = self._known(viewer, group_id)
        if group is None:
            return False
        return group.visibility is Visibility.PUBLIC or viewer.asker in self.facts.people_of(group.id)

    def may_govern(self, viewer: Viewer, group_id: str) -> bool:
        """Whether the asker decides about the group: its owners, and as far as they may know of it its delegates, those
        of the groups above it, and administrators. Through broken glass one sees, and decides nothing."""
        group = self._own(viewer, group_id)
        if group is None:
            return False
        asker = viewer.asker
        return viewer.cleared or self.is_admin(asker) or self.owns(asker, group.id) or self.administers(asker, group.id)

    def may_delegate(self, viewer: Viewer, group_id: str) -> bool:
        """Whether the asker decides who administers the group: administrators, and who administers a group above it. A
        delegate of the group itself does not: they would choose their own company."""
        group = self._own(viewer, group_id)
        if group is None:
            return False
        above = self.facts.lineage.parents.get(group.id, "")
        return viewer.cleared or self.is_admin(viewer.asker) or self.administers(viewer.asker, above)

    def may_inspect(self, viewer: Viewer, group_id: str) -> bool:
        """Whether the asker may see who was invited, who left and why: whoever governs, and through broken glass."""
        return self.may_govern(viewer, group_id) or group_id in self._crowd(viewer).glass

    def behind_glass(self, text: str) -> tuple[str, ...]:
        """Ids of all hidden groups that ``text`` may mean (as in ``find``), whoever may know of them.

        Never to be shown: for keeping what is asked for, as it happens, inside these groups.
        """
        candidates = (*self._addressed(text.strip()), *self._called(text))
        return tuple(dict.fromkeys(group.id for group in candidates if group is not NOBODYS and is_hidden(group)))

    def may_place(self, viewer: Viewer, group_id: str, above: str) -> bool:
        """Whether somebody who governs the group may put it below another one, as far as the groups below it are
        concerned: not where that gives delegates a say in groups of others without the word of who may give it."""
        facts = self.facts
        gained = facts.delegates_over(above) - facts.delegates_over(group_id)
        children = (child for child, parent in facts.lineage.parents.items() if parent == group_id)
        others = any(not is_hidden(self._group(child)) for child in children) if gained else False
        return not others or self.may_delegate(viewer, group_id)

    def administers(self, user: str, group_id: str) -> bool:
        """Whether the group, or one above it, is delegated to the user. Nothing for who may not know the group."""
        return self.facts.delegation(user, group_id) is not None

    def is_admin(self, user: str) -> bool:
        """Whether the configuration names the user and the directory does not call them inactive."""
        return user in self.admins and user in self.insiders

    def owns(self, user: str, group_id: str) -> bool:
        """Whether the user is an owner of the group."""
        return user in self.facts.owners.get(group_id, ())

    def visible_groups(self, viewer: Viewer, among: Iterable[str] | None = None) -> Iterator[Group]:
        """All groups that the viewer may know, or those ``among`` these ids of groups, in order of their ids."""
        crowd, groups = self._crowd(viewer), self.facts.directory.groups
        ids = sorted(groups if among is None else among)
        return (groups[group_id] for group_id in ids if self._knows(crowd, groups[group_id]))

    def compartments(self, viewer: Viewer) -> frozenset[Compartment]:
        """Which parts of plans, findings and audit the viewer may see: of all that is not hidden, and of hidden groups.

        The open part names every partner and every group, so it is for insiders alone.
        """
        crowd = self._crowd(viewer)
        groups = self.facts.directory.groups.values()
        hidden = frozenset(group.id for group in groups if is_hidden(group) and self._knows(crowd, group))
        inside = crowd.cleared or not (crowd.outsiders or crowd.partners)
        return hidden | {OPEN} if inside else hidden

    def closest(self, viewer: Viewer, text: str) -> str | None:
        """The id most like ``text`` among the groups that the viewer may know, for "did you mean"."""
        ids = [group.id for group in self.visible_groups(viewer) if group.state is not GroupState.RETIRED]
        return next(iter(get_close_matches(text.strip(), ids, n=1)), None)

    def find_partner(self, viewer: Viewer, text: str) -> Partner | None:
        """The partner that the viewer means, by id or name, whatever its capitals and accents. None when there is none
        *or* it is not for them: insiders know of all, the people of a partner of their own alone."""
        wanted, crowd = folded(text.strip()), self._crowd(viewer)
        partners = self.facts.directory.partners.values()
        called = [one for one in partners if wanted in map(folded, (one.id, one.name.en, one.name.fr))]
        exact = sorted(called, key=lambda one: (one.id != text.strip(), one.id))
        return next((one for one in exact if wanted and self._knows_partner(crowd, one.id)), None)

    def visible_partners(self, viewer: Viewer) -> list[Partner]:
        """All partners that the viewer may know, in order of their ids."""
        crowd, partners = self._crowd(viewer), self.facts.directory.partners
        return [partners[id_] for id_ in sorted(partners) if self._knows_partner(crowd, id_)]

    def may_answer_for(self, viewer: Viewer, partner_id: str) -> bool:
        """Whether the asker decides about a partner: its sponsor, their deputy, and administrators."""
        partner = self.facts.directory.partners.get(partner_id)
        if partner is None or not self._knows_partner(self._crowd(viewer), partner_id):
            return False
        return viewer.cleared or self.is_admin(viewer.asker) or viewer.asker in self.facts.answerable(partner)

    def _knows_partner(self, crowd: Crowd, partner_id: str) -> bool:
        if crowd.cleared:
            return True
        if not crowd.partners <= {partner_id}:
            return False
        return all(partner_of(user, self.facts.belongs) == partner_id for user in crowd.outsiders)

    def _crowd(self, viewer: Viewer) -> Crowd:
        people = viewer.readers | {viewer.asker}
        broken = viewer.glass if viewer.personal and self.is_admin(viewer.asker) else frozenset[str]()
        return Crowd(
            people=people,
            outsiders=people - self.insiders,
            everyone=viewer.everyone,
            partners=viewer.partners,
            cleared=viewer.cleared,
            glass=broken,
        )

    def _knows(self, crowd: Crowd, group: Group) -> bool:
        """Whether everybody in the crowd, and whoever may join it, may know of the group."""
        if crowd.cleared:
            return True
        seated = self.facts.people_of(group.id) if group.id else frozenset[str]()
        if is_hidden(group):
            return group.id in crowd.glass or (not crowd.everyone and crowd.people <= seated)
        if not crowd.partners.issubset(self.facts.admitted(group)):
            return False
        return all(user in seated or self._admitted(user, group) for user in crowd.outsiders)

    def _admitted(self, user: str, group: Group) -> bool:
        partner = partner_of(user, self.facts.belongs)
        return partner is not None and partner in group.partners
