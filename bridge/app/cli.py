"""The command line (INTERFACE section 2): reads words, calls the composition root, turns outcomes into exit codes."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn, TextIO

import click
import structlog

from bridge.adapters.time import SystemChance
from bridge.app import auditing, explaining, grouping, person, undoing, verbs
from bridge.app.context import Context, finish, pass_context, terminal
from bridge.app.digest_cli import digest_
from bridge.app.directory_cli import directory_
from bridge.app.doctoring import doctor
from bridge.app.identity_cli import identity_
from bridge.app.logs import configure_logs
from bridge.app.mail_cli import mail_
from bridge.app.partner_cli import partner
from bridge.app.scim_cli import scim
from bridge.config.init import write_project
from bridge.config.registration import registration_text
from bridge.domain.errors import ErrorKind, ParvisError, only_ours
from bridge.domain.messages import say

FAILED, MISUSED, INTERRUPTED = 1, 2, 130

log = structlog.get_logger()


ALSO = click.option(
    "--also", metavar="NAME", multiple=True, help="What they are called beside: an id in the directory, an address."
)


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option("--config", "path", type=click.Path(path_type=Path), default=Path("config.yaml"), show_default=True)
@click.option("--verbose", is_flag=True, help="Log what happens, on standard error.")
@click.pass_context
def parvis(context: click.Context, path: Path, *, verbose: bool) -> None:
    """Groups of a company become Matrix rooms; partners take part from their own homeservers."""
    configure_logs(verbose=verbose or context.invoked_subcommand == "run")
    context.obj = Context(path)


@parvis.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.option("--server-name", default="corp.example", show_default=True, help="The part after the colon in user ids.")
@pass_context
def init(context: Context, folder: Path, server_name: str) -> None:
    """Write a commented configuration, a directory and fresh keys into FOLDER."""
    write_project(folder, server_name=server_name, chance=SystemChance())
    context.terminal.say(say("Written to {folder}. Next: parvis --config {config} check", folder=str(folder),
                             config=str(folder / "config.yaml")))  # fmt: skip


@parvis.command()
@pass_context
def check(context: Context) -> None:
    """Validate configuration, directory and policies, offline."""
    finish(verbs.check(context.config(), context.terminal))


@parvis.command()
@pass_context
def registration(context: Context) -> None:
    """Print the registration that matches the configuration."""
    context.terminal.raw(registration_text(context.config()))


@parvis.command()
@pass_context
def run(context: Context) -> None:
    """Run the bridge with its bots."""
    finish(verbs.run(context.config()))


@parvis.command()
@click.option("--json", "as_json", is_flag=True, help="For scripts.")
@click.option("--group", help="Only this group's room.")
@click.option("--as", "viewer", metavar="USER", help="What this person would see.")
@pass_context
def plan(context: Context, *, as_json: bool, group: str | None, viewer: str | None) -> None:
    """Show what would change in the rooms, and why. Exit code 3 when there is something to do."""
    finish(verbs.plan(context.config(), context.terminal, as_json=as_json, group=group, viewer=viewer))


@parvis.command()
@click.argument("fingerprint", required=False)
@click.option("--json", "as_json", is_flag=True, help="For scripts.")
@pass_context
def apply(context: Context, fingerprint: str | None, *, as_json: bool) -> None:
    """Apply the plan. A held plan (exit code 4) wants its FINGERPRINT."""
    finish(verbs.apply(context.config(), context.terminal, fingerprint=fingerprint, as_json=as_json))


@parvis.command()
@click.argument("user")
@click.argument("group")
@click.option("--as", "viewer", metavar="USER", help="What this person would be told.")
@pass_context
def why(context: Context, user: str, group: str, viewer: str | None) -> None:
    """Say which rule lets USER into GROUP or keeps them out, and where it comes from."""
    finish(explaining.why(context.config(), context.terminal, user=user, group=group, viewer=viewer))


@parvis.command()
@click.argument("run", required=False)
@click.argument("fingerprint", required=False)
@pass_context
def undo(context: Context, run: str | None, fingerprint: str | None) -> None:
    """Show what undoing RUN would be, and with its FINGERPRINT do it. Without RUN, list what was applied last."""
    finish(undoing.undo(context.config(), context.terminal, run=run, fingerprint=fingerprint))


@parvis.group()
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


@parvis.group()
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
@click.option("--heads", type=click.File(encoding="utf-8"), help="Lines of audit heads that a witness kept.")
@pass_context
def audit_verify(context: Context, heads: TextIO | None) -> None:
    """Check that nothing was altered, removed or inserted. Exit code 1 when something was."""
    finish(auditing.verify(context.config(), context.terminal, heads=heads or ()))


@audit.command("heads")
@pass_context
def audit_heads(context: Context) -> None:
    """Print the signed ends of the audit log, for a witness to keep elsewhere."""
    finish(auditing.heads(context.config(), context.terminal))


@audit.command("rotate")
@click.option("--old", type=click.File(encoding="utf-8"), help="The file of the audit key that counted until now.")
@click.option("--lost", is_flag=True, help="Nobody has the old key any more.")
@pass_context
def audit_rotate(context: Context, old: TextIO | None, *, lost: bool) -> None:
    """Put a new audit key in the place of the old one. The new one is in the configuration; the bridge must not run."""
    if (old is None) is not lost:
        raise click.UsageError("Give either --old with a file, or --lost.")
    finish(auditing.rotate(context.config(), context.terminal, old=old.read() if old else None))


@audit.command("export")
@click.option("--csv", "as_csv", is_flag=True, help="CSV instead of JSON Lines.")
@asks
@pass_context
def audit_export(context: Context, /, *, as_csv: bool, viewer: str | None, **asked: Any) -> None:
    """Write all entries to standard output, oldest first."""
    config = context.config()
    finish(auditing.export(config, auditing.question_of(config, **asked), as_csv=as_csv, viewer=viewer))


@parvis.group("person")
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


parvis.add_command(partner)
parvis.add_command(digest_)
parvis.add_command(directory_)
parvis.add_command(mail_)
parvis.add_command(identity_)
parvis.add_command(scim)
parvis.add_command(doctor)


@parvis.group()
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


def main() -> None:
    """The entry point: what goes wrong becomes a sentence and an exit code, never a traceback."""
    try:
        parvis(prog_name="parvis", standalone_mode=False)
    except click.ClickException as error:
        error.show()
        sys.exit(MISUSED)
    except (click.Abort, KeyboardInterrupt):
        sys.exit(INTERRUPTED)
    except ParvisError as error:
        fail(error)
    except Exception as error:  # noqa: BLE001 - told, and logged whole for whoever asks
        fail(understood(error))


def understood(error: Exception) -> ParvisError:
    """What failed, as an error with a sentence: tasks side by side fail as a group, a full disk as ``OSError``."""
    if isinstance(error, ExceptionGroup) and (ours := only_ours(error)):
        return ours
    log.error("not foreseen", exc_info=error)
    if isinstance(error, OSError):
        return ParvisError(say("The system refuses: {reason}.", reason=error.strerror or type(error).__name__))
    return ParvisError(
        say("Something went wrong in Parvis itself ({error}). Run the command with --verbose before it to see where.",
            error=type(error).__name__)
    )  # fmt: skip


def fail(error: ParvisError) -> NoReturn:
    """Say it and leave."""
    terminal().fail(error)
    log.info("failed", kind=str(error.kind), detail=error.detail)
    sys.exit(MISUSED if error.kind is ErrorKind.USAGE else FAILED)


if __name__ == "__main__":
    main()
