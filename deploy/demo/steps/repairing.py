"""Somebody with the homeserver's keys turns a room inside out; the bridge puts it right."""

import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from urllib.parse import quote

from bridge.domain.messages import Text
from deploy.demo.people import FORBIDDEN, PATIENCE
from deploy.demo.rooms import SeenRoom
from deploy.demo.scene import COMPANY, Scene
from deploy.localnet.requests import Reply
from deploy.localnet.specs import Account

Request = tuple[str, str, Mapping[str, str]]
"""Method, path, body."""


async def vandalism_is_repaired(scene: Scene) -> Text:
    deal, name = scene.claire.room("zephyr"), scene.name("zephyr")
    assert deal
    vandal = await scene.net[COMPANY].admin()
    await _turn_inside_out(scene, vandal, deal.room_id)
    damage = Text(en="the damage was not even done", fr="le dégât n'a même pas eu lieu")
    # Claire's timeline tells it even when Léa is put out again before her own client asks for news.
    await scene.claire.until(lambda: scene.lea.user_id in deal.came, damage)
    began = time.monotonic()
    await scene.claire.until(
        lambda: _as_it_was(deal, name, {vandal.user_id, scene.lea.user_id}),
        Text(en=f"“{name}” is not repaired", fr=f"« {name} » n'est pas réparé"),
    )
    await scene.lea.until(
        lambda: deal.room_id not in scene.lea.joined, Text(en="Léa is still in", fr="Léa y est encore")
    )
    spent = time.monotonic() - began
    return Text(
        en="The homeserver's administrator makes himself master of the deal's room, takes its name away, opens it to "
        f"everybody and puts Léa in. {spent:.1f} s later both are out, the door is shut and the name is back.",
        fr="L'administrateur du serveur se rend maître du salon de l'affaire, lui ôte son nom, l'ouvre à tous et y met "
        f"Léa. {spent:.1f} s plus tard, tous deux sont dehors, la porte est fermée et le nom revenu.",
    )


async def _turn_inside_out(scene: Scene, vandal: Account, room_id: str) -> None:
    corp, room, token = scene.net[COMPANY], quote(room_id, safe=""), vandal.access_token
    admin, client = "/_synapse/admin/v1", f"/_matrix/client/v3/rooms/{room}"

    async def ask(request: Request) -> Reply:
        method, path, body = request
        return await corp.request(method, path, token=token, body=body)

    await all_undisturbed(
        ask,
        (
            ("POST", f"{admin}/rooms/{room}/make_room_admin", {"user_id": vandal.user_id}),
            ("POST", f"{client}/join", {}),
            ("PUT", f"{client}/state/m.room.name/", {"name": ""}),
            ("PUT", f"{client}/state/m.room.join_rules/", {"join_rule": "public"}),
            ("POST", f"{admin}/join/{room}", {"user_id": scene.lea.user_id}),
        ),
    )


async def all_undisturbed(
    ask: Callable[[Request], Awaitable[Reply]], requests: Sequence[Request], seconds: float = PATIENCE
) -> None:
    """Make all requests, one after the other; from the first again when one is forbidden.

    The bridge may be quicker: it puts the vandal out in the middle of the damage. Raises ``LocalnetError`` for any
    other refusal, and when the bridge is always quicker.
    """
    deadline = time.monotonic() + seconds
    todo = list(requests)
    while todo:
        reply = await ask(todo[0])
        if reply.status == FORBIDDEN and time.monotonic() < deadline:
            todo = list(requests)
            continue
        reply.ok(f"{todo[0][0]} {todo[0][1].rpartition('/')[0]}")
        todo = todo[1:]


def _as_it_was(room: SeenRoom, name: str, intruders: set[str]) -> bool:
    rule = room.state["m.room.join_rules", ""].get("join_rule")
    powers = room.state["m.room.power_levels", ""].get("users", {})
    out = all(room.membership(user) == "leave" for user in intruders)
    return room.name == name and rule == "invite" and out and not intruders & set(powers)
