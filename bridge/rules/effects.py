"""What each field of a group means, in plain words. Called by whoever shows decisions: before and after they are taken,
and when they are taken back.
"""

from collections.abc import Mapping
from typing import Any, Final

from bridge.domain.directory import (
    Group,
    GroupState,
    Inviting,
    JoinRequests,
    MembershipMode,
    Posting,
    Visibility,
    Vouchers,
)
from bridge.domain.messages import Message, Place, Text, say, say_n
from bridge.domain.rooms import HistoryVisibility
from bridge.rules.calling import all_called, partners_called
from bridge.rules.decisions import LABELS
from bridge.rules.facts import Facts

VISIBLE: Final[Mapping[Visibility, Message]] = {
    Visibility.PUBLIC: say("The group is public: everyone of its audience finds it and may join."),
    Visibility.INVITE_ONLY: say("The group is invite-only: everyone of its audience knows of it, and owners let in."),
    Visibility.HIDDEN: say("The group is hidden: nobody but its members knows that it exists."),
}
ASKED: Final[Mapping[JoinRequests, Message]] = {
    JoinRequests.BOT: say("Whoever wants to be let in asks with !join."),
    JoinRequests.KNOCK: say("Whoever wants to be let in may knock in their client."),
    JoinRequests.NONE: say("Nobody can ask to be let in."),
}
NAMED: Final[Mapping[MembershipMode, Message]] = {
    MembershipMode.DIRECTORY: say("The directory alone says who belongs to the group."),
    MembershipMode.OWNERS: say("Its owners alone say who belongs to the group."),
    MembershipMode.BOTH: say("The directory and its owners say who belongs to the group."),
}
READ: Final[Mapping[HistoryVisibility | None, Message]] = {
    None: say("Who may read the past follows from its visibility."),
    HistoryVisibility.JOINED: say("Members read what was said since they joined."),
    HistoryVisibility.INVITED: say("Members read what was said since they were invited."),
    HistoryVisibility.SHARED: say("Members read everything that was said."),
}
STATES: Final[Mapping[GroupState, Message]] = {
    GroupState.ACTIVE: say("The group is open again."),
    GroupState.ARCHIVED: say("The group is archived."),
    GroupState.RETIRED: say("The group is retired."),
}
SECRET: Final[Mapping[bool | None, Message]] = {
    None: say("Whether it is encrypted follows from its visibility."),
    True: say("Its room is encrypted."),
    False: say("Its room is not encrypted."),
}
YES_OR_NO: Final[Mapping[tuple[str, bool], Message]] = {
    ("listed", True): say("It stands in the room directory."),
    ("listed", False): say("It does not stand in the room directory."),
    ("digest", True): say("Its weekly digest may tell what goes on in it to those who may know of it."),
    ("digest", False): say("The weekly digest tells nothing of it."),
    ("mandatory", True): say("Whoever leaves it is invited again."),
    ("mandatory", False): say("Whoever leaves it stays out until they come back."),
}
WORDED: Final[Mapping[str, Mapping[Any, Message]]] = {
    "visibility": VISIBLE,
    "requests": ASKED,
    "membership": NAMED,
    "history": READ,
    "state": STATES,
    "encrypted": SECRET,
    "inviting": {
        None: say(
            "Who may invite follows from its visibility: owners, and nobody where it is hidden or admits partners."
        ),
        Inviting.NOBODY: say("Nobody invites by themselves: people come in as the directory or commands say."),
        Inviting.OWNERS: say("Owners may let others in by inviting them in their client."),
        Inviting.MODERATORS: say("Owners and moderators may let others in by inviting them in their client."),
        Inviting.ALL: say("Everybody in it may let others in by inviting them in their client."),
    },
    "vouching": {
        Vouchers.ONE: say("People of partners come into it with the word of who answers for the partner."),
        Vouchers.TWO: say("People of partners come into it once a second person agrees, whoever invites them."),
    },
    "language": {
        "": say("The bots speak the language of this network in it."),
        "en": say("The bots speak English in it."),
        "fr": say("The bots speak French in it."),
    },
    "posting": {
        Posting.ALL: say("Everybody in it may write."),
        Posting.OWNERS: say("Owners and moderators write, everybody reads."),
    },
}

NOTHING: Final[Mapping[str, Message]] = {
    "name": say("It has no name."),
    "purpose": say("It does not say what it is for."),
    "parent": say("No group stands above it."),
    "owners": say("Nobody is named among its owners."),
    "moderators": say("Nobody is named among its moderators."),
    "delegates": say("Nobody is named among its delegates."),
    "members": say("Nobody is named among its members."),
    "partners": say("No partner takes part in it."),
    "moderating": say("No partner has people who may be moderators."),
    "welcome": say("No words of its own welcome whoever comes in."),
    "template": say("It follows no template."),
}
"""What fields mean that are empty."""
OF_PARTNERS: Final = ("partners", "moderating")
"""Fields that hold ids of partners."""
SHOWN: Final = 20
"""People named in one line, partners too."""


def effect_of(group: Group, field: str, facts: Facts | None = None) -> Message:
    """What a field of the group means, in plain words; ``facts`` tell what people and groups are called."""
    value = getattr(group, field)
    if field in WORDED and value in WORDED[field]:
        return WORDED[field][value]
    if field == "retention":
        return _kept(group.retention)
    if field == "digest" and group.digest and group.visibility is Visibility.HIDDEN:
        return say("The weekly digest may tell what goes on in it to its members, and to nobody else.")
    if isinstance(value, bool):
        return YES_OR_NO[field, value]
    if not value:
        return NOTHING[field]
    return say("{field}: {value}", field=LABELS[field], value=_shown(group, field, facts))


def _shown(group: Group, field: str, facts: Facts | None) -> Place:
    """The value of a field that people filled in."""
    value = getattr(group, field)
    if isinstance(value, tuple):
        some = value[:SHOWN]
        names = (
            some if facts is None else partners_called(facts, some) if field in OF_PARTNERS else all_called(facts, some)
        )
        return (*names, "…") if len(value) > SHOWN else names
    above = facts.directory.groups.get(value) if facts and field == "parent" else None
    return above.name if above else value if isinstance(value, Text) else str(value)


def _kept(days: int) -> Message:
    if not days:
        return say("What is said in it is kept as long as the homeserver keeps it.")
    return say_n(
        "What is said in it is deleted from the homeserver after {count} day.",
        "What is said in it is deleted from the homeserver after {count} days.",
        days,
    )
