"""Who is in which group, in ``scim_members``: what changes costs as much as changes, not as much as there is.

Functions on a connection, for ``scim``, which runs them inside its unit of work.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Final

from sqlalchemy import Connection, delete, insert, select

from bridge.adapters.sql.scim_tables import scim_members, scim_resources

SOME: Final = 500
"""Values in one statement: below every database's limit."""

group, member = scim_members.c.group_number, scim_members.c.member_number


def has(connection: Connection, group_index: bytes, member_index: bytes) -> bool:
    """Whether one is in the other."""
    inside = select(member).where(
        group == select(scim_resources.c.number).filter_by(id_index=group_index).scalar_subquery(),
        member == select(scim_resources.c.number).filter_by(id_index=member_index).scalar_subquery(),
    )
    return connection.execute(inside).scalar() is not None


def changed(
    connection: Connection, group_index: bytes, add: Sequence[bytes], remove: Sequence[bytes], *, whole: bool
) -> tuple[bool, list[bytes]]:
    """Let members come and go; with ``whole`` only those of ``add`` stay. Tells whether that changed anything.

    Also tells who of ``add`` is unknown: then nothing was done.
    """
    here = connection.execute(select(scim_resources.c.number).filter_by(id_index=group_index)).scalar_one()
    wanted = _numbers(connection, add)
    if unknown := [one for one in add if one not in wanted]:
        return False, unknown
    coming = set(wanted.values())
    going = set(_numbers(connection, remove).values()) - coming
    if whole:
        inside = set(connection.execute(select(member).where(group == here)).scalars())
        going = inside - coming
    else:
        inside = _inside(connection, here, coming | going)
        going &= inside
    coming -= inside
    for some in _batches(going):
        connection.execute(delete(scim_members).where(group == here, member.in_(some)))
    if coming:
        connection.execute(
            insert(scim_members), [{"group_number": here, "member_number": one} for one in sorted(coming)]
        )
    return bool(coming or going), []


def of_groups(connection: Connection, groups: Collection[int]) -> Mapping[int, Sequence[int]]:
    """Numbers of members by numbers of groups."""
    found: dict[int, list[int]] = defaultdict(list)
    for some in _batches(groups):
        query = select(group, member).where(group.in_(some)).order_by(group, member)
        for one, inside in connection.execute(query):
            found[one].append(inside)
    return found


def _numbers(connection: Connection, indexes: Sequence[bytes]) -> dict[bytes, int]:
    resources, found = scim_resources.c, dict[bytes, int]()
    for start in range(0, len(indexes), SOME):
        query = select(resources.id_index, resources.number).where(
            resources.id_index.in_(indexes[start : start + SOME])
        )
        found.update((bytes(index), number) for index, number in connection.execute(query))
    return found


def _inside(connection: Connection, here: int, numbers: Collection[int]) -> set[int]:
    found: set[int] = set()
    for some in _batches(numbers):
        found.update(connection.execute(select(member).where(group == here, member.in_(some))).scalars())
    return found


def _batches(numbers: Collection[int]) -> Iterator[list[int]]:
    ordered = sorted(numbers)
    for start in range(0, len(ordered), SOME):
        yield ordered[start : start + SOME]
