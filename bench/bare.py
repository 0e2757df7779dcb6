"""A client written by hand that makes the rooms of a first plan with the fewest calls, and keeps nothing."""

import asyncio
import time
from collections.abc import Iterable
from typing import Any, Final, TypeVar

import aiohttp

from bench.company import BOT, SERVER
from bridge.adapters.matrix.creation import creation_body
from bridge.app.wiring import IN_FLIGHT
from bridge.domain.rooms import RoomRef
from bridge.planning.actions import Action, AddMembers, CreateRoom, LinkChild
from bridge.planning.plan import Plan
from bridge.ports.homeserver import RoomCreation
from bridge.rules.naming import plain_marker
from bridge.rules.state import Frame, child_content, initial_state, power_levels, room_name

T = TypeVar("T")

V3: Final = "/_matrix/client/v3"
VERSION: Final = "12"
PATIENCE: Final = 900
"""Seconds for one call: a room that is made with a hundred invitations takes its time."""


class Bare:
    """One call per room, per link and per membership.

    ``admin`` is the user id and token of the account that joins people; without it they are invited. With ``gather``
    rooms are made with their invitations, save the company space: all others would wait for it.
    """

    def __init__(self, address: str, token: str, admin: tuple[str, str] | None, *, gather: bool = False) -> None:
        self.address, self.admin, self.gather = address, admin, gather
        self.headers = {"Authorization": f"Bearer {token}"}
        self.slots = asyncio.Semaphore(IN_FLIGHT)
        self.rooms: dict[RoomRef, str] = {}
        self.invited: dict[RoomRef, tuple[str, ...]] = {}

    async def run(self, plan: Plan) -> float:
        """Seconds to do what ``plan`` says."""
        creations = _of(CreateRoom, plan.actions)
        additions = sorted(_of(AddMembers, plan.actions), key=lambda one: -len(one.users))
        links = _of(LinkChild, plan.actions)
        if len(creations) + len(additions) + len(links) != len(tuple(plan.actions)):
            raise SystemExit("the plan holds actions that the bare client does not know")
        if self.gather and not self.admin:
            self.invited = {one.ref: one.users for one in additions if one.ref != creations[0].ref}
        timeout = aiohttp.ClientTimeout(total=PATIENCE)
        async with aiohttp.ClientSession(timeout=timeout, trust_env=False) as self.session:
            start = time.perf_counter()
            await self._create(creations[0])  # the company space, which the others admit
            await asyncio.gather(*map(self._create, creations[1:]))
            await asyncio.gather(*map(self._add, additions), *map(self._link, links))
            return time.perf_counter() - start

    async def _create(self, action: CreateRoom) -> None:
        """One room, whole."""
        frame = Frame(
            bot=BOT,
            room_version=VERSION,
            marker=plain_marker(action.ref),
            room_ids=dict(self.rooms),
            service_user=self.admin[0] if self.admin else None,
        )
        creation = RoomCreation(
            name=room_name(action.settings, frame),
            space=action.settings.space,
            federate=action.settings.federate,
            version=VERSION,
            power_levels=power_levels(action.settings, frame),
            initial_state=initial_state(action.settings, frame),
        )
        invited = [self.admin[0]] if self.admin else list(self.invited.get(action.ref, ()))
        async with self.slots:
            answer = await self._call("POST", f"{V3}/createRoom", creation_body(creation) | {"invite": invited})
            room = self.rooms[action.ref] = answer["room_id"]
            if self.admin:
                await self._call("POST", f"{V3}/join/{room}", {}, as_admin=True)

    async def _add(self, action: AddMembers) -> None:
        """The members of one room, one after the other: the homeserver does them one at a time anyway."""
        if action.ref in self.invited:
            return
        room = self.rooms[action.ref]
        async with self.slots:
            for user in action.users:
                if self.admin:
                    await self._call("POST", f"/_synapse/admin/v1/join/{room}", {"user_id": user}, as_admin=True)
                else:
                    await self._call("POST", f"{V3}/rooms/{room}/invite", {"user_id": user})

    async def _link(self, action: LinkChild) -> None:
        """One child of a space."""
        path = f"{V3}/rooms/{self.rooms[action.parent]}/state/m.space.child/{self.rooms[action.ref]}"
        async with self.slots:
            await self._call("PUT", path, child_content(SERVER))

    async def _call(self, method: str, path: str, body: Any, *, as_admin: bool = False) -> Any:
        """One request; anything but success ends the bench."""
        headers = {"Authorization": f"Bearer {self.admin[1]}"} if as_admin and self.admin else self.headers
        async with self.session.request(method, self.address + path, json=body, headers=headers) as answer:
            content = await answer.json()
            if answer.status != 200:
                raise SystemExit(f"{method} {path}: {answer.status} {content}")
            return content


def _of(kind: type[T], actions: Iterable[Action]) -> list[T]:
    return [one for one in actions if isinstance(one, kind)]
