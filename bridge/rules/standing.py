"""Where somebody stands with a group's room at the moment, and what would change it. Pure; for ``services.why``."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from bridge.domain.directory import GroupState, JoinRequests, MembershipMode, Visibility
from bridge.domain.messages import DayOf, Message, Text, say
from bridge.domain.rooms import Absence, ActualRoom, Membership
from bridge.rules.calling import called
from bridge.rules.entering import may_ask
from bridge.rules.reasons import Case


@dataclass(frozen=True, slots=True, kw_only=True)
class Seat:
    """The group's room as last seen, None while there is none; since when the person's invitation or knock waits."""

    room: ActualRoom | None
    since: datetime | None = None

    def membership(self, user: str) -> Membership | None:
        """Whether they are in, invited, knocking or banned."""
        return self.room.members.get(user) if self.room else None

    def absence(self, user: str) -> Absence | None:
        """Why they are out and not asked again."""
        return self.room.out.get(user) if self.room else None


def standing(case: Case, seat: Seat) -> Message:
    """What is."""
    user = case.user
    if seat.room is None:
        return say("The group has no room at the moment.")
    match seat.membership(user):
        case Membership.JOIN:
            return say("{user} is in the room.", user=case.name)
        case Membership.INVITE:
            return _since(seat, case.name)
        case Membership.KNOCK:
            return say("{user} has knocked and waits for an answer.", user=case.name)
        case Membership.BAN:
            return say("{user} is banned from the room.", user=case.name)
        case _:
            return _out(case, seat)


def remedies(case: Case, seat: Seat) -> Iterator[Message]:
    """What would change it, for whoever asks."""
    membership = seat.membership(case.user)
    if membership is Membership.BAN:
        yield say("An owner of the group can lift the ban in a client.")
    elif case.group.state is not GroupState.ACTIVE:
        yield say("Whoever governs the group can reopen it.")
    elif case.belongs:
        yield from _for_members(case, seat, membership)
    elif case.welcome:
        if membership is not Membership.JOIN:
            yield say("To come in: {command}", command=_join(case))
    else:
        yield from _for_others(case)


def _for_members(case: Case, seat: Seat, membership: Membership | None) -> Iterator[Message]:
    absence = seat.absence(case.user)
    if membership is Membership.INVITE:
        yield say("The invitation waits in the client of {user}.", user=case.name)
    elif absence is Absence.BLOCKED:
        yield say("Once {user} lets the bridge invite them: {command}", user=case.name, command=_join(case))
    elif absence is not None and not case.group.mandatory:
        yield say("To be invited again, {user} writes: {command}", user=case.name, command=_join(case))


def _for_others(case: Case) -> Iterator[Message]:
    facts, group = case.facts, case.group
    if case.user in facts.inactive or not may_ask(facts, case.user, group):
        yield say("Whoever looks after the directory can change that.")
        return
    if group.membership is MembershipMode.DIRECTORY:
        yield say("Whoever looks after the directory can add {user}.", user=case.name)
        return
    owners = tuple(sorted(called(facts, owner) for owner in facts.owners.get(group.id, ())))
    yield say("Ask who owns the group: {owners}.", owners=owners) if owners else say("Ask an administrator.")
    if group.visibility is Visibility.INVITE_ONLY and group.requests is not JoinRequests.NONE:
        yield say("To ask to be let in: {command}", command=_join(case))


def _out(case: Case, seat: Seat) -> Message:
    match seat.absence(case.user):
        case Absence.LEFT:
            return say("{user} left the room, or declined to come in.", user=case.name)
        case Absence.BLOCKED:
            return say("{user} cannot be invited: they, or their server, refuse it.", user=case.name)
        case Absence.LAPSED:
            return say("{user} did not answer the invitation in time.", user=case.name)
        case _:
            return say("{user} is not in the room.", user=case.name)


def _since(seat: Seat, name: str) -> Message:
    if seat.since is None:
        return say("{user} is invited and has not answered.", user=name)
    return say("{user} has been invited since {day} and has not answered.", user=name, day=DayOf(seat.since))


def _join(case: Case) -> Text:
    return Text(en=f"!join {case.group.id}", fr=f"!rejoindre {case.group.id}")
