"""The policy file as it counts: the last good reading stays in force while the file cannot be understood.

Asked at each look, before what is decided about groups is laid over the directory.
"""

from dataclasses import dataclass, field
from typing import Final

import msgspec

from bridge.domain.errors import ParvisError
from bridge.domain.findings import Finding
from bridge.domain.messages import say
from bridge.domain.policy import FilePolicy
from bridge.ports.clock import Clock
from bridge.ports.policies import PolicyReading, PolicySource
from bridge.ports.store import Store

SNAPSHOT: Final = "policies"


@dataclass(frozen=True, slots=True)
class Rules:
    """What the policy file says, and what is to be said about how it was read. ``stamp`` changes with it."""

    policy: FilePolicy
    stamp: str = ""
    findings: tuple[Finding, ...] = ()


class Kept(msgspec.Struct, frozen=True):
    """A good reading as it is stored."""

    policy: FilePolicy
    stamp: str


_kept: Final = msgspec.msgpack.Decoder(Kept).decode


@dataclass(slots=True, kw_only=True)
class PolicyKeeper:
    """Reads the policy file. Keeps the last good answer in memory and, sealed, in the store."""

    source: PolicySource
    store: Store
    clock: Clock
    _last: Rules | None = field(default=None, init=False)

    async def read(self, *, again: bool, keep: bool) -> Rules:
        """What counts; with ``again`` the file is read first, and with ``keep`` this reading counts from now on.

        A file that fails leaves the last good reading in force and says so; without one its error is raised.
        """
        last = await self._load()
        if last is not None and not again:
            return last
        try:
            reading = await self.source.read()
        except ParvisError:
            if last is None:
                raise
            text = say("The policy file cannot be read, its last good reading stays in force; parvis check says why.")
            return Rules(last.policy, last.stamp, (Finding("policies-unreadable", "policies", text),))
        rules = Rules(reading.policy, reading.stamp, tuple(_warnings(reading)))
        if keep and (last is None or last.policy != rules.policy or last.stamp != rules.stamp):
            async with self.store.work() as work:
                data = msgspec.msgpack.encode(Kept(rules.policy, rules.stamp))
                await work.snapshots.save(SNAPSHOT, data, at=self.clock.now())
        if keep:
            self._last = rules
        return rules

    async def _load(self) -> Rules | None:
        if self._last is None:
            async with self.store.view() as view:
                kept = await view.snapshots.load(SNAPSHOT)
            if kept is not None:
                stored = _kept(kept[0])
                self._last = Rules(stored.policy, stored.stamp)
        return self._last


def _warnings(reading: PolicyReading) -> list[Finding]:
    return [Finding("policy-warning", str(one.spot), one.message) for one in reading.warnings]
