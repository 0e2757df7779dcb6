"""From what was gathered to a plan: the pure part of a look, kept apart so that it can run elsewhere when large."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from bridge.domain.desired import Desired
from bridge.domain.directory import Directory
from bridge.domain.rooms import ActualRoom, Binding, RoomRef
from bridge.planning.desiring import desire_from
from bridge.planning.plan import Brake, Plan
from bridge.planning.planner import plan
from bridge.rules.facts import Facts, gather
from bridge.rules.settings import House


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """All that planning depends on."""

    directory: Directory
    today: date
    house: House
    bot: str
    service_users: frozenset[str]
    service_user: str | None
    bindings: Mapping[RoomRef, Binding]
    actual: Mapping[RoomRef, ActualRoom]
    brake: Brake


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What follows."""

    facts: Facts
    desired: Desired
    plan: Plan


def think(question: Question) -> Answer:
    """Facts, the desired world, and the plan from here to there. Pure."""
    facts = gather(question.directory, today=question.today, server_name=question.house.server_name)
    desired = desire_from(
        facts,
        question.house,
        bot=question.bot,
        service_users=question.service_users,
        service_user=question.service_user,
    )
    return Answer(
        facts=facts,
        desired=desired,
        plan=plan(
            desired, question.actual, question.bindings, brake=question.brake, server_name=question.house.server_name
        ),
    )
