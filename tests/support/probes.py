"""What the rows of ``outputs`` ask: each on behalf of a person (nobody: without login), with the answer made plain."""

import json
import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from urllib.parse import quote

from bridge.config.loading import load_config
from bridge.domain.digest import Week
from bridge.services.witnessing import HEADS
from deploy.localnet.requests import Reply, call
from tests.localnet.talk import eventually
from tests.support.company import CORP
from tests.support.peer import ask_as_server
from tests.support.plain import Plain, unordered
from tests.support.stage import Stage

CLIENT: Final = "/_matrix/client/v3"
INSIDE: Final = "putting out the bot"
OUTSIDE: Final = "putting out nobody"
"""Asked in a room: the bot is in all of them, and nobody has the power to do it."""
WAITING: Final = 'parvis_inbox{state="waiting"} 0.0'
TYPED: Final = re.compile(r"((?:typed|texte saisi): )[^\n<]+")
SEPARATE: Final = frozenset({"asking the homeserver again", "old events, claims and questions forgotten"})
"""Lines of the log that come when a homeserver is slow, and by the clock alone."""


async def synced(stage: Stage, who: str) -> Any:
    """A new client of theirs: every room with its state and all that was said, invitations, and all the rest.

    How a room came to its state is left out: who was already in when it was written depends on the moment. What is said
    in the administrators' room is an output of its own, because it repeats what people asked.
    Synapse counts the unread now and then, so their number depends on the moment, too.
    """
    reply = (await stage.people[who].ask("GET", f"{CLIENT}/sync")).ok("syncing")
    names, rooms = stage.names(), {}
    for membership, found in reply.pop("rooms", {}).items():
        for room_id, room in found.items():
            timeline = room.pop("timeline", {"events": []})["events"]
            state = [*room.pop("state", {"events": []})["events"], *(one for one in timeline if "state_key" in one)]
            room.pop("unread_notifications", None)
            hears = membership == "join" and room_id != stage.rooms["room/admins"]
            rooms[f"{membership} {names.get(room_id, room_id)}"] = {
                "state": unordered({(one["type"], one["state_key"]): _bare(one) for one in state}.values(), names),
                "said": unordered(await _said(stage, who, room_id), names) if hears else [],
                "rest": unordered([room], names),
            }
    return {"rooms": Plain(names).value(rooms), "rest": Plain(names).value(reply)}


async def administration(stage: Stage, who: str) -> Any:
    """What is said in the administrators' room, once the witness of the day is there."""
    room_id = stage.rooms["room/admins"]

    def witnessed(events: Iterable[Any]) -> bool:
        return any(HEADS in one["content"] for one in events)

    return unordered(await eventually(lambda: _said(stage, who, room_id), witnessed), stage.names())


async def _said(stage: Stage, who: str, room_id: str) -> list[Any]:
    """All that is no state. Without what people typed to the bot, which is no output, and without edits, by which it
    shows progress as often as the machine is slow."""
    path = f"{CLIENT}/rooms/{quote(room_id, safe='')}/messages"
    events = list[Any]()
    onward: dict[str, str] | None = {}
    while onward is not None:
        reply = await stage.people[who].ask("GET", path, query={"dir": "b", "limit": "1000", **onward})
        page = reply.ok("reading a room")
        events += page["chunk"]
        onward = {"from": page["end"]} if page.get("end") else None
    said = [_bare(one) for one in events if "state_key" not in one and not _left_out(one)]
    return [_without_typed(one) for one in said] if room_id == stage.rooms["room/admins"] else said


def _bare(event: Any) -> Any:
    return {key: value for key, value in event.items() if key not in {"unsigned", "user_id", "age"}}


def _without_typed(event: Any) -> Any:
    """A card about breaking the glass without what an administrator typed, which is no output either."""
    content = {key: TYPED.sub(r"\1…", value) if isinstance(value, str) else value
               for key, value in event["content"].items()}  # fmt: skip
    return {**event, "content": content}


def _left_out(event: Any) -> bool:
    relation = event["content"].get("m.relates_to")
    edit = isinstance(relation, dict) and relation.get("rel_type") == "m.replace"
    return edit or str(event["content"].get("body", "")).startswith("!")


async def children_of_company(stage: Stage, who: str) -> Any:
    return await _hierarchy(stage, who, "space/company")


async def children_of_partner(stage: Stage, who: str) -> Any:
    return await _hierarchy(stage, who, "space/partner/acme")


async def _hierarchy(stage: Stage, who: str, marker: str) -> Any:
    path = f"/_matrix/client/v1/rooms/{quote(stage.rooms[marker], safe='')}/hierarchy"
    return _listed(stage, await stage.people[who].ask("GET", path))


async def children_told_to_server(stage: Stage, who: str) -> Any:
    """What the administrator of the person's homeserver gets out of ours, signed: ``inaccessible_children`` too."""
    found = {}
    for marker in ("space/company", "space/partner/acme"):
        path = f"/_matrix/federation/v1/hierarchy/{quote(stage.rooms[marker], safe='')}?suggested_only=false"
        found[marker] = _listed(stage, await ask_as_server(stage.people[who].server, stage.company.corp, path))
    return found


def _listed(stage: Stage, reply: Reply) -> Any:
    """A space and its rooms, without the order, which follows from ids and times."""
    content = dict(reply.content)
    rooms = content.pop("rooms", None) or [
        room for key in ("room", "children") for room in _several(content.pop(key, []))
    ]
    for room in rooms:
        room["children_state"] = unordered(room.get("children_state", ()), stage.names())
    return [reply.status, unordered(rooms, stage.names()), Plain(stage.names()).value(content)]


def _several(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


async def room_directory(stage: Stage, who: str) -> Any:
    reply = await stage.people[who].ask("GET", f"{CLIENT}/publicRooms", query={"server": CORP})
    return _plain(stage, reply)


async def aliases(stage: Stage, who: str) -> Any:
    """What the hidden groups would be called, beside a listed group, which has an alias."""
    found = {}
    for group in (*(canary.id for canary in stage.canaries), "news"):
        alias = quote(stage.company.alias(group), safe="")
        found[group] = _plain(stage, await _ask(stage, who, "GET", f"{CLIENT}/directory/room/{alias}"))
    return found


async def people_found(stage: Stage, who: str) -> Any:
    """By name, in the user directory: those whom they share a room with, and nothing of a group."""
    terms = [stage.company.user(name) for name in ("claire", "hugo")] + [canary.name for canary in stage.canaries]
    if who in {"ann", "luc", "ines"}:
        # Synapse fills its directory some time after the fact.
        await eventually(lambda: found_by_name(stage, who, terms[0]), lambda found: bool(found["results"]))
    return {term: Plain(stage.names()).value(await found_by_name(stage, who, term)) for term in terms}


async def found_by_name(stage: Stage, who: str, term: str) -> Any:
    """What the user directory of somebody's own homeserver answers."""
    path = f"{CLIENT}/user_directory/search"
    return (await stage.people[who].ask("POST", path, body={"search_term": term})).ok("searching")


async def rooms_in_common(stage: Stage, who: str) -> Any:
    path = "/_matrix/client/v1/mutual_rooms"
    reply = await stage.people[who].ask("GET", path, query={"user_id": stage.company.user("claire")})
    return [reply.status, *unordered(_several(reply.content.get("joined", reply.content)), stage.names())]


# ------------------------------------------------------------------------------------------------ a room by its id


async def room_by_id(stage: Stage, who: str) -> Any:
    """Everything that Synapse answers alike about a hidden room and about none (MATRIX section 4)."""
    asked = [
        f"/_matrix/client/v1/room_summary/{{}}?via={CORP}",
        "/_matrix/client/v1/rooms/{}/hierarchy",
        *(
            f"{CLIENT}/rooms/{{}}/{what}"
            for what in ("state", "members", "joined_members", "messages?dir=b", "aliases")
        ),
        f"{CLIENT}/rooms/{{}}/state/m.room.create",
    ]
    return [
        [path, _plain(stage, await _ask(stage, who, "GET", path.format(quote(room_id, safe=""))))]
        for room_id in stage.hidden
        for path in asked
    ]


async def doors_by_id(stage: Stage, who: str) -> Any:
    """What tells a hidden room from none to who knows its id: that it is there, and who is in it."""
    found = []
    users = {INSIDE: stage.company.bot, OUTSIDE: f"@nobody:{CORP}"}
    for room_id in stage.hidden:
        quoted = quote(room_id, safe="")
        asked = {
            "listed": ("GET", f"{CLIENT}/directory/list/room/{quoted}"),
            "joining": ("POST", f"{CLIENT}/join/{quoted}?via={CORP}&server_name={CORP}"),
            "knocking": ("POST", f"{CLIENT}/knock/{quoted}?via={CORP}&server_name={CORP}"),
        }
        for what, (method, path) in asked.items():
            reply = await _ask(stage, who, method, path)
            found.append([what, _plain(stage, reply)])
        for what, user in users.items():
            reply = await _ask(stage, who, "POST", f"{CLIENT}/rooms/{quoted}/kick", {"user_id": user})
            found.append([what, _plain(stage, reply)])
    return found


async def doors_told_to_server(stage: Stage, who: str) -> Any:
    """The same, to the person's homeserver, of the rooms of ``room_told_to_server``."""
    found = []
    person = stage.people[who]
    for room_id in (stage.hidden[0], stage.rooms["deal"]):
        for what in ("join?ver=11&ver=12", "knock?ver=11&ver=12", "leave"):
            step, _, query = what.partition("?")
            path = f"/_matrix/federation/v1/make_{step}/{quote(room_id, safe='')}/{quote(person.user_id, safe='')}"
            asked = f"{path}?{query}" if query else path
            found.append([step, _plain(stage, await ask_as_server(person.server, stage.company.corp, asked))])
    return found


async def room_told_to_server(stage: Stage, who: str) -> Any:
    """What the administrator of the person's homeserver gets out of ours about the rooms, beside one that it is in.

    Of the first canary alone: in the second one's room, the partner's server has a member and sees what members see.
    """
    found = []
    for room_id in (stage.hidden[0], stage.rooms["deal"]):
        path = f"/_matrix/federation/v1/hierarchy/{quote(room_id, safe='')}?suggested_only=false"
        found.append(_listed(stage, await ask_as_server(stage.people[who].server, stage.company.corp, path)))
    return found


# ------------------------------------------------------------------------------------------------ the bridge itself


async def queries_to_bridge(stage: Stage, _who: str) -> Any:
    """What the bridge answers the homeserver about aliases: nothing, whoever is meant."""
    token = load_config(stage.company.folder / "config.yaml", {}).appservice.hs_token.reveal()
    found = []
    for group in (*(canary.id for canary in stage.canaries), "sales"):
        path = f"/_matrix/app/v1/rooms/{quote(stage.company.alias(group), safe='')}"
        found.append(_plain(stage, await call("GET", _bridge(stage) + path, token=token)))
    return found


async def health(stage: Stage, _who: str) -> Any:
    """Pages for monitors. Of the metrics the names and labels, and every number that is no measure of traffic: events
    of people's private conversations are in those as well."""
    pages = {page: await call("GET", _bridge(stage) + page) for page in ("/health/live", "/health/ready")}
    metrics = await eventually(lambda: call("GET", f"{_bridge(stage)}/metrics"), lambda reply: WAITING in reply.content)
    kept = ("#", "parvis_inbox{")
    lines = [line if line.startswith(kept) else line.partition(" ")[0] for line in metrics.content.splitlines()]
    return [{page: [reply.status, reply.content] for page, reply in pages.items()}, lines]


async def log(stage: Stage, _who: str) -> Any:
    """What the running bridge wrote, without times, ports and random names of runs, in no order."""
    lines = [json.loads(line) for line in stage.company.house.log.read_text(encoding="utf-8").splitlines()]
    kept = (line for line in lines if line["event"] not in SEPARATE)
    return unordered(
        ({key: value for key, value in line.items() if key not in {"run", "port"}} for line in kept), stage.names()
    )


async def plan_as(stage: Stage, who: str) -> Any:
    return await _parvis(stage, "plan", "--json", "--as", stage.people[who].user_id)


async def plan_of_group_as(stage: Stage, who: str) -> Any:
    """A hidden group by its id, and one of nearly that id."""
    canary = stage.canaries[0]
    words = ("plan", "--as", stage.people[who].user_id, "--group")
    return [await _parvis(stage, *words, group) for group in (canary.id, canary.near_misses[0])]


async def digest_of(stage: Stage, who: str) -> Any:
    """What the weekly digest would tell somebody of the week that goes on now."""
    today = datetime.now(UTC).date()
    week = Week(today + timedelta(days=7 - today.weekday()))
    return await _parvis(stage, "digest", "preview", stage.people[who].user_id, "--week", str(week))


async def why_as(stage: Stage, who: str) -> Any:
    """The same question about these two groups, about oneself."""
    canary, user = stage.canaries[0], stage.people[who].user_id
    groups = (canary.id, canary.near_misses[0])
    return [await _parvis(stage, "why", user, group, "--as", user) for group in groups]


async def _parvis(stage: Stage, *words: str) -> Any:
    outcome = await stage.company.parvis(*words)
    return Plain(stage.names()).value([outcome.code, outcome.out, outcome.err])


def _bridge(stage: Stage) -> str:
    return f"http://127.0.0.1:{stage.company.house.port}"


async def _ask(stage: Stage, who: str, method: str, path: str, said: object = None) -> Reply:
    body = ({} if said is None else said) if method == "POST" else None
    if who:
        return await stage.people[who].ask(method, path, body=body)
    return await stage.company.corp.request(method, path, body=body)


def _plain(stage: Stage, reply: Reply) -> Any:
    return [reply.status, Plain(stage.names()).value(reply.content)]
