"""An agreement that runs out on real homeservers: asked in time, renewed by a tap, over, and back again."""

from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

import pytest

from bridge.adapters.language import moment
from bridge.rules.renewal import a_year_after
from deploy.demo.bot import Conversation
from tests.e2e.journeys import at_work, seen, told
from tests.e2e.test_confirming import tap
from tests.localnet.talk import eventually
from tests.support.company import ACME, members
from tests.support.park import Park

pytestmark = pytest.mark.homeserver

DIRECTORY: Final = """
people:
  - {id: "1", user: "@claire~:corp.test", name: Claire, language: fr}
  - {id: "2", user: "@ines~:corp.test", name: Inès, language: en}
  - {id: "3", user: "@luc~:corp.test", name: Luc, language: en, manager: "1"}
groups:
  - {id: deal, name: Deal, owners: ["1"], members: ["3", "@bob~:acme.test"], partners: [acme]}
  - {id: merger, name: Fusion, visibility: hidden, owners: ["1"], members: ["1", "@bob~:acme.test"], partners: [acme]}
partners:
  - {id: acme, name: Acme SA, users: ["@bob~:acme.test"], sponsor: "3"}
"""


def day(ahead: int) -> date:
    """A day counted from today, where the company is."""
    return datetime.now(ZoneInfo("Europe/Paris")).date() + timedelta(days=ahead)


async def test_an_agreement_runs_out_is_renewed_ends_and_comes_back(park: Park) -> None:
    company = park.company(DIRECTORY, directory={"every": "1s"}, language="en")
    await company.hire("claire", "ines", "luc")
    [bob] = await company.hire("bob", server=ACME)
    await company.hire_service()
    claire, luc = company.people["claire"], company.people["luc"]
    async with at_work(company, "claire", "luc", "bob"):
        rooms = await eventually(company.rooms, lambda found: "deal" in found, seconds=90)
        deal = rooms["deal"]
        await seen(bob, "the deal", lambda: deal in bob.invited)
        await bob.accept(deal)
        with_luc = Conversation(luc, await luc.open_conversation(company.bot))
        with_claire = Conversation(claire, await claire.open_conversation(company.bot))

        tomorrow, next_year = day(1), a_year_after(day(1))
        assert (await with_luc.ask(f"!partner extend acme {tomorrow} --yes")).status == "ok"
        card = await told(luc, with_luc.room_id, f"The agreement with Acme SA ends on {moment(tomorrow, 'en')}")
        asked = str(card["content"]["body"])
        assert f"!partner renew acme --until {next_year}" in asked
        assert "Fusion" not in asked
        in_french = await told(
            claire, with_claire.room_id, f"L’accord avec Acme SA prend fin le {moment(tomorrow, 'fr')}"
        )
        assert "car Luc répond de Acme SA" in str(in_french["content"]["body"])
        await tap(luc, with_luc.room_id, card["event_id"], "✅")
        await told(luc, with_luc.room_id, f"The agreement with Acme SA runs until {moment(next_year, 'en')}")
        await told(claire, with_claire.room_id, "renouvelé")

        async def inside() -> set[str]:
            return members(await company.state(deal), "join", "invite")

        assert bob.user_id in await inside()
        assert (await with_luc.ask(f"!partner extend acme {day(-1).isoformat()} --yes")).status == "ok"
        await told(luc, with_luc.room_id, "is over: everybody of it is out")
        await eventually(inside, lambda found: bob.user_id not in found, seconds=90)
        await seen(bob, "that he is out", lambda: deal not in bob.joined)

        async def left_to_do() -> int:
            return (await company.parvis("plan")).code

        await eventually(left_to_do, lambda code: code == 0, seconds=90)
        assert (await with_luc.ask(f"!partner renew acme --until {day(90).isoformat()}")).status == "ok"
        await seen(bob, "the deal again", lambda: deal in bob.invited, seconds=90)
        log = (await company.parvis("audit", "search")).out
        assert log.count("decided about a partner") == 4
