"""What the command line does with the configuration alone: ``init`` and ``registration``. Found by ``cli``."""

from pathlib import Path

import click

from bridge.adapters.time import SystemChance
from bridge.app.context import Context, pass_context
from bridge.app.speaking import Word
from bridge.config.init import write_project
from bridge.config.registration import registration_text
from bridge.domain.messages import say


@click.command(cls=Word)
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.option("--server-name", default="corp.example", show_default=True, help="The part after the colon in user ids.")
@pass_context
def init(context: Context, folder: Path, server_name: str) -> None:
    """Write a commented configuration, a directory and fresh keys into FOLDER."""
    write_project(folder, server_name=server_name, chance=SystemChance())
    context.terminal.say(say("Written to {folder}. Next: parvis --config {config} check", folder=str(folder),
                             config=str(folder / "config.yaml")))  # fmt: skip


@click.command(cls=Word)
@pass_context
def registration(context: Context) -> None:
    """Print the registration that matches the configuration."""
    context.terminal.raw(registration_text(context.config()))
