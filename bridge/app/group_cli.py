"""``parvis group``: the words of the command line about groups: out and in, and the same as before. For ``cli``."""

from pathlib import Path

import click

from bridge.app import group_same, grouping
from bridge.app.context import Context, finish, pass_context
from bridge.app.speaking import Words


@click.group(cls=Words)
def group() -> None:
    """Take groups out, with all that is decided about them, bring them in again, and say which are those of before."""


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


@group.command("same")
@click.argument("old", required=False)
@click.argument("new", required=False)
@click.option("--yes", is_flag=True, help="Say so of all that nothing speaks against.")
@pass_context
def same(context: Context, old: str | None, new: str | None, *, yes: bool) -> None:
    """List groups that vanished and those that could be the same, as after a change of source (exit code 3 when there
    are some); say so of all with --yes, or of one: that OLD, which vanished, is NEW now (ids)."""
    finish(group_same.same(context.config(), context.terminal, old, new, yes=yes))


@group.command("other")
@click.argument("new")
@pass_context
def other(context: Context, new: str) -> None:
    """Say that NEW (an id) is another group than those of before, also where it was said to be one of them."""
    finish(group_same.other(context.config(), context.terminal, new))
