"""A bot to talk with in tests: a few commands, a fake messenger, people by name."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

import click

from bots.kit.commands import Attachment, Call, Command, Confirmation, Reply, Status, argument, denied, option
from bots.kit.dialogue import Dialogue
from bots.kit.people import People
from bots.kit.questions import Answered, Question
from bots.kit.table import CommandTable
from bots.kit.talk import Talk
from bridge.adapters.language import Catalogues
from bridge.domain.document import document, paragraph
from bridge.domain.errors import ParvisError
from bridge.domain.events import Event
from bridge.domain.messages import say
from bridge.domain.relations import reaction_to
from bridge.domain.viewers import Viewer, alone
from bridge.ports.messenger import Surroundings
from bridge.services.refusals import Refusals
from bridge.services.rounds import Rounds
from tests.fakes.clock import FakeClock
from tests.fakes.messenger import FakeMessenger
from tests.fakes.store import FakeStore

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
ANN = "@ann:corp.example"
INES = "@ines:corp.example"
STRANGER = "@eve:elsewhere.example"
CATALOGUES = Catalogues.load()


@dataclass
class Bot:
    """Everything around one ``Talk``; ``fault`` is what the next command raises."""

    leads: bool = True
    private: bool = False
    dialogues: tuple[Dialogue, ...] = ()
    echo: bool = False
    messenger: FakeMessenger = field(default_factory=FakeMessenger)
    store: FakeStore = field(default_factory=FakeStore)
    clock: FakeClock = field(default_factory=lambda: FakeClock(NOW))
    runs: list[Call] = field(default_factory=list)
    fault: Exception | None = None
    work: Callable[[Call], Awaitable[None]] | None = None
    languages: dict[str, str] = field(default_factory=dict)
    files: tuple[Attachment, ...] = ()

    def __post_init__(self) -> None:
        rounds = Rounds(clock=self.clock)
        self.refusals = Refusals(store=self.store, messenger=self.messenger, clock=self.clock, rounds=rounds)
        self.talk = Talk(
            name="parvis",
            messenger=self.messenger,
            store=self.store,
            table=CommandTable(self.commands()),
            people=People(
                viewer_of=self.viewer_of,
                roles_of=self.roles_of,
                language_of=self.language_of,
                admits=self.admits,
                is_own=lambda user: user.startswith("@parvis"),
            ),
            translator=CATALOGUES,
            clock=self.clock,
            hello=document(paragraph(say("Hello."))),
            refuse=self.refusals.note,
            questions=[Question(kind="change", command="change", yes=self.change, late=self.change_late)],
            leads=self.leads,
            private=self.private,
            dialogues=self.dialogues,
        )

    def commands(self) -> list[Command]:
        group = argument("group", label=say("group"), help=say("the group's name"))
        every = option("--all", "--tout", "every", label=say("all"), is_flag=True)
        kind = option("--kind", "--type", "kind", label=say("kind"), type=click.Choice(["open", "shut"]))
        number = option("--number", "--nombre", "number", label=say("number"), type=int)
        return [
            Command(path=("status",), french=("état",), summary=say("How things stand."), run=self.run),
            Command(path=("group", "list"), french=("groupe", "liste"), summary=say("All groups."), run=self.run),
            Command(
                path=("group", "show"),
                french=("groupe", "montrer"),
                summary=say("One group."),
                run=self.run,
                parameters=(group, every, kind, number),
            ),
            Command(
                path=("audit",), french=("journal",), summary=say("Who did what."), run=self.run,
                rights=frozenset({"admin"}),
            ),
            Command(path=("change",), french=("changer",), summary=say("Ask first."), run=self.ask),
            Command(path=("toil",), french=("peiner",), summary=say("Takes long."), run=self.toil, long=True),
        ]  # fmt: skip

    async def run(self, call: Call) -> Reply:
        self.runs.append(call)
        if self.fault is not None:
            raise self.fault
        if call.arguments.get("group") in {"secret", "nowhere"}:
            return denied()
        if self.echo:
            return Reply(document(paragraph(str(call.arguments))))
        return Reply(document(paragraph(say("Done."))), Status.OK, "r1", files=self.files)

    async def ask(self, call: Call) -> Reply:
        what = document(paragraph(say("Really?")))
        return Reply(what, Status.CONFIRM, "f1", Confirmation(kind="change", document={"fingerprint": "f1"}))

    async def change(self, answered: Answered) -> Reply:
        assert answered.item.document["fingerprint"] == "f1"
        return await self.toil(answered.call)

    async def change_late(self, answered: Answered) -> Reply:
        return await self.ask(answered.call)

    async def toil(self, call: Call) -> Reply:
        if self.work is not None:
            await self.work(call)
        return await self.run(call)

    async def viewer_of(self, surroundings: Surroundings, sender: str) -> Viewer:
        return alone(sender) if len(surroundings.members) == 2 else Viewer(asker=sender, everyone=True)

    async def roles_of(self, sender: str) -> frozenset[str]:
        return frozenset({"admin"}) if sender == INES else frozenset()

    async def language_of(self, sender: str) -> str:
        return self.languages.get(sender, "en")

    async def admits(self, sender: str) -> bool:
        return sender.endswith(":corp.example")

    async def hear(self, event: Event) -> None:
        """The event, if the bot wants it."""
        if self.talk.wants(event):
            await self.talk.handle(event)

    async def told(
        self,
        text: str,
        *,
        room: str = "!dm",
        sender: str = ANN,
        event_id: str | None = None,
        **content: Any,
    ) -> list[dict[str, Any]]:
        """What the bot answers to a line."""
        before = len(self.messenger.sent)
        await self.hear(said(text, room=room, sender=sender, event_id=event_id, **content))
        return [content for _, content in self.messenger.sent[before:]]

    async def tapped(
        self, emoji: str, on: str, *, room: str = "!room", sender: str = INES, event_id: str = "$tap"
    ) -> list[dict[str, Any]]:
        """What the bot answers to a reaction."""
        before = len(self.messenger.sent)
        await self.hear(tap(emoji, on, room=room, sender=sender, event_id=event_id))
        return [content for _, content in self.messenger.sent[before:]]


def tap(emoji: str, on: str, *, room: str = "!room", sender: str = INES, event_id: str = "$tap") -> Event:
    return replace(happened("m.reaction", dict(reaction_to(on, emoji)), room=room, sender=sender), id=event_id)


def said(text: str, *, room: str = "!dm", sender: str = ANN, event_id: str | None = None, **content: Any) -> Event:
    return Event(
        id=event_id or f"${abs(hash((text, room, sender)))}",
        room_id=room,
        sender=sender,
        type="m.room.message",
        content={"msgtype": "m.text", "body": text, **content},
        sent_at=NOW,
    )


def happened(
    kind: str, content: dict[str, Any], *, room: str = "!dm", sender: str = ANN, key: str | None = None
) -> Event:
    return Event(id="$happened", room_id=room, sender=sender, type=kind, content=content, state_key=key, sent_at=NOW)


class Refusal(ParvisError):
    """Something said on purpose."""
