"""What differs between two readings of the directory, group by group. For ``parvis directory diff``."""

from dataclasses import dataclass

from bridge.domain.directory import Directory, Group
from bridge.rules.awaiting import namesakes


@dataclass(frozen=True, slots=True)
class GroupDifference:
    """Whom a group that both readings have gains and loses; people's ids, other groups and user ids, sorted."""

    group: Group
    come: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Differences:
    """People and groups by id, sorted. ``left`` are people who are there in both and active in the first alone;
    ``people_called`` and ``groups_called`` have another name."""

    people_come: tuple[str, ...] = ()
    people_gone: tuple[str, ...] = ()
    left: tuple[str, ...] = ()
    groups_come: tuple[str, ...] = ()
    groups_gone: tuple[str, ...] = ()
    groups: tuple[GroupDifference, ...] = ()
    people_called: tuple[str, ...] = ()
    groups_called: tuple[str, ...] = ()

    @property
    def none(self) -> bool:
        """Whether both readings say the same of who there is, what it is called and who belongs where."""
        return self == Differences()


def differences(before: Directory, after: Directory) -> Differences:
    """What ``after`` says otherwise than ``before`` of people, groups, names and memberships."""
    both = sorted(before.groups.keys() & after.groups.keys())
    found = (_difference(before.groups[id_], after.groups[id_], before, after) for id_ in both)
    return Differences(
        people_come=tuple(sorted(after.people.keys() - before.people.keys())),
        people_gone=tuple(sorted(before.people.keys() - after.people.keys())),
        left=tuple(
            id_
            for id_ in sorted(before.people.keys() & after.people.keys())
            if before.people[id_].active and not after.people[id_].active
        ),
        groups_come=tuple(sorted(after.groups.keys() - before.groups.keys())),
        groups_gone=tuple(sorted(before.groups.keys() - after.groups.keys())),
        groups=tuple(one for one in found if one.come or one.gone),
        people_called=tuple(
            id_
            for id_ in sorted(before.people.keys() & after.people.keys())
            if before.people[id_].name != after.people[id_].name
        ),
        groups_called=tuple(id_ for id_ in both if before.groups[id_].name != after.groups[id_].name),
    )


def called_alike(before: Directory, after: Directory) -> int:
    """How many groups that are new are called like one that is gone, as when another source took the place of one."""
    gone, come = before.groups.keys() - after.groups.keys(), after.groups.keys() - before.groups.keys()
    groups = {**before.groups, **after.groups}
    return len({new for _, new in namesakes(groups, groups, gone, sorted(come))})


def same_people(before: Directory, after: Directory, *, by_name: bool) -> int:
    """How many people who are new have the account of somebody who is gone or, ``by_name``, are called like them."""
    gone = [before.people[id_] for id_ in before.people.keys() - after.people.keys()]
    come = [after.people[id_] for id_ in after.people.keys() - before.people.keys()]
    users = {one.user for one in gone} - {""}
    names = {one.name.casefold() for one in gone if by_name} - {""}
    return sum(one.user in users or one.name.casefold() in names for one in come)


def called_otherwise(before: Directory, after: Directory) -> tuple[int, int]:
    """How many groups are gone and how many are new of which none is called like one of the others."""
    gone, come = before.groups.keys() - after.groups.keys(), after.groups.keys() - before.groups.keys()
    groups = {**before.groups, **after.groups}
    pairs = namesakes(groups, groups, gone, sorted(come))
    return len(gone - {old for old, _ in pairs}), len(come - {new for _, new in pairs})


def _difference(before: Group, now: Group, directory: Directory, after: Directory) -> GroupDifference:
    """Whoever has the account of somebody under another id is the same."""
    was, is_ = frozenset(before.members), frozenset(now.members)
    come, gone = is_ - was, was - is_
    if come and gone:
        came, went = ({_account(one, people): one for one in ids}
                      for ids, people in ((come, after), (gone, directory)))  # fmt: skip
        come = frozenset(came[user] for user in came.keys() - went.keys())
        gone = frozenset(went[user] for user in went.keys() - came.keys())
    return GroupDifference(now, tuple(sorted(come)), tuple(sorted(gone)))


def _account(member: str, directory: Directory) -> str:
    person = directory.people.get(member)
    return person.user if person and person.user else member
