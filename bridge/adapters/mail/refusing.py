"""What a mail server's refusals mean: for the letter, for the address, or for nothing but the moment. For ``smtp``."""

import re
from typing import Final

from aiosmtplib import SMTPAuthenticationError, SMTPResponseException

from bridge.domain.errors import ErrorKind
from bridge.domain.mail import MailError
from bridge.domain.messages import say

ENHANCED: Final = re.compile(r"\b([245])\.(\d{1,3})\.(\d{1,3})\b")
"""RFC 3463: class, subject, detail."""
FOR_GOOD: Final = 550
"""Replies from here on are about this letter; below are those to commands and logins (50x, 53x)."""
FOREVER: Final = "5"
NO_MAILBOX: Final = frozenset({550, 551, 553})
"""Replies to RCPT that are about the mailbox where no enhanced code says otherwise (RFC 5321, 4.2.3)."""
ADDRESSING: Final = 1
MAILBOX: Final = 2
DISABLED: Final = frozenset({0, 1})
"""Of a mailbox: undefined, disabled. A full one (2.2) is emptied some day, and a long message (2.3) is our fault."""
LONGEST: Final = 200


def server_said(code: int, text: str, to: str, *, recipient: bool = False, letter: bool = False) -> MailError:
    """A reply that is no yes: to the recipient, to the letter itself, or to anything before them.

    What a server has against the sender, or against how we talk to it, can be put right by who runs the bridge, and
    waits; so does whatever it calls temporary. The address ``to`` does not stand in what is logged.
    """
    detail = " ".join(f"{code} {text}".replace(to, "…").split())[:LONGEST]
    if code < FOR_GOOD or not (recipient or letter):
        return MailError(say("The mail server does not take letters now."), kind=ErrorKind.TEMPORARY, detail=detail)
    if recipient and is_about_mailbox(text, usual=code in NO_MAILBOX):
        sentence = say("The mail server refuses an address of the directory for good.")
        return MailError(sentence, kind=ErrorKind.REFUSED, address=True, detail=detail)
    return MailError(say("The mail server refuses a letter."), kind=ErrorKind.REFUSED, detail=detail)


def unreachable(error: Exception) -> MailError:
    """No connection, or one that ended before anything was sent."""
    if isinstance(error, SMTPAuthenticationError):
        sentence = say("The mail server refuses our user or password: check mail in the configuration.")
        return MailError(sentence, kind=ErrorKind.TEMPORARY, detail=str(error.code))
    said = f"{error.code} {error.message}" if isinstance(error, SMTPResponseException) else str(error)
    detail = f"{type(error).__name__}: {said}"[:LONGEST]
    sentence = say("The mail server cannot be reached, or not as mail in the configuration says.")
    if "STARTTLS" in said:  # aiosmtplib has no class of its own for it
        sentence = say("The mail server offers no STARTTLS: mail.security in the configuration says how it is spoken to"
                       " (starttls, tls or none).")  # fmt: skip
    elif "certificate" in said.lower():
        sentence = say("The certificate of the mail server cannot be trusted; ca_file in the section mail names who"
                       " signs it.")  # fmt: skip
    return MailError(sentence, kind=ErrorKind.TEMPORARY, detail=detail)


def unknown_fate(error: Exception) -> MailError:
    """The connection ended, or patience did, after the letter had begun."""
    sentence = say("The mail server did not say whether it has taken a letter.")
    return MailError(sentence, kind=ErrorKind.TEMPORARY, certain=False, detail=type(error).__name__)


def is_about_mailbox(text: str, *, usual: bool = False) -> bool:
    """Whether an enhanced code in the text says that nobody is at the address; ``usual`` where there is none."""
    found = ENHANCED.search(text)
    if found is None or found[1] != FOREVER:
        return usual and found is None
    subject, detail = int(found[2]), int(found[3])
    return subject == ADDRESSING or (subject == MAILBOX and detail in DISABLED)
