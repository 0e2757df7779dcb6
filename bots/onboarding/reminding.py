"""When somebody on a path is reminded, and when whoever looks after them gets a hint. Pure; called by ``following``."""

from datetime import datetime, tzinfo
from typing import Final

from bots.onboarding.paths import Path
from bridge.domain.onboarding import InputKind, Progress
from bridge.rules.following import Due, Nudge, Schedule, Silence, is_due, next_due
from bridge.rules.working import WorkingTime

KINDS: Final = {Nudge.REMINDER: InputKind.REMIND, Nudge.HINT: InputKind.HINT}


def due_of(path: Path, progress: Progress, hours: WorkingTime, zone: tzinfo) -> Due | None:
    """What comes next for somebody who does not answer; None for who is through, has stopped, or waits for a step that
    comes by itself."""
    if not progress.stage.open or progress.due is not None or (progress.owed and not progress.absent):
        return None
    silence = Silence(
        since=progress.moved_at,
        told=_told(path, progress),
        told_at=progress.reminded_at,
        not_before=progress.rests_until,
    )
    return next_due(silence, Schedule(path.reminders, path.hint), hours, zone)


def _told(path: Path, progress: Progress) -> int:
    """How many nudges are behind them: who has not come in would read no reminder, so these count as given."""
    if progress.hinted:
        return len(path.reminders) + 1
    return len(path.reminders) if progress.absent else progress.reminders


def nudge_for(path: Path, progress: Progress, now: datetime, hours: WorkingTime, zone: tzinfo) -> InputKind | None:
    """What to take now for somebody who does not answer, if anything: only while they are at work."""
    due = due_of(path, progress, hours, zone)
    return KINDS[due.nudge] if due is not None and is_due(due, now, hours, zone) else None
