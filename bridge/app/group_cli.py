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
@click.option(
    "--from",
    "file",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Say so of all pairs in FILE, one on each line (OLD,NEW), or of none.",
)
@pass_context
def same(context: Context, old: str | None, new: str | None, *, yes: bool, file: Path | None) -> None:
    """List groups that vanished and those that could be the same, as after a change of source (exit code 3 when there
    are some); say so of all with --yes, or of one: that OLD, which vanished, is NEW now (ids, or names that one group
    alone has)."""
    finish(group_same.same(context.config(), context.terminal, old, new, yes=yes, file=file))


@group.command("other")
@click.argument("new", nargs=-1, required=True)
@pass_context
def other(context: Context, new: tuple[str, ...]) -> None:
    """Say that NEW (ids or names) are other groups than those of before, also where they were said to be some of
    them."""
    finish(group_same.other(context.config(), context.terminal, new))
