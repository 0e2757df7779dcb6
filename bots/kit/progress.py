"""Progress of long work, shown by one message that is edited, until the reply takes its place. Used by ``talk``.

Nothing is said about work that ends soon. The message carries no ``io.parvis.reply``: that is in the reply alone, which
is the last edit. After a crash the message is found by its claim and becomes the reply of the repeated event.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final
from weakref import WeakValueDictionary

import structlog

from bots.kit.envelope import Occasion, word_content
from bots.kit.speaking import Content, Speaker
from bridge.domain.document import document, paragraph
from bridge.domain.errors import ParvisError
from bridge.domain.messages import say, say_n

EVERY: Final = 3.0
"""Seconds: people begin to wonder after about as many, and every edit is an event that all in the room receive."""

log = structlog.get_logger()


class Course:
    """How far the work for one event is."""

    def __init__(self) -> None:
        self.done = self.total = 0

    def report(self, done: int, total: int) -> None:
        """``commands.Progress``."""
        self.done, self.total = done, total


class Report:
    """One event's progress on the screen. ``event_id`` is the message that shows it, once there is one."""

    def __init__(self, speaker: Speaker, occasion: Occasion, course: Course, event_id: str | None) -> None:
        self.course, self.event_id = course, event_id
        self._speaker, self._occasion = speaker, occasion
        self._shown: tuple[int, int] | None = None
        self._speaking = asyncio.Lock()

    async def go_on(self) -> None:
        """Show what there is to show, for ever."""
        while True:
            await self._speaker.clock.sleep(EVERY)
            async with self._speaking:
                try:
                    await self._show()
                except ParvisError as error:  # the work goes on, and the reply comes in any case
                    log.info("progress was not shown", kind=str(error.kind), detail=error.detail)

    async def end(self, going: "asyncio.Task[None]") -> None:
        """No more, and nothing half said."""
        async with self._speaking:
            going.cancel()
        [ended] = await asyncio.gather(going, return_exceptions=True)
        if not isinstance(ended, asyncio.CancelledError):
            log.error("showing progress broke", exc_info=ended)

    async def _show(self) -> None:
        now = self.course.done, self.course.total
        if now == self._shown:
            return
        speaker, room_id = self._speaker, self._occasion.room_id
        if self.event_id is None:
            claim = progress_claim(speaker, self._occasion)
            self.event_id = await speaker.say(self._occasion, claim, self._content)
        else:
            await speaker.messenger.revise(room_id, self.event_id, self._content(self._occasion))
        self._shown = now

    def _content(self, occasion: Occasion) -> Content:
        working = say("I am working on it.")
        steps = say_n("{done} of {count} step is done.", "{done} of {count} steps are done.", self.course.total,
                      done=self.course.done)  # fmt: skip
        words = [working, " ", steps] if self.course.total else [working]
        [page] = self._speaker.renderer.pages(document(paragraph(*words)), occasion.language)
        return word_content(page, occasion)


class Reports:
    """All work under way of one bot.

    Courses are kept by whoever reports to them: work may outlive the handling of its event (a deadline), and the
    repeated event then shows how far it is now.
    """

    def __init__(self, speaker: Speaker) -> None:
        self._speaker = speaker
        self._courses: WeakValueDictionary[str, Course] = WeakValueDictionary()

    @asynccontextmanager
    async def of(self, occasion: Occasion) -> AsyncIterator[Report]:
        """Shows progress while the block runs."""
        course = self._courses.setdefault(occasion.origin, Course())
        said = await self._speaker.said(occasion, progress_claim(self._speaker, occasion))
        report = Report(self._speaker, occasion, course, said)
        going = asyncio.create_task(report.go_on(), name=f"progress of {occasion.origin}")
        try:
            yield report
        finally:
            await report.end(going)


def progress_claim(speaker: Speaker, occasion: Occasion) -> str:
    """Of the message that shows progress."""
    return speaker.claim("progress", occasion.origin)
