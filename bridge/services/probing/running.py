"""One secrecy check: a hidden group lives for a while, real clients ask about it over every channel, and what they saw
is judged and kept. Called by the command line and by ``watching``.
"""

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Final

import structlog

from bridge.domain.errors import ErrorKind, ParvisError
from bridge.domain.messages import say
from bridge.domain.problems import InvalidInput, Problem, Spot
from bridge.domain.secrecy import Asker, Probed, SecrecyReport
from bridge.ports.probes import Probes, Traces
from bridge.rules.probing.accounts import Wrong, absent, inside, mistaken, unusable
from bridge.rules.probing.channels import channels_with
from bridge.rules.probing.judging import limits
from bridge.services.applying.results import Progress, silent
from bridge.services.policies import Policies
from bridge.services.probing.asking import Asking
from bridge.services.probing.canary import CanaryGroup
from bridge.services.probing.casting import Cast, stage_of
from bridge.services.probing.kept import Kept, keep_report, keep_state, state_of, word
from bridge.services.probing.timing import Timing

LEASE: Final = "secrecy"
LASTS: Final = 600.0
"""Seconds after which a run that died is over; none takes longer."""
NAME: Final = 12
"""Letters of a random name: nothing else holds them."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Probing:
    """``aliases`` is how the addresses of listed groups begin, ``server`` our homeserver's name, ``bot`` who answers
    commands, ``file`` where it stands as whom is asked."""

    policies: Policies
    probes: Probes
    bot: str
    server: str
    aliases: str
    file: str = "config.yaml"

    async def run(self, by: str, *, progress: Progress = silent) -> SecrecyReport:
        """Ask everything once; ``by`` is who wanted it. Everything made for it is taken away again.

        Raises ``InvalidInput`` where accounts are not who they are taken for, and ``ParvisError`` where it cannot be
        done at all; what cannot be asked is a line of the report.
        """
        store, clock = self.policies.store, self.policies.clock
        async with self._alone() as holder:
            kept = await state_of(store, self.policies.chance)
            group = CanaryGroup(policies=self.policies, id=kept.group)
            await self._tidy(kept, group)  # what a run that died left
            traces = await self._new_traces()
            kept = replace(kept, traces=traces, asked="", failed=None)
            await keep_state(store, kept, at=clock.now())
            try:
                rows = await self._probe(kept, traces, group, holder, progress)
                report = SecrecyReport(at=clock.now(), by=by, rows=tuple(rows))
                await keep_report(store, report)  # while it is still under way: who waits for its end finds it
            finally:
                await self._tidy(kept, group)
        log.info("secrecy was checked", leaks=len(report.leaks), probes=len(report.rows))
        return report

    async def clear(self) -> None:
        """Take away what a check that died left; nothing while one is under way. Raises ``ParvisError``."""
        async with self._alone():
            kept = await state_of(self.policies.store, self.policies.chance)
            await self._tidy(kept, CanaryGroup(policies=self.policies, id=kept.group))

    async def _new_traces(self) -> Traces:
        """A file that is reserved and never filled is forgotten by the homeserver."""
        chance = self.policies.chance
        return Traces(
            alias=self.aliases + word(chance, NAME),
            account=f"secrecy-{word(chance, NAME)}",
            open_file=await self.probes.reserve(),
            hidden_file=await self.probes.reserve(),
        )

    async def _tidy(self, kept: Kept, group: CanaryGroup) -> None:
        await group.retire()
        if kept.traces is not None:
            await self.probes.tidy(kept.traces)
            now = await state_of(self.policies.store, self.policies.chance)  # somebody may have asked meanwhile
            await keep_state(self.policies.store, replace(now, traces=None), at=self.policies.clock.now())

    @asynccontextmanager
    async def _alone(self) -> AsyncIterator[str]:
        """Two checks would find each other's rooms. Gives the word under which this one stands in the database."""
        store, clock, holder = self.policies.store, self.policies.clock, self.policies.chance.token()
        async with store.work() as work:
            taken = await work.leases.take(LEASE, holder, now=clock.now(), seconds=LASTS)
        if not taken:
            raise ParvisError(say("A secrecy check is under way already."), kind=ErrorKind.CONFLICT)
        try:
            yield holder
        finally:
            async with store.work() as work:
                await work.leases.release(LEASE, holder)

    async def _probe(
        self, kept: Kept, traces: Traces, group: CanaryGroup, run: str, progress: Progress
    ) -> list[Probed]:
        """Everything from the first account to the last line; the hidden group is retired in between, because lists
        are looked at before and after it. ``run`` is a word that stands in the database."""
        chance, probes = self.policies.chance, self.probes
        name, twin, lobby = (word(chance, NAME) for _ in range(3))
        gathered = await probes.gather(traces)
        users = dict(gathered.users)
        world = await self.policies.reconciler.glance(read=False)
        self._refuse([*unusable(gathered.mute), *mistaken(users, world.facts, self.bot)])
        for media in filter(None, (traces.open_file, traces.hidden_file)):
            await probes.fill(media)
        opened = await probes.open_room(traces, lobby)
        peer = users.get(Asker.PEER, "")
        stage = stage_of(world, opened, server=self.server, bot=self.bot, aliases=self.aliases, peer=peer, run=run)
        member = users.get(Asker.MEMBER, "")
        user = member or self.bot
        nothing = stage.nothing(twin, word(chance, len(kept.group)), chance.token() + chance.token(), user)
        channels = channels_with(gathered.bots)
        asking = Asking(probes=probes, clock=self.policies.clock, users=users, channels=channels, progress=progress)
        before = await asking.lists(nothing)
        room_id = await group.make(name, member)
        self._refuse(inside(users, (await self.policies.reconciler.glance(read=False)).facts, group.id))
        canary = stage.canary(name, kept.group, room_id, user, traces.hidden_file)
        words = (name, room_id, kept.group, *filter(None, [traces.hidden_file]))
        cast = Cast(canary=canary, nothing=nothing, seen=stage.seen(), words=words)
        log.info("secrecy is being checked", run=run)  # who reads the log is to find this word in it
        asked = await asking.everything(cast, before)
        timing = Timing(probes=probes, clock=self.policies.clock, users=users)
        timed = await timing.everything(cast, known=asking.is_known())
        await group.retire()
        rows = [*await asking.judged(asked, cast), *timed]
        return [*(absent(row, users, gathered.mute) for row in rows), *limits()]

    def _refuse(self, wrong: Iterable[Wrong]) -> None:
        """Raises ``InvalidInput`` where something is wrong with accounts."""
        if problems := [Problem(Spot(self.file, path=setting), reason) for setting, reason in wrong]:
            raise InvalidInput(problems)
