"""``parvis run``: the word of the command line that starts the bridge. Found by ``cli``."""

import click

from bridge.app.context import Context, finish, pass_context
from bridge.app.judging import what_cannot_run
from bridge.app.running import run as run_bridge
from bridge.app.speaking import Word
from bridge.app.verbs import DONE
from bridge.config.settings import Config
from bridge.config.tokens import refuse_weak_tokens
from bridge.domain.problems import InvalidInput


@click.command(cls=Word)
@pass_context
def run(context: Context) -> None:
    """Run the bridge with its bots."""
    finish(_run(context.config()))


async def _run(config: Config) -> int:
    """Until it is asked to end."""
    if problems := [*refuse_weak_tokens(config), *what_cannot_run(config)]:
        raise InvalidInput(problems)
    await run_bridge(config)
    return DONE
