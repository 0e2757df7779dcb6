"""One decision about one group, before it is stored: whether it may be taken, what it opens, what it means in words.

Called by ``services.policies`` on behalf of somebody who governs the group.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final

from bridge.domain.contradictions import contradictions
from bridge.domain.directory import Group, GroupState, Inviting, JoinRequests, MembershipMode, Visibility, Vouchers
from bridge.domain.errors import ErrorKind, InputError
from bridge.domain.messages import Message, Text, say, say_n
from bridge.domain.policy import Value
from bridge.domain.rooms import HistoryVisibility
from bridge.rules.calling import partners_called
from bridge.rules.facts import Facts
from bridge.rules.fields import BadValue
from bridge.rules.policy import known_field, read_value

OPENNESS: Final = {Visibility.HIDDEN: 0, Visibility.INVITE_ONLY: 1, Visibility.PUBLIC: 2}
PAST: Final = {HistoryVisibility.JOINED: 0, HistoryVisibility.INVITED: 1, HistoryVisibility.SHARED: 2}
LABELS: Final[Mapping[str, Message]] = {
    "name": say("name"),
    "purpose": say("purpose"),
    "visibility": say("visibility"),
    "listed": say("entry in the room directory"),
    "mandatory": say("duty to stay"),
    "parent": say("group above"),
    "owners": say("owners"),
    "moderators": say("moderators"),
    "delegates": say("delegates"),
    "members": say("members"),
    "partners": say("partners"),
    "moderating": say("partners whose people may be moderators"),
    "membership": say("membership"),
    "requests": say("requests to join"),
    "posting": say("right to write"),
    "inviting": say("right to invite"),
    "vouching": say("people who vouch for a partner’s people"),
    "history": say("view of the past"),
    "encrypted": say("encryption"),
    "retention": say("time for which is kept what was said"),
    "digest": say("part in the weekly digest"),
    "language": say("language"),
    "welcome": say("welcome"),
    "template": say("template"),
    "state": say("state"),
}
"""What people call the fields of a group."""
VISIBILITIES: Final[Mapping[Visibility, Message]] = {
    Visibility.PUBLIC: say("public"),
    Visibility.INVITE_ONLY: say("invite-only"),
    Visibility.HIDDEN: say("hidden"),
}
DIRECTORY, POLICY_FILE = say("The directory"), say("The policy file")


class Pinned(InputError):
    """A file says it, so no command can: the ``label`` of the group or partner that is called ``name``."""

    kind = ErrorKind.REFUSED

    def __init__(self, name: Text, label: Message, by: Message | str) -> None:
        super().__init__(
            say(
                "{file} says the {field} of {group}, so it is changed there and not here.",
                field=label,
                group=name,
                file=by,
            )
        )


def check(group: Group, field: str, value: Value, files: Mapping[bool, str]) -> str:
    """Whether a command may say that ``field`` of the group is ``value``; gives the name of the field.

    ``files`` are the names of the policy file (True) and of the directory (False). Raises ``BadValue`` and ``Pinned``.
    """
    field = known_field(field)
    refuse_pinned(group, field, files)
    after = replace(group, **{field: read_value(field, value)})
    if field == "members" and group.membership is MembershipMode.DIRECTORY:
        message = say(
            "The directory alone says who belongs to {group}; its membership has to be owners or both.",
            group=group.name,
        )
        raise BadValue(message)
    wrong = next((one for one in contradictions(after) if one not in set(contradictions(group))), None)
    if wrong:
        raise BadValue(wrong.message)
    return field


def refuse_pinned(group: Group, field: str, files: Mapping[bool, str]) -> None:
    """Raise ``Pinned`` where a file says the field of the group."""
    if field in group.declared and field != "members":
        by_policy = field in group.ruled
        raise Pinned(group.name, LABELS[field], files.get(by_policy) or (POLICY_FILE if by_policy else DIRECTORY))


def reasons(was: Group, now: Group, past: Sequence[Message] = (), facts: Facts | None = None) -> Iterator[Message]:
    """Why it is asked again before the group becomes as it is ``now``: that more people know or read, or that there is
    no way back. Nothing where it is not asked. ``past`` is what the plan says of whose eyes the past opens to,
    ``facts`` tell what partners are called."""
    yield from _opening(was, now, past, facts)
    if now.visibility is Visibility.HIDDEN and was.visibility is not Visibility.HIDDEN:
        yield say("It gets a new room that nothing links to the old one; its members move, and nobody else finds it.")
    if now.inviting is Inviting.ALL and was.inviting is not Inviting.ALL:
        yield say("Everybody in it decides who else of the company comes in, and reads what those in it read.")
    if was.vouching is Vouchers.TWO and now.vouching is Vouchers.ONE:
        yield say("Who may invite people of partners into it needs nobody beside who answers for the partner.")
    if now.retention and not 0 < was.retention <= now.retention:
        yield say_n(
            "What is older than {count} day is deleted, and what is said from now on later. There is no way back.",
            "What is older than {count} days is deleted, and what is said from now on later. There is no way back.",
            now.retention,
        )
    if now.encrypted is True and was.encrypted is not True:
        yield say("Encryption cannot be switched off again without a new room.")
    if was.encrypted is not False and now.encrypted is False:
        yield say("If its room is encrypted, it gets a new one.")
    yield from _rights(was, now, facts)
    if now.state is not was.state:
        yield from past if now.state is GroupState.ACTIVE else _ending(now)


def _rights(was: Group, now: Group, facts: Facts | None) -> Iterator[Message]:
    if not set(was.owners) >= set(now.owners):
        yield say("Whoever owns it decides about it, also who else owns it.")
    if set(was.owners) - set(now.owners):
        yield say("Former owners decide nothing about it any more.")
    if not set(was.delegates) >= set(now.delegates):
        yield say("Its delegates decide about it, and about every group below it that they may know.")
    if added := tuple(partner for partner in now.moderating if partner not in was.moderating):
        yield say("People of {partners} may be named moderators, and keep order among everybody in it.",
                  partners=_called(facts, added))  # fmt: skip
    if set(was.delegates) - set(now.delegates):
        yield say("Former delegates decide only about groups that they own.")


def _opening(was: Group, now: Group, past: Sequence[Message], facts: Facts | None) -> Iterator[Message]:
    opened = past or (past_told(was, now),)
    wider = OPENNESS[now.visibility] - OPENNESS[was.visibility]
    if wider > 0:
        yield _audience(now)
        yield from opened
        if was.encrypted is True or (was.encrypted is None and was.visibility is Visibility.HIDDEN):
            yield say("What is said in its room stays encrypted: that cannot be taken off a room.")
    if now.listed and not was.listed:
        yield say("Anyone on the federation can read its name and how many are in it, without login.")
    if added := tuple(partner for partner in now.partners if partner not in was.partners):
        yield say("People of {partners} can take part, and their servers learn of it.", partners=_called(facts, added))
        if len(now.partners) > 1:
            yield say("{partners} learn of each other: who is in the room sees everybody in it.",
                      partners=_called(facts, now.partners))  # fmt: skip
        if wider <= 0:
            yield from opened
    if wider <= 0 and PAST[_history(now)] > PAST[_history(was)]:
        yield say("Whoever comes from now on can read what is said from now on, also before they come.")
    if now.requests is JoinRequests.KNOCK and was.requests is not JoinRequests.KNOCK:
        yield say("Whoever knows the room's id can read its name, topic and member count, without login.")


def _called(facts: Facts | None, partners: tuple[str, ...]) -> tuple[str | Text, ...]:
    return partners_called(facts, partners) if facts else partners


def past_told(was: Group, now: Group) -> Message:
    """What was said before, and who can read it once the group is as it is ``now``.

    A room's rule counts for what is said while it stands (specification, m.room.history_visibility), so that the past
    of a hidden group stays with those who were there.
    """
    if _history(was) is not HistoryVisibility.SHARED:
        return say("What was said before stays with those who were there.")
    if now.visibility is Visibility.PUBLIC:
        return say("Everyone of its audience who joins can read everything that was said before.")
    return say("Everyone who is let in can read everything that was said before.")


def _history(group: Group) -> HistoryVisibility:
    by_default = HistoryVisibility.JOINED if group.visibility is Visibility.HIDDEN else HistoryVisibility.SHARED
    return group.history or by_default


def _audience(group: Group) -> Message:
    if group.visibility is Visibility.PUBLIC:
        return say("Everyone of its audience finds it and may join.")
    return say("Everyone of its audience learns that it exists, its name and its purpose.")


def _ending(now: Group) -> Iterator[Message]:
    if now.state is GroupState.ARCHIVED:
        yield say("Its room is closed and silent; those in it can still read. It can be reopened.")
    elif now.state is GroupState.RETIRED:
        yield say(
            "Everybody is removed from its room, and the room is let go. To open the group again makes a new room."
        )
