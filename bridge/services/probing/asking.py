"""Asks over every channel, about the hidden group, about nothing and about what may be seen. For ``running``."""

import asyncio
import re
from dataclasses import dataclass, field, replace
from typing import Final, TypeAlias

from bridge.domain.ids import localpart_of
from bridge.domain.secrecy import READ, SAY, Asker, Exchange, Probed, Seen, Subject
from bridge.ports.clock import Clock
from bridge.ports.probes import Probes
from bridge.rules.probing.clients import DIRECTORY, INVITATION, NOTIFIED, PRESENCE
from bridge.rules.probing.judging import judge, unasked
from bridge.rules.probing.shape import Channel, Proof
from bridge.services.applying.results import Progress
from bridge.services.probing.casting import Cast

SLOW: Final = 15.0
"""Seconds in which homeservers show what they show later, and a running bridge hears of a new group."""
AGAIN: Final = 0.5
SOON: Final = 3.0
"""Seconds in which a homeserver of several processes shows what it keeps, if it does."""
COMING: Final = (Asker.STRANGER, Asker.COLLEAGUE)
"""Accounts of ours that enter the open room, and can then be found by each other."""
SILENCE: Final = Seen()

Asked: TypeAlias = list[tuple[Channel, Asker, Exchange]]
Lists: TypeAlias = dict[tuple[str, Asker], Seen]


@dataclass(slots=True, kw_only=True)
class Asking:
    """``users`` are the accounts of a run, by who they play; ``channels`` those over which they ask."""

    probes: Probes
    clock: Clock
    users: dict[Asker, str]
    channels: tuple[Channel, ...]
    progress: Progress
    _found: dict[str, Seen] = field(default_factory=dict, init=False)

    async def lists(self, nothing: Subject) -> Lists:
        """What lists show before there is the group, and what its member was told already."""
        found: Lists = {}
        for channel in self.channels:
            if channel.proof is Proof.LIST and (channel.steady or channel is INVITATION):
                may_ask = not channel.question.lacks(nothing)
                askers = [asker for asker in channel.askers if may_ask and self._can_ask(asker)]
                seen = await asyncio.gather(*(self._ask(channel, one, nothing) for one in askers))
                found |= {(channel.name, asker): one for asker, one in zip(askers, seen, strict=True)}
        return found

    async def everything(self, cast: Cast, before: Lists) -> Asked:
        """One exchange per channel and asker, empty where there is nobody to ask as."""
        total, asked = sum(len(channel.askers) for channel in self.channels), list[tuple[Channel, Asker, Exchange]]()
        for channel in self.channels:
            self.progress(len(asked), total)
            if channel is NOTIFIED[0]:
                await self.probes.speak(cast.seen["room"], f"{cast.seen['name']}!")
            if channel.question.method == SAY:
                await self._found_by_member(channel, cast)  # from then on the running bridge knows of the group
            askers = channel.askers
            found = (self._exchange(channel, asker, cast, before.get((channel.name, asker))) for asker in askers)
            exchanges = list(zip(askers, await asyncio.gather(*found), strict=True))
            if channel is DIRECTORY and cast.seen["listed"] == cast.seen["room"]:
                exchanges = await self._listed_for_a_moment(exchanges, cast)
            asked += ((channel, asker, exchange) for asker, exchange in exchanges)
            if channel is INVITATION:
                cast = await self._inhabited(cast)
        return asked

    async def _inhabited(self, cast: Cast) -> Cast:
        """The member comes in, and something is said; before they are in they could not read it."""
        room_id, name = cast.canary["room"], cast.canary["name"]
        if Asker.MEMBER in self.users:
            await self.probes.enter(Asker.MEMBER, room_id)
        return replace(cast, canary={**cast.canary, "event": await self.probes.speak(room_id, name)})

    async def _listed_for_a_moment(
        self, exchanges: list[tuple[Asker, Exchange]], cast: Cast
    ) -> list[tuple[Asker, Exchange]]:
        """With what they find in the room directory, in which no group stands, once the open room does."""
        asked = [asker for asker, exchange in exchanges if exchange.about is not None]
        room_id = cast.seen["room"]
        try:
            listed = await self.probes.publish(room_id) if asked else False
            seen = await asyncio.gather(*(self._ask(DIRECTORY, one, cast.canary) for one in asked)) if listed else ()
        finally:
            await self.probes.unpublish(room_id)
        controls = dict(zip(asked, seen, strict=False))
        return [(one, replace(exchange, control=controls.get(one, exchange.control))) for one, exchange in exchanges]

    async def judged(self, asked: Asked, cast: Cast) -> list[Probed]:
        """The lines, once the group is gone: lists that were longer are looked at once more."""
        return [await self._judged(channel, asker, exchange, cast) for channel, asker, exchange in asked]

    async def _judged(self, channel: Channel, asker: Asker, exchange: Exchange, cast: Cast) -> Probed:
        if exchange.about is None:
            return unasked(channel, asker)
        if channel.proof is Proof.LIST and channel.steady and exchange.about != exchange.nothing:
            exchange = replace(exchange, after=await self._ask(channel, asker, cast.nothing))
        inside = asker is Asker.MEMBER
        known = {*channel.question.named(cast.canary), *([cast.canary["room"]] if inside else ())}
        # Checks share one group: its id stands in what the bot answered its member in an earlier one.
        told = exchange.nothing.text if inside and exchange.nothing is not None else ""
        words = [word for word in cast.words if word not in known and word not in told]
        return judge(channel, asker, exchange, words=words, shows=_shows(channel, asker, cast))

    async def _ask(self, channel: Channel, asker: Asker, subject: Subject) -> Seen:
        seen = await self.probes.ask(asker, channel.question, subject)
        return replace(seen, text=re.sub(channel.moves, "", seen.text)) if channel.moves else seen

    async def _exchange(self, channel: Channel, asker: Asker, cast: Cast, before: Seen | None) -> Exchange:
        question = channel.question
        if not self._can_ask(asker) or question.lacks(cast.canary):
            return Exchange()
        subjects = (cast.canary, cast.nothing) if channel.proof is Proof.TWIN else (cast.canary,)
        about, *nothings = await asyncio.gather(*(self._ask(channel, asker, one) for one in subjects))
        if channel.slow and not channel.steady:
            about = await self._awaited(channel, asker, cast, about)
        nothing = nothings[0] if nothings else before
        control = await self._control(channel, asker, cast, about, nothing)
        beside = await self._beside(channel, asker, cast) if channel.beside else None
        return Exchange(about=about, nothing=nothing, control=control, beside=beside)

    async def _beside(self, channel: Channel, asker: Asker, cast: Cast) -> Seen:
        """The answer about the hidden group's room and somebody who is not in it."""
        others = {**cast.canary, "self": self.users[asker]}
        return await self._ask(channel, asker, {**others, "inside": others[channel.beside]})

    async def _awaited(self, channel: Channel, asker: Asker, cast: Cast, about: Seen) -> Seen:
        """The answer once it holds what may be seen."""
        shows, end = _shows(channel, asker, cast), self.clock.monotonic() + SLOW
        while shows not in about.text and about.status and self.clock.monotonic() < end:
            await self.clock.sleep(AGAIN)
            about = await self._ask(channel, asker, cast.canary)
        return about

    async def _control(self, channel: Channel, asker: Asker, cast: Cast, about: Seen, nothing: Seen | None) -> Seen:
        """What may be seen, asked for again where homeservers are slow to show it."""
        question, subject = channel.question, self._seen_by(asker, _control_of(asker, cast))
        if question.method == SAY and (channel.proof is Proof.TWIN or channel.witness is not None):
            return await self._found_by_member(channel, cast)
        if (question.method == SAY or question.bridge) and not self.is_known():
            return SILENCE
        if channel.witness is not None:
            witness, asked = channel.witness
            return await self.probes.ask(witness, asked, cast.canary) if self._can_ask(witness) else SILENCE
        if question.method == READ or question.about(subject) == question.about(cast.canary):
            return about
        if channel is PRESENCE:
            await self.probes.appear()  # not before: without a member it is the bot itself that is asked about
        end = self.clock.monotonic() + (SLOW if channel.slow else SOON if channel.unkept else 0.0)
        while True:
            # Whether anything is kept is seen of all that is answered, what moves included.
            asking = self.probes.ask(asker, question, subject) if channel.unkept else self._ask(channel, asker, subject)
            seen = await asking
            if seen != nothing or self.clock.monotonic() >= end:
                return seen
            await self.clock.sleep(AGAIN)

    async def _found_by_member(self, channel: Channel, cast: Cast) -> Seen:
        """What a bot tells the member about the group, once it does: a bridge that runs hears of the group, and of the
        member's coming, a while after both. Silence where it does not."""
        if Asker.MEMBER not in self.users or (channel.proof is Proof.LIST and channel.witness is None):
            return SILENCE
        if channel.name not in self._found:
            end, listed = self.clock.monotonic() + SLOW, channel.proof is Proof.LIST
            shows = channel.shows.format(**cast.canary) if listed else ""
            nothing = SILENCE if listed else await self._ask(channel, Asker.MEMBER, cast.nothing)
            while True:
                seen = await self._ask(channel, Asker.MEMBER, cast.canary)
                found = seen != nothing and shows in seen.text
                if found or self.clock.monotonic() >= end:
                    break
                await self.clock.sleep(AGAIN)
            self._found[channel.name] = seen if found else SILENCE
        return self._found[channel.name]

    def is_known(self) -> bool:
        """Whether the running bridge knows of the group, for its member found it: before that it has nothing to hide,
        and its answers prove nothing."""
        return any(seen.status for seen in self._found.values())

    def _seen_by(self, asker: Asker, subject: Subject) -> Subject:
        """With somebody else who came into the open room, and can be found because of that."""
        others = (localpart_of(user) for one, user in self.users.items() if one in COMING and one is not asker)
        return {**subject, "term": next(others, subject["term"])}

    def _can_ask(self, asker: Asker) -> bool:
        return asker is Asker.ANYBODY or asker in self.users


def _control_of(asker: Asker, cast: Cast) -> Subject:
    """What may be seen: for a member it is the group itself."""
    return cast.canary if asker is Asker.MEMBER else cast.seen


def _shows(channel: Channel, asker: Asker, cast: Cast) -> str:
    """What the control has to hold; empty where nothing could be in it."""
    if channel.witness is not None:
        return channel.shows.format(**cast.canary)
    return channel.shows if channel.question.method == SAY else channel.shows.format(**_control_of(asker, cast))
