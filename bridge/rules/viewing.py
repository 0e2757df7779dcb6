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
CLOSED_HISTORY: Final = frozenset({"joined", "invited"})
"""History that whoever comes later cannot read back to before."""


def viewer_in(
    asker: str,
    *,
    members: Mapping[str, Membership],
    history: str,
    ours: Collection[str],
    belongs: Mapping[str, str],
    admitted: Collection[str] = (),
) -> Viewer:
    """The viewer of an answer to ``asker`` in a room.

    ``ours`` are the bridge's own users, who do not count as readers. ``belongs`` tells partners by server and user;
    ``admitted`` are the partners whose members may come in by the room's rules.
    """
    readers = frozenset(user for user, state in members.items() if state in PRESENT and user not in ours)
    if readers == {asker} and members.get(asker) is Membership.JOIN:
        return alone(asker)
    present = {partner for user in readers if (partner := partner_of(user, belongs))}
    return Viewer(
        asker=asker,
        readers=readers,
        everyone=history not in CLOSED_HISTORY,
        partners=frozenset(present.union(admitted)),
    )
