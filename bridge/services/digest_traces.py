"""What weekly digests leave behind of a person: what they chose, what they were sent, what they thought. For ``person``
and ``disclosing``.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any, Final

from bridge.domain.document import Code, Inline
from bridge.domain.messages import DayOf, say
from bridge.domain.sending import BESIDE, Choices, Delivery, Opinion
from bridge.ports.store import UnitOfWork

ALL: Final = 1_000
"""Weeks: more than anybody lives to see."""


@dataclass(frozen=True, slots=True)
class Traces:
    """Groups in it are those that whoever reads it may know."""

    choices: Choices | None = None
    deliveries: tuple[Delivery, ...] = ()
    opinions: tuple[Opinion, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.choices or self.deliveries or self.opinions)


NO_TRACES: Final = Traces()


async def traces_of(view: UnitOfWork, user: str, known: Callable[[str], bool]) -> Traces:
    """All of it; ``known`` says which groups may be named."""
    choices = await view.digests.choices(user)
    deliveries = (*await view.digests.asked_for(user), *await view.digests.of_reader(user, ALL))
    opinions = (await view.digests.opinions([user])).get(user, ())
    return Traces(
        choices=replace(choices, muted=frozenset(filter(known, choices.muted))) if choices else None,
        deliveries=tuple(replace(one, items=tuple(i for i in one.items if known(i.group))) for one in deliveries),
        opinions=tuple(one for one in opinions if known(one.group)),
    )


def traces_as_json(traces: Traces) -> dict[str, Any]:
    """As JSON holds it."""
    chosen = traces.choices
    return {
        "choices": {
            "on": chosen.on,
            "weekday": chosen.weekday,
            "hour": chosen.hour,
            "length": chosen.length,
            "mail": chosen.mail,
            "muted": sorted(chosen.muted),
        }
        if chosen
        else None,
        "sent": [
            {
                "week": one.week,
                "state": str(one.state),
                "at": one.at.isoformat(),
                "seen": one.heard,
                "items": [{"group": item.group, "about": item.about, "why": item.why} for item in one.items],
            }
            for one in traces.deliveries
        ],
        "opinions": [
            {"week": one.week, "item": one.number, "liked": one.liked, "at": one.at.isoformat()}
            for one in traces.opinions
        ],
    }


def traces_rows(traces: Traces) -> Iterator[tuple[Inline, ...]]:
    """A row for each week, and one for what they chose."""
    if traces.choices:
        yield (say("They chose when and what they want to read."),)
    for one in traces.deliveries:
        yield one.week.partition(BESIDE)[0], ": ", Code(str(one.state)), " – ", say("{day}", day=DayOf(one.at))
    if traces.opinions:
        yield (say("They told by reactions what they liked."),)
