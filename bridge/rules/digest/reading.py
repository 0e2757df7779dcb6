"""Whether somebody may be told of a message: what they could read when it was written, and can read now. Pure; called
by ``services.digests`` for whatever it names.
"""

from bridge.domain.rooms import OPEN_HISTORY, HistoryVisibility, Membership


def may_read(history: str, then: Membership | None, *, inside: bool) -> bool:
    """Whether somebody may read a message (specification, client-server API, m.room.history_visibility).

    ``history`` is the room's rule at the message, ``then`` their membership at it, both in the order of the room's
    events: clocks of servers prove nothing. ``inside``: they are in the room now. Whoever left is told nothing more,
    though their client may still show it. A rule that we do not know counts as the strictest.
    """
    if not inside:
        return False
    if then is Membership.JOIN or history in OPEN_HISTORY:
        return True
    return history == HistoryVisibility.INVITED and then is Membership.INVITE
