"""An employee looks around: what is open, what is closed, and what is not there for her at all."""

import json
from typing import Any
from urllib.parse import quote

from bridge.domain.messages import Text
from deploy.demo.bot import Answer
from deploy.demo.errors import expect
from deploy.demo.people import Person
from deploy.demo.scene import Scene, betrayed
from deploy.demo.steps.arriving import company_space

FORBIDDEN = 403
NO_SUCH_GROUP = "limbo"
"""As long as the hidden group's id, so that even a length would not excuse a difference."""


async def lea_joins_the_open_group(scene: Scene) -> Text:
    lea, name = scene.lea, scene.name("sales")
    listing = await lea.look_into((await company_space(lea)).room_id)
    rooms = [room for room in listing if room.get("room_type") != "m.space"]  # a group above others has a space, too
    found = next((room for room in rooms if room.get("name") == name), None)
    expect(found is not None, f"the space does not show “{name}”", f"l'espace ne montre pas « {name} »")
    assert found
    room_id = found["room_id"]
    expect(room_id not in lea.joined, "Léa was a member already", "Léa était déjà membre")
    (await lea.join(room_id)).ok("Léa's joining the open group")
    await heard(lea, scene.claire, room_id, "Bonjour ! Je m'occupe des notes de frais. – Hello!")
    return Text(
        en=f"The company space shows her “{name}”; she joins without asking anybody, says hello, and Claire reads it.",
        fr=f"L'espace de l'entreprise lui montre « {name} » ; elle entre sans rien demander, salue, et Claire la lit.",
    )


async def lea_stays_outside_the_deal(scene: Scene) -> Text:
    lea, name, deal = scene.lea, scene.name("zephyr"), scene.claire.room("zephyr")
    assert deal
    listing = await lea.look_into((await company_space(lea)).room_id)
    expect(deal.room_id in _children(listing), "the space does not list the room", "l'espace ne liste pas le salon")
    told = (await (await scene.talk(lea)).ask("!group list")).text
    expect(bool(betrayed((scene.group("zephyr"),), told)), f"the bot hides it: {told}", f"le bot le cache : {told}")
    joining = await lea.join(deal.room_id)
    reading = await lea.ask("GET", f"/_matrix/client/v3/rooms/{quote(deal.room_id, safe='')}/messages?dir=b")
    expect(joining.status == FORBIDDEN, f"joining answers {joining.status}", f"entrer répond {joining.status}")
    expect(reading.status == FORBIDDEN, f"reading answers {reading.status}", f"lire répond {reading.status}")
    return Text(
        en=f"The bot tells her that “{name}” exists, by invitation; she can neither join nor read it "
        f"({joining.content['errcode']}).",
        fr=f"Le bot lui dit que « {name} » existe, sur invitation ; elle ne peut ni entrer ni lire "
        f"({joining.content['errcode']}).",
    )


async def lea_finds_no_hidden_group(scene: Scene) -> Text:
    lea, hidden = scene.lea, scene.hidden()
    space = json.dumps(await lea.look_into((await company_space(lea)).room_id), ensure_ascii=False)
    published = json.dumps((await lea.ask("GET", "/_matrix/client/v3/publicRooms")).ok("the directory"))
    listed = (await (await scene.talk(lea)).ask("!group list")).text
    _visible(scene, {"space": ("sales", space), "directory": ("news", published), "bot": ("zephyr", listed)})
    for place, text in (("space", space), ("directory", published), ("bot", listed)):
        found = betrayed(hidden, text) | {room_id for room_id in _hidden_rooms(scene) if room_id in text}
        expect(not found, f"the {place} betrays {found}", f"{place} : trahit {found}")
    known, unknown = await _shown(scene, lea, "comex"), await _shown(scene, lea, NO_SUCH_GROUP)
    expect(
        known.own_words == unknown.own_words,
        f"the bot answers otherwise about a hidden group: {known.text} / {unknown.text}",
        f"le bot répond autrement sur un groupe caché : {known.text} / {unknown.text}",
    )
    control = await _shown(scene, scene.claire, "comex")
    expect(control.status == "ok", "Claire cannot see hers either", "Claire non plus ne voit pas le sien")
    other = await _shown(scene, scene.claire, "boreal")
    expect(other.status == "denied", "Claire sees another hidden group", "Claire voit un autre groupe caché")
    return Text(
        en="Nothing in the space, the room directory or the bot's list. Asked for it by name, the bot gives Léa "
        f"the answer for “{NO_SUCH_GROUP}”, byte for byte; Claire, a member, gets hers: and nothing of the other one.",
        fr="Rien dans l'espace, l'annuaire des salons ou la liste du bot. Interrogé par son nom, le bot répond à Léa "
        f"comme pour « {NO_SUCH_GROUP} », à l'octet près ; Claire, membre, obtient le sien : et rien de l'autre.",
    )


async def heard(speaker: Person, reader: Person, room_id: str, words: str) -> None:
    """Somebody speaks in a room and somebody else reads it there, in their own client."""
    late = Text(en=f"{reader.name} does not hear {speaker.name}", fr=f"{reader.name} n'entend pas {speaker.name}")
    await speaker.until(lambda: room_id in speaker.joined, late)
    await speaker.say(room_id, words)
    await reader.until(lambda: room_id in reader.joined and words in reader.joined[room_id].texts(), late)


def _visible(scene: Scene, places: dict[str, tuple[str, str]]) -> None:
    """The positive control: where nothing hidden is found, what is not hidden must be."""
    for place, (group, text) in places.items():
        expect(
            bool(betrayed((scene.group(group),), text)),
            f"the {place} shows nothing at all",
            f"{place} : rien du tout n'y est montré",
        )


def _hidden_rooms(scene: Scene) -> set[str]:
    """The ids of hidden rooms, as far as a member has them."""
    ours = {scene.group(group).id for group in ("sales", "zephyr")}
    return {room.room_id for room in scene.claire.joined.values() if room.encrypted and room.group not in ours}


async def _shown(scene: Scene, person: Person, group: str) -> Answer:
    return await (await scene.talk(person)).ask(f"!group show {group}")


def _children(listing: list[dict[str, Any]]) -> set[str]:
    return {child["state_key"] for room in listing for child in room["children_state"]}
