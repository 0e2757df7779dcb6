"""Saying what a bot has to say: replies in pages, and the question under them. Used by ``talk`` and ``reacting``."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Final, TypeAlias

import structlog

from bots.kit.answering import Answer
from bots.kit.commands import Confirmation
from bots.kit.envelope import Occasion, file_content, reply_content
from bots.kit.reactions import YES
from bots.kit.rendering import Renderer
from bridge.domain.errors import ErrorKind, HomeserverError
from bridge.ports.clock import Clock
from bridge.ports.messenger import Messenger
from bridge.ports.pending import Pending
from bridge.ports.store import Store, UnitOfWork

THREAD: Final = "io.parvis.thread"
"""Key in a confirmation's document: the thread in which it was asked, since a reaction does not tell."""

ASKED: Final = "asked"
"""Under which it is kept of each person what they were asked last: the room and the key of the question, and ``PAST``
once something newer was said there."""
PAST: Final = "past"

Content: TypeAlias = dict[str, Any]

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Speaker:
    """One bot's way of speaking. Everything is claimed by the event that it answers, so that a repeated event says
    nothing twice."""

    messenger: Messenger
    renderer: Renderer
    store: Store
    clock: Clock

    async def reply(self, occasion: Occasion, answer: Answer, *, instead_of: str | None = None) -> Sequence[str]:
        """Reply, in place of the message ``instead_of`` when there is one, with its files below it, and ask
        for the confirmation if any. Gives the events of its pages."""
        item = await self._ask(occasion, answer.reply.confirmation)
        shown: list[str] = []
        for number, page in enumerate(self.renderer.pages(answer.reply.document, occasion.language), start=1):
            claim = self.claim("reply", f"{occasion.origin}:{number}")
            content = partial(reply_content, page, reply=answer.reply, command=answer.command)
            if instead_of and number == 1:
                await self.messenger.edit(occasion.room_id, instead_of, content(occasion), claim=claim)
                shown.append(instead_of)
            else:
                shown.append(await self.say(occasion, claim, content))
        for number, file in enumerate(answer.reply.files, start=1):
            await self.say(occasion, self.claim("file", f"{occasion.origin}:{number}"), partial(file_content, file))
        if item is not None:
            await self.show(item, occasion.room_id, shown)
        if answer.reply.shown is not None:
            await answer.reply.shown(shown)
        return shown

    async def say(self, occasion: Occasion, claim: str, content: Callable[[Occasion], Content]) -> str:
        """Send once; gives the event id.

        Synapse refuses a relation to an event that it does not know: a thread begun before its server came, or
        elsewhere. What is said then stands outside the thread.
        """
        try:
            return await self.messenger.send(occasion.room_id, content(occasion), claim=claim)
        except HomeserverError as error:
            if error.kind is ErrorKind.TEMPORARY or not occasion.thread:
                raise
        outside = content(occasion.unthreaded())
        return await self.messenger.send(occasion.room_id, outside, claim=_unthreaded(claim))

    async def said(self, occasion: Occasion, claim: str) -> str | None:
        """What ``say`` said under this claim before, perhaps in an earlier life."""
        for one in (claim, _unthreaded(claim)) if occasion.thread else (claim,):
            try:
                if event_id := await self.messenger.said(one):
                    return event_id
            except HomeserverError as error:
                if error.kind is ErrorKind.TEMPORARY:
                    raise
                log.info("an interrupted message is refused", errcode=error.errcode)
        return None

    async def mark(self, room_id: str, event_id: str, emoji: str) -> None:
        """Put the emoji there, so that one tap answers. Where that is not allowed, people can still do so."""
        try:
            await self.messenger.react(room_id, event_id, emoji, claim=self.claim("mark", f"{event_id}:{emoji}"))
        except HomeserverError as error:
            if error.kind is ErrorKind.TEMPORARY:
                raise
            log.info("a reaction is refused", errcode=error.errcode)

    def claim(self, purpose: str, key: str) -> str:
        """The claim of one message of this bot."""
        return f"{purpose}:{self.messenger.user_id}:{key}"

    async def _ask(self, occasion: Occasion, confirmation: Confirmation | None) -> Pending | None:
        """Stored before the message is claimed: a message never shows more than what its question will do. Where a
        crash comes between, the repeated command may show a newer plan than is stored; then the fingerprints differ."""
        if confirmation is None:
            return None
        now = self.clock.now()
        item = Pending(
            key=self.claim("confirm", occasion.origin),
            kind=confirmation.kind,
            asker=occasion.sender,
            room_id=occasion.room_id,
            document={**confirmation.document, THREAD: occasion.thread},
            created_at=now,
            expires_at=now + confirmation.lasts,
        )
        async with self.store.work() as work:
            await work.preferences.put(item.asker, self._asked, f"{item.room_id} {item.key}")
            return await work.pending.put(item)

    async def asked_last(self, user_id: str, room_id: str) -> Pending | None:
        """What the person was asked last, if that was there, open or not; None where something newer waits."""
        async with self.store.view() as view:
            where, key, past = await self._last(view, user_id)
            item = await view.pending.get(key) if where == room_id else None
        return None if item and past and not item.settled else item  # a yes heard again must find its question

    async def moved_on(self, user_id: str, room_id: str, event_id: str = "") -> None:
        """Something newer waits there for a word, said about the event: what was asked before is answered below its own
        message alone. Not what that event itself made the bot ask."""
        async with self.store.view() as view:
            where, key, past = await self._last(view, user_id)
        if where == room_id and not past and key != self.claim("confirm", event_id):
            async with self.store.work() as work:
                await work.preferences.put(user_id, self._asked, f"{where} {key} {PAST}")

    async def _last(self, view: UnitOfWork, user_id: str) -> tuple[str, str, bool]:
        where, _, rest = (await view.preferences.get(user_id, self._asked) or "").partition(" ")
        key, _, past = rest.partition(" ")
        return where, key, past == PAST

    @property
    def _asked(self) -> str:
        return f"{ASKED} {self.messenger.user_id}"

    async def show(self, item: Pending, room_id: str, shown: Sequence[str]) -> None:
        """These events show the question: a tap below any of them answers it."""
        async with self.store.work() as work:
            for event_id in shown:
                await work.pending.attach(item.key, event_id, room_id=room_id)
        await self.mark(room_id, shown[-1], YES)


def _unthreaded(claim: str) -> str:
    return f"{claim}:unthreaded"
