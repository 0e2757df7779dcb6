"""Brings one digest to one reader, exactly once: claim, send, mark. Called by ``postman``.

The reader and the week are claimed by a row in the store, which others pass over while it lasts; messages are claimed
by reader, week and page. Whoever dies in between leaves a claim that runs out, and whoever takes it over says what is
not said yet, under the same claims.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

import structlog

from bots.digest.picture import Pictures
from bots.digest.preparing import Prepared, shown_in
from bots.digest.rooms import GroupRooms
from bots.digest.words import document_of
from bots.kit.rendering import message_content
from bots.kit.speaking import Speaker
from bridge.domain.digest import Digest, Week
from bridge.domain.errors import ErrorKind, HomeserverError
from bridge.domain.ids import server_of
from bridge.domain.messages import Language
from bridge.domain.rooms import Membership
from bridge.domain.sending import Because, Choices, Delivery, Sending, group_of
from bridge.services.society import Society

HOLD: Final = timedelta(minutes=5)
"""For how long a claim is held: many times as long as sending takes."""
PATIENCE: Final = timedelta(minutes=10)
"""After which it is looked again whether somebody has come into the conversation, where nobody heard of it."""
ARRIVING: Final = timedelta(seconds=20)
"""So long after somebody of another homeserver came in nothing is said: what is written in the moment in which a
homeserver's first member joins reaches it with the next event only (Synapse)."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Courier:
    """One process' (``holder``), which holds a claim for the time ``hold``. ``rooms`` are those of groups.
    ``limit``: for how long what was claimed may wait, for an invitation to be accepted among others."""

    society: Society
    speaker: Speaker
    rooms: GroupRooms
    company: str
    holder: str
    limit: timedelta
    hold: timedelta = HOLD
    pictures: Pictures | None = None

    async def bring(self, reader: str, week: Week, prepared: Prepared) -> Delivery | None:
        """Send what was prepared, unless somebody did, or does; gives what became of it, None where it is somebody
        else's. Raises the ``HomeserverError`` of what has to wait, and ``StoreError``: then it is claimed, and comes
        again."""
        delivery = await self._claim(reader, week, prepared)
        if delivery is None:
            return None
        try:
            if await self._is_said(delivery):
                return await self._send(delivery, delivery.room, prepared.digest)
            if prepared.digest is None:
                return await self._conclude(delivery, Sending.SKIPPED, Because.NOTHING)
            if self._now - delivery.at > self.limit:
                return await self._conclude(delivery, Sending.SKIPPED, Because.LATE)
            delivery = replace(delivery, items=shown_in(prepared.digest), openly=prepared.openly)
            found = await self._place(reader)
            if isinstance(found, Because):
                return await self._not_now(delivery, found)
            return await self._send(await self._keep(replace(delivery, room=found)), found, prepared.digest)
        except HomeserverError as error:
            if error.kind is ErrorKind.TEMPORARY:
                raise
            log.info("a digest is refused", errcode=error.errcode)
            return await self._conclude(delivery, Sending.FAILED, Because.REFUSED)

    async def arrived(self, reader: str) -> None:
        """Somebody came in whose digest may wait for that: it is sent soon. Raises ``StoreError``."""
        soon = self._now + ARRIVING
        async with self.society.store.work() as work:
            for one in await work.digests.of_reader(reader):
                if one.state is Sending.CLAIMED and one.because is Because.UNANSWERED:
                    await work.digests.put(replace(one, until=soon))

    async def skip(self, reader: str, week: Week, because: Because) -> None:
        """A digest that is not sent any more. Raises ``StoreError``."""
        async with self.society.store.work() as work:
            claimed = await work.digests.claim(self._wanted(reader, week, Sending.SENT), now=self._now)
            if claimed is not None and not claimed.room:
                await work.digests.put(self._concluded(claimed, Sending.SKIPPED, because))

    async def _claim(self, reader: str, week: Week, prepared: Prepared) -> Delivery | None:
        """What is certain at once is stored at once: most readers of a quiet week get nothing."""
        async with self.society.store.work() as work:
            claimed = await work.digests.claim(self._wanted(reader, week, prepared.openly), now=self._now)
            if claimed is not None and not claimed.room and prepared.digest is None:
                await work.digests.put(self._concluded(claimed, Sending.SKIPPED, Because.NOTHING))
                return None
            return claimed

    def _wanted(self, reader: str, week: Week, openly: Sending) -> Delivery:
        return Delivery(
            reader=reader,
            week=str(week),
            ends=week.until,
            state=Sending.CLAIMED,
            at=self._now,
            holder=self.holder,
            until=self._now + self.hold,
            openly=openly,
        )

    async def _is_said(self, delivery: Delivery) -> bool:
        """Whether an earlier process began to say it; what it was saying when it died is said now."""
        voice = self._voice(delivery.reader).messenger
        return bool(delivery.room) and await voice.said(self._claim_of(delivery, "1")) is not None

    async def _place(self, reader: str) -> str | Because:
        """Where it is said. Who left the conversation wants none any more, and who has not come in since the
        last digest gets no other one. Whoever is on another homeserver has to come in first (``ARRIVING``)."""
        if (group := group_of(reader)) is not None:
            return await self.rooms.place(group)
        messenger = self.speaker.messenger
        if known := await messenger.conversation_with(reader):
            return known
        if before := await self._before(reader):
            members = (await messenger.surroundings(before)).members
            return Because.UNANSWERED if members.get(reader) is Membership.INVITE else Because.LEFT
        room = await messenger.direct_room(reader)
        if server_of(reader) == self.society.server_name:
            return room
        members = (await messenger.surroundings(room)).members
        return Because.UNANSWERED if members.get(reader) is Membership.INVITE else room

    def _voice(self, reader: str) -> Speaker:
        return self.speaker if group_of(reader) is None else self.rooms.keeper

    async def _before(self, reader: str) -> str:
        async with self.society.store.view() as view:
            return next((one.room for one in await view.digests.of_reader(reader, 3) if one.events), "")

    async def _not_now(self, delivery: Delivery, because: Because) -> Delivery:
        if because is Because.UNANSWERED:
            return await self._keep(replace(delivery, until=self._now + PATIENCE, because=because))
        if because is Because.ENCRYPTED and (group := group_of(delivery.reader)):
            await self.rooms.tell_owners(group, week=delivery.week)
        concluded = self._concluded(delivery, Sending.SKIPPED, because)
        async with self.society.store.work() as work:
            if because in (Because.LEFT, Because.ENCRYPTED):
                chosen = await work.digests.choices(delivery.reader) or Choices(reader=delivery.reader)
                await work.digests.put_choices(replace(chosen, on=False))
            await work.digests.put(concluded)
        return concluded

    async def _send(self, delivery: Delivery, room: str, digest: Digest | None) -> Delivery:
        """What is said already keeps its words, and its items."""
        if digest is None:
            return await self._conclude(delivery, Sending.SENT, None)
        language = await self._language(delivery.reader)
        is_first = group_of(delivery.reader) is None and not await self._before(delivery.reader)
        words = document_of(digest, first_from=self.company if is_first else "")
        events = []
        for number, page in enumerate(self.speaker.renderer.pages(words, language), start=1):
            claim = self._claim_of(delivery, str(number))
            voice = self._voice(delivery.reader).messenger
            events.append(await voice.send(room, message_content(page, "m.text"), claim=claim))
        if self.pictures is not None:
            claim = self._claim_of(delivery, "picture")
            if picture := await self.pictures.content(digest, language, origin=claim):
                events.append(await self._voice(delivery.reader).messenger.send(room, picture, claim=claim))
        return await self._conclude(replace(delivery, events=tuple(events)), Sending.SENT, None)

    async def _language(self, reader: str) -> Language:
        group, access = group_of(reader), self.society.access()
        if group is None:
            return await self.society.language_of(reader)
        found = access.facts.directory.groups.get(group) if access else None
        return found.language if found and found.language else self.society.default_language

    def _claim_of(self, delivery: Delivery, part: str) -> str:
        return self._voice(delivery.reader).claim("digest", f"{delivery.reader}:{delivery.week}:{part}")

    async def _keep(self, delivery: Delivery) -> Delivery:
        async with self.society.store.work() as work:
            await work.digests.put(delivery)
        return delivery

    async def _conclude(self, delivery: Delivery, state: Sending, because: Because | None) -> Delivery:
        return await self._keep(self._concluded(delivery, state, because))

    def _concluded(self, delivery: Delivery, state: Sending, because: Because | None) -> Delivery:
        """What would have been nothing without hidden groups is counted as that, whatever came in between."""
        openly = Sending.SKIPPED if delivery.openly is Sending.SKIPPED else state
        if delivery.openly is Sending.SKIPPED and state is Sending.SKIPPED:
            because = Because.NOTHING
        return replace(delivery, state=state, because=because, openly=openly, at=self._now, holder="", until=None)

    @property
    def _now(self) -> datetime:
        return self.speaker.clock.now()
