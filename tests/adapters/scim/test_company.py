"""A whole company told by SCIM, as Entra and Okta tell it, group by group against the set that was made up with it."""

import json
from collections.abc import Iterator, Sequence
from itertools import cycle
from typing import Any

import pytest

from bridge.adapters.directory.scim import ScimPlace, ScimSource
from bridge.domain.directory import Directory, Visibility
from tests.adapters.directory.test_sets import expected, making
from tests.adapters.scim.served import SETTLE, Client, served
from tests.fakes.store import FakeStore

pytestmark = pytest.mark.slow

Operation = dict[str, Any]


def adding(members: Sequence[str]) -> Iterator[list[Operation]]:
    """Every way to say who is in a group, again and again; all that is said beside comes to nothing."""
    written = [{"value": one} for one in members]
    everything: Operation = {"op": "Replace", "path": "members", "value": written}
    taking: Operation = {"op": "Remove", "path": "members"}
    yield from cycle([
        [{"op": "Add", "path": "members", "value": [{"$ref": None, **one} for one in written]}],
        [{"op": "add", "value": {"members": written}}],
        [{"op": "add", "path": "members", "value": [one]} for one in written],
        [everything, {**taking, "value": written[:1]}, {"op": "add", "value": [{"members": written[:1]}]}],
        [everything, *({"op": "remove", "path": f'members[value eq "{one}"]'} for one in members[:2]), everything],
        [{"op": "add", "path": "members", "value": list(members)}, {**taking, "value": []}],
    ])  # fmt: skip


async def tell(client: Client, company: Any) -> None:
    """Everybody, some of them twice or switched off at first, and every group."""
    ids: dict[str, str] = {}
    for number, one in enumerate(company.people):
        body = {"displayName": one.name, "active": str(one.active), "externalId": f"x{number}", "roles": []}
        ids[making.localpart(one.login)] = first = await client.user(f"{one.login}@corp.example", **body)
        if number % 10 == 3:
            assert (await client.ask("DELETE", f"/Users/{first}")).status == 204
            ids[making.localpart(one.login)] = await client.user(f"{one.login}@corp.example", **body)
        if number % 10 == 7:
            for active in ("False", str(one.active)):
                off = {"op": "Replace", "path": "active", "value": active}
                assert (await client.patch(f"/Users/{first}", off)).status in (200, 204)
    groups = {team.mark: await client.group(team.mark) for team in company.teams}
    for number, team in enumerate(company.teams):
        named = (
            groups[one.removeprefix("group:")] if one.startswith("group:") else ids[one] for one in sorted(team.inside)
        )
        members = [*named]
        ways = adding(members)
        for _ in range(number % 6):
            next(ways)
        if operations := next(ways):
            answer = await client.patch(f"/Groups/{groups[team.mark]}", *operations)
            assert answer.status == 204, (answer, json.dumps(operations))


def told(directory: Directory) -> dict[str, Any]:
    """In the words of the expected sets."""
    words = {one.id: one.user[1:].partition(":")[0] for one in directory.people.values()}
    words |= {f"group:{one.id}": f"group:{one.name.en}" for one in directory.groups.values()}
    people = {words[one.id]: [one.name, one.active] for one in directory.people.values()}
    groups = {one.name.en: sorted(words[member] for member in one.members) for one in directory.groups.values()}
    return {"people": people, "groups": groups}


async def test_a_company_that_is_told_by_scim_has_whom_it_should() -> None:
    store = FakeStore()
    async with served(store) as client:
        await tell(client, making.SETS["accents"]())
        await client.clock.advance(SETTLE.total_seconds())
        place = ScimPlace(server_name="corp.example", visibility=Visibility.INVITE_ONLY, settle=SETTLE)
        reading = await ScimSource(place=place, shelf=store, clock=client.clock).read()
    assert told(reading.directory) == expected("accents")
