"""Digests by e-mail over a real mail server: in chat and by letter, each once, whatever dies and whoever is away."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from email.message import EmailMessage

import pytest

from bots.digest.bot import DigestBot
from bots.digest.report_words import Figures, report_document
from bridge.adapters.mail.smtp import MailServer, Security, SmtpMailer
from bridge.adapters.mail.writing import Sender
from bridge.adapters.matrix.messenger import MatrixMessenger
from bridge.adapters.sealing import DataKeySealer
from bridge.domain.errors import HomeserverError
from bridge.domain.mail import MailError, MailOutcome
from bridge.domain.sending import Choices
from bridge.services.mailing import PATH, Mailing
from bridge.services.rounds import Rounds
from tests.bots.digest.kiosk import MONDAY, FakeContents, Kiosk
from tests.bots.digest.test_words import RENDERER
from tests.services.household import DIGEST
from tests.services.talking import bot_api
from tests.support.mailhost import MailHost, mail_host
from tests.world import user

ANN, BOB = user("ann"), user("bob")
WEEK = "2026-W48"
CHOSEN = Choices(reader=ANN, mail=True)
SENDER = Sender(address="parvis@corp.example", name="Parvis", list_id="digest.corp.example")


@dataclass
class Office(Kiosk):
    """The kiosk with a way to a mail server; Ann and Bob have addresses."""

    port: int = 0
    hidden: bool = False

    def another(self) -> tuple[Rounds, DigestBot]:
        house = self.house
        rounds = Rounds(clock=house.clock)
        api = bot_api(house, MatrixMessenger(house.homeserver.calls, house.store, DIGEST))
        api = replace(api, rounds=rounds, slow_rounds=rounds, leads=False, mailing=self.mailing())
        return rounds, DigestBot(api, self.config, contents=self.contents)

    def mailing(self) -> Mailing:
        server = MailServer(host="127.0.0.1", port=self.port, security=Security.NONE, sender=SENDER, patience=20.0)
        return Mailing(
            store=self.house.store,
            society=self.house.society,
            mailer=SmtpMailer(server, self.house.clock),
            clock=self.house.clock,
            sealer=DataKeySealer(bytes(32)),
            links="https://parvis.corp.example",
            hidden=self.hidden,
        )

    async def _errands(self) -> None:
        for errand in self.rounds.errands:
            try:
                await errand()
            except (HomeserverError, MailError):
                continue


@asynccontextmanager
async def office(
    host: MailHost | None = None, deaths: Sequence[int] = (), *, hidden: bool = False
) -> AsyncIterator[tuple[Office, MailHost]]:
    """Monday comes: news for both, and a deal that is hidden for Ann, who asked for letters, as Bob did."""
    async with mail_host(host) as running:
        contents = FakeContents(items={ANN: ["news", "deal"], BOB: ["it"]}, secret={"deal"})
        shop = await Office.opened(contents=contents, port=running.port, hidden=hidden)
        assert isinstance(shop, Office)
        source = shop.house.source.directory
        people = {id_: replace(one, email=f"{id_}@corp.example") for id_, one in source.people.items()}
        shop.house.source.directory = replace(source, people=people)
        await shop.house.settle()
        async with shop.house.store.work() as work:
            for reader in (ANN, BOB):
                await work.digests.put_choices(replace(CHOSEN, reader=reader))
        shop.house.fuse.steps, shop.deaths = 0, [*deaths]
        shop._dies_at = shop._next()
        yield shop, running


def plain(letter: EmailMessage) -> str:
    body = letter.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


async def test_who_asked_for_letters_gets_their_digest_in_chat_and_by_mail_without_what_is_hidden() -> None:
    async with office() as (shop, host):
        await shop.go_round(MONDAY)
        for later in (1, 60, 600):
            await shop.go_round(MONDAY + timedelta(minutes=later))
        (hers, his) = sorted((letter for _, _, letter in host.taken), key=lambda one: str(one["To"]))
        assert (len(shop.digests(ANN)), len(shop.digests(BOB))) == (1, 1)
    assert "About deal" in shop.told(ANN)[-1]
    assert "About news" in plain(hers)
    assert "deal" not in plain(hers).casefold()
    assert "About it" in plain(his)
    assert hers["Subject"] == "Your week until 29 Nov 2026"
    assert f"https://parvis.corp.example{PATH}" in plain(hers)


async def test_letters_tell_members_of_hidden_groups_where_the_configuration_allows_it() -> None:
    async with office(hidden=True) as (shop, host):
        await shop.go_round(MONDAY)
        (hers,) = [letter for _, to, letter in host.taken if to == ["ann@corp.example"]]
        shop.contents.items[ANN] = ["deal"]
        shop.come_in(ANN)
        await shop.go_round(MONDAY + timedelta(weeks=1))
        assert "About deal" in shop.told(ANN)[-1]
        assert await shop.mailing().counts("2026-W49") == {MailOutcome.NONE: 1, MailOutcome.SENT: 1}
    assert "About deal" in plain(hers)


async def test_whoever_unsubscribes_by_the_link_in_the_letter_gets_the_next_digest_in_chat_alone() -> None:
    async with office() as (shop, host):
        await shop.go_round(MONDAY)
        (hers,) = [letter for _, to, letter in host.taken if to == ["ann@corp.example"]]
        link = str(hers["List-Unsubscribe"]).strip("<>")
        await shop.mailing().unsubscribe(link.rpartition("/")[2])
        shop.come_in(ANN)
        await shop.go_round(MONDAY + timedelta(weeks=1))
        assert len(shop.digests(ANN)) == 2
    assert [to for _, to, _ in host.taken].count(["ann@corp.example"]) == 1
    assert [to for _, to, _ in host.taken].count(["bob@corp.example"]) == 2


async def test_a_mail_server_that_is_away_keeps_no_digest_waiting_and_gets_the_letters_later() -> None:
    host = MailHost(said_to={f"{one}@corp.example": "450 4.2.0 come back" for one in ("ann", "bob")})
    async with office(host) as (shop, _):
        await shop.go_round(MONDAY)
        assert (len(shop.digests(ANN)), len(shop.digests(BOB)), host.taken) == (1, 1, [])
        assert await shop.mailing().counts(WEEK) == {MailOutcome.LATER: 2}
        host.said_to.clear()
        await shop.go_round(MONDAY + timedelta(minutes=1))
        assert host.taken == []
        await shop.go_round(MONDAY + timedelta(minutes=10))
        assert await shop.mailing().counts(WEEK) == {MailOutcome.SENT: 2}
    assert len(host.taken) == 2


async def test_a_connection_that_breaks_after_the_letter_is_not_followed_by_a_second_one() -> None:
    async with office(MailHost(hangs_up="data")) as (shop, host):
        await shop.go_round(MONDAY)
        host.hangs_up = ""
        for later in (10, 100, 1000, 5000):
            await shop.go_round(MONDAY + timedelta(minutes=later))
        assert await shop.mailing().counts(WEEK) == {MailOutcome.UNKNOWN: 2}
        assert (host.seen, host.taken) == (2, [])
        assert (len(shop.digests(ANN)), len(shop.digests(BOB))) == (1, 1)


@pytest.mark.slow
async def test_wherever_the_process_dies_nobody_gets_a_letter_or_a_digest_twice() -> None:
    lost = 0
    for step in range(1, 80, 2):
        async with office(deaths=[step, step]) as (shop, host):
            await shop.go_round(MONDAY)
            for later in (10, 100):
                await shop.go_round(MONDAY + timedelta(minutes=later))
            assert (len(shop.digests(ANN)), len(shop.digests(BOB))) == (1, 1), step
            assert {tuple(to) for _, to, _ in host.taken} <= {("ann@corp.example",), ("bob@corp.example",)}
            assert len(host.taken) <= 2, step
            lost += 2 - len(host.taken)
    # Lost are those alone that may have been taken: died between the mark and the server's answer.
    assert lost < 40


async def test_what_the_command_line_sends_goes_by_letter_as_well() -> None:
    async with office() as (shop, host):
        shop.house.clock.set(MONDAY)
        assert await shop.bot.send_due(lambda _done, _all: None) == (2, [])
        assert len(host.taken) == 2


def test_the_report_counts_letters_by_what_became_of_them_and_is_silent_where_there_were_none() -> None:
    counts = {MailOutcome.SENT: 12, MailOutcome.UNKNOWN: 1, MailOutcome.NONE: 3, MailOutcome.LATER: 2}
    told = [RENDERER.pages(report_document(Figures(week=WEEK, letters=one)), "en")[0].body for one in (counts, {})]
    assert "• By e-mail: sent 12, refused 0, given up 0, of unknown fate 1." in told[0]
    assert "e-mail" not in told[1]
