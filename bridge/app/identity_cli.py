"""``parvis identity``: whose account is whose, for the command line, which is cleared for everything. For ``cli``."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import click

from bridge.app.bots import users_of
from bridge.app.context import Context, finish, pass_context
from bridge.app.identifying import linking_of
from bridge.app.speaking import Words
from bridge.app.terminal import Terminal
from bridge.app.verbs import DONE
from bridge.app.wiring import assembly
from bridge.config.settings import Config
from bridge.domain.directory import Person
from bridge.domain.document import Document, Inline, Table, paragraph
from bridge.domain.identities import Identity
from bridge.domain.messages import say, say_n
from bridge.services.linking import FOUND, Linking
from bridge.services.undone import COMMAND_LINE as ACTOR


@click.group("identity", cls=Words)
def identity_() -> None:
    """Show and say which account belongs to whom."""


@identity_.command("list")
@pass_context
def list_all(context: Context) -> None:
    """Print everybody of the directory with their account; what was found or said is marked."""
    finish(_list(context.config(), context.terminal))


@identity_.command("show")
@click.argument("person")
@pass_context
def show(context: Context, person: str) -> None:
    """Print which account PERSON has (an id, login, address or name)."""
    finish(_list(context.config(), context.terminal, person))


@identity_.command("link")
@click.argument("person")
@click.argument("user")
@click.option("--take", is_flag=True, help="Also where it is somebody else's account.")
@pass_context
def link(context: Context, person: str, user: str, *, take: bool) -> None:
    """Say that USER is the account of PERSON, and nobody else's. Rooms follow at the next look."""
    finish(_link(context.config(), context.terminal, person, user, take=take))


@identity_.command("unlink")
@click.argument("person")
@pass_context
def unlink(context: Context, person: str) -> None:
    """Forget which account PERSON has; it is looked for again."""
    finish(_unlink(context.config(), context.terminal, person))


@identity_.command("same")
@click.option("--yes", is_flag=True, help="Say so of all of them.")
@pass_context
def same(context: Context, *, yes: bool) -> None:
    """List who is there under another id than before, as after a change of source; say that they are the same."""
    finish(_same(context.config(), context.terminal, yes=yes))


async def _list(config: Config, terminal: Terminal, wanted: str | None = None) -> int:
    async with _linking(config) as linking:
        links = await linking.links()
        people = [linking.person(wanted)] if wanted is not None else linking.people()
        rows = tuple((one.name, one.id, one.login, one.user or "–", _known(one, links.get(one.id))) for one in people)
    head = (say("Person"), say("Id"), say("Login"), say("Account"), say("How it is known"))
    terminal.show(Document((Table(head=head, rows=rows),)))
    return DONE


def _known(person: Person, link: Identity | None) -> Inline:
    if not person.active:
        return say("switched off")
    if link is not None:
        return FOUND[link.how]
    return say("as the directory says") if person.user else ""


async def _link(config: Config, terminal: Terminal, person: str, user: str, *, take: bool) -> int:
    async with _linking(config) as linking:
        found = await linking.link(person, user, by=ACTOR, cleared=True, taking=take)
        name = linking.called(found.person)
    text = say("{user} is the account of {person} from now on, and nobody else’s.", user=found.user, person=name)
    terminal.show(Document((paragraph(text),)))
    return DONE


async def _unlink(config: Config, terminal: Terminal, person: str) -> int:
    async with _linking(config) as linking:
        gone = await linking.unlink(person, by=ACTOR, cleared=True)
        name = linking.called(gone.person)
    text = say("{user} is nobody’s account until one is found for {person} again, or you say which.",
               user=gone.user, person=name)  # fmt: skip
    terminal.show(Document((paragraph(text),)))
    return DONE


async def _same(config: Config, terminal: Terminal, *, yes: bool) -> int:
    async with _linking(config) as linking:
        again = await linking.again()
        if yes:
            for person, user in again:
                await linking.link(person.id, user, by=ACTOR, cleared=True)
    if not again:
        terminal.say(say("Nobody is there under another id than before, as far as the running bridge has found."))
        return DONE
    rows = tuple((person.name, person.id, user) for person, user in again)
    table = Table(head=(say("Person"), say("Id"), say("Account")), rows=rows)
    said = say_n("{count} person is the same as before, and keeps their account.",
                 "{count} people are the same as before, and keep their accounts.", len(again))  # fmt: skip
    ask = say("If these are the same people as before, say so: {command}. Of single ones: {single}.",
              command="parvis identity same --yes", single="parvis identity link")  # fmt: skip
    terminal.show(Document((table, paragraph(said if yes else ask))))
    return DONE


@asynccontextmanager
async def _linking(config: Config) -> AsyncIterator[Linking]:
    """Over the last good reading; what a running bridge does with it, it does at its next look."""
    async with assembly(config, bots=users_of(config)) as parts:
        directory = (await parts.reconciler.glance()).facts.directory
        yield linking_of(parts, lambda: directory, users_of(config), lambda: None)
