"""``parvis person``: the words of the command line about what is kept of people. Found by ``cli``."""

import click

from bridge.app import person
from bridge.app.context import Context, finish, pass_context
from bridge.app.speaking import Words

ALSO = click.option(
    "--also", metavar="NAME", multiple=True, help="What they are called beside: an id in the directory, an address."
)


@click.group("person", cls=Words)
def people() -> None:
    """Show what is kept about a person, and erase it."""


@people.command("export")
@click.argument("user")
@ALSO
@click.option("--json", "as_json", is_flag=True, help="For scripts.")
@click.option("--as", "viewer", metavar="USER", help="What this person would be given.")
@pass_context
def export_person(context: Context, user: str, also: tuple[str, ...], viewer: str | None, *, as_json: bool) -> None:
    """Print everything that is kept about USER."""
    finish(person.export(context.config(), context.terminal, user, also=also, as_machine=as_json, viewer=viewer))


@people.command("erase")
@click.argument("user")
@ALSO
@click.option("--yes", is_flag=True, help="Erase, after having read what it would be.")
@pass_context
def erase_person(context: Context, user: str, also: tuple[str, ...], *, yes: bool) -> None:
    """Show what would be erased about USER, who has left, and what not (exit code 3), and with --yes erase it."""
    finish(person.erase(context.config(), context.terminal, user, also=also, yes=yes))
