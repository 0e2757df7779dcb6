"""How far the welcome of many who arrive on one day is, in numbers alone. Called by the bot that tells administrators.

What is about a group does not count: it might be hidden.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from bridge.domain.onboarding import Progress, Stage
from bridge.ports.store import Store


@dataclass(frozen=True, slots=True)
class Arrivals:
    """Of ``people`` who arrived on a day, how many were welcomed and how many cannot be reached; others wait."""

    people: int = 0
    welcomed: int = 0
    unreachable: int = 0

    @property
    def waiting(self) -> int:
        """To whom nothing could be said yet."""
        return self.people - self.welcomed - self.unreachable


async def arrivals(store: Store) -> Mapping[date, Arrivals]:
    """By day, in UTC."""
    async with store.view() as view:
        return counted(await view.onboarding.all())


def counted(everybody: Iterable[Progress]) -> dict[date, Arrivals]:
    """The same for these people; who is on several paths counts once, for the first."""
    found: dict[date, Arrivals] = {}
    seen: set[str] = set()
    for one in everybody:
        if one.subject or one.user in seen or not one.begun:
            continue
        seen.add(one.user)
        before = found.get(one.begun_at.date(), Arrivals())
        unreachable = one.stage is Stage.UNREACHABLE
        found[one.begun_at.date()] = Arrivals(
            people=before.people + 1,
            welcomed=before.welcomed + (not unreachable and _is_welcomed(one)),
            unreachable=before.unreachable + unreachable,
        )
    return found


def _is_welcomed(one: Progress) -> bool:
    """Whether something was said to them, or waits in a conversation to which they are invited."""
    return bool(one.shown) or one.absent or (one.turn > 0 and not one.owed)
