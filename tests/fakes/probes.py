"""Clients of a homeserver that keeps everything closed, or leaks over one channel in one way. For the secrecy check."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from typing import Final, Literal, TypeAlias

from bridge.domain.secrecy import Asker, Question, Seen, Subject
from bridge.ports.probes import Gathered, OpenRoom, Traces
from bridge.rules.probing.channels import CHANNELS
from bridge.rules.probing.clients import INVITATION, PRESENCE
from bridge.rules.probing.shape import Channel, Proof
from bridge.rules.probing.timing import TIMED
from tests.world import BOT

Leak: TypeAlias = Literal["", "named", "told apart", "counted", "peopled", "blind", "silent", "longer"]
ABSENT: Final = Seen(status=404, errcode="M_NOT_FOUND", text="M_NOT_FOUND")
LOBBY: Final = "!lobby:corp.example"


@dataclass
class FakeProbes:
    """``leaks``: how each channel betrays the hidden group. ``made`` is what was not taken away again; ``users`` are
    the accounts of the configuration, ``mute`` those of them of which it is not said whose they are."""

    users: dict[Asker, str] = field(default_factory=dict)
    mute: dict[Asker, Seen] = field(default_factory=dict)
    leaks: dict[str, Leak] = field(default_factory=dict)
    made: set[str] = field(default_factory=set)
    entered: list[tuple[Asker, str]] = field(default_factory=list)
    canary: str = ""
    """The hidden group's name, once something is said in its room."""
    bots: frozenset[str] = frozenset({"digest"})
    """Those that answer beside that of administrators."""
    timed: int = 0
    idle: int = 0
    """Milliseconds for which nobody did anything."""
    publishes: bool = True
    published: bool = False
    """Whether rooms may be put into the room directory, and the open one is there."""
    keeps_presence: bool = True
    online: bool = False
    """Whether anybody is ever online, and the bot is."""
    _files: Iterator[int] = field(default_factory=lambda: count(1))

    async def gather(self, traces: Traces) -> Gathered:
        self.made.add(traces.account)
        return Gathered(users=self.users | {Asker.READER: ""}, mute=self.mute, bots=self.bots)

    async def reserve(self) -> str:
        return f"file{next(self._files)}"

    async def fill(self, media: str) -> None:
        self.made.add(media)

    async def open_room(self, traces: Traces, name: str) -> OpenRoom:
        self.made.add(traces.alias)
        return OpenRoom(
            room_id=LOBBY, alias=f"#{traces.alias}:corp.example", name=name, event_id="$hello", media=traces.open_file
        )

    async def speak(self, room_id: str, text: str) -> str:
        if room_id != LOBBY:
            self.canary = text
        return "$secret"

    async def publish(self, room_id: str) -> bool:
        self.published |= self.publishes
        return self.publishes

    async def unpublish(self, room_id: str) -> None:
        self.published = False

    async def appear(self) -> None:
        self.online = self.keeps_presence

    async def enter(self, asker: Asker, room_id: str) -> bool:
        self.entered.append((asker, room_id))
        return True

    async def ask(self, asker: Asker, question: Question, about: Subject) -> Seen:
        channel = next(one for one in CHANNELS if any(asked is question for asked in _questions(one)))
        leak = self.leaks.get(channel.name, "")
        if leak == "silent":
            return Seen()
        secret = about["event"] in ("", "$secret")  # nothing is said there before the member is in
        if secret and (asker is not Asker.MEMBER or channel is INVITATION or channel.carries):
            match leak:
                case "named":
                    return Seen(status=200, text=f"{self._shown(channel, about)} {about['room']} {about['name']}!")
                case "told apart":
                    return Seen(status=403, errcode="M_TEAPOT", text="M_TEAPOT")
                case "peopled" if channel.limit is not None:
                    status, word = channel.limit
                    return Seen(status=status, text=f"{word}: {'inside' if about['inside'] == BOT else 'not inside'}")
                case "counted":
                    return Seen(status=200, text=f"{self._shown(channel, about)} and one more")
        if channel.proof is Proof.LIST:
            told = asker is Asker.MEMBER and channel is not INVITATION and not channel.carries and secret
            inside = about["name"] if told else ""
            return (
                ABSENT if leak == "blind" else Seen(status=200, text=f"{self._shown(channel, about)} {inside}".strip())
            )
        if channel.witness is not None and question is channel.witness[1]:
            return ABSENT if leak == "blind" else Seen(status=200, text=self._shown(channel, about))
        found = about["event"] == "$hello" or (asker is Asker.MEMBER and secret)
        return Seen(status=200, text=f"M_NOT_FOUND but found {channel.shows}") if found and leak != "blind" else ABSENT

    async def time(self, asker: Asker, question: Question, about: Subject) -> float | None:
        channel = next(one for one in TIMED if one.question is question)
        leak = self.leaks.get(channel.name, "")
        self.timed += 1
        even = 0.05 + 0.001 * (self.timed % 5)
        match leak:
            case "silent":
                return None
            case "blind":
                return even * 30.0 ** (self.timed % 5)
            case "longer":
                return even + 0.04 * (about["event"] in ("", "$secret"))
        return even

    def _shown(self, channel: Channel, about: Subject) -> str:
        """What everybody may see, in a list."""
        if channel is PRESENCE:
            online = self.online and about["user"] == BOT
            self.idle += 1
            kept = {"last_active_ago": self.idle} if self.keeps_presence else {}
            return json.dumps({**kept, "presence": "online" if online else "offline"})
        room = about["room"] if channel is INVITATION or channel.carries else LOBBY
        listed = about["listed"] or (LOBBY if self.published else "")
        shown = {**about, "listed": listed, "room": room, "name": "Sales"}
        return channel.shows.format(**shown) if "{" in channel.shows else channel.shows

    async def tidy(self, traces: Traces) -> None:
        self.made -= {traces.account, traces.alias, traces.open_file, traces.hidden_file}


def _questions(channel: Channel) -> tuple[Question, ...]:
    """What is asked over a channel, of whoever asks and of the witness."""
    return (channel.question, *((channel.witness[1],) if channel.witness else ()))
