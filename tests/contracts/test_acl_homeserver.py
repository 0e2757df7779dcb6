"""Server ACLs on a real Synapse: who gets in is whom the rules promise, and the model of the specification."""

import asyncio
import json
from collections.abc import Sequence
from typing import Any, Final
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bridge.domain.messages import Text
from bridge.domain.partners import Partner
from bridge.rules.partners import acl_names
from bridge.rules.state import acl_content
from deploy.localnet.installation import installed_synapse
from tests.contracts.homeservers import real_world, room
from tests.localnet.talk import eventually
from tests.support.acl_model import Acl, acls, lets_in, servers
from tests.support.synapse import ACME, BOT, CORP, RealServers

pytestmark = pytest.mark.homeserver

MADE: Final = {
    "its name": (["acme.test"], True),
    "its name in capitals": (["Acme.TEST"], True),
    "its name with a port": (["acme.test:8448"], True),
    "a domain above it": (["*.test"], True),
    "a domain of its own": (["*.acme.test"], False),
    "another server": (["apex.test"], False),
    "an address": (["127.0.0.1"], False),
}
"""What a partner is said to have, and whether the server ``acme.test`` comes in."""
FOUND: Final[dict[str, dict[str, Any]]] = {
    "capitals": {"allow": ["corp.test", "ACME.Test"]},
    "one letter of any kind": {"allow": ["corp.test", "acm?.test"]},
    "everybody": {"allow": ["*"]},
    "everybody, and denied": {"allow": ["*"], "deny": ["ACME.test"]},
    "named, and denied by a glob": {"allow": ["corp.test", "acme.test"], "deny": ["acme.*"]},
    "with a port": {"allow": ["corp.test", "acme.test:*", "acme.test:8448"]},
    "denied with a port": {"allow": ["*"], "deny": ["acme.test:*"]},
    "nobody but us": {"allow": ["corp.test"], "deny": []},
}
"""What somebody else may have written."""
EVALUATOR: Final = """
import json, sys
from synapse.storage.controllers.state import server_acl_evaluator_from_event
from synapse.util.stringutils import parse_server_name
class Event:
    def __init__(self, content): self.content = content
for content, name in json.load(sys.stdin):
    evaluator = server_acl_evaluator_from_event(Event(content))
    print(int(evaluator.server_matches_acl_event(parse_server_name(name)[0])))
"""
"""What Synapse asks itself about each event that comes in, with its own code (federation_server.py)."""


def content_for(claims: Sequence[str]) -> dict[str, Any]:
    """The ACL of a room that admits a partner with these servers."""
    acme = Partner(id="acme", name=Text.same("Acme"), servers=tuple(claims))
    return dict(acl_content(sorted({CORP, *acl_names(acme)}), BOT))


async def test_a_partners_server_is_let_in_as_promised(real_servers: RealServers) -> None:
    world = await real_world(real_servers)
    cases = [(what, content_for(claims), inside) for what, (claims, inside) in MADE.items()]
    cases += [(what, content, lets_in(content, ACME)) for what, content in FOUND.items()]
    assert {inside for _, _, inside in cases} == {True, False}
    try:
        room_id = await world.homeserver.create_room(room("acl"))
        await world.homeserver.set_state(room_id, "m.room.join_rules", "", {"join_rule": "public"})
        kim = await world.person("kim", partner=True)
        for what, content, inside in cases:
            await world.homeserver.set_state(room_id, "m.room.server_acl", "", content)
            assert await world.act(kim, "join", room_id) is inside, what
            assert lets_in(content, ACME) is inside, what
            if inside:  # the next case asks at the door again, once our homeserver knows that nobody is in
                assert await world.act(kim, "leave", room_id)

                async def of_kim() -> Any:
                    member = f"/_matrix/client/v3/rooms/{quote(room_id, safe='')}/state/m.room.member/{kim}"
                    return (await world.homeserver.request("GET", member))["membership"]

                await eventually(of_kim, "leave".__eq__)
    finally:
        await world.close()


async def test_synapse_evaluates_any_acl_as_the_model_does() -> None:
    asked: list[tuple[Acl, str]] = []

    @settings(max_examples=900, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
    @given(acls, st.lists(servers, min_size=2, max_size=5))
    def gather(content: Acl, names: list[str]) -> None:
        asked.extend((content, name) for name in names if content is not None)

    gather()
    process = await asyncio.create_subprocess_exec(
        str(await installed_synapse()), "-I", "-c", EVALUATOR,
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    out, _ = await process.communicate(json.dumps(asked).encode())
    answers = [line == "1" for line in out.decode().split()]
    assert len(answers) == len(asked) > 1000
    assert set(answers) == {True, False}
    differing = [(*case, said) for case, said in zip(asked, answers, strict=True) if lets_in(*case) is not said]
    assert differing == []
