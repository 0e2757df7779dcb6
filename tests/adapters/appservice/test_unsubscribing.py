"""The page for unsubscribing, over real connections: looking changes nothing, one click does, and no token is told."""

from collections.abc import AsyncIterator

import aiohttp
import pytest

from bridge.adapters.appservice.server import InboundServer
from bridge.adapters.appservice.unsubscribing import UnsubscribePage
from bridge.adapters.language import Catalogues
from bridge.domain.errors import StoreError
from bridge.domain.messages import say
from bridge.domain.sending import Choices
from bridge.services.intake import Intake
from bridge.services.mailing import PATH, Mailing
from tests.adapters.appservice.test_inbound_server import TOKEN, FakeHealth
from tests.fakes.clock import FakeClock
from tests.fakes.mailer import FakeMailer
from tests.services.household import Household
from tests.services.inbox import Inbox
from tests.services.test_mailing import ANN, LINKS, office

ONE_CLICK = {"List-Unsubscribe": "One-Click"}


class Visit:
    """Somebody's browser, or their mail program."""

    def __init__(self, house: Household, mailing: Mailing, http: aiohttp.ClientSession, port: int) -> None:
        self.house, self.mailing, self.http = house, mailing, http
        self.base = f"http://127.0.0.1:{port}"

    @property
    def path(self) -> str:
        return self.mailing.link(ANN).removeprefix(LINKS)

    async def ask(self, method: str, path: str, **options: object) -> tuple[int, str, dict[str, str]]:
        async with self.http.request(method, self.base + path, **options) as answer:  # type: ignore[arg-type]  # by name
            headers = {name: value for name, value in answer.headers.items() if name != "Date"}
            return answer.status, await answer.text(), headers

    async def gets_letters(self) -> bool:
        async with self.house.store.view() as view:
            return await view.digests.choices(ANN) == Choices(reader=ANN, mail=True)


@pytest.fixture
async def visit() -> AsyncIterator[Visit]:
    house, mailing = await office(FakeMailer())
    inbox = Inbox()
    server = InboundServer(
        hs_token=TOKEN,
        intake=Intake(inbox, FakeClock(), lambda _: None),
        health=FakeHealth(inbox),
        doors=[UnsubscribePage(mailing, Catalogues.load())],
    )
    await server.start("127.0.0.1", 0)
    async with aiohttp.ClientSession() as http:
        yield Visit(house, mailing, http, server.port)
    await server.stop()


async def test_a_program_that_looks_at_every_link_ends_nothing(visit: Visit) -> None:
    for method in ("GET", "HEAD"):
        status, text, headers = await visit.ask(method, visit.path)
        assert status == 200
        assert headers["Cache-Control"] == "no-store"
        assert headers["Referrer-Policy"] == "no-referrer"
        assert headers["Content-Type"] == "text/html; charset=utf-8"
    assert await visit.gets_letters()
    _, text, _ = await visit.ask("GET", visit.path)
    assert '<section lang="en">' in text
    assert '<section lang="fr">' in text
    assert text.count('<form method="post">') == 2


async def test_one_click_of_a_mail_program_ends_letters(visit: Visit) -> None:
    status, text, _ = await visit.ask("POST", visit.path, data=ONE_CLICK)
    assert status == 200
    assert "<form" not in text
    assert not await visit.gets_letters()
    again, said, _ = await visit.ask("POST", visit.path, data=ONE_CLICK)
    assert (again, said) == (200, text)


@pytest.mark.slow
@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("token", ["nothing", "A" * 96, "A" * 3000, "%C3%A9", ""], ids=range(5))
async def test_a_token_of_nobody_gets_the_same_bytes(visit: Visit, method: str, token: str) -> None:
    right = await visit.ask(method, visit.path)
    assert await visit.ask(method, f"{PATH}{token}") == right


async def test_a_store_in_trouble_is_told_to_everybody_alike(visit: Visit) -> None:
    visit.house.store.failing = StoreError(say("The database is gone."))
    right = await visit.ask("POST", visit.path, data=ONE_CLICK)
    assert right[0] == 503
    assert await visit.ask("POST", f"{PATH}nothing", data=ONE_CLICK) == right


async def test_other_methods_and_other_paths_are_refused(visit: Visit) -> None:
    assert (await visit.ask("PUT", visit.path))[0] == 405
    assert (await visit.ask("GET", "/mail/"))[0] == 404
    assert (await visit.ask("GET", "/mail/unsubscribe"))[0] == 404
