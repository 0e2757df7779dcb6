"""A digest by e-mail, whole: asked for in a real client, taken by a real mail server, ended with one click."""

from email.message import EmailMessage
from urllib.parse import quote

import aiohttp
import pytest

from deploy.demo.bot import Conversation
from deploy.demo.people import following
from tests.localnet.talk import eventually
from tests.support.company import CORP, Company
from tests.support.mailhost import MailHost, mail_host
from tests.support.park import Park

pytestmark = pytest.mark.homeserver

DIRECTORY = """
people:
  - {id: "1", user: "@ann~:corp.test", name: Ann Löwe, email: ann@corp.test, language: en}
  - {id: "2", user: "@luc~:corp.test", name: Luc Petit, email: luc@corp.test}
groups:
  - {id: news, name: News, owners: ["1"], members: ["1", "2"]}
"""
ADMIN = {"module": "bots.admin.bot.AdminBot"}
CALM = [ADMIN, {"module": "bots.digest.bot.DigestBot"}]
EAGER = [ADMIN, {"module": "tests.support.eager_digests.EagerBot", "config": {"window": "0m", "report": "false"}}]


def furnished(park: Park, host: MailHost) -> Company:
    company = park.company(DIRECTORY, bots=CALM)
    mail = {
        "server": f"127.0.0.1:{host.port}",
        "security": "none",
        "sender": "Parvis <parvis@corp.test>",
        "links": f"http://127.0.0.1:{company.house.port}",
    }
    company.house.configure({"mail": mail})
    return company


async def arrived(host: MailHost) -> EmailMessage:
    async def count() -> int:
        return len(host.taken)

    await eventually(count, bool, 60)
    ((_, to, letter),) = host.taken
    assert to == ["ann@corp.test"]
    return letter


async def liked(talk: Conversation) -> str:
    """A digest that is asked for, and liked: what its first item is there for."""
    ann, told = talk.person, await talk.ask("digest now")
    shown = next(one for one in ann.joined[talk.room_id].messages if one["content"] == told.content)
    relation = {"rel_type": "m.annotation", "event_id": shown["event_id"], "key": "👍"}
    path = f"/_matrix/client/v3/rooms/{quote(talk.room_id)}/send/m.reaction/liked"
    (await ann.ask("PUT", path, body={"m.relates_to": relation})).ok("reacting")
    return (await talk.ask("digest why 1")).text


async def test_who_asks_for_letters_gets_one_and_ends_them_with_a_click(park: Park) -> None:
    async with mail_host() as host:
        company = furnished(park, host)
        await company.hire("ann", "luc")
        ann, bot = company.people["ann"], f"@parvis{company.suffix}_digest:{CORP}"
        async with following(ann):
            async with company.running():
                talk = await Conversation.open(ann, bot)
                assert (await talk.ask("digest e-mail on")).status == "ok"
                assert "by e-mail" in (await talk.ask("digest")).text
            company.house.configure({"bots": EAGER})
            async with company.running():
                letter = await arrived(host)
                assert "👍 on such an item" in await liked(talk)
                link = str(letter["List-Unsubscribe"]).strip("<>")
                async with aiohttp.ClientSession() as http:
                    async with http.get(link) as page:
                        assert (page.status, "<form" in await page.text()) == (200, True)
                    assert "not by e-mail" not in (await talk.ask("digest")).text
                    async with http.post(link, data={"List-Unsubscribe": "One-Click"}) as page:
                        assert page.status == 200
                assert "not by e-mail" in (await talk.ask("digest")).text
    body = letter.get_body(("plain",))
    assert body is not None
    assert f"For {ann.user_id}" in body.get_content()
    assert letter["To"] == "Ann Löwe <ann@corp.test>"
    log = company.house.log.read_text(encoding="utf-8")
    assert "ann@corp.test" not in log
    assert link.rpartition("/")[2] not in log
