"""Who reads an answer: the viewer of a room, from those in it and from its rules about later readers.

Personal views exist only in a conversation of the bot and one person; everywhere else the least cleared of all who can
read, now or later, decides (DESIGN section 7).
"""

from collections.abc import Collection, Mapping
from typing import Final

from bridge.domain.rooms import Membership
from bridge.domain.viewers import Viewer, alone
from bridge.rules.partners import partner_of

PRESENT: Final = frozenset({Membership.JOIN, Membership.INVITE})
ANYBODY: Final = "@anybody:invalid"
"""Stands for a reader of whom nothing is known but that they can come (the name is reserved by RFC 2606)."""
CLOSED_HISTORY: Final = frozenset({"joined", "invited"})
"""History that whoever comes later cannot read back to before."""


def viewer_in(
    asker: str,
    *,
    members: Mapping[str, Membership],
    history: str,
    open_door: bool = False,
    ours: Collection[str],
    belongs: Mapping[str, str],
    admitted: Collection[str] = (),
    governed: bool = False,
) -> Viewer:
    """The viewer of an answer to ``asker`` in a room.

    ``open_door`` says that anybody may come in by themselves. ``ours`` are the bridge's own users, who do not count as
    readers. ``belongs`` tells partners by server and user;
    ``admitted`` are the partners whose members may come in by the room's rules. A room that is
    ``governed`` by the bridge gets other members one day, who read back where history is open: it is never personal.
    """
    readers = frozenset(user for user, state in members.items() if state in PRESENT and user not in ours)
    closed = history in CLOSED_HISTORY
    if history == "world_readable" or (open_door and not closed):
        readers |= {ANYBODY}
    if readers == {asker} and members.get(asker) is Membership.JOIN and (closed or not governed):
        return alone(asker)
    present = {partner for user in readers if (partner := partner_of(user, belongs))}
    return Viewer(
        asker=asker,
        readers=readers,
        everyone=not closed,
        partners=frozenset(present.union(admitted)),
    )
