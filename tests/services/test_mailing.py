"""Letters by e-mail: who gets them, at most once whatever dies, and what may not stand in them."""

from dataclasses import replace
from datetime import timedelta

from bridge.adapters.sealing import DataKeySealer
from bridge.domain.directory import Directory
from bridge.domain.mail import Letter, MailOutcome
from bridge.domain.sending import Choices
from bridge.rules.mailing import ATTEMPTS
from bridge.services.mailing import Mailing
from tests.fakes.mailer import FakeMailer, busy, refusal, silence
from tests.services.household import Household, Killed, household
from tests.world import directory, group, user

ANN, BOB = user("ann"), user("bob")
WEEK = "2026-W47"
LINKS = "https://parvis.corp.example"
LETTER = Letter(subject="Your week", text="…", html="<p>…</p>", language="en", groups=frozenset({"sales"}))
SECRET = replace(LETTER, groups=frozenset({"sales", "board"}))
SEALER = DataKeySealer(bytes(range(32)))


def company(**addresses: str) -> Directory:
    source = directory(
        group("sales").members("ann", "bob", "eve:acme.example"),
        group("board").hidden().members("ann"),
        people=["cid"],
    )
    people = {
        id_: replace(person, name=id_.title(), email=addresses.get(id_, f"{id_}@corp.example"))
        for id_, person in source.people.items()
    }
    return replace(source, people=people)


async def office(mailer: FakeMailer, *, hidden: bool = False, **addresses: str) -> tuple[Household, Mailing]:
    house = household(company(**addresses))
    await house.settle()
    async with house.store.work() as work:
        for reader in (ANN, BOB):
            await work.digests.put_choices(Choices(reader=reader, mail=True))
    return house, opened(house, mailer, hidden=hidden)


def opened(house: Household, mailer: FakeMailer, *, hidden: bool = False) -> Mailing:
    return Mailing(
        store=house.store,
        society=house.society,
        mailer=mailer,
        clock=house.clock,
        sealer=SEALER,
        links=LINKS,
        hidden=hidden,
    )


async def test_a_letter_goes_to_the_address_in_the_directory_once() -> None:
    mailer = FakeMailer()
    _, mailing = await office(mailer)
    assert await mailing.send(ANN, LETTER, WEEK) is MailOutcome.SENT
    assert await mailing.send(ANN, LETTER, WEEK) is MailOutcome.SENT
    (mail,) = mailer.sent
    assert (mail.to, mail.name, mail.letter) == ("ann@corp.example", "Ann", LETTER)
    assert mail.id.startswith("2026-W47.")
    assert await mailing.counts(WEEK) == {MailOutcome.SENT: 1}


async def test_each_person_and_week_has_a_message_id_of_its_own_that_nobody_else_can_make() -> None:
    mailer = FakeMailer()
    _, mailing = await office(mailer)
    for reader, week in ((ANN, WEEK), (BOB, WEEK), (ANN, "2026-W48")):
        await mailing.send(reader, LETTER, week)
    assert len({mail.id for mail in mailer.sent}) == 3
    assert not any("ann" in mail.id for mail in mailer.sent)


async def test_nobody_gets_letters_who_did_not_ask_or_has_no_address_in_the_directory() -> None:
    mailer = FakeMailer()
    house, mailing = await office(mailer, bob="bob at work")
    eve = user("eve:acme.example")
    async with house.store.work() as work:
        await work.digests.put_choices(Choices(reader=eve, mail=True))
        await work.digests.put_choices(Choices(reader=ANN, mail=True, on=False))
    for reader in (ANN, BOB, user("cid"), eve):
        assert await mailing.send(reader, LETTER, WEEK) is MailOutcome.NONE
    assert (mailing.reaches(ANN), mailing.reaches(BOB), mailing.reaches(eve)) == (True, False, False)
    assert mailer.sent == []
    assert await mailing.counts(WEEK) == {}


async def test_a_letter_about_a_hidden_group_does_not_go_by_mail_unless_that_is_allowed() -> None:
    mailer = FakeMailer()
    house, mailing = await office(mailer)
    assert await mailing.send(ANN, SECRET, WEEK) is MailOutcome.NONE
    assert mailer.sent == []
    allowing = opened(house, mailer, hidden=True)
    assert await allowing.send(ANN, SECRET, WEEK) is MailOutcome.SENT
    assert await allowing.send(BOB, SECRET, WEEK) is MailOutcome.NONE
    assert [mail.to for mail in mailer.sent] == ["ann@corp.example"]


async def test_a_promised_letter_is_due_until_it_is_sent_or_there_is_nothing_to_write() -> None:
    mailer = FakeMailer()
    _, mailing = await office(mailer, bob="nowhere")
    for reader in (ANN, BOB, user("cid")):
        await mailing.promise(reader, WEEK)
    assert [(one.user, one.week) for one in await mailing.due(limit=9)] == [(ANN, WEEK)]
    assert await mailing.send(ANN, LETTER, WEEK) is MailOutcome.SENT
    await mailing.promise(ANN, WEEK)
    await mailing.drop(ANN, WEEK)
    assert await mailing.due(limit=9) == []
    assert await mailing.counts(WEEK) == {MailOutcome.SENT: 1}
    await mailing.promise(ANN, "2026-W48")
    await mailing.drop(ANN, "2026-W48")
    assert await mailing.due(limit=9) == []
    assert await mailing.counts("2026-W48") == {MailOutcome.NONE: 1}
    assert len(mailer.sent) == 1


async def test_before_the_directory_was_read_a_letter_waits() -> None:
    mailer = FakeMailer()
    house, mailing = await office(mailer)
    await mailing.promise(ANN, WEEK)
    house.world = None
    assert await mailing.send(ANN, LETTER, WEEK) is MailOutcome.LATER
    await house.settle()
    assert await mailing.send(ANN, LETTER, WEEK) is MailOutcome.SENT


async def test_a_letter_of_unknown_fate_is_never_sent_again() -> None:
    mailer = FakeMailer(silence())
    house, mailing = await office(mailer)
    assert await mailing.send(ANN, LETTER, WEEK) is MailOutcome.UNKNOWN
    await house.clock.advance(timedelta(days=5).total_seconds())
    assert await mailing.send(ANN, LETTER, WEEK) is MailOutcome.UNKNOWN
    assert mailer.sent == []
    assert await mailing.due(limit=9) == []


async def test_a_letter_that_was_not_taken_is_tried_again_with_longer_and_longer_pauses() -> None:
    mailer = FakeMailer(busy(), busy())
    house, mailing = await office(mailer)
    assert await mailing.send(ANN, LETTER, WEEK) is MailOutcome.LATER
    assert await mailing.send(ANN, LETTER, WEEK) is MailOutcome.LATER
    assert await mailing.due(limit=9) == []
    pauses = []
    for _ in range(2):
        (known,) = house.store.data.letters.values()
        assert known.due_at is not None
        pauses.append(known.due_at - house.clock.now())
        await house.clock.advance(pauses[-1].total_seconds())
        assert [one.user for one in await mailing.due(limit=9)] == [ANN]
        await mailing.send(ANN, LETTER, WEEK)
    assert pauses == [timedelta(minutes=5), timedelta(minutes=15)]
    assert len(mailer.sent) == 1
    assert await mailing.due(limit=9) == []


async def test_a_letter_is_given_up_within_the_week() -> None:
    mailer = FakeMailer(*(busy() for _ in range(ATTEMPTS + 5)))
    house, mailing = await office(mailer)
    began, outcome = house.clock.now(), await mailing.send(ANN, LETTER, WEEK)
    while outcome is MailOutcome.LATER:
        (known,) = house.store.data.letters.values()
        assert known.due_at is not None
        await house.clock.advance((known.due_at - house.clock.now()).total_seconds())
        outcome = await mailing.send(ANN, LETTER, WEEK)
    assert outcome is MailOutcome.MISSED
    assert timedelta(days=2) < house.clock.now() - began < timedelta(days=7)
    assert await mailing.send(ANN, LETTER, WEEK) is MailOutcome.MISSED


async def test_a_refused_address_is_left_alone_until_the_directory_has_another_one() -> None:
    mailer = FakeMailer(refusal(address=True))
    house, mailing = await office(mailer)
    assert await mailing.send(ANN, LETTER, WEEK) is MailOutcome.REFUSED
    assert await mailing.send(ANN, LETTER, "2026-W48") is MailOutcome.NONE
    house.source.directory = company(ann="ann.new@corp.example")
    await house.settle()
    assert await mailing.send(ANN, LETTER, "2026-W48") is MailOutcome.SENT
    assert [mail.to for mail in mailer.sent] == ["ann.new@corp.example"]


async def test_a_refused_letter_is_not_the_fault_of_the_address() -> None:
    mailer = FakeMailer(refusal())
    _, mailing = await office(mailer)
    assert await mailing.send(ANN, LETTER, WEEK) is MailOutcome.REFUSED
    assert await mailing.send(ANN, LETTER, WEEK) is MailOutcome.REFUSED
    assert await mailing.send(ANN, LETTER, "2026-W48") is MailOutcome.SENT
    assert await mailing.counts(WEEK) == {MailOutcome.REFUSED: 1}


async def test_a_report_of_failure_counts_for_the_letter_that_it_is_about_and_no_forged_one_does() -> None:
    mailer = FakeMailer()
    _, mailing = await office(mailer, ann="Ann@corp.example")
    for reader in (ANN, BOB):
        await mailing.send(reader, LETTER, WEEK)
    hers = mailer.sent[0].id
    assert not await mailing.bounced(f"{WEEK}.{'0' * 32}", "ann@corp.example", nobody=True)
    assert not await mailing.bounced(hers.replace("W47", "W46"), "ann@corp.example", nobody=True)
    assert await mailing.counts(WEEK) == {MailOutcome.SENT: 2}
    assert await mailing.bounced(hers, "ann@corp.example", nobody=True)
    assert await mailing.counts(WEEK) == {MailOutcome.REFUSED: 1, MailOutcome.SENT: 1}
    assert await mailing.send(ANN, LETTER, "2026-W48") is MailOutcome.NONE
    assert await mailing.send(BOB, LETTER, "2026-W48") is MailOutcome.SENT


async def test_a_full_mailbox_is_written_to_again_next_week() -> None:
    mailer = FakeMailer()
    _, mailing = await office(mailer)
    await mailing.send(ANN, LETTER, WEEK)
    assert await mailing.bounced(mailer.sent[0].id, "ann@corp.example", nobody=False)
    assert await mailing.send(ANN, LETTER, WEEK) is MailOutcome.REFUSED
    assert await mailing.send(ANN, LETTER, "2026-W48") is MailOutcome.SENT


async def test_whatever_dies_between_any_two_steps_nobody_gets_a_letter_twice() -> None:
    steps = delivered = 0
    while True:
        steps += 1
        mailer = FakeMailer()
        house, mailing = await office(mailer)

        async def about_to_take(house: Household = house) -> None:
            house.fuse.step()

        mailer.before = about_to_take
        house.fuse.steps, house.fuse.at = 0, steps
        try:
            await mailing.send(ANN, LETTER, WEEK)
        except Killed:
            killed = True
        else:
            killed = False
        house.start()
        await house.settle()
        await opened(house, mailer).send(ANN, LETTER, WEEK)
        assert len(mailer.sent) <= 1
        delivered += len(mailer.sent)
        if not killed:
            break
    assert steps > 4
    assert delivered >= 3
