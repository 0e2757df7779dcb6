"""A digest bot for tests that kill it: everybody's digest is due at once, and says one thing. Named in a configuration
as ``tests.support.eager_digests.EagerBot``.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, ClassVar

from bots.digest.bot import DigestBot
from bridge.domain.activity import Reason, Why
from bridge.domain.digest import NO_TASTE, Digest, Item, Kind, Section, Taste, Week
from bridge.domain.messages import Text
from bridge.services.botapi import BotApi
from bridge.services.society import Society

GROUP = "news"


class Always:
    """A schedule that fires now."""

    def last(self, when: str, zone: str, now: datetime) -> datetime:
        del when, zone
        return now

    def check(self, when: str) -> None:
        """Any is one."""


@dataclass(frozen=True)
class OneItem:
    """For each employee a digest with one item."""

    society: Society

    async def of(
        self,
        reader: str,
        week: Week,
        *,
        taste: Taste = NO_TASTE,
        shown: Mapping[str, datetime] | None = None,
        secrets: bool = True,
    ) -> Digest | None:
        del taste, shown, secrets
        item = Item(number=1, kind=Kind.THREAD, thread="$root", group=GROUP, url="https://matrix.to/#/!news",
                    reason=Reason(Why.LIVELY), title=f"For {reader}", writers=3, last=week.end)  # fmt: skip
        return Digest(reader=reader, week=week, sections=(Section(group=GROUP, name=Text.same("News"), items=(item,)),))

    async def of_room(
        self, group: str, week: Week, *, taste: Taste = NO_TASTE, shown: Mapping[str, datetime] | None = None
    ) -> Digest | None:
        del group, week, taste, shown
        return None

    def readers(self) -> list[str]:
        world = self.society.world()
        return sorted(world.facts.employees) if world else []


class EagerBot(DigestBot):
    """What a dead process held is taken over soon."""

    hold: ClassVar[timedelta] = timedelta(seconds=2)

    def __init__(self, api: BotApi, config: Mapping[str, Any]) -> None:
        super().__init__(replace(api, schedule=Always()), config, contents=OneItem(api.society))
