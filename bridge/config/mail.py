"""The section ``mail`` of config.yaml: by which server letters go out, and what may stand in them. For ``settings``."""

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, Final, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, ValidationInfo, field_validator

from bridge.config.secret import Secret
from bridge.config.sections import Duration, FilePath, Password, Section, WebAddress, text
from bridge.config.wrong import Wrong
from bridge.domain.mail import Mailbox, is_address
from bridge.domain.messages import say
from bridge.files.spelling import shown

PLACE: Final = re.compile(r"(\[[0-9a-fA-F:]+\]|[A-Za-z0-9.-]+):(\d{1,5})")
MAILBOX: Final = re.compile(r"(?P<name>[^<>]*)<(?P<address>[^<>]+)>|(?P<bare>[^<>\s]+)")
HERE: Final = frozenset({"localhost", "127.0.0.1", "::1"})


@dataclass(frozen=True, slots=True)
class MailPlace:
    """A mail server."""

    host: str
    port: int

    @property
    def local(self) -> bool:
        """Whether it runs on this machine, so that nobody listens on the way."""
        return self.host in HERE


def mail_place(written: str) -> MailPlace:
    """``host:port``."""
    found = PLACE.fullmatch(written)
    if found is None or not 0 < int(found[2]) < 1 << 16:
        raise Wrong(say("{word} is not a mail server with its port, such as smtp.corp.example:587.",
                        word=shown(written)))  # fmt: skip
    return MailPlace(found[1].strip("[]"), int(found[2]))


def mail_address(written: str) -> str:
    """An address alone."""
    if not is_address(written):
        raise Wrong(say("{word} is not an e-mail address such as parvis@corp.example.", word=shown(written)))
    return written


def mailbox(written: str) -> Mailbox:
    """``Parvis <parvis@corp.example>``, or the address alone."""
    found = MAILBOX.fullmatch(written.strip())
    address = (found["address"] or found["bare"]).strip() if found else ""
    if found is None or not is_address(address):
        example = "Parvis <parvis@corp.example>"
        raise Wrong(say("{word} is not a sender such as {example}.", word=shown(written), example=example))
    return Mailbox(address, (found["name"] or "").strip().strip('"'))


def outside(address: str) -> str:
    """Where people reach us from their mail programs: https, as one click asks for (RFC 8058, 3.1)."""
    parts = urlsplit(address)
    if parts.scheme != "https" and parts.hostname not in HERE:
        raise Wrong(say("Links in letters begin with https: mail programs follow no others with one click."))
    return address


Address = Annotated[str, BeforeValidator(text(mail_address))]


class Mail(Section):
    """Letters by e-mail. Without this section nobody gets any."""

    server: Annotated[MailPlace, BeforeValidator(text(mail_place))]
    """The server that takes letters of ours and brings them on their way, with its port."""
    security: Literal["starttls", "tls", "none"] = "starttls"
    """``starttls`` (587) or ``tls`` from the first byte (465), both with a certificate that is checked; ``none`` for a
    server on this machine or in a closed network."""
    ca_file: FilePath | None = None
    """The certificate authority that the server's certificate comes from, where it is your own."""
    user: Annotated[str, Field(max_length=255)] = ""
    """With which we log in, where the server asks for it."""
    password: Annotated[Password | None, Field(validate_default=True)] = None
    """Belongs to ``user``."""
    sender: Annotated[Mailbox, BeforeValidator(text(mailbox))]
    """Who the letters are from: a name and an address, or the address alone. The server must let us use it."""
    reply_to: Address | None = None
    """Where answers go that people write; to the sender when absent."""
    bounces: Address | None = None
    """Where mail servers report what cannot be delivered: a mailbox that somebody reads. Nowhere when absent."""
    links: Annotated[WebAddress, AfterValidator(outside)]
    """How this bridge is reached from outside for ``/mail/``, so that people can unsubscribe with one click."""
    hidden_groups: bool = False
    """Whether letters may tell of hidden groups, to their members. Mail is read by more machines than Matrix is."""
    timeout: Duration = timedelta(minutes=2)
    """How long we wait for each of the server's answers. Whoever takes a letter and is silent for longer gets it once
    all the same, and we never know."""

    @field_validator("password")
    @classmethod
    def _goes_with_a_user(cls, password: Secret | None, info: ValidationInfo) -> Secret | None:
        known = info.data
        if (password is None) != (not known.get("user")):
            raise Wrong(say("user and password belong together: give both or none."))
        place = known.get("server")
        if password and known.get("security") == "none" and not (place and place.local):
            raise Wrong(say("A password is not sent in clear: use starttls or tls."))
        return password
