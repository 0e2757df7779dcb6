"""After the command by which one chooses a language, and after a card, the question that is open on a path is put
again. For ``bot``."""

from dataclasses import dataclass, field, replace

from bots.kit.commands import Call, Command, Reply, Status
from bots.onboarding.guide import Guide
from bridge.domain.events import Event
from bridge.domain.onboarding import InputKind, Stage


@dataclass(frozen=True, slots=True, kw_only=True)
class Retelling:
    """An event that is heard again after a crash is noted again, and answered with what is owed already."""

    guide: Guide
    _noted: set[str] = field(default_factory=set)

    def noting(self, command: Command) -> Command:
        """The command, which notes by which events somebody chose."""

        async def run(call: Call) -> Reply:
            reply = await command.run(call)
            if call.arguments["language"] is not None and reply.status is Status.OK:
                self.note(call.event_id)
            return reply

        return replace(command, run=run)

    def note(self, event: str) -> None:
        """By this event they came to where they want to hear the question again."""
        self._noted.add(event)

    async def tell(self, event: Event) -> None:
        """Put the question of the path on which they moved last, if this event was noted."""
        if event.id not in self._noted:
            return
        async with self.guide.society.store.view() as view:
            own = [one for one in await view.onboarding.of_user(event.sender) if one.begun]
        walking = [one for one in own if one.stage is Stage.UNDER_WAY]
        if walking:
            last = max(walking, key=lambda one: one.moved_at)
            await self.guide.take(last.key, InputKind.LANGUAGE, event=event.id, room=event.room_id)
        self._noted.discard(event.id)
