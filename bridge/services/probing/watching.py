"""When the running bridge checks secrecy: by schedule, and when an administrator asks. For bots and the rounds."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final

import structlog

from bridge.domain.errors import ErrorKind, ParvisError
from bridge.domain.messages import Message
from bridge.domain.problems import reasons_of
from bridge.domain.secrecy import SecrecyReport, Standing
from bridge.domain.viewers import OPEN, Viewer
from bridge.ports.schedule import Schedule
from bridge.services.probing.kept import Kept, keep_state, last_report, state_of
from bridge.services.probing.running import Probing

BY_SCHEDULE: Final = "schedule"
"""Stands where a report names who asked for it."""

log = structlog.get_logger()


@dataclass(slots=True, kw_only=True)
class SecrecyWatch:
    """``when`` is a schedule of cron in ``zone``; empty where only people ask. ``failed`` says why the last check that
    this process began could not be made, reason by reason, ``standing`` how it was at the last round."""

    probing: Probing
    schedule: Schedule
    when: str = ""
    zone: str = "UTC"
    failed: tuple[Message, ...] = field(default=(), init=False)
    standing: Standing = field(default=Standing(), init=False)
    _since: datetime = field(init=False)
    _tried: datetime | None = field(default=None, init=False)

    def __post_init__(self) -> None:
        self._since = self.probing.policies.clock.now()

    def may_see(self, viewer: Viewer) -> bool:
        """Whether results may be shown where these people read along: they tell where something shows, and so are for
        insiders alone."""
        access = self.probing.policies.society.access()
        return access is not None and OPEN in access.compartments(viewer)

    async def last(self) -> SecrecyReport | None:
        """How the last check ended, whoever began it."""
        return await last_report(self.probing.policies.store)

    async def failed_at(self) -> datetime | None:
        """When one could not be made, if that is so of the last one."""
        return (await self._kept()).failed

    async def waiting(self) -> bool:
        """Whether one is asked for, or under way."""
        kept = await self._kept()
        return bool(kept.asked or kept.traces)

    async def busy(self) -> bool:
        """Whether one is under way, here or in another process."""
        return (await self._kept()).traces is not None

    async def ask(self, by: str) -> None:
        """Have it checked as soon as there is time; a crash forgets it not."""
        await self._keep(replace(await self._kept(), asked=by))

    def unheard(self, *, so: bool) -> None:
        """Whether there is an alarm, and no room to raise it in."""
        self.standing = replace(self.standing, unheard=so)

    async def go(self) -> None:
        """Check if it is asked for or due, and clear up after a check that died. Errand of the slow rounds."""
        await self._go()
        self.standing = replace(self.standing, report=await self.last(), failed=await self.failed_at())

    async def _go(self) -> None:
        kept, now = await self._kept(), self.probing.policies.clock.now()
        by = kept.asked or (BY_SCHEDULE if await self._is_due(now) else "")
        try:
            if by:
                self._tried, self.failed = now, ()
                await self.probing.run(by)
            elif kept.traces is not None:
                await self.probing.clear()
        except ParvisError as error:
            if error.kind is ErrorKind.CONFLICT:  # another process is at it; what is asked for comes after it
                return
            self.failed = reasons_of(error)
            reason = " ".join(map(str, self.failed))
            log.warning("secrecy could not be checked", reason=reason, detail=error.detail)
            await self._keep(replace(await self._kept(), asked="", failed=now))

    async def _is_due(self, now: datetime) -> bool:
        """Once for each time that the schedule fires, also while the bridge was down; but not because it is new."""
        fired = self.schedule.last(self.when, self.zone, now) if self.when else None
        if fired is None or (self._tried is not None and fired <= self._tried):
            return False
        report = await self.last()
        return fired > (report.at if report else self._since)

    async def _kept(self) -> Kept:
        policies = self.probing.policies
        return await state_of(policies.store, policies.chance)

    async def _keep(self, kept: Kept) -> None:
        policies = self.probing.policies
        await keep_state(policies.store, kept, at=policies.clock.now())
