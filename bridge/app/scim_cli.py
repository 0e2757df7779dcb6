"""``parvis scim``: who may talk SCIM with the bridge. Found by ``cli``."""

import sys
from collections.abc import Awaitable, Callable
from datetime import date, datetime, timedelta

import click

from bridge.adapters.time import SystemChance, SystemClock
from bridge.app.context import Context, finish, pass_context
from bridge.app.speaking import Words
from bridge.app.terminal import Terminal
from bridge.app.verbs import DONE
from bridge.app.wiring import database
from bridge.config.settings import Config
from bridge.domain.document import Document, Table, paragraph
from bridge.domain.messages import DayOf, Message, say
from bridge.services.scim_clients import ScimClients


@click.group(cls=Words)
def scim() -> None:
    """Let identity providers tell who there is, by SCIM."""


@scim.group()
def token() -> None:
    """Make, replace and revoke the tokens of clients."""


@token.command()
@click.argument("client")
@pass_context
def add(context: Context, client: str) -> None:
    """Print a token for the new CLIENT, such as entra. It is shown once and kept as a hash."""
    finish(_told(context.config(), context.terminal, lambda clients: clients.add(client)))


@token.command()
@click.argument("client")
@click.option("--keep", metavar="HOURS", type=click.IntRange(0, 720), default=24, show_default=True,
              help="How long the token of before goes on counting.")  # fmt: skip
@pass_context
def rotate(context: Context, client: str, keep: int) -> None:
    """Print another token for CLIENT; the one of before counts a while longer."""
    lasts = timedelta(hours=keep)
    finish(_told(context.config(), context.terminal, lambda clients: clients.rotate(client, keep=lasts)))


@token.command()
@click.argument("client")
@pass_context
def revoke(context: Context, client: str) -> None:
    """Shut CLIENT out at once."""
    finish(_revoked(context.config(), context.terminal, client))


@token.command("list")
@pass_context
def list_clients(context: Context) -> None:
    """Print all clients, since when they have their tokens, and when these were last used."""
    finish(_listed(context.config(), context.terminal))


async def _told(config: Config, terminal: Terminal, ask: Callable[[ScimClients], Awaitable[str]]) -> int:
    """The secret alone on standard output, for scripts; what to do with it beside."""
    async with database(config) as store:
        secret = await ask(ScimClients(store=store, clock=SystemClock(), chance=SystemChance()))
    terminal.raw(f"{secret}\n")
    if sys.stdout.isatty():
        terminal.say(say("Give it to the client as its bearer token: nobody can show it again."))
    return DONE


async def _revoked(config: Config, terminal: Terminal, client: str) -> int:
    async with database(config) as store:
        await ScimClients(store=store, clock=SystemClock(), chance=SystemChance()).revoke(client)
    terminal.say(say("{client} is shut out.", client=client))
    return DONE


async def _listed(config: Config, terminal: Terminal) -> int:
    async with database(config) as store:
        tokens = await ScimClients(store=store, clock=SystemClock(), chance=SystemChance()).all()
    rows = tuple((one.client, _day(one.created), _day(one.used), _day(one.until)) for one in tokens)
    head = (say("Client"), say("Since"), say("Last used"), say("Until"))
    terminal.show(Document((Table(head=head, rows=rows) if rows else paragraph(say("There are no clients yet.")),)))
    return DONE


def _day(moment: datetime | date | None) -> Message | str:
    if moment is None:
        return "–"
    return say("{day}", day=DayOf(moment) if isinstance(moment, datetime) else moment)
