"""How a week was, in numbers. Pure; called by ``services.digests``."""

from collections.abc import Iterable
from datetime import timedelta

from bridge.domain.activity import Happening
from bridge.domain.digest import DAYS, Health, Week
from bridge.rules.digest.talks import Talk


def days_of(happenings: Iterable[Happening], week: Week) -> tuple[int, ...]:
    """Messages by day (UTC), from the first day of the week to its last."""
    days = [0] * DAYS
    for happening in happenings:
        place = (happening.at - week.start) // timedelta(days=1)
        if 0 <= place < DAYS:
            days[place] += 1
    return tuple(days)


def health_of(members: int, *, week: Iterable[Talk], before: Iterable[Talk]) -> Health:
    """How a group is, from its talks of the week and of the week before."""
    active: set[str] = set()
    questions = answered = 0
    for talk in week:
        active.update(talk.lasts)
        if talk.asked_at is not None:
            questions += 1
            answered += not talk.unanswered
    earlier = {person for talk in before for person in talk.lasts}
    return Health(members=members, active=len(active), before=len(earlier), questions=questions, answered=answered)
