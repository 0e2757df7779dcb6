"""How letters end: by a link that is one person's, and that says nothing to anybody else."""

from dataclasses import replace

import pytest

from bridge.adapters.sealing import DataKeySealer
from bridge.domain.errors import StoreError
from bridge.domain.mail import MailOutcome
from bridge.domain.messages import say
from bridge.domain.sending import Choices
from bridge.services.mailing import PATH, Mailing
from tests.fakes.mailer import FakeMailer, busy
from tests.services.test_mailing import ANN, BOB, LETTER, LINKS, WEEK, office


def token_of(mailing: Mailing, reader: str) -> str:
    return mailing.link(reader).removeprefix(f"{LINKS}{PATH}")


async def test_unsubscribing_ends_letters_and_nothing_else() -> None:
    mailer = FakeMailer()
    house, mailing = await office(mailer)
    async with house.store.work() as work:
        await work.digests.put_choices(Choices(reader=ANN, mail=True, hour=9))
    await mailing.unsubscribe(token_of(mailing, ANN))
    async with house.store.view() as view:
        assert await view.digests.choices(ANN) == Choices(reader=ANN, mail=False, hour=9)
        assert await view.digests.choices(BOB) == Choices(reader=BOB, mail=True)
    assert await mailing.send(ANN, LETTER, WEEK) is MailOutcome.NONE
    assert await mailing.send(BOB, LETTER, WEEK) is MailOutcome.SENT


async def test_who_unsubscribes_while_their_letter_waits_gets_none() -> None:
    mailer = FakeMailer(busy())
    house, mailing = await office(mailer)
    await mailing.send(ANN, LETTER, WEEK)
    await mailing.unsubscribe(token_of(mailing, ANN))
    await house.clock.advance(3600)
    assert await mailing.send(ANN, LETTER, WEEK) is MailOutcome.NONE
    assert await mailing.due(limit=9) == []
    assert mailer.sent == []


@pytest.mark.parametrize("token", ["", "x", "=", "é", "A" * 100, "A" * 5000], ids=range(6))
async def test_a_word_that_is_no_token_changes_nothing_and_takes_the_same_way(token: str) -> None:
    house, mailing = await office(FakeMailer())
    before, works = dict(house.store.data.digest_choices), house.store.works
    await mailing.unsubscribe(token)
    assert dict(house.store.data.digest_choices) == before
    assert house.store.works == works + 1
    house.store.failing = StoreError(say("The database is gone."))
    with pytest.raises(StoreError, match="gone"):
        await mailing.unsubscribe(token)


async def test_a_token_is_of_one_person_and_of_one_key() -> None:
    house, mailing = await office(FakeMailer())
    token = token_of(mailing, ANN)
    other = replace(mailing, sealer=DataKeySealer(bytes(32)))
    await other.unsubscribe(token)
    for number in range(0, len(token) - 1, 7):
        await mailing.unsubscribe(f"{token[:number]}{'B' if token[number] == 'A' else 'A'}{token[number + 1 :]}")
    async with house.store.view() as view:
        assert await view.digests.choices(ANN) == Choices(reader=ANN, mail=True)


async def test_a_link_is_one_that_every_mail_program_takes_whole() -> None:
    _, mailing = await office(FakeMailer())
    link = mailing.link(ANN)
    assert link.startswith(f"{LINKS}{PATH}")
    assert link.isascii()
    assert not set(link) & set(" <>\"'()=%")
    assert "ann" not in link
