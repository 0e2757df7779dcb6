"""``parvis db``: the words of the command line about the database. Found by ``cli``."""

from pathlib import Path

import click

from bridge.app import verbs
from bridge.app.context import Context, finish, pass_context
from bridge.app.speaking import Words


@click.group(cls=Words)
def db() -> None:
    """Look after the database."""


@db.command()
@pass_context
def upgrade(context: Context) -> None:
    """Bring the schema up to date."""
    finish(verbs.upgrade(context.config(), context.terminal))


@db.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@pass_context
def backup(context: Context, file: Path) -> None:
    """Write a consistent copy of the database to FILE, also while the bridge runs."""
    finish(verbs.backup(context.config(), context.terminal, file))
