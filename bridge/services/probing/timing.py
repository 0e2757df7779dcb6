"""Asks about the hidden group and about nothing in turns, often enough to see which answers take longer.

For ``running``.
"""

from dataclasses import dataclass
from typing import Final

from bridge.domain.secrecy import Asker, Probed
from bridge.ports.clock import Clock
from bridge.ports.probes import Probes
from bridge.rules.probing.judging import unasked
from bridge.rules.probing.shape import Channel
from bridge.rules.probing.timing import TIMED, judge_times, suffices
from bridge.services.probing.casting import Cast

MOST: Final = 120
"""Answers about each, where fewer do not suffice."""
STEP: Final = 10
"""Answers about each, after which it is looked whether they suffice: that takes a moment."""
LONGEST: Final = 15.0
"""Seconds for one channel and asker: accounts that may say little in a minute would take many."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """``users`` are the accounts of a run, by who they play."""

    probes: Probes
    clock: Clock
    users: dict[Asker, str]

    async def everything(self, cast: Cast, *, known: bool) -> list[Probed]:
        """The lines. Where the running bridge is not ``known`` to know the group, it has nothing to hide yet."""
        # One after the other: who asks at the same time would wait for each other.
        return [await self._timed(one, asker, cast, known) for one in TIMED for asker in one.askers]

    async def _timed(self, channel: Channel, asker: Asker, cast: Cast, known: bool) -> Probed:
        about, nothing = list[float](), list[float]()
        if not known or not (asker is Asker.ANYBODY or asker in self.users):
            return unasked(channel, asker)
        end = self.clock.monotonic() + LONGEST
        while True:
            # One way round and the other in turn, so that what only drifts hits both alike.
            pair = [(cast.canary, about), (cast.nothing, nothing)][:: 1 if len(about) % 2 else -1]
            for subject, taken in pair:
                seconds = await self.probes.time(asker, channel.question, subject)
                if seconds is None:
                    return judge_times(channel, asker, about, nothing)
                taken.append(seconds)
            enough = len(about) >= MOST or (len(about) % STEP == 0 and suffices(about, nothing))
            if enough or self.clock.monotonic() >= end:
                break
        return judge_times(channel, asker, about, nothing)
