"""How a week was, in numbers. Pure; called by ``services.digests``."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import chain

from bridge.domain.digest import Health
from bridge.rules.digest.talks import Talk


def days_of(counts: Sequence[Mapping[str, int]]) -> dict[str, tuple[int, ...]]:
    """By group its messages day after day, from the counts of each day by group."""
    groups = dict.fromkeys(chain.from_iterable(counts))
    return {group: tuple(count.get(group, 0) for count in counts) for group in groups}


def health_of(members: int, *, week: Iterable[Talk], before: Collection[str]) -> Health:
    """How a group is, from its talks of the week and who wrote in the week before."""
    active: set[str] = set()
    questions = answered = 0
    for talk in week:
        active.update(talk.lasts)
        if talk.asked_at is not None:
            questions += 1
            answered += not talk.unanswered
    return Health(members=members, active=len(active), before=len(before), questions=questions, answered=answered)
