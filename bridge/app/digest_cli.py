"""``parvis digest``: the words of the command line about weekly digests. Found by ``cli``."""

import click

from bridge.app import digesting
from bridge.app.context import Context, finish, pass_context
from bridge.app.speaking import Words


@click.group("digest", cls=Words)
def digest_() -> None:
    """Show what somebody's weekly digest would tell, and send what is due."""


@digest_.command()
@click.argument("user")
@click.option("--week", metavar="WEEK", help="Such as 2026-W47; without it, the last seven days.")
@click.option("--json", "as_machine", is_flag=True, help="For scripts.")
@pass_context
def preview(context: Context, user: str, *, week: str | None, as_machine: bool) -> None:
    """Print what USER would get. Nothing is sent."""
    finish(digesting.preview(context.config(), context.terminal, user, week=week, as_machine=as_machine))


@digest_.command("run")
@pass_context
def run_digests(context: Context) -> None:
    """Send every digest that is due now, and not sent yet."""
    finish(digesting.send_due(context.config(), context.terminal))
