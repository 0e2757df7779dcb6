"""A group of words whose modules are imported when one of them is said: what others need costs no time. For ``cli``."""

from collections.abc import Mapping
from importlib import import_module
from typing import Any

import click

from bridge.app.speaking import Words


class ByNeed(Words):
    """``places`` says where each word is defined: ``module:name``. A page of help imports them all."""

    def __init__(self, *args: Any, places: Mapping[str, str], **settings: Any) -> None:
        super().__init__(*args, **settings)
        self._places = places

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted({*self._places, *super().list_commands(ctx)})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name in self._places and cmd_name not in self.commands:
            module, _, name = self._places[cmd_name].partition(":")
            self.add_command(getattr(import_module(module), name), cmd_name)
        return super().get_command(ctx, cmd_name)
