"""``parvis group``: the words of the command line that take groups out and in. Found by ``cli``."""

from pathlib import Path

import click

from bridge.app import grouping
from bridge.app.context import Context, finish, pass_context


@click.group()
def group() -> None:
    """Take groups out, with all that is decided about them, and bring them in again."""


@group.command("export")
@click.argument("groups", nargs=-1)
@pass_context
def export_groups(context: Context, groups: tuple[str, ...]) -> None:
    """Print GROUPS, or all of them, as the policy file writes them."""
    finish(grouping.export(context.config(), context.terminal, groups))


@group.command("import")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--yes", is_flag=True, help="Decide it, after having read what it would be.")
@pass_context
def import_groups(context: Context, file: Path, *, yes: bool) -> None:
    """Show what FILE would decide about groups (exit code 3 when there is something), and with --yes decide it."""
    finish(grouping.bring_in(context.config(), context.terminal, file, yes=yes))
