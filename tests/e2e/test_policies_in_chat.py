"""A sales director makes and changes a group from her phone, on real homeservers; the policy file stays in force."""

import pytest

from deploy.demo.bot import Conversation
from deploy.demo.people import Person
from tests.e2e.journeys import at_work, seen, staffed
from tests.localnet.talk import eventually
from tests.support.park import Park

pytestmark = [pytest.mark.homeserver, pytest.mark.asyncio(loop_scope="module")]

POLICIES = """
defaults: {requests: none}
groups:
  news: {posting: owners}
"""
ORION = "Salle Orion"


def in_orion(person: Person) -> str | None:
    """The id of the room that the person's client calls so."""
    return next((room.room_id for room in person.joined.values() if room.name == ORION), None)


async def test_a_group_is_made_opened_archived_and_reopened_in_chat(park: Park) -> None:
    company = await staffed(park, service=True, policies="policies.yaml")
    (company.folder / "policies.yaml").write_text(POLICIES, encoding="utf-8")
    async with at_work(company, "claire", "ann"):
        claire, ann = company.people["claire"], company.people["ann"]
        at_claire = await Conversation.open(claire, company.bot)
        at_ann = await Conversation.open(ann, company.bot)

        made = await at_claire.ask("!groupe créer Salle Orion --modèle deal-room")
        assert made.status == "ok", made.text
        room_id = await seen(claire, "the new room", lambda: in_orion(claire))
        assert claire.joined[room_id].encrypted
        assert (await at_ann.ask("!group set “Salle Orion” posting owners")).status == "error"
        for line in ("!groupe propriétaire Salle Orion {} --oui", "!group add “Salle Orion” {} --yes"):
            assert (await at_claire.ask(line.format(company.user("ann")))).status == "ok"
        await seen(ann, "the room", lambda: in_orion(ann))

        async def rule() -> str:
            return str((await company.state(room_id))["m.room.join_rules", ""]["join_rule"])

        asked = await at_ann.ask('!groupe visibilité "Salle Orion" publique')
        assert (asked.status, await rule()) == ("confirm", "invite")
        assert "All that was said in Salle Orion so far becomes readable to 2 more employees" in asked.text
        assert (await at_ann.ask('!groupe visibilité "Salle Orion" publique --oui')).status == "ok"
        await eventually(rule, lambda found: found == "restricted")

        pinned = await at_claire.ask("!group set sales name Autre")
        assert (pinned.status, "directory.yaml" in pinned.text) == ("error", True)
        assert (await at_claire.ask('!groupe archiver "Salle Orion" --oui')).status == "ok"
        await eventually(rule, lambda found: found == "invite")
        assert (await at_claire.ask('!groupe rouvrir "Salle Orion" --oui')).status == "ok"
        await eventually(rule, lambda found: found == "restricted")

        news = (await company.state((await company.rooms())["news"]))["m.room.power_levels", ""]
        assert news["events_default"] > 0
