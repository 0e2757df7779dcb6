"""On a real homeserver: somebody logs in as the bot, which is in an encrypted room, is thrown out, and that is told."""

from typing import Final

import pytest

from bridge.domain.ids import localpart_of
from tests.e2e.journeys import accepted, administration, at_work, seen, told
from tests.support.company import Company
from tests.support.park import Park

pytestmark = pytest.mark.homeserver

DIRECTORY: Final = """
people:
  - {id: "1", user: "@claire~:corp.test", name: Claire, language: en}
  - {id: "2", user: "@ines~:corp.test", name: Ines, language: en}
  - {id: "3", user: "@luc~:corp.test", name: Luc, language: en}
groups:
  - {id: news, name: News, owners: ["2"], members: ["3"]}
  - {id: comex, name: Comex, visibility: hidden, owners: ["1"], language: fr}
"""


async def log_in_as_the_bot(company: Company) -> str:
    """As whoever has the token of the application service can: the id of the device that this makes, and that may be
    gone already."""
    body = {
        "type": "m.login.application_service",
        "identifier": {"type": "m.id.user", "user": localpart_of(company.bot)},
    }
    answer = await company.as_bot("POST", "/_matrix/client/v3/login", body)
    assert answer["access_token"]
    return str(answer["device_id"])


async def devices(company: Company) -> list[str]:
    found = await company.as_bot("GET", "/_matrix/client/v3/devices")
    return [str(one["device_id"]) for one in found["devices"]]


async def test_whoever_logs_in_as_the_bot_is_thrown_out_and_those_inside_are_told(park: Park) -> None:
    company = park.company(DIRECTORY)
    claire, ines, luc = await company.hire("claire", "ines", "luc")
    async with at_work(company, "claire", "ines", "luc"):
        await seen(claire, "both invitations", lambda: len(claire.invited) >= 2)
        rooms = await company.rooms()
        [comex] = claire.invited.keys() - {rooms["space/company"]}
        await accepted(claire, comex)
        await accepted(ines, rooms["room/admins"])
        assert await devices(company) == []
        device = await log_in_as_the_bot(company)
        await accepted(luc, rooms["news"])  # something happens, and the bridge goes round
        await told(claire, comex, "s’est connecté en tant que")
        assert await devices(company) == []
        alarm = await told(ines, await administration(ines), "logged in as")
        assert device in str(alarm["content"]["body"])
        assert comex not in str(alarm)
        assert "comex" not in str(alarm).lower()
        assert not any("logged in" in text for room in luc.joined.values() for text in room.texts())
        assert len(luc.invited) == 1, "the company space, and no conversation with the bot"
