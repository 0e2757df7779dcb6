"""The words of the command line about what becomes of rooms, from ``check`` to ``undo``. Found by ``cli``."""

import click

from bridge.app import checking, explaining, undoing, verbs
from bridge.app.context import Context, finish, pass_context
from bridge.app.speaking import Word


@click.command(cls=Word)
@pass_context
def check(context: Context) -> None:
    """Validate configuration, policies and the directory, whose server is asked; the homeserver is not."""
    finish(checking.check(context.config(), context.terminal))


@click.command(cls=Word)
@click.option("--json", "as_json", is_flag=True, help="For scripts.")
@click.option("--group", help="Only this group's room.")
@click.option("--as", "viewer", metavar="USER", help="What this person would see.")
@pass_context
def plan(context: Context, *, as_json: bool, group: str | None, viewer: str | None) -> None:
    """Show what would change in the rooms, and why. Exit code 3 when there is something to do."""
    finish(verbs.plan(context.config(), context.terminal, as_json=as_json, group=group, viewer=viewer))


@click.command(cls=Word)
@click.argument("fingerprint", required=False)
@click.option("--json", "as_json", is_flag=True, help="For scripts.")
@click.option("--now", "at_once", is_flag=True, help="Also who would be invited to hidden groups later.")
@pass_context
def apply(context: Context, fingerprint: str | None, *, as_json: bool, at_once: bool) -> None:
    """Apply the plan. A held plan (exit code 4) wants its FINGERPRINT."""
    finish(verbs.apply(context.config(), context.terminal, fingerprint=fingerprint, as_json=as_json, at_once=at_once))


@click.command(cls=Word)
@click.argument("user")
@click.argument("group")
@click.option("--as", "viewer", metavar="USER", help="What this person would be told.")
@pass_context
def why(context: Context, user: str, group: str, viewer: str | None) -> None:
    """Say which rule lets USER into GROUP or keeps them out, and where it comes from."""
    finish(explaining.why(context.config(), context.terminal, user=user, group=group, viewer=viewer))


@click.command(cls=Word)
@click.argument("run", required=False)
@click.argument("fingerprint", required=False)
@pass_context
def undo(context: Context, run: str | None, fingerprint: str | None) -> None:
    """Show what undoing RUN would be, and with its FINGERPRINT do it. Without RUN, list what was applied last."""
    finish(undoing.undo(context.config(), context.terminal, run=run, fingerprint=fingerprint))
