"""What owners, moderators and everybody else may do in a room, as a real homeserver judges it."""

import itertools
from collections.abc import AsyncIterator
from dataclasses import dataclass
from urllib.parse import quote

import pytest
import pytest_asyncio

from tests.support.company import ACME, CORP, Company
from tests.support.park import Park

pytestmark = [pytest.mark.homeserver, pytest.mark.asyncio(loop_scope="module")]

OK, FORBIDDEN = 200, 403
DIRECTORY = """
people:
  - {id: "1", user: "@claire~:corp.test", name: Claire}
  - {id: "2", user: "@ines~:corp.test", name: Inès}
  - {id: "3", user: "@luc~:corp.test", name: Luc}
  - {id: "4", user: "@ann~:corp.test", name: Ann}
groups:
  - {id: team, name: Team, visibility: invite-only, owners: ["1"], moderators: ["3"], members: ["2", "4"]}
  - {id: news, name: News, visibility: public, posting: owners, owners: ["1"], moderators: ["3"], members: ["4"]}
  - {id: deal, name: Deal, visibility: invite-only, owners: ["1"], members: ["4"], partners: [acme]}
partners:
  - {id: acme, name: Acme SA, kind: reseller, servers: [acme.test]}
"""
BOTS_ALONE = {
    "m.room.name": {"name": "Mine"},
    "m.room.topic": {"topic": "Mine"},
    "m.room.join_rules": {"join_rule": "public"},
    "m.room.history_visibility": {"history_visibility": "world_readable"},
    "m.room.guest_access": {"guest_access": "can_join"},
    "m.room.encryption": {"algorithm": "m.megolm.v1.aes-sha2"},
    "m.room.server_acl": {"allow": ["*"], "deny": [], "allow_ip_literals": True},
    "m.room.power_levels": {"users": {}},
    "m.room.tombstone": {"body": "", "replacement_room": "!other"},
    "m.room.policy": {"via": "policy.test", "public_keys": {"ed25519": "a"}},
    "m.space.parent": {"via": [CORP]},
    "io.parvis.group": {"group": "other"},
    "org.example.anything": {"a": 1},
}
numbers = itertools.count()


@dataclass(frozen=True)
class Office:
    """The rooms, and people who try things in them."""

    company: Company
    rooms: dict[str, str]

    async def tries(self, name: str, verb: str, group: str, path: str, body: object) -> int:
        """The status of what somebody tries in a group's room."""
        room = quote(self.rooms[group], safe="")
        reply = await self.company.people[name].ask(verb, f"/_matrix/client/v3/rooms/{room}/{path}", body=body)
        assert reply.status in {OK, FORBIDDEN}, reply
        return reply.status

    async def sets(self, name: str, group: str, kind: str, content: object) -> int:
        return await self.tries(name, "PUT", group, f"state/{kind}/", content)

    async def removes(self, name: str, group: str, other: str) -> int:
        return await self.tries(name, "POST", group, "kick", {"user_id": self.company.user(other)})

    async def sends(self, name: str, group: str, kind: str, content: object) -> str | None:
        """The id of the event that somebody sends; None when that is refused."""
        room = quote(self.rooms[group], safe="")
        path = f"/_matrix/client/v3/rooms/{room}/send/{kind}/role{next(numbers)}"
        reply = await self.company.people[name].ask("PUT", path, body=content)
        return None if reply.status == FORBIDDEN else str(reply.ok("sending")["event_id"])


@pytest_asyncio.fixture(scope="module", loop_scope="module", params=["12", "11"])
async def office(park: Park, request: pytest.FixtureRequest) -> AsyncIterator[Office]:
    company = park.company(DIRECTORY, homeserver={"room_version": request.param})
    await company.hire("claire", "ines", "luc", "ann", "eve")
    await company.hire("bob", server=ACME)
    await company.hire_service()
    applied = await company.parvis("apply")
    assert applied.code == 0, applied.said
    yield Office(company, await company.rooms())


@pytest.mark.parametrize("kind", BOTS_ALONE)
async def test_nobody_changes_what_decides_visibility(office: Office, kind: str) -> None:
    for name in ("claire", "luc", "ann"):
        assert await office.sets(name, "team", kind, BOTS_ALONE[kind]) == FORBIDDEN, name


async def test_owners_choose_the_picture_and_moderators_what_is_pinned(office: Office) -> None:
    picture, pinned = {"url": "mxc://corp.test/picture"}, {"pinned": ["$event"]}
    tried = {
        name: (await office.sets(name, "team", "m.room.avatar", picture),
               await office.sets(name, "team", "m.room.pinned_events", pinned))
        for name in ("claire", "luc", "ann")
    }  # fmt: skip
    assert tried == {"claire": (OK, OK), "luc": (FORBIDDEN, OK), "ann": (FORBIDDEN, FORBIDDEN)}
    assert (await office.company.parvis("plan")).code == 0


async def test_owners_invite_where_nobody_from_outside_takes_part(office: Office) -> None:
    eve = {"user_id": office.company.user("eve")}
    for name, group, status in (("claire", "team", OK), ("luc", "team", FORBIDDEN), ("claire", "deal", FORBIDDEN)):
        assert await office.tries(name, "POST", group, "invite", eve) == status, (name, group)


async def test_order_is_kept_from_above(office: Office) -> None:
    for name, other, status in (
        ("ann", "ines", FORBIDDEN), ("luc", "claire", FORBIDDEN), ("claire", "luc", OK), ("claire", "ines", OK),
    ):  # fmt: skip
        assert await office.removes(name, "team", other) == status, (name, other)
    bot = {"user_id": office.company.bot}
    assert await office.tries("claire", "POST", "team", "kick", bot) == FORBIDDEN


async def test_where_owners_post_others_read_and_react(office: Office) -> None:
    hello = {"msgtype": "m.text", "body": "Hello"}
    said = {name: await office.sends(name, "news", "m.room.message", hello) for name in ("claire", "luc", "ann")}
    assert [name for name, event_id in said.items() if event_id] == ["claire", "luc"]
    relation = {"m.relates_to": {"rel_type": "m.annotation", "event_id": said["claire"], "key": "👍"}}
    reaction = await office.sends("ann", "news", "m.reaction", relation)
    assert reaction
    assert await office.tries("ann", "PUT", "news", f"redact/{quote(reaction)}/role{next(numbers)}", {}) == OK
