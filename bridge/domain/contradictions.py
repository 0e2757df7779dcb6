"""What cannot be true of one group at once, however it came to be said. Asked by the readers of directories, and by the
rules that put together what several hands decide.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, Final

from bridge.domain.directory import Group, Inviting, JoinRequests, MembershipMode, Visibility
from bridge.domain.messages import Message, say
from bridge.domain.rooms import HistoryVisibility

FIT_FOR_ALIAS: Final = re.compile(r"[^\s:\x00]+")
"""Localparts of aliases allow anything but these (specification, appendix 4.2.3); spaces cannot be typed in links."""


@dataclass(frozen=True, slots=True)
class Contradiction:
    """``field`` cannot be as it is because of the rest of the group: ``instead`` is the less open way."""

    field: str
    message: Message
    instead: Any


def contradictions(group: Group) -> Iterator[Contradiction]:
    """Everything of a group that does not go with the rest of it."""
    if group.listed:
        yield from (Contradiction("listed", message, instead=False) for message in _unlistable(group))
    if group.inviting is not None:
        yield from (Contradiction("inviting", message, instead=None) for message in _uninvitable(group, group.inviting))
    if group.visibility is not Visibility.HIDDEN:
        return
    if group.history not in (None, HistoryVisibility.JOINED):
        message = say("Members of a hidden group read what was said since they joined, and nothing before.")
        yield Contradiction("history", message, instead=None)
    if group.requests is JoinRequests.KNOCK:
        yield Contradiction("requests", say("Nobody can knock at a hidden group."), instead=JoinRequests.BOT)


def without(group: Group, found: Contradiction) -> Group:
    """The group, less open."""
    return replace(group, **{found.field: found.instead})


def _uninvitable(group: Group, who: Inviting) -> Iterator[Message]:
    if who is Inviting.NOBODY:
        return
    if group.visibility is Visibility.HIDDEN:
        yield say("Nobody invites into the room of a hidden group by themselves: its owners add people by command.")
    elif group.partners:
        yield say("Where partners are admitted nobody invites by themselves: the bridge knows who of them may come in.")
    elif (
        who is not Inviting.OWNERS
        and group.visibility is not Visibility.PUBLIC
        and group.membership is MembershipMode.DIRECTORY
    ):
        yield say("The directory alone says who belongs to this group, so its members cannot let anybody in.")


def _unlistable(group: Group) -> Iterator[Message]:
    if group.visibility is not Visibility.PUBLIC:
        yield say("Only a public group can be listed; this one is {visibility}.", visibility=group.visibility.value)
    if group.partners:
        yield say("A group that admits partners is not listed: its alias would tell who they are.")
    if not FIT_FOR_ALIAS.fullmatch(group.id):
        yield say("A listed group has an alias, so its id can hold neither spaces nor colons.")
