"""One event and the handlers that want it: calls them, survives them, says what failed; used by dispatch."""

import asyncio
import traceback
from collections.abc import Sequence
from dataclasses import dataclass

import structlog

from bridge.domain.errors import ParvisError
from bridge.domain.events import Event
from bridge.ports.bots import Handler
from bridge.ports.store import InboxEntry

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Job:
    """An inbox entry, what it says, and who wants it."""

    entry: InboxEntry
    event: Event
    handlers: Sequence[Handler]


def wanting(handlers: Sequence[Handler], event: Event) -> Sequence[Handler]:
    """The handlers that want the event. One that cannot say counts as wanting: its ``handle`` then fails, visibly."""
    return [handler for handler in handlers if _wants(handler, event)]


def expect(handlers: Sequence[Handler], event: Event) -> bool:
    """Tell those that want the event that it comes; whether one of them says that somebody waits."""
    awaited = False
    for handler in wanting(handlers, event):
        try:
            awaited |= handler.expect(event)
        except Exception as error:  # noqa: BLE001 - as below; ``handle`` will come without it
            log.warning("handler cannot expect", handler=handler.name, event_id=event.id, **_facts(error))
    return awaited


async def handle(job: Job, deadline: float) -> str:
    """Call every handler in turn, each with ``deadline`` seconds; gives what failed, or "" when nothing did.

    All are called even if one fails, so that a broken bot does not silence the others.
    """
    failures = []
    for handler in job.handlers:
        try:
            async with asyncio.timeout(deadline):
                await handler.handle(job.event)
        except asyncio.CancelledError as error:
            if _is_cancelled():
                raise
            failures.append(_tell(handler, job, error))
        except Exception as error:  # noqa: BLE001 - a bot may raise anything; it is logged, and the event tried again
            failures.append(_tell(handler, job, error))
    return ", ".join(failures)


def _wants(handler: Handler, event: Event) -> bool:
    try:
        return handler.wants(event)
    except Exception as error:  # noqa: BLE001 - as above
        log.warning("handler cannot say what it wants", handler=handler.name, event_id=event.id, **_facts(error))
        return True


def _is_cancelled() -> bool:
    """Whether we are being stopped, rather than a handler having cancelled something of its own."""
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0


def _tell(handler: Handler, job: Job, error: BaseException) -> str:
    entry = job.entry
    log.warning(
        "event not handled", handler=handler.name, event_id=entry.event_id, attempt=entry.attempts + 1, **_facts(error)
    )
    return f"{handler.name}: {type(error).__name__}"


def _facts(error: BaseException) -> dict[str, object]:
    """What may be logged of an error: never its text, which may quote a message, unless we wrote it."""
    where = [f"{frame.filename}:{frame.lineno}" for frame in traceback.extract_tb(error.__traceback__)[-4:]]
    facts: dict[str, object] = {"error": type(error).__name__, "where": where}
    if isinstance(error, ParvisError):
        facts |= {"kind": error.kind.value, "reason": str(error), "detail": error.detail}
    return facts
