"""The command line (INTERFACE section 2): where its words are, and how outcomes become sentences and exit codes."""

import gc
import sys
from pathlib import Path
from typing import Final, NoReturn

import click
import structlog

from bridge.app.by_need import ByNeed
from bridge.app.context import Context
from bridge.app.logs import configure_logs
from bridge.app.misusing import Misuse
from bridge.app.terminal import Terminal
from bridge.domain.errors import ErrorKind, ParvisError, only_ours
from bridge.domain.messages import say
from bridge.domain.problems import InvalidInput
from bridge.files.refusals import reason_of

FAILED, MISUSED, INTERRUPTED = 1, 2, 130
WORDS: Final = {
    "apply": "bridge.app.rooms_cli:apply",
    "audit": "bridge.app.audit_cli:audit",
    "check": "bridge.app.rooms_cli:check",
    "db": "bridge.app.db_cli:db",
    "digest": "bridge.app.digest_cli:digest_",
    "directory": "bridge.app.directory_cli:directory_",
    "doctor": "bridge.app.doctoring:doctor",
    "group": "bridge.app.group_cli:group",
    "identity": "bridge.app.identity_cli:identity_",
    "init": "bridge.app.project_cli:init",
    "mail": "bridge.app.mail_cli:mail_",
    "partner": "bridge.app.partner_cli:partner",
    "person": "bridge.app.person_cli:people",
    "plan": "bridge.app.rooms_cli:plan",
    "registration": "bridge.app.project_cli:registration",
    "run": "bridge.app.run_cli:run",
    "scim": "bridge.app.scim_cli:scim",
    "undo": "bridge.app.rooms_cli:undo",
    "why": "bridge.app.rooms_cli:why",
}
"""Every word, and where it is defined."""

log = structlog.get_logger()


def _be_verbose() -> None:
    """From now on, and so before the word is imported."""
    configure_logs(verbose=True)


@click.group(
    cls=ByNeed, places=WORDS, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100}
)
@click.option(
    "--config",
    "path",
    type=click.Path(path_type=Path),
    default=Context.path,
    show_default=True,
    help="The configuration.",
)
@click.option(
    "--verbose",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=lambda _context, _option, verbose: _be_verbose() if verbose else None,
    help="Log what happens, on standard error.",
)
@click.pass_context
def parvis(context: click.Context, path: Path) -> None:
    """Groups of a company become Matrix rooms; partners take part from their own homeservers."""
    if context.invoked_subcommand == "run":
        _be_verbose()
    context.ensure_object(Context).path = path


def main() -> None:
    """The entry point: what goes wrong becomes a sentence and an exit code, never a traceback."""
    gc.disable()  # until ``finish``: all that importing makes stays, and looking through it is a fifth of the start
    configure_logs(verbose=False)  # nobody has said --verbose yet
    context = Context()
    try:
        parvis(prog_name="parvis", standalone_mode=False, obj=context)
    except click.ClickException as error:
        error.show()  # a page of help, where a word is missing behind another one
        sys.exit(MISUSED)
    except Misuse as error:
        context.terminal.fail(error)
        sys.exit(MISUSED)
    except (click.Abort, KeyboardInterrupt):
        sys.exit(INTERRUPTED)
    except ParvisError as error:
        fail(error, context.terminal)
    except Exception as error:  # noqa: BLE001 - told, and logged whole for whoever asks
        fail(understood(error), context.terminal)


def understood(error: Exception) -> ParvisError:
    """What failed, as an error with a sentence: tasks side by side fail as a group, a full disk as ``OSError``."""
    if isinstance(error, ExceptionGroup) and (ours := only_ours(error)):
        return ours
    log.error("not foreseen", exc_info=error)
    if isinstance(error, OSError):
        return ParvisError(say("The system refuses: {reason}.", reason=reason_of(error)))
    return ParvisError(
        say("Something went wrong in Parvis itself ({error}). Run the command with --verbose before it to see where.",
            error=type(error).__name__)
    )  # fmt: skip


def fail(error: ParvisError, terminal: Terminal) -> NoReturn:
    """Say it and leave."""
    terminal.fail(error)
    if not isinstance(error, InvalidInput):  # of which everything was said, with its places
        log.info("failed", kind=str(error.kind), detail=error.detail)
    sys.exit(MISUSED if error.kind is ErrorKind.USAGE else FAILED)


if __name__ == "__main__":
    main()
