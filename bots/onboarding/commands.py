"""``!onboarding``: who is where, for whoever looks after them; and for oneself a pause, an end, a new beginning.

The words that always work in the conversation itself do the same (``understanding``); commands work between paths, too.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from typing import Final, TypeAlias

from bots.kit.commands import Call, Command, Reply, Status, option
from bots.onboarding.paths import Path
from bots.onboarding.standing import standing_of
from bots.onboarding.status_words import status_document
from bots.onboarding.stepping import step
from bridge.domain.document import Document, document, paragraph
from bridge.domain.messages import Language, Message, Text, say
from bridge.domain.onboarding import Input, InputKind, Progress
from bridge.domain.viewers import Viewer
from bridge.ports.clock import Clock
from bridge.services.society import Society

PAUSED: Final = say("You hear no more of it for now. Write “next” to me whenever it suits you.")
STOPPED: Final = say("Then it ends here, and I do not remind you of it. Write “again” if you change your mind.")
AFRESH: Final = say("From the beginning, then.")
NOTHING: Final = say("There is nothing of this under way with you.")
ALONE: Final = say("Others read along here. Ask me that in a conversation with me alone.")
NOBODY: Final = say("Nobody whom you look after is being welcomed.")
SAID: Final[Mapping[InputKind, Message]] = {
    InputKind.LATER: PAUSED,
    InputKind.STOP: STOPPED,
    InputKind.AGAIN: AFRESH,
}

Known: TypeAlias = Callable[[Progress], Awaitable[frozenset[str]]]
"""Facts about a person, for the conditions of steps."""
Names: TypeAlias = Callable[[Viewer], Awaitable[Mapping[str, str | Text]]]
"""What people call themselves on cards that a viewer may see, by user id."""
EMPLOYEES: Final = frozenset({"employee"})
"""Among whom are all who look after somebody."""
Run: TypeAlias = Callable[[Call], Awaitable[Reply]]


def onboarding_commands(asking: "Asking") -> tuple[Command, ...]:
    """The commands of the bot that are about onboarding."""
    return (
        Command(
            path=("onboarding", "status"),
            french=("accueil", "état"),
            aliases=(("onboarding",), ("accueil",), ("accueil", "statut")),
            summary=say("How far the people are whom you look after."),
            run=asking.status,
            offered_to=EMPLOYEES,
            parameters=(option("--page", "page", label=say("number"), help=say("Further ones."), type=int, default=1),),
        ),
        Command(
            path=("onboarding", "later"),
            french=("accueil", "plus-tard"),
            aliases=(("accueil", "plus", "tard"),),
            summary=say("A pause in what I tell you step by step."),
            run=asking.taking(InputKind.LATER),
        ),
        Command(
            path=("onboarding", "stop"),
            french=("accueil", "arrêter"),
            summary=say("No more of what I tell you step by step."),
            run=asking.taking(InputKind.STOP),
        ),
        Command(
            path=("onboarding", "again"),
            french=("accueil", "recommencer"),
            summary=say("Once more from the beginning."),
            run=asking.taking(InputKind.AGAIN),
        ),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """``known`` tells the facts that conditions of steps ask for; ``names`` what people call themselves, as far as a
    viewer may see it; ``wake`` has what is owed said soon."""

    society: Society
    paths: Mapping[str, Path]
    clock: Clock
    known: Known
    names: Names
    wake: Callable[[], None]

    async def status(self, call: Call) -> Reply:
        """Who is where, of those whom the asker looks after."""
        if not call.viewer.personal or self.society.access() is None:
            return _told(ALONE, Status.DENIED)
        return Reply(await self.standings(call.viewer, call.arguments.get("page", 1), call.language))

    async def standings(self, viewer: Viewer, page: int, language: Language) -> Document:
        """The same as a document; nobody, where others read along."""
        access = self.society.access()
        if access is None:
            return document(paragraph(NOBODY))
        async with self.society.store.view() as view:
            everybody = await view.onboarding.all()
        names = await self.names(viewer)
        standing = standing_of(access, viewer, self.paths, everybody, names)
        if not standing.people:
            return document(paragraph(NOBODY))
        return status_document(standing, page, language)

    def taking(self, kind: InputKind) -> Run:
        """The command that does this to the asker's own path."""

        async def take(call: Call) -> Reply:
            meant = await self._meant(kind, call.sender)
            if meant is None:
                return _told(NOTHING)
            known = await self.known(meant) if kind is InputKind.AGAIN else frozenset[str]()
            given = Input(kind=kind, event=call.event_id, language=call.language, known=known)
            async with self.society.store.work() as work:
                progress = await work.onboarding.get(meant.key) or meant
                taken = step(self.paths[progress.path], progress, given, self.clock.now())
                # What the command answers itself is not owed besides; the step with which one begins anew is.
                owed = taken.progress.owed if kind is InputKind.AGAIN else progress.owed
                await work.onboarding.put(replace(taken.progress, owed=owed))
            self.wake()
            return _told(SAID[kind])

        return take

    async def _meant(self, kind: InputKind, user: str) -> Progress | None:
        """Their path on which something happened last, among those for which this makes sense."""
        async with self.society.store.view() as view:
            known = [one for one in await view.onboarding.of_user(user) if one.begun and one.path in self.paths]
        return next((one for one in known if kind is InputKind.AGAIN or one.stage.open), None)


def _told(message: Message, status: Status = Status.OK) -> Reply:
    return Reply(document(paragraph(message)), status)
