"""One secrecy check: a hidden group lives for a while, real clients ask about it over every channel, and what they saw
is judged and kept. Called by the command line and by ``watching``.
"""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Final

import structlog

from bridge.domain.directory import GroupState
from bridge.domain.errors import ErrorKind, ParvisError
from bridge.domain.ids import localpart_of
from bridge.domain.messages import say
from bridge.domain.rooms import COMPANY, group_room
from bridge.domain.secrecy import Asker, Exchange, Probed, SecrecyReport, Seen, Subject
from bridge.ports.probes import Probes, Traces
from bridge.rules.probing.channels import CHANNELS, Channel, Proof
from bridge.rules.probing.judging import judge, unasked
from bridge.services.policies import Policies
from bridge.services.probing.canary import CanaryGroup
from bridge.services.probing.kept import Kept, keep_report, keep_state, state_of, word
from bridge.services.world import World

LEASE: Final = "secrecy"
LASTS: Final = 600.0
"""Seconds after which a run that died is over; none takes longer."""
NAME: Final = 12
"""Letters of a random name: nothing else holds them."""
SLOW: Final = 15.0
"""Seconds in which homeservers show what they show later."""
AGAIN: Final = 0.5
COMING: Final = (Asker.STRANGER, Asker.COLLEAGUE)
"""Accounts of ours that enter the open room."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Cast:
    """What one run asks about: the hidden group, nothing, and what may be seen; ``words`` betray the group."""

    canary: Subject
    nothing: Subject
    open: Subject
    words: tuple[str, ...]


@dataclass(slots=True, kw_only=True)
class Probing:
    """``aliases`` is how the addresses of listed groups begin, ``server`` our homeserver's name."""

    policies: Policies
    probes: Probes
    server: str
    aliases: str
    _users: dict[Asker, str] = field(default_factory=dict, init=False)

    async def run(self, by: str, *, progress: Callable[[int, int], None] = lambda _done, _total: None) -> SecrecyReport:
        """Ask everything once; ``by`` is who wanted it. Everything made for it is taken away again.

        Raises ``ParvisError`` where it cannot be done at all; what cannot be asked is a line of the report.
        """
        store, clock = self.policies.store, self.policies.clock
        async with self._alone():
            kept = await state_of(store, self.policies.chance)
            group = CanaryGroup(policies=self.policies, id=kept.group)
            await self._tidy(kept, group)  # what a run that died left
            kept = replace(kept, traces=self._new_traces())
            await keep_state(store, kept, at=clock.now())
            try:
                rows = await self._probe(kept, group, progress)
            finally:
                await self._tidy(kept, group)
            report = SecrecyReport(at=clock.now(), by=by, rows=tuple(rows))
            await keep_report(store, report)
        log.info("secrecy was checked", leaks=len(report.leaks), probes=len(rows))
        return report

    def _new_traces(self) -> Traces:
        chance = self.policies.chance
        return Traces(alias=self.aliases + word(chance, NAME), account=f"secrecy-{word(chance, NAME)}")

    async def _tidy(self, kept: Kept, group: CanaryGroup) -> None:
        await group.retire()
        if kept.traces is not None:
            await self.probes.tidy(kept.traces)
            await keep_state(self.policies.store, replace(kept, traces=None), at=self.policies.clock.now())

    @asynccontextmanager
    async def _alone(self) -> AsyncIterator[None]:
        """Two checks would find each other's rooms."""
        store, clock, holder = self.policies.store, self.policies.clock, self.policies.chance.token()
        async with store.work() as work:
            taken = await work.leases.take(LEASE, holder, now=clock.now(), seconds=LASTS)
        if not taken:
            raise ParvisError(say("A secrecy check is under way already."), kind=ErrorKind.CONFLICT)
        try:
            yield
        finally:
            async with store.work() as work:
                await work.leases.release(LEASE, holder)

    async def _probe(self, kept: Kept, group: CanaryGroup, progress: Callable[[int, int], None]) -> list[Probed]:
        assert kept.traces is not None
        chance, name = self.policies.chance, word(self.policies.chance, NAME)
        self._users = await self.probes.gather(kept.traces)
        opened = await self.probes.open_room(kept.traces, word(chance, NAME))
        world = await self.policies.reconciler.glance(read=False)
        same = {"server": self.server, "company": world.room_ids().get(COMPANY, ""), "listed": _listed(world)}
        open_ = {**same, "room": opened.room_id, "alias": opened.alias, "name": opened.name, "event": opened.event_id,
                 "term": opened.name}  # fmt: skip
        twin = word(chance, NAME)
        nothing = {**same, "room": _like(opened.room_id, chance.token() + chance.token()), "name": twin, "term": twin,
                   "alias": f"#{self.aliases}{word(chance, 16)}:{self.server}",
                   "event": "$" + (chance.token() + chance.token())[:43]}  # fmt: skip
        before = await self._lists(nothing)
        room_id = await group.make(name, self._member(world))
        event_id = await self.probes.speak(room_id, name)
        canary = {**same, "room": room_id, "alias": f"#{self.aliases}{kept.group}:{self.server}", "name": name,
                  "term": name, "event": event_id}  # fmt: skip
        cast = Cast(canary=canary, nothing=nothing, open=open_, words=(name, room_id, kept.group))
        found = await self._ask_all(cast, before, progress)
        await group.retire()
        return [await self._judged(channel, asker, exchange, cast) for channel, asker, exchange in found]

    async def _lists(self, subject: Subject) -> dict[tuple[str, Asker], Seen]:
        """What lists show before there is the group."""
        lists = [one for one in CHANNELS if one.proof is Proof.LIST and one.steady]
        return {
            (channel.name, asker): await self.probes.ask(asker, channel.question, subject)
            for channel in lists
            for asker in channel.askers
            if self._can_ask(asker)
        }

    async def _ask_all(
        self, cast: Cast, before: dict[tuple[str, Asker], Seen], progress: Callable[[int, int], None]
    ) -> list[tuple[Channel, Asker, Exchange]]:
        asked = [(channel, asker) for channel in CHANNELS for asker in channel.askers]
        found = []
        for number, (channel, asker) in enumerate(asked):
            progress(number, len(asked))
            exchange = Exchange()
            if self._can_ask(asker):
                exchange = await self._exchange(channel, asker, cast, before.get((channel.name, asker)))
            found.append((channel, asker, exchange))
        return found

    async def _exchange(self, channel: Channel, asker: Asker, cast: Cast, before: Seen | None) -> Exchange:
        about = await self.probes.ask(asker, channel.question, cast.canary)
        nothing = before
        if channel.proof is Proof.TWIN:
            nothing = await self.probes.ask(asker, channel.question, cast.nothing)
        control = await self._control(channel, asker, cast, nothing)
        return Exchange(about=about, nothing=nothing, control=control)

    async def _control(self, channel: Channel, asker: Asker, cast: Cast, nothing: Seen | None) -> Seen:
        """What may be seen, asked again for a while where homeservers are slow to show it."""
        clock = self.policies.clock
        end = clock.monotonic() + SLOW
        while True:
            seen = await self.probes.ask(asker, channel.question, self._seen_by(asker, cast.open))
            if not channel.slow or seen != nothing or clock.monotonic() >= end:
                return seen
            await clock.sleep(AGAIN)

    async def _judged(self, channel: Channel, asker: Asker, exchange: Exchange, cast: Cast) -> Probed:
        if not self._can_ask(asker):
            return unasked(channel, asker)
        if channel.proof is Proof.LIST and exchange.about != exchange.nothing:
            exchange = replace(exchange, after=await self.probes.ask(asker, channel.question, cast.nothing))
        words = [word for word in cast.words if word not in channel.question.named(cast.canary)]
        return judge(channel, asker, exchange, words=words, shows=channel.shows.format(**cast.open))

    def _seen_by(self, asker: Asker, subject: Subject) -> Subject:
        """With somebody else who came into the open room, and can be found because of that."""
        others = (localpart_of(user) for one, user in self._users.items() if one in COMING and one is not asker)
        return {**subject, "term": next(others, subject["term"])}

    def _can_ask(self, asker: Asker) -> bool:
        return asker is Asker.ANYBODY or asker in self._users

    def _member(self, world: World) -> str:
        """Only people of the directory belong to groups."""
        user = self._users.get(Asker.MEMBER, "")
        return user if user in world.facts.employees else ""


def _listed(world: World) -> str:
    """The room of a group that stands in the room directory; empty when there is none."""
    rooms = world.room_ids()
    groups = world.facts.directory.groups.values()
    listed = (group_room(group.id) for group in groups if group.listed and group.state is GroupState.ACTIVE)
    return next((rooms[ref] for ref in listed if ref in rooms), "")


def _like(room_id: str, letters: str) -> str:
    """An id of no room, of the same form as ``room_id``: since room version 12 without a server."""
    sigil, server = room_id[:1], room_id.partition(":")[2]
    length = len(room_id.partition(":")[0]) - 1
    return f"{sigil}{letters[:length]}:{server}" if server else sigil + letters[:length]
