"""``parvis mail``: try the way to the mail server, and take in its reports of failure. Found by ``cli``."""

from typing import BinaryIO

import click

from bridge.adapters.mail.bouncing import LARGEST, bounces_in
from bridge.adapters.time import SystemChance, SystemClock
from bridge.app.context import Context, finish, pass_context
from bridge.app.mailing import mailer_of, mailing_of
from bridge.app.speaking import Words
from bridge.app.terminal import Terminal
from bridge.app.verbs import DONE
from bridge.app.wiring import database
from bridge.config.mail import Mail
from bridge.config.settings import Config
from bridge.domain.errors import InputError
from bridge.domain.mail import Letter, is_address
from bridge.domain.mail import Mail as Posting
from bridge.domain.messages import say
from bridge.services.mailing import PATH
from bridge.services.society import Society


@click.group("mail", cls=Words)
def mail_() -> None:
    """Letters by e-mail."""


@mail_.command("test")
@click.argument("address")
@pass_context
def try_(context: Context, address: str) -> None:
    """Send a letter to ADDRESS, so that you see whether the section mail of the configuration is right."""
    finish(_try(context.config(), context.terminal, address))


@mail_.command("bounced")
@click.argument("report", type=click.File("rb"), default="-")
@pass_context
def bounced(context: Context, report: BinaryIO) -> None:
    """Read a REPORT of failure, by default from standard input: for the alias of mail.bounces in your mail server.

    Whoever's letter it is about gets none any more, if nobody is at their address, until the directory has another one.
    """
    finish(_bounced(context.config(), context.terminal, report.read(LARGEST)))


async def _try(config: Config, terminal: Terminal, address: str) -> int:
    mail, clock = _section(config), SystemClock()
    if not is_address(address):
        raise InputError(say("{word} is not an e-mail address such as parvis@corp.example.", word=address))
    said, language = terminal.translator.translate, terminal.language
    words = said(say("This letter shows that Parvis can write to you. There is nothing to do."), language)
    letter = Letter(
        subject=said(say("A letter from Parvis"), language),
        text=f"{words}\n",
        html=f"<p>{words}</p>",
        language=language,
        groups=frozenset(),
    )
    mailer = mailer_of(mail, config.homeserver.server_name, clock)
    try:
        await mailer.send(
            Posting(
                id=f"test.{SystemChance().token()}",
                to=address,
                name="",
                letter=letter,
                unsubscribe=f"{mail.links}{PATH}test",
                written_at=clock.now(),
            )
        )
    finally:
        await mailer.close()
    terminal.say(say("{server} has taken a letter to {address}.", server=f"{mail.server.host}", address=address))
    return DONE


async def _bounced(config: Config, terminal: Terminal, raw: bytes) -> int:
    _section(config)
    clock, known = SystemClock(), 0
    async with database(config) as store:
        society = Society(
            store=store,
            world=lambda: None,
            server_name=config.homeserver.server_name,
            admins=frozenset(config.admins),
            ours=frozenset(),
            default_language=config.language,
        )
        mailing = mailing_of(config, society, clock)
        assert mailing is not None
        for one in bounces_in(raw):
            known += await mailing.bounced(one.letter, one.address, nobody=one.nobody)
    # The same exit code for whatever arrives: a mail server would send back what its alias' program refuses.
    terminal.say(say("Noted.") if known else say("That is no report about a letter of ours: nothing was done."))
    return DONE


def _section(config: Config) -> Mail:
    if config.mail is None:
        raise InputError(say("The configuration has no section mail, so that nobody gets letters."))
    return config.mail
