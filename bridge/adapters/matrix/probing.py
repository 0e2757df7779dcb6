"""Clients that ask the running system what a hidden group must not show: each with an account of its own, without any
library between them and the homeserver, so that answers are seen as they are. Made by ``bridge.app.secrecy``.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from http import HTTPStatus
from typing import Any, Final

from aiohttp import ClientError, ClientSession, ClientTimeout
from yarl import URL

from bridge.adapters.leavings import Leavings
from bridge.adapters.matrix.gateway import Gateway
from bridge.adapters.matrix.peering import Peer
from bridge.adapters.matrix.probing_rooms import Workshop
from bridge.adapters.matrix.probing_talks import Talk
from bridge.domain.secrecy import BLANK, PUSH, READ, SAY, Asker, Question, Seen, Subject
from bridge.ports.clock import Chance, Clock
from bridge.ports.probes import Gathered, OpenRoom, Traces

TIMEOUT: Final = ClientTimeout(total=45)
TRIES: Final = 5
IT: Final = "<…>"
"""Stands in answers for what the question said; of no language."""
WHOAMI: Final = Question(method="GET", path="/_matrix/client/v3/account/whoami")
KNOCKER: Final = Question(method="GET", path="/_matrix/federation/v1/query/directory?room_alias=%23{alias}%3A{server}")
"""Asked to see whether our homeserver believes another one's signature: it answers that there is no such address."""
JOIN: Final = Question(method="POST", path="/_matrix/client/v3/join/{room}?via={server}&server_name={server}", body={})
PUSHERS: Final = "/_matrix/client/v3/pushers/set"
APP: Final = "io.parvis.secrecy"
"""Whose pushers they are."""
VOLATILE: Final = frozenset({"retry_after_ms", "age", "next_batch", "unsigned"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """An account that can be asked as. ``address`` is its homeserver's client-server API."""

    address: str
    token: str = field(default="", repr=False)
    peer: Peer | None = None
    """Signs in place of a token, for another homeserver."""


@dataclass(slots=True, kw_only=True)
class MatrixProbes:
    """The port ``probes``. ``given`` are the accounts of the configuration; anybody asks at ``address``, the company's
    homeserver, which is called ``server``. ``bridge`` is where the running bridge is asked, with the homeserver's own
    token, and ``bots`` who answers lines, as questions call them. What is pushed comes to ``gateway``; ``leavings`` are
    read as files are."""

    address: str
    server: str
    bots: Mapping[str, str]
    bridge: Account
    given: Mapping[Asker, Account]
    workshop: Workshop
    gateway: Gateway
    leavings: Leavings
    clock: Clock
    chance: Chance
    _accounts: dict[Asker, Account] = field(default_factory=dict, init=False)
    _talks: dict[Asker, dict[str, Talk]] = field(default_factory=dict, init=False)
    _pushkeys: dict[Asker, str] = field(default_factory=dict, init=False)

    async def gather(self, traces: Traces) -> Gathered:
        self._accounts, self._talks = dict(self.given), {}
        if Asker.STRANGER not in self._accounts and (token := await self.workshop.make_account(traces.account)):
            self._accounts[Asker.STRANGER] = Account(address=self.address, token=token)
        users, mute = dict[Asker, str](), dict[Asker, Seen]()
        for asker, account in self._accounts.items():
            name, answer = await self._introduced(account)
            if not name:
                mute[asker] = answer
                continue
            users[asker] = name
            if account.peer is None:
                self._talks[asker] = {bot: self._talk(account, name, bot) for bot in self.bots}
        await self._have_pushed(traces)
        self.leavings.begin()
        return Gathered(users=users | {Asker.READER: ""}, mute=mute, bots=frozenset(self.bots) - {""})

    async def _have_pushed(self, traces: Traces) -> None:
        """What the accounts are notified of comes here from now on; of those whose homeserver does not take that
        nobody can be asked."""
        address, self._pushkeys = await self.gateway.open(), {}
        for asker in self._talks:
            key = _pushkey(traces, asker)
            self.gateway.expect(key)
            status, _ = await self._send(self._as(asker), _pusher(key, address))
            if status == HTTPStatus.OK:
                self._pushkeys[asker] = key

    async def _introduced(self, account: Account) -> tuple[str, Seen]:
        """Who it is, and what was answered: a user, or another homeserver if ours believes that it is this one. Empty
        where that is not said."""
        if account.peer is not None:
            knock = KNOCKER.about({"alias": self.chance.token(), "server": self.server})
            status, content = await self._send(account, knock)
            name = account.peer.server if status in (HTTPStatus.OK, HTTPStatus.NOT_FOUND) else ""
        else:
            status, content = await self._send(account, WHOAMI)
            name = str(content.get("user_id", ""))
        return name, Seen(status=status, errcode=str(content.get("errcode", "")))

    async def reserve(self) -> str:
        return await self.workshop.reserve()

    async def fill(self, media: str) -> None:
        await self.workshop.fill(media, BLANK)

    async def open_room(self, traces: Traces, name: str) -> OpenRoom:
        return await self.workshop.open_room(traces.alias, name, traces.open_file)

    async def speak(self, room_id: str, text: str) -> str:
        return await self.workshop.speak(room_id, text)

    async def publish(self, room_id: str) -> bool:
        return await self.workshop.list_room(room_id, "public")

    async def unpublish(self, room_id: str) -> None:
        await self.workshop.list_room(room_id, "private")

    async def appear(self) -> None:
        await self.workshop.appear()

    async def enter(self, asker: Asker, room_id: str) -> bool:
        question = JOIN.about({"room": room_id, "server": self.server})
        status, _ = await self._send(self._as(asker), question)
        return status == HTTPStatus.OK

    async def ask(self, asker: Asker, question: Question, about: Subject) -> Seen:
        filled = question.about(about)
        if filled.method == PUSH:
            seen = _kept(self.gateway.heard(self._pushkeys.get(asker, "")))
        elif filled.method == READ:
            place, *words = filled.path.split()
            found = await self.leavings.found(place, words)
            seen = _kept(None if found is None else " ".join(found))
        elif filled.method == SAY:
            talk = self._talk_for(asker, filled)
            seen = await talk.say(filled.path) if talk else Seen()
        else:
            status, content = await self._send(self.bridge if filled.bridge else self._as(asker), filled)
            text = json.dumps(_plain(content), sort_keys=True, ensure_ascii=False)
            seen = Seen(status=status, errcode=str(content.get("errcode", "")), text=text)
        text = seen.text
        for word in sorted(question.named(about), key=len, reverse=True):
            text = text.replace(word, IT)
        return replace(seen, text=text)

    async def time(self, asker: Asker, question: Question, about: Subject) -> float | None:
        filled = question.about(about)
        if filled.method == SAY:
            talk = self._talk_for(asker, filled)
            return await talk.time(filled.path) if talk else None
        begin = self.clock.monotonic()
        status, _ = await self._send(self.bridge if filled.bridge else self._as(asker), filled)
        return self.clock.monotonic() - begin if status else None

    async def tidy(self, traces: Traces) -> None:
        await self.gateway.close()
        await self.leavings.end()
        for asker, account in self.given.items():
            if account.token:
                await self._send(account, _pusher(_pushkey(traces, asker)))
        await self.workshop.tidy(traces)

    def _as(self, asker: Asker) -> Account:
        return self._accounts.get(asker, Account(address=self.address, token=""))

    def _talk_for(self, asker: Asker, question: Question) -> Talk | None:
        return self._talks.get(asker, {}).get(question.bot)

    def _talk(self, account: Account, user: str, bot: str) -> Talk:
        async def ask(method: str, path: str, body: Any) -> tuple[int, dict[str, Any]]:
            return await self._send(account, Question(method=method, path=path, body=body))

        return Talk(ask=ask, user=user, name=bot, bot=self.bots[bot], clock=self.clock, word=self.chance.token)

    def _headers(self, account: Account, question: Question) -> dict[str, str]:
        if account.peer is not None:
            signed = account.peer.header(question.method, self.server, question.path, question.body)
            return {"Authorization": signed}
        return {"Authorization": f"Bearer {account.token}"} if account.token else {}

    async def _send(self, account: Account, question: Question) -> tuple[int, dict[str, Any]]:
        """The answer as it is; waits and asks again where the homeserver says that it is asked too often."""
        headers = self._headers(account, question)
        # What is quoted stays quoted: an id goes out as it is written in the question.
        url = URL(account.address.rstrip("/") + question.path, encoded=True)
        async with ClientSession(timeout=TIMEOUT) as session:
            for _ in range(TRIES):
                try:
                    async with session.request(question.method, url, headers=headers, json=question.body) as response:
                        content = _parsed(await response.read())
                except (ClientError, TimeoutError):
                    return 0, {}
                if response.status != HTTPStatus.TOO_MANY_REQUESTS:
                    return response.status, content
                await self.clock.sleep(content.get("retry_after_ms", 1000) / 1000)
        return 0, {}


def _pushkey(traces: Traces, asker: Asker) -> str:
    """Found again by the names that are stored before anything is made."""
    return f"{traces.account}-{asker}"


def _pusher(key: str, address: str = "") -> Question:
    """Has notifications brought to an address; without one, no more."""
    told = {"data": {"url": address}, "app_display_name": "Parvis", "device_display_name": APP, "lang": "en"}
    body = {"kind": "http" if address else None, "app_id": APP, "pushkey": key, "append": True}
    return Question(method="POST", path=PUSHERS, body=body | (told if address else {}))


def _kept(text: str | None) -> Seen:
    """What was kept here, as an answer."""
    return Seen() if text is None else Seen(status=200, text=text)


def _parsed(body: bytes) -> dict[str, Any]:
    """Matrix answers with objects; what is none is kept whole, so that words in it are found."""
    try:
        content = json.loads(body)
    except ValueError:
        content = body.decode(errors="replace")
    return content if isinstance(content, dict) else {"": content}


def _plain(value: Any) -> Any:
    """Without what changes from one moment to the next."""
    if isinstance(value, dict):
        return {key: _plain(one) for key, one in value.items() if key not in VOLATILE}
    return [_plain(one) for one in value] if isinstance(value, list) else value
