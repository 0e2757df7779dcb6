"""``parvis audit``: the words of the command line about the audit log. Found by ``cli``."""

from collections.abc import Callable
from typing import Any, TextIO

import click

from bridge.app import auditing, secrecy
from bridge.app.context import Context, finish, pass_context
from bridge.app.speaking import Words
from bridge.domain.errors import InputError
from bridge.domain.messages import say


@click.group(cls=Words)
def audit() -> None:
    """Search, check and write out the audit log."""


def asks(command: Callable[..., None]) -> Callable[..., None]:
    """The options that say which entries of the audit log are meant."""
    for option in (
        click.option("--until", type=click.DateTime(), help="Before this day or time."),
        click.option("--since", type=click.DateTime(), help="From this day or time on."),
        click.option("--partner", help="About this partner, by its id."),
        click.option("--group", help="About this group, by its name or its id."),
        click.option("--person", metavar="USER", help="By or about this person."),
        click.option("--as", "viewer", metavar="USER", help="What this person would see."),
    ):
        command = option(command)
    return command


@audit.command("search")
@click.option("--limit", type=click.IntRange(min=1), default=50, show_default=True, help="How many at most.")
@asks
@pass_context
def audit_search(context: Context, /, *, limit: int, viewer: str | None, **asked: Any) -> None:
    """Show the newest entries, newest first."""
    config = context.config()
    question = auditing.question_of(config, **asked)
    finish(auditing.search(config, context.terminal, question, limit=limit, viewer=viewer))


@audit.command("verify")
@click.option(
    "--heads", type=click.File(encoding="utf-8", errors="replace"), help="Lines of audit heads that a witness kept."
)
@pass_context
def audit_verify(context: Context, heads: TextIO | None) -> None:
    """Check that nothing was altered, removed or inserted. Exit code 1 when something was."""
    finish(auditing.verify(context.config(), context.terminal, heads=heads or ()))


@audit.command("secrecy")
@click.option("--json", "as_json", is_flag=True, help="For scripts.")
@pass_context
def audit_secrecy(context: Context, *, as_json: bool) -> None:
    """Have real clients look for a hidden group made for it. Exit code 1 when one finds it, 3 when nobody could ask."""
    finish(secrecy.secrecy(context, as_json=as_json))


@audit.command("heads")
@pass_context
def audit_heads(context: Context) -> None:
    """Print the signed ends of the audit log, for a witness to keep elsewhere."""
    finish(auditing.heads(context.config(), context.terminal))


@audit.command("rotate")
@click.option(
    "--old",
    type=click.File(encoding="utf-8", errors="replace"),
    help="The file of the audit key that counted until now.",
)
@click.option("--lost", is_flag=True, help="Nobody has the old key any more.")
@pass_context
def audit_rotate(context: Context, old: TextIO | None, *, lost: bool) -> None:
    """Put a new audit key in the place of the old one. The new one is in the configuration; the bridge must not run."""
    if (old is None) is not lost:
        raise InputError(say("Give either --old with a file, or --lost."))
    finish(auditing.rotate(context.config(), context.terminal, old=old.read() if old else None))


@audit.command("export")
@click.option("--csv", "as_csv", is_flag=True, help="CSV instead of JSON Lines.")
@asks
@pass_context
def audit_export(context: Context, /, *, as_csv: bool, viewer: str | None, **asked: Any) -> None:
    """Write all entries to standard output, oldest first."""
    config = context.config()
    finish(auditing.export(config, auditing.question_of(config, **asked), as_csv=as_csv, viewer=viewer))
