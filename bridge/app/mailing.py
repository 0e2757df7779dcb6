"""Letters by e-mail, as the configuration asks for them: the service, and the page by which people end them."""

from collections.abc import Sequence

from bridge.adapters.appservice.server import Door
from bridge.adapters.appservice.unsubscribing import UnsubscribePage
from bridge.adapters.language import Catalogues
from bridge.adapters.mail.smtp import MailServer, Security, SmtpMailer
from bridge.adapters.mail.writing import Sender
from bridge.adapters.sealing import DataKeySealer, key_from_text
from bridge.config.mail import Mail
from bridge.config.settings import Config
from bridge.ports.clock import Clock
from bridge.services.mailing import Mailing
from bridge.services.society import Society


def mailing_of(config: Config, society: Society, clock: Clock) -> Mailing | None:
    """None where the configuration says nothing about mail."""
    if config.mail is None:
        return None
    return Mailing(
        store=society.store,
        society=society,
        mailer=mailer_of(config.mail, config.homeserver.server_name, clock),
        clock=clock,
        sealer=DataKeySealer(key_from_text(config.secrets.data_key.reveal())),
        links=config.mail.links,
        hidden=config.mail.hidden_groups,
    )


def pages_of(mailing: Mailing | None) -> Sequence[Door]:
    """What people reach of it from outside."""
    return (UnsubscribePage(mailing, Catalogues.load()),) if mailing else ()


def mailer_of(mail: Mail, server_name: str, clock: Clock) -> SmtpMailer:
    """The way to the mail server; connections are made when there is something to send."""
    server = MailServer(
        host=mail.server.host,
        port=mail.server.port,
        security=Security(mail.security),
        sender=Sender(
            address=mail.sender.address,
            name=mail.sender.name,
            reply_to=mail.reply_to or "",
            list_id=f"digest.{server_name.partition(':')[0]}",
        ),
        user=mail.user,
        password=mail.password.reveal() if mail.password else "",
        bounces=mail.bounces or "",
        authority=mail.ca_file,
        patience=mail.timeout.total_seconds(),
    )
    return SmtpMailer(server, clock)
