"""Sources that were replaced at once, and what a group of before loses with its source. Pure; for ``awaited`` and
``services.sameness``.

Where no open group of a source is there any more under its id, whatever is new in it may be one of before under another
name, too: it waits as well. Hidden groups do not count for that, so that nothing of it tells of them.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final, TypeAlias

from bridge.domain.directory import Group, GroupState, Visibility
from bridge.domain.policy import Value
from bridge.rules.policy import IN_FILES, write_value

FEW: Final = 2
"""From so many open groups on that went at once, their source was replaced."""
OF_ITSELF: Final = ("name", "members")
"""What every source says of a group."""
PEOPLE: Final = ("owners", "moderators", "delegates")
"""Fields that name people."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unpaired:
    """Ids of groups that no pair has: open ones that went (``gone``) and came (``fresh``). Where their source was
    replaced, all that came are ``held``, and those ``left`` behind keep who is in their rooms: open ones only where an
    open one came, as if there were no other."""

    gone: frozenset[str] = frozenset()
    fresh: frozenset[str] = frozenset()
    held: frozenset[str] = frozenset()
    left: frozenset[str] = frozenset()


NONE: Final = Unpaired()

Filed: TypeAlias = Mapping[str, Mapping[str, Value]]
"""What the policy file says, by group and field."""
UNFILED: Final[Filed] = {}


def unpaired(
    groups: Mapping[str, Group], gone: Collection[str], came: Collection[str], *,
    rooms: Collection[str], since: Mapping[str, datetime],
) -> Unpaired:  # fmt: skip
    """Of ``groups``, with all that is decided, those that are ``gone`` and those that ``came``, both without pairs.
    ``rooms`` are ids of groups that have one, ``since`` tells when a source was first without a group that it had under
    the id of before (UTC)."""
    went = [groups[one] for one in gone if one in groups and groups[one].state is GroupState.ACTIVE]
    new = [groups[one] for one in came if one not in rooms and groups[one].state is GroupState.ACTIVE]
    opened = frozenset(one.id for one in went if _is_open(one))
    if not opened or not new:
        return Unpaired(gone=opened)
    sources = {one.origin.source for one in new}
    replaced = {source for source in sources if _replaced(source, groups, rooms, since, opened)}
    openly = replaced & {one.origin.source for one in new if _is_open(one)}
    return Unpaired(
        gone=opened,
        fresh=frozenset(one.id for one in new if _is_open(one)),
        held=frozenset(one.id for one in new if one.origin.source in replaced),
        left=frozenset(one.id for one in went if one.origin.source in (openly if _is_open(one) else replaced)),
    )


def becoming(was: Group, now: Group, filed: Mapping[str, Value]) -> Visibility:
    """The visibility of the group of before once it is known to be the one of now: what the new source says, else what
    is ``filed`` in the policy file under the id of before, or said under the new one, else what commands said of it."""
    if "visibility" not in now.declared - now.ruled and isinstance(said := filed.get("visibility"), str):
        return Visibility(said)
    unsaid = "visibility" not in now.declared | now.decided
    return was.visibility if unsaid and "visibility" in was.decided else now.visibility


def lost(was: Group, now: Group, filed: Collection[str]) -> dict[str, Value]:
    """What the source of before said of a group and that of now does not, by field, as files write it; not what is
    ``filed`` in the policy file, nor what is the same in either case."""
    said = [name for name in IN_FILES if name in was.declared and name not in OF_ITSELF]
    silent = [name for name in said if name not in now.declared and name not in filed]
    return {name: write_value(was, name) for name in silent if getattr(was, name) != getattr(now, name)}


def _is_open(group: Group) -> bool:
    return group.visibility is not Visibility.HIDDEN and group.state is GroupState.ACTIVE


def _replaced(
    source: str, groups: Mapping[str, Group], rooms: Collection[str], since: Mapping[str, datetime],
    left: frozenset[str],
) -> bool:  # fmt: skip
    """Whether all open groups with a room that the source has or had went at once, and of some nobody said where."""
    had = [id_ for id_ in rooms if id_ in groups and _is_open(groups[id_]) and groups[id_].origin.source == source]
    moments = {since.get(id_) for id_ in had}
    return len(had) >= FEW and len(moments) == 1 and None not in moments and not left.isdisjoint(had)
