"""From what was gathered to a plan: the pure part of a look, kept apart so that it can run elsewhere when large."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from bridge.domain.desired import Desired
from bridge.domain.directory import Directory
from bridge.domain.rooms import ActualRoom, Binding, RoomRef
from bridge.planning.braking import Drifted, Seat
from bridge.planning.desiring import desire_from
from bridge.planning.keeping import with_earlier_aliases
from bridge.planning.patience import ENDLESS, Patience
from bridge.planning.peopling import forgotten
from bridge.planning.plan import Brake, Plan
from bridge.planning.planner import plan
from bridge.planning.spacing import Spacing, spaced
from bridge.rules.facts import Facts, gather
from bridge.rules.settings import House


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """All that planning depends on."""

    directory: Directory
    unasked: Directory | None = None
    """The directory without the decisions that the rooms have not followed yet, if there are any."""
    today: date
    house: House
    bot: str
    service_users: frozenset[str]
    service_user: str | None
    bindings: Mapping[RoomRef, Binding]
    actual: Mapping[RoomRef, ActualRoom]
    brake: Brake
    patience: Patience = ENDLESS
    drifted: Drifted = frozenset()
    asked_for: frozenset[Seat] = frozenset()
    spacing: Spacing | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What follows. ``forgotten`` are those of whom it no longer counts why they are out, by room."""

    facts: Facts
    desired: Desired
    plan: Plan
    forgotten: Mapping[str, frozenset[str]]


def think(question: Question) -> Answer:
    """Facts, the desired world, and the plan from here to there. Pure."""
    facts = _facts(question, question.directory)
    desired = _desired(question, facts)
    unasked = None
    if question.unasked is not None:
        unasked = _desired(question, _facts(question, question.unasked))
    whole = plan(
        desired,
        question.actual,
        question.bindings,
        brake=question.brake,
        server_name=question.house.server_name,
        patience=question.patience,
        drifted=question.drifted,
        asked_for=question.asked_for,
        unasked=unasked,
    )
    return Answer(
        facts=facts,
        desired=desired,
        plan=spaced(whole, desired, question.spacing),
        forgotten=_forgotten(desired, question.actual),
    )


def _facts(question: Question, directory: Directory) -> Facts:
    return gather(directory, today=question.today, server_name=question.house.server_name)


def _desired(question: Question, facts: Facts) -> Desired:
    desired = desire_from(
        facts,
        question.house,
        bot=question.bot,
        service_users=question.service_users,
        service_user=question.service_user,
    )
    return with_earlier_aliases(desired, question.actual, question.patience, question.drifted)


def _forgotten(desired: Desired, actual: Mapping[RoomRef, ActualRoom]) -> Mapping[str, frozenset[str]]:
    """By room id; rooms that nobody is out of cost a glance."""
    out = {ref: room for ref, room in actual.items() if room.out and ref in desired.rooms}
    found = {room.room_id: forgotten(desired.rooms[ref], room) for ref, room in out.items()}
    return {room_id: users for room_id, users in found.items() if users}
