"""Earlier aliases of listed rooms: kept beside the new one for a while, because links in mails live that long.

Called where a question is thought through, for what should be depends on what was.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from bridge.domain.desired import Desired, DesiredRoom, Setting
from bridge.domain.rooms import ActualRoom, RoomRef
from bridge.planning.braking import Drifted
from bridge.planning.patience import Patience
from bridge.rules.state import EVENT_TYPES


def with_earlier_aliases(
    desired: Desired, actual: Mapping[RoomRef, ActualRoom], patience: Patience, drifted: Drifted
) -> Desired:
    """What is desired, and that rooms with an alias keep those that they had before, until their time is over.

    Which these were is remembered, or else told by the room itself: so it is before they are remembered first.
    """
    found = {}
    for ref, room in desired.rooms.items():
        if room.settings.alias and (was := actual.get(ref)) and len(was.aliases) > (room.settings.alias in was.aliases):
            named = () if (ref, Setting.ALIAS) in drifted else _named(was)
            earlier = {*named, *patience.kept.get(ref, ())} - {room.settings.alias, *patience.spent.get(ref, ())}
            if earlier := earlier.intersection(was.aliases):
                found[ref] = _keeping(room, tuple(sorted(earlier)))
    return replace(desired, rooms={**desired.rooms, **found}) if found else desired


def _keeping(room: DesiredRoom, aliases: tuple[str, ...]) -> DesiredRoom:
    return replace(room, settings=replace(room.settings, old_aliases=aliases))


def _named(room: ActualRoom) -> Iterator[str]:
    """The aliases that the room calls its own; nobody but the bot may write that."""
    content = room.content(EVENT_TYPES[Setting.ALIAS], "")
    others = content.get("alt_aliases")
    for alias in (content.get("alias"), *(others if isinstance(others, list) else ())):
        if isinstance(alias, str):
            yield alias
