"""Breaking the glass: who may ask to see a hidden group that is not theirs, how often, and who may agree. Pure.

Used by ``services/glass``. Nothing here depends on whether such a group exists.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from bridge.rules.access import Access


@dataclass(frozen=True, slots=True, kw_only=True)
class GlassLimits:
    """``requests`` by one administrator ``within`` a time, however they end; ``answer`` is how long one waits for
    another administrator, ``lasts`` how long the group is seen then."""

    requests: int = 3
    within: timedelta = timedelta(hours=24)
    answer: timedelta = timedelta(hours=4)
    lasts: timedelta = timedelta(hours=1)

    def spent(self, earlier: Iterable[datetime], now: datetime) -> bool:
        """Whether somebody whose ``earlier`` requests were made at these times may not ask again yet."""
        return sum(now < at + self.within for at in earlier) >= self.requests


def others(access: Access, asker: str) -> bool:
    """Whether there is any administrator beside the asker, who could agree."""
    return any(access.is_admin(one) for one in access.admins if one != asker)


def may_agree(access: Access, asker: str, by: str) -> bool:
    """Whether ``by`` may answer the request: another administrator than the asker, who still is one."""
    return by != asker and access.is_admin(by) and access.is_admin(asker)
