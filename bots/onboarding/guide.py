"""Leads people along their paths: takes what they do, keeps where they are, says what is owed. Exactly once.

What an input leads to is stored with the progress, in one unit of work; then it is said, each message under a claim,
and struck off. Whatever dies in between, the rounds go on with what is still owed (``crowd``).
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Final
from weakref import WeakValueDictionary

import structlog

from bots.kit.reactions import YES
from bots.kit.rendering import message_content
from bots.kit.speaking import Speaker
from bots.onboarding.library import Library
from bots.onboarding.paths import Path, Step
from bots.onboarding.stepping import step
from bots.onboarding.telling import Reader, Teller
from bridge.domain.document import Document
from bridge.domain.errors import ErrorKind, HomeserverError
from bridge.domain.ids import server_of
from bridge.domain.messages import Language
from bridge.domain.onboarding import Effect, EffectKind, Input, InputKind, Owed, Progress, ProgressKey, Word
from bridge.domain.rooms import Membership
from bridge.domain.viewers import alone
from bridge.ports.messenger import Surroundings
from bridge.ports.store import UnitOfWork
from bridge.rules.partners import partner_of
from bridge.rules.viewing import PRESENT
from bridge.services.buddies import volunteer, withdraw
from bridge.services.society import LANGUAGE, Society

ASKING: Final = frozenset(
    {Word.STEP, Word.OFFER, Word.UNCLEAR, Word.ASKED, Word.WHO, Word.HELP, Word.ODD, Word.REMINDER}
)
"""What one may answer by reacting to it."""
NUMBERS: Final = ("1️⃣", "2️⃣", "3️⃣", "4️⃣", "5️⃣", "6️⃣", "7️⃣", "8️⃣", "9️⃣")

BeginCard = Callable[[Progress, str], Awaitable[None]]
"""Begin to fill in a card: for whom, and the event that asked for it."""

log = structlog.get_logger()


def taps(step: Step | None) -> Sequence[str]:
    """The reactions by which a step is answered with one tap."""
    if step is None or step.is_last:
        return ()
    return NUMBERS[: len(step.ask)] if step.ask else (YES,)


@dataclass(frozen=True, slots=True, kw_only=True)
class Guide:
    """One bot's. Methods raise ``HomeserverError`` and ``StoreError`` of what has to wait."""

    society: Society
    library: Library
    speaker: Speaker
    teller: Teller
    begin_card: BeginCard
    _turns: WeakValueDictionary[str, asyncio.Lock] = field(default_factory=WeakValueDictionary)

    async def take(
        self, key: ProgressKey, kind: InputKind, *, text: str = "", instead: str = "", event: str = "", room: str = ""
    ) -> bool:
        """Take what somebody did, and answer; whether it meant anything on this path."""
        found = await self._known(key)
        if found is None:
            return False
        path, before = found
        given = Input(
            kind=kind,
            text=text,
            instead=instead,
            event=event,
            language=await self.society.language_of(before.user),
            known=await self._facts(path, before, kind),
        )
        async with self.society.store.work() as work:
            progress = await work.onboarding.get(key)
            if progress is None:
                return False
            taken = step(path, progress, given, self.speaker.clock.now())
            if not taken.heeded:
                return False
            moved = replace(taken.progress, room=room or taken.progress.room)
            await work.onboarding.put(await self._done(work, moved, event))
        await self.settle(key)
        return True

    async def _known(self, key: ProgressKey) -> tuple[Path, Progress] | None:
        path = self.library.get(key[1])
        async with self.society.store.view() as view:
            progress = await view.onboarding.get(key)
        return (path, progress) if path and progress else None

    async def _facts(self, path: Path, progress: Progress, kind: InputKind) -> frozenset[str]:
        """Nothing is gathered for what does not depend on it, such as the first step of hundreds who arrive at once."""
        first = path.steps[path.first]
        if kind is InputKind.BEGIN and not (first.when or first.unless):
            return frozenset()
        return await self.teller.knowing.facts_of(progress)

    async def _done(self, work: UnitOfWork, progress: Progress, event: str) -> Progress:
        """Effects that are in the store take place with the progress; a card is begun when everything is said."""
        left: list[Effect] = []
        for effect in progress.doing:
            if effect.kind is EffectKind.LANGUAGE:
                await work.preferences.put(progress.user, LANGUAGE, effect.value)
            elif effect.kind is EffectKind.VOLUNTEER:
                await volunteer(work, progress.user, self.speaker.clock.now())
            elif effect.kind is EffectKind.WITHDRAW:
                await withdraw(work, progress.user)
            else:
                left.append(replace(effect, value=effect.value or event))
        return replace(progress, doing=tuple(left))

    async def settle(self, key: ProgressKey) -> None:
        """Say and do what is owed to somebody. In their turn, so that messages keep their order."""
        async with self._turns.setdefault(key[0], asyncio.Lock()):
            found = await self._known(key)
            if found is None or self.society.world() is None or not (found[1].owed or found[1].doing):
                return
            try:
                await self._settle(*found)
            except HomeserverError as error:
                if error.kind is ErrorKind.TEMPORARY:
                    raise
                log.info("somebody cannot be welcomed", errcode=error.errcode)
                await self._refused(key)

    async def _settle(self, path: Path, progress: Progress) -> None:
        place = await self._place(progress)
        if place is None:
            await self._refused(progress.key)
            return
        room, surroundings = place
        if surroundings is not None and self._is_awaited(surroundings, progress.user):
            await self._wait(progress.key, room)
            return
        reader = await self._reader(progress, surroundings)
        for owed in progress.owed:
            words = await self.teller.words(path, progress, owed, reader)
            shown = await self._say(room, progress, owed, words, reader.language) if words else ""
            await self.speaker.moved_on(progress.user, room, owed.event)
            if (
                shown and owed.event and owed.word is Word.STEP
            ):  # unasked, nobody waits for a button, and it costs calls
                for emoji in taps(path.steps.get(owed.about)):
                    await self.speaker.mark(room, shown, emoji)
            progress = await self._struck(progress, owed, room, shown if owed.word in ASKING else "")
        for effect in progress.doing:
            await self.begin_card(progress, effect.value)
            await self._struck(progress, effect, room, "")

    async def _place(self, progress: Progress) -> tuple[str, Surroundings | None] | None:
        """In which room it is said: where they wrote last, or in their conversation with the bot, of which more is read
        where it matters. None when they have left it, who are not invited again, or when others read along, or when
        they are not of this network any more."""
        user, room, world = progress.user, progress.room, self.society.world()
        if world is None or not (user in world.facts.accounts or partner_of(user, world.facts.belongs)):
            return None
        room = room or await self._met(user)
        surroundings = await self.speaker.messenger.surroundings(room) if room else None
        if surroundings is not None and not surroundings.encrypted:
            return (room, surroundings) if self._alone(surroundings, user) else None
        room = await self.speaker.messenger.direct_room(user)
        away = server_of(user) != self.society.server_name
        return room, await self.speaker.messenger.surroundings(room) if away else None

    async def _met(self, user: str) -> str:
        """The room of the path on which somebody moved last; who has left it does not want to hear of another path."""
        async with self.society.store.view() as view:
            known = [one for one in await view.onboarding.of_user(user) if one.room]
        return max(known, key=lambda one: one.moved_at).room if known else ""

    def _is_awaited(self, surroundings: Surroundings, user: str) -> bool:
        """Whether somebody from elsewhere has to come in first: what is written in the moment in which a homeserver's
        first member joins reaches that homeserver with the next event only (Synapse)."""
        away = server_of(user) != self.society.server_name
        return away and surroundings.members.get(user) is Membership.INVITE

    async def _wait(self, key: ProgressKey, room: str) -> None:
        async with self.society.store.work() as work:
            if progress := await work.onboarding.get(key):
                await work.onboarding.put(replace(progress, room=room, absent=True))

    async def came_in(self, user: str, room: str) -> None:
        """Somebody has come into a room: what waited for that is said."""
        async with self.society.store.work() as work:
            awaited = [one for one in await work.onboarding.of_user(user) if one.absent and one.room == room]
            for progress in awaited:
                await work.onboarding.put(replace(progress, absent=False))
        for progress in awaited:
            await self.settle(progress.key)

    async def _reader(self, progress: Progress, surroundings: Surroundings | None) -> Reader:
        user = progress.user
        return Reader(
            viewer=await self.society.viewer_of(surroundings, user) if surroundings else alone(user),
            language=await self.society.language_of(user),
            name=await self.teller.knowing.name_of(user) or await self.speaker.messenger.display_name(user),
        )

    def _alone(self, surroundings: Surroundings, user: str) -> bool:
        me, members = self.speaker.messenger.user_id, surroundings.members
        return {one for one, state in members.items() if state in PRESENT} == {me, user}

    async def _say(self, room: str, progress: Progress, owed: Owed, words: Document, language: Language) -> str:
        """What is said unasked is ``m.text``, because clients do not notify for notices; gives the last event."""
        kind = "m.notice" if owed.event else "m.text"
        shown = ""
        for number, page in enumerate(self.speaker.renderer.pages(words, language), start=1):
            claim = self.speaker.claim("onboarding", f"{':'.join(progress.key)}:{owed.turn}.{owed.part}.{number}")
            shown = await self.speaker.messenger.send(room, message_content(page, kind), claim=claim)
        return shown

    async def _struck(self, spoken: Progress, what: Owed | Effect, room: str, shown: str) -> Progress:
        """Where they are, with that said or done. Who was erased meanwhile stays erased."""
        async with self.society.store.work() as work:
            progress = await work.onboarding.get(spoken.key)
            if progress is None:
                return replace(spoken, doing=())
            struck = replace(
                progress,
                owed=tuple(one for one in progress.owed if one != what),
                doing=tuple(one for one in progress.doing if one != what),
                room=progress.room or room,
                shown=shown or progress.shown,
                absent=False,
            )
            await work.onboarding.put(struck)
            return struck

    async def _refused(self, key: ProgressKey) -> None:
        async with self.society.store.work() as work:
            progress, path = await work.onboarding.get(key), self.library.get(key[1])
            if progress is not None and path is not None:
                given = Input(kind=InputKind.REFUSED)
                await work.onboarding.put(step(path, progress, given, self.speaker.clock.now()).progress)
