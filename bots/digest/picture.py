"""The small picture below a digest: the week of its groups in bars. Only where it helps; what it shows is also said, as
its alternative text. Called by ``courier`` and ``letters``.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import structlog

from bots.digest.wishes import DAYS
from bridge.domain.digest import Digest
from bridge.domain.errors import HomeserverError
from bridge.domain.messages import Language, Message, say
from bridge.ports.language import Translator
from bridge.ports.media import Chart, Charts, Row
from bridge.services.cards.files import Files, keep

FEWEST_GROUPS: Final = 3
FEWEST_MESSAGES: Final = 30
"""Below either, words say it better."""
MOST_GROUPS: Final = 5
PART: Final = "week"
PNG: Final = "image/png"

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Drawn:
    """A picture, and what it shows in words."""

    chart: Chart
    words: Message


@dataclass(frozen=True, slots=True, kw_only=True)
class Pictures:
    """``files`` are the bot's own."""

    charts: Charts
    files: Files
    translator: Translator

    async def content(self, digest: Digest, language: Language, *, origin: str) -> Mapping[str, Any] | None:
        """The message with the picture, made once for ``origin``; None where there is none, or the homeserver takes
        none: nothing is missing without it. Raises ``StoreError``."""
        picture = await drawn(self.charts, digest, language)
        if picture is None:
            return None
        chart = picture.chart
        try:
            uri = await self.files.make(origin, PART, chart.data, mimetype=PNG, name="week.png")
        except HomeserverError as error:
            log.warning("a digest goes without its picture", detail=error.detail)
            return None
        async with self.files.store.work() as work:
            await keep(work, origin, PART, self.files.clock.now())
        info = {"mimetype": PNG, "size": len(chart.data), "w": chart.width, "h": chart.height}
        words = self.translator.translate(picture.words, language)
        return {"msgtype": "m.image", "body": words, "filename": "week.png", "url": uri, "info": info, "m.mentions": {}}


async def drawn(charts: Charts, digest: Digest, language: Language) -> Drawn | None:
    """The picture of a digest; None where it would not help."""
    rows = rows_of(digest, language)
    if not rows:
        return None
    start = digest.week.start.weekday()
    days = [DAYS[(start + number) % len(DAYS)].in_language(language) for number in range(len(DAYS))]
    return Drawn(await charts.week(rows, days), told(rows))


def rows_of(digest: Digest, language: Language) -> Sequence[Row]:
    """The groups with most messages, the busiest first, or none where a picture would not help. Hidden groups are
    never among them: whoever has the address of a file can fetch it."""
    rows = [
        Row(section.name.in_language(language), section.days)
        for section in digest.sections
        if any(section.days) and not section.secret
    ]
    rows.sort(key=lambda row: (-sum(row.days), row.name))
    enough = len(rows) >= FEWEST_GROUPS and sum(sum(row.days) for row in rows) >= FEWEST_MESSAGES
    return rows[:MOST_GROUPS] if enough else ()


def told(rows: Sequence[Row]) -> Message:
    """The same in words."""
    return say(
        "Messages in your groups this week: {groups}.", groups=tuple(f"{row.name} {sum(row.days)}" for row in rows)
    )
