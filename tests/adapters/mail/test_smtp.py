"""The mailer over a real mail server: what is taken, what is refused, and what nobody can know."""

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from bridge.adapters.mail.smtp import MailServer, Security, SmtpMailer
from bridge.adapters.mail.writing import Sender
from bridge.domain.errors import ErrorKind
from bridge.domain.mail import Enclosure, Letter, Mail, MailError
from tests.fakes.clock import START, FakeClock
from tests.support.mailhost import MailHost, certified, mail_host

pytestmark = pytest.mark.slow

SENDER = Sender(address="parvis@corp.test", name="Parvis, la passerelle", list_id="digest.corp.test")
LINK = f"https://parvis.corp.test/mail/unsubscribe/{'x' * 120}"
LETTER = Letter(
    subject="Votre semaine : où en est le projet ?",
    text="Bonjour Ana,\n\n.une ligne qui commence par un point\n",
    html='<p>Bonjour <strong>Ana</strong>,</p><img src="cid:week" alt="Une semaine calme">',
    language="fr",
    groups=frozenset(),
    enclosures=(Enclosure("week", b"\x89PNG\r\n\x1a\n"),),
)
MAIL = Mail(
    id="2026-W47.0123abcd", to="ana@corp.test", name="Ana Löwe", letter=LETTER, unsubscribe=LINK, written_at=START
)


def server_at(host: MailHost, **others: object) -> MailServer:
    server = MailServer(host="127.0.0.1", port=host.port, security=Security.NONE, sender=SENDER, patience=20.0)
    return replace(server, **others)  # type: ignore[arg-type]  # the fields, by name


async def failed(server: MailServer, mail: Mail = MAIL) -> MailError:
    mailer = SmtpMailer(server, FakeClock())
    with pytest.raises(MailError) as caught:
        await mailer.send(mail)
    await mailer.close()
    return caught.value


async def test_a_letter_arrives_in_both_forms_with_its_picture_and_nobody_to_answer_to() -> None:
    async with mail_host() as host:
        mailer = SmtpMailer(server_at(host), FakeClock())
        await mailer.send(MAIL)
        await mailer.close()
    ((envelope, to, letter),) = host.taken
    assert (envelope, to) == ("", ["ana@corp.test"])
    assert letter["Subject"] == LETTER.subject
    assert letter["From"] == '"Parvis, la passerelle" <parvis@corp.test>'
    assert letter["To"] == "Ana Löwe <ana@corp.test>"
    assert letter["Message-ID"] == "<2026-W47.0123abcd@corp.test>"
    assert letter["Auto-Submitted"] == "auto-generated"
    assert letter["Content-Language"] == "fr"
    assert letter["List-Id"] == "<digest.corp.test>"
    plain, page = letter.get_body(("plain",)), letter.get_body(("html",))
    assert plain is not None
    assert page is not None
    assert plain.get_content().replace("\r\n", "\n") == LETTER.text
    assert LETTER.html in page.get_content()
    (picture,) = [part for part in letter.walk() if part.get_content_type() == "image/png"]
    assert picture["Content-ID"] == "<week>"
    assert picture.get_content() == LETTER.enclosures[0].png
    assert host.greeted[0] == "corp.test"


async def test_one_click_unsubscribing_is_one_line_that_every_client_reads() -> None:
    async with mail_host() as host:
        mailer = SmtpMailer(server_at(host), FakeClock())
        await mailer.send(MAIL)
        await mailer.close()
    (raw,) = host.raw
    assert f"List-Unsubscribe: <{LINK}>\r\n".encode() in raw
    assert b"List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n" in raw
    assert raw.isascii()
    assert max(map(len, raw.split(b"\r\n"))) < 998


async def test_what_others_called_themselves_makes_no_header_of_its_own() -> None:
    trick = "Ana\r\nBcc: everybody@corp.test\x00"
    async with mail_host() as host:
        mailer = SmtpMailer(server_at(host), FakeClock())
        await mailer.send(replace(MAIL, name=trick, letter=replace(LETTER, subject=trick)))
        await mailer.close()
    (_, to, letter), *_ = host.taken
    assert to == ["ana@corp.test"]
    assert letter["Bcc"] is None
    assert letter["Subject"] == "Ana Bcc: everybody@corp.test"


async def test_many_letters_share_connections() -> None:
    async with mail_host() as host:
        mailer = SmtpMailer(server_at(host), FakeClock())
        await asyncio.gather(*(mailer.send(MAIL) for _ in range(12)))
        await mailer.close()
    assert len(host.taken) == 12
    assert host.connections <= 3


async def test_a_connection_that_the_server_ended_meanwhile_costs_no_letter() -> None:
    async with mail_host() as host:
        mailer = SmtpMailer(server_at(host), FakeClock())
        await mailer.send(MAIL)
        host.hang_up()
        await mailer.send(MAIL)
        await mailer.close()
    assert (len(host.taken), host.connections) == (2, 2)


async def test_a_connection_that_rested_for_long_is_not_used() -> None:
    clock = FakeClock()
    async with mail_host() as host:
        mailer = SmtpMailer(server_at(host), clock)
        await mailer.send(MAIL)
        await clock.advance(60)
        await mailer.send(MAIL)
        await mailer.close()
    assert host.connections == 2


@pytest.mark.parametrize(
    ("said", "kind", "address"),
    [
        ("550 5.1.1 no such user", ErrorKind.REFUSED, True),
        ("550 no such user", ErrorKind.REFUSED, True),
        ("550 5.2.1 mailbox disabled", ErrorKind.REFUSED, True),
        ("550 5.7.1 you may not relay", ErrorKind.REFUSED, False),
        ("552 5.2.2 mailbox full", ErrorKind.REFUSED, False),
        ("450 4.2.0 greylisted", ErrorKind.TEMPORARY, False),
        ("452 4.2.2 mailbox full", ErrorKind.TEMPORARY, False),
    ],
    ids=["nobody", "nobody-without-code", "disabled", "relaying", "full-for-good", "greylisted", "full-for-now"],
)
async def test_a_refused_recipient_counts_against_the_address_only_where_nobody_is_there(
    said: str, kind: ErrorKind, address: bool
) -> None:
    async with mail_host(MailHost(said_to={MAIL.to: said})) as host:
        error = await failed(server_at(host))
    assert (error.kind, error.address, error.certain) == (kind, address, True)
    assert host.seen == 0
    assert MAIL.to not in error.detail


async def test_a_refused_letter_says_nothing_about_the_address() -> None:
    async with mail_host(MailHost(said_to_letters=["554 5.7.1 looks like spam"])) as host:
        error = await failed(server_at(host))
    assert (error.kind, error.address, error.certain) == (ErrorKind.REFUSED, False, True)


async def test_a_server_that_is_busy_at_the_end_of_a_letter_has_certainly_not_taken_it() -> None:
    async with mail_host(MailHost(said_to_letters=["451 4.3.0 try again"])) as host:
        error = await failed(server_at(host))
    assert (error.kind, error.certain) == (ErrorKind.TEMPORARY, True)


async def test_a_refused_sender_is_for_the_operator_and_waits() -> None:
    async with mail_host(MailHost(said_to_senders="553 5.7.1 not your address")) as host:
        error = await failed(server_at(host))
    assert (error.kind, error.address) == (ErrorKind.TEMPORARY, False)


async def test_a_connection_that_ends_before_the_letter_leaves_no_doubt() -> None:
    async with mail_host(MailHost(hangs_up="rcpt")) as host:
        error = await failed(server_at(host))
    assert (error.kind, error.certain) == (ErrorKind.TEMPORARY, True)


async def test_a_connection_that_ends_after_the_letter_leaves_it_unknown() -> None:
    async with mail_host(MailHost(hangs_up="data")) as host:
        error = await failed(server_at(host))
    assert not error.certain
    assert host.seen == 1


async def test_a_server_that_is_too_slow_after_the_letter_leaves_it_unknown() -> None:
    host = MailHost(waits=asyncio.Event())
    async with mail_host(host):
        error = await failed(server_at(host, patience=0.3))
        assert host.waits is not None
        host.waits.set()
    assert not error.certain


async def test_a_server_that_is_down_is_asked_once_for_a_while() -> None:
    clock = FakeClock()
    async with mail_host() as host:
        gone = server_at(host)
    mailer = SmtpMailer(gone, clock)
    with pytest.raises(MailError) as first:
        await mailer.send(MAIL)
    async with mail_host() as back:
        mailer = SmtpMailer(server_at(back), clock)
        mailer._down = (clock.monotonic() + 30, first.value)
        with pytest.raises(MailError, match="cannot be reached"):
            await mailer.send(MAIL)
        assert back.connections == 0
        await clock.advance(31)
        await mailer.send(MAIL)
        await mailer.close()
    assert (first.value.kind, first.value.certain) == (ErrorKind.TEMPORARY, True)


async def test_a_letter_under_way_arrives_although_the_bridge_stops() -> None:
    host = MailHost(waits=asyncio.Event())
    async with mail_host(host):
        mailer = SmtpMailer(server_at(host), FakeClock())
        sending = asyncio.create_task(mailer.send(MAIL))
        await host.arrived.wait()
        sending.cancel()
        with pytest.raises(asyncio.CancelledError):
            await sending
        assert host.waits is not None
        host.waits.set()
        await mailer.close()
    assert len(host.taken) == 1


async def test_starttls_and_a_password(tmp_path: Path) -> None:
    context, authority = certified(tmp_path)
    async with mail_host(MailHost(user=("parvis", "s p a c e")), starttls=context) as host:
        server = server_at(host, security=Security.STARTTLS, authority=authority, user="parvis", password="s p a c e")
        mailer = SmtpMailer(server, FakeClock())
        await mailer.send(MAIL)
        await mailer.close()
        wrong = await failed(replace(server, password="wrong"))
    assert len(host.taken) == 1
    assert wrong.kind is ErrorKind.TEMPORARY
    assert "user or password" in str(wrong)


async def test_tls_from_the_first_byte(tmp_path: Path) -> None:
    context, authority = certified(tmp_path)
    async with mail_host(tls=context) as host:
        mailer = SmtpMailer(server_at(host, security=Security.TLS, authority=authority), FakeClock())
        await mailer.send(MAIL)
        await mailer.close()
        stranger = await failed(server_at(host, security=Security.TLS))
    assert len(host.taken) == 1
    assert "certificate" in stranger.detail.lower()
    assert "cannot be trusted" in str(stranger)


async def test_a_server_without_starttls_gets_nothing_in_clear() -> None:
    async with mail_host() as host:
        error = await failed(server_at(host, security=Security.STARTTLS))
    assert error.kind is ErrorKind.TEMPORARY
    assert "offers no STARTTLS" in str(error), error.detail
    assert host.seen == 0


async def test_reports_of_failure_go_where_the_configuration_says_and_never_round() -> None:
    async with mail_host(MailHost(bounces=True)) as host:
        mailer = SmtpMailer(server_at(host), FakeClock())
        await mailer.send(MAIL)
        await mailer.close()
        assert len(host.taken) == 1
        mailer = SmtpMailer(server_at(host, bounces="bounces@corp.test"), FakeClock())
        await mailer.send(MAIL)
        await mailer.close()
    assert [to for _, to, _ in host.taken[1:]] == [[MAIL.to], ["bounces@corp.test"]]


@pytest.mark.parametrize(
    "to", ["nobody", "a b@corp.test", "ana@corp.test> SIZE=1", ""], ids=["word", "space", "more", "empty"]
)
async def test_what_is_no_address_is_never_said_to_a_server(to: str) -> None:
    async with mail_host() as host:
        error = await failed(server_at(host), replace(MAIL, to=to))
    assert (error.kind, error.address) == (ErrorKind.REFUSED, True)
    assert host.seen == 0
