"""A real mail server in the test's own event loop, that takes, refuses, bounces, dawdles or hangs up as it is told."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from ipaddress import ip_address
from pathlib import Path

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


@dataclass
class MailHost:
    """``said_to`` are replies to recipients, ``said_to_letters`` to the end of the next letters, empty to take one.

    ``hangs_up`` ends the connection where it answers: "rcpt", "data" (before the answer to a whole letter); ``waits``
    holds back the answer to a letter until it is set. ``bounces`` makes it report to senders that it could not deliver.
    """

    said_to: dict[str, str] = field(default_factory=dict)
    said_to_letters: list[str] = field(default_factory=list)
    said_to_senders: str = ""
    hangs_up: str = ""
    waits: asyncio.Event | None = None
    bounces: bool = False
    user: tuple[str, str] | None = None
    taken: list[tuple[str, list[str], EmailMessage]] = field(default_factory=list)
    """Envelope sender, recipients and letter."""
    raw: list[bytes] = field(default_factory=list)
    connections: int = 0
    arrived: asyncio.Event = field(default_factory=asyncio.Event)
    seen: int = 0
    """Letters that arrived whole, whatever was answered."""
    greeted: list[str] = field(default_factory=list)
    port: int = 0
    _protocols: list[SMTP] = field(default_factory=list)

    def protocol(self, tls: ssl.SSLContext | None) -> SMTP:
        self.connections += 1
        made = SMTP(
            self,
            hostname="mail.corp.test",
            ident="test",
            tls_context=tls,
            require_starttls=tls is not None,
            auth_required=self.user is not None,
            auth_require_tls=tls is not None,
            authenticator=self._login,
        )
        self._protocols.append(made)
        return made

    def hang_up(self) -> None:
        """End every connection, as servers do with those that rest."""
        for one in self._protocols:
            if one.transport is not None:
                one.transport.close()

    async def handle_EHLO(
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        session.host_name = hostname
        self.greeted.append(hostname)
        return responses

    async def handle_MAIL(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.said_to_senders:
            return self.said_to_senders
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.hangs_up == "rcpt":
            assert isinstance(server.transport, asyncio.Transport)
            server.transport.abort()
        if said := self.said_to.get(address):
            return said
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        self.seen += 1
        self.arrived.set()
        if self.waits is not None:
            await self.waits.wait()
        if self.hangs_up == "data":
            assert isinstance(server.transport, asyncio.Transport)
            server.transport.abort()
            return "250 OK"
        if said := self.said_to_letters.pop(0) if self.said_to_letters else "":
            return said
        self._take(envelope)
        return "250 2.0.0 taken"

    def _take(self, envelope: Envelope) -> None:
        assert isinstance(envelope.content, bytes)
        letter = message_from_bytes(envelope.content, policy=default)
        self.raw.append(envelope.content)
        # The server gives the null return path as it is written.
        sender = "" if envelope.mail_from in (None, "<>") else str(envelope.mail_from)
        self.taken.append((sender, list(envelope.rcpt_tos), letter))
        if self.bounces and sender:
            report = EmailMessage()
            report["Subject"] = "Undelivered"
            self.taken.append(("", [sender], report))

    def _login(
        self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: LoginPassword
    ) -> AuthResult:
        given = (data.login.decode(), data.password.decode())
        return AuthResult(success=given == self.user, handled=False)


@asynccontextmanager
async def mail_host(
    host: MailHost | None = None, *, starttls: ssl.SSLContext | None = None, tls: ssl.SSLContext | None = None
) -> AsyncIterator[MailHost]:
    """Listening on a free port of this machine."""
    host = host or MailHost()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: host.protocol(starttls), "127.0.0.1", 0, ssl=tls)
    host.port = server.sockets[0].getsockname()[1]
    try:
        yield host
    finally:
        host.hang_up()
        server.close()
        await server.wait_closed()


def certified(folder: Path) -> tuple[ssl.SSLContext, Path]:
    """A server's side of TLS for 127.0.0.1, and the certificate to believe it by."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "mail.corp.test")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = folder / "mail.pem"
    public = certificate.public_bytes(serialization.Encoding.PEM)
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (folder / "server.pem").write_bytes(public + private)
    file.write_bytes(public)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "server.pem")
    return context, file
