"""Reports of failure: what they say of our letters, and everything else that arrives at such an address."""

from email.message import EmailMessage
from email.mime.text import MIMEText
from pathlib import Path

import pytest

from bridge.adapters.mail.bouncing import Bounce, bounces_in

LETTER = "2026-W47.0123456789abcdef0123456789abcdef"
REPORT = """\
From: MAILER-DAEMON@mail.corp.example
To: bounces@corp.example
Subject: Undelivered Mail Returned to Sender
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

It could not be delivered.

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mail.corp.example

Final-Recipient: rfc822; ann@corp.example
Original-Recipient: rfc822;Ann@corp.example
Action: {action}
Status: {status}
Diagnostic-Code: smtp; 550 5.1.1 User unknown

--b
{enclosed}

--b--
"""
WHOLE = f"Content-Type: message/rfc822\n\nMessage-ID: <{LETTER}@corp.example>\nSubject: Your week\n\nHello"
HEADS = f"Content-Type: text/rfc822-headers\n\nMessage-ID: <{LETTER}@corp.example>\nSubject: Your week\n"


def report(*, action: str = "failed", status: str = "5.1.1", enclosed: str = WHOLE) -> bytes:
    return REPORT.format(action=action, status=status, enclosed=enclosed).encode()


@pytest.mark.parametrize("enclosed", [WHOLE, HEADS], ids=["whole", "headers"])
def test_a_report_names_the_letter_and_the_address_that_we_wrote_to(enclosed: str) -> None:
    assert bounces_in(report(enclosed=enclosed)) == [Bounce(address="Ann@corp.example", letter=LETTER, nobody=True)]


@pytest.mark.parametrize(
    ("status", "nobody"),
    [("5.1.1", True), ("5.2.1", True), ("5.2.2", False), ("5.7.1", False), ("4.4.7", False), ("", False)],
    ids=str,
)
def test_only_where_nobody_is_the_address_is_to_blame(status: str, *, nobody: bool) -> None:
    (bounce,) = bounces_in(report(status=status))
    assert bounce.nobody is nobody


def test_a_delay_is_no_failure() -> None:
    assert bounces_in(report(action="delayed", status="4.4.1")) == []


def test_a_report_that_does_not_say_about_which_letter_is_nothing() -> None:
    assert bounces_in(report(enclosed="Content-Type: text/plain\n\nnothing")) == []


def test_whatever_else_arrives_is_nothing() -> None:
    holiday = EmailMessage()
    holiday["Subject"] = "Away until Monday"
    holiday.set_content("See you.")
    assert bounces_in(bytes(holiday)) == []
    assert bounces_in(MIMEText("text").as_bytes()) == []
    assert bounces_in(b"") == []
    assert bounces_in(b"\xff\x00" * 5000) == []
    assert bounces_in(Path(__file__).read_bytes()) == []
