"""Reports that a letter could not be delivered (RFC 3464), as mail servers send them to ``mail.bounces``."""

from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes, message_from_string
from email.message import EmailMessage, Message
from email.policy import default
from typing import Final

from bridge.adapters.mail.refusing import is_about_mailbox
from bridge.domain.mail import is_address

FAILED: Final = "failed"
LARGEST: Final = 2**20
"""Bytes of a report that are read: it may have our letter in it, which is small."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounce:
    """``letter`` is the id of the mail (``Mail.id``) that did not reach ``address``; ``nobody``: nobody is there."""

    address: str
    letter: str
    nobody: bool


def bounces_in(raw: bytes) -> list[Bounce]:
    """What a report says about letters of ours; nothing for whatever else is sent to that address: holiday notes,
    delays, advertisements. It is believed only where the letter's id is one that we made."""
    message = message_from_bytes(raw[:LARGEST], policy=default)
    if message.get_content_type() != "multipart/report":
        return []
    parts = [part for part in message.walk() if isinstance(part, EmailMessage)]
    letter = next(filter(None, map(_id_in, parts)), "")
    return [one for part in parts for one in _failures(part, letter)] if letter else []


def _id_in(part: EmailMessage) -> str:
    """The id of the letter that the report encloses, whole or by its headers alone."""
    kind = part.get_content_type()
    if kind == "message/rfc822":
        enclosed: Message | None = next(iter(part.iter_parts()), None)
    elif kind == "text/rfc822-headers":
        enclosed = message_from_string(str(part.get_content()))
    else:
        return ""
    return _bare(str(enclosed["Message-ID"] or "")) if enclosed is not None else ""


def _bare(message_id: str) -> str:
    return message_id.strip().strip("<>").rpartition("@")[0]


def _failures(part: EmailMessage, letter: str) -> Iterator[Bounce]:
    """Of each recipient of the report (RFC 3464, 2.3) for whom it is over."""
    if part.get_content_type() != "message/delivery-status":
        return
    for fields in part.iter_parts():
        recipient = fields["Original-Recipient"] or fields["Final-Recipient"] or ""
        address = str(recipient).rpartition(";")[2].strip()
        if str(fields["Action"] or "").strip().lower() == FAILED and is_address(address):
            yield Bounce(address=address, letter=letter, nobody=is_about_mailbox(str(fields["Status"] or "")))
