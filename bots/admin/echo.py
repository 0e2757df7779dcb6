"""Completes the answer to a decision with what its room is now, read back from the homeserver. Called by the rounds.

The answer is edited: at first with why it is not so yet, at the end for good, under a claim. What is still to be told
is in the store, so a crash forgets nothing; whoever may not know the group any more is told nothing.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final, Generic, Protocol, TypeVar

import structlog

from bots.kit.commands import Reply, Status
from bots.kit.envelope import Occasion, reply_content
from bots.kit.people import People
from bots.kit.progress import progress_claim
from bots.kit.speaking import Speaker
from bridge.domain.document import Block, Code, Document, Items, Strong, paragraph
from bridge.domain.errors import ErrorKind, HomeserverError
from bridge.domain.messages import Message, say, say_n
from bridge.domain.viewers import Viewer
from bridge.ports.pending import Pending
from bridge.services.partner_readback import TAKE_BACK, PartnerEcho
from bridge.services.readback import Course, Echo

PATIENCE: Final = timedelta(seconds=45)
"""Rooms usually follow within seconds: who sees an answer sooner that nothing has happened learns nothing."""
OVER: Final = "over"
STATUSES: Final = {
    Course.DONE: Status.OK,
    Course.WAITING: Status.OK,
    Course.HELD: Status.HELD,
    Course.STOPPED: Status.ERROR,
}

log = structlog.get_logger()


class Seen(Protocol):
    """What may be told of a decision now."""

    @property
    def furthest_behind(self) -> Course: ...


E = TypeVar("E", bound=Seen)
E_co = TypeVar("E_co", bound=Seen, covariant=True)


class Reads(Protocol[E_co]):
    """Where decisions are kept and looked at: ``ReadBack``, or ``PartnerReadBack``."""

    async def open(self) -> Sequence[Pending]: ...
    async def close(self, item: Pending, course: str) -> None: ...
    async def look(self, item: Pending, viewer: Viewer) -> E_co | None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Echoes(Generic[E]):
    """One bot's answers to decisions that are not complete yet, in ``words``."""

    speaker: Speaker
    people: People
    readback: Reads[E]
    words: Callable[[E], Document]
    _told: dict[str, Document] = field(default_factory=dict, init=False)

    async def tell(self) -> None:
        """Look at every decision that is still to be told of. Raises the ``HomeserverError`` of what has to wait."""
        waiting: HomeserverError | None = None
        for item in await self.readback.open():
            try:
                ended = await self._tell(item)
            except HomeserverError as error:
                if error.kind is ErrorKind.TEMPORARY:
                    waiting = error
                    continue
                log.info("an answer stays as it was", errcode=error.errcode)
                ended = OVER
            if ended:
                self._told.pop(item.key, None)
                await self.readback.close(item, ended)
        if waiting is not None:
            raise waiting

    async def _tell(self, item: Pending) -> str:
        """How it ended; empty while it goes on."""
        late = self.speaker.clock.now() >= item.expires_at
        occasion = Occasion(
            origin=item.document["origin"],
            about=item.document["origin"],
            room_id=item.room_id,
            sender=item.asker,
            language=await self.people.language_of(item.asker),
            thread=item.document["origin"],  # wherever it stands: in a thread or, where that was refused, outside
        )
        shown = await self._answer(occasion)
        if shown is None:
            return OVER if late else ""
        surroundings = await self.speaker.messenger.surroundings(item.room_id)
        echo = await self.readback.look(item, await self.people.sight_of(surroundings, item.asker))
        if echo is None:
            return OVER
        course = echo.furthest_behind
        if course is Course.DONE or late:
            claim = self.speaker.claim(item.kind, occasion.origin)
            await self.speaker.messenger.edit(item.room_id, shown, self._content(echo, item, occasion), claim=claim)
            return str(course)
        await self._not_yet(echo, item, occasion, shown)
        return ""

    async def _answer(self, occasion: Occasion) -> str | None:
        """The message that holds the answer: its own, or the one that told of progress before."""
        claims = progress_claim(self.speaker, occasion), self.speaker.claim("reply", f"{occasion.origin}:1")
        for claim in claims:
            if said := await self.speaker.said(occasion, claim):
                return said
        return None

    async def _not_yet(self, echo: E, item: Pending, occasion: Occasion, shown: str) -> None:
        now = self.words(echo)
        young = self.speaker.clock.now() - item.created_at < PATIENCE
        if self._told.get(item.key) == now or (young and echo.furthest_behind is Course.WAITING):
            return
        await self.speaker.messenger.revise(item.room_id, shown, self._content(echo, item, occasion))
        self._told[item.key] = now

    def _content(self, echo: E, item: Pending, occasion: Occasion) -> dict[str, Any]:
        """Without pointing at the line that is answered: who counts answers by that has counted this one."""
        reply = Reply(self.words(echo), STATUSES[echo.furthest_behind])
        page, *_ = self.speaker.renderer.pages(reply.document, occasion.language)
        content = reply_content(page, occasion, reply, item.document["command"])
        return {key: value for key, value in content.items() if key != "m.relates_to"}


def document_of(echo: Echo) -> Document:
    """What was decided, and what has become of it, group by group."""
    return Document(tuple(block for one in (echo, *echo.beside) for block in _blocks(one)))


def partner_document(echo: PartnerEcho) -> Document:
    """The same of a decision about a partner, room by room."""
    blocks: list[Block] = [paragraph(Strong(echo.name)), _items(echo.effects)]
    if echo.furthest_behind is not Course.DONE:
        blocks.append(paragraph(say("Not yet: {reason}", reason=echo.reason) if echo.reason else say("Not yet.")))
    elif echo.rooms:
        blocks += [paragraph(say("Read back from the homeserver:")), _items(echo.rooms)]
        if echo.more:
            blocks.append(paragraph(say_n("and {count} more", "and {count} more", echo.more)))
    else:
        blocks.append(paragraph(say("It counts from now on.")))
    if echo.back:
        blocks.append(paragraph(TAKE_BACK, " ", Code(echo.back)))
    return Document(tuple(blocks))


def _blocks(echo: Echo) -> list[Block]:
    blocks: list[Block] = [paragraph(Strong(echo.group.name)), _items(echo.effects)]
    if echo.overtaken:
        blocks.insert(1, paragraph(say("Since then something else was decided:")))
        return blocks
    if echo.course is not Course.DONE:
        text = say("Not yet: {reason}", reason=echo.reason) if echo.reason else say("Not yet.")
        blocks.append(paragraph(text))
        return blocks
    if echo.shown:
        blocks += [paragraph(say("Read back from the homeserver, the room is now:")), _items(echo.shown)]
    else:
        blocks.append(paragraph(echo.person or say("It counts from now on.")))
    if echo.reason is not None:
        blocks.append(paragraph(echo.reason))
    return blocks


def _items(rows: tuple[Message, ...]) -> Items:
    return Items(tuple((row,) for row in dict.fromkeys(rows)))
