"""What every verb of the command line gets: the configuration once it is asked for, and the terminal. For ``cli``."""

import asyncio
import gc
import os
import sys
from collections.abc import Coroutine
from datetime import UTC, tzinfo
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import click

from bridge.adapters.language import Catalogues
from bridge.app.terminal import Terminal
from bridge.config.loading import load_config
from bridge.config.settings import Config
from bridge.domain.messages import LANGUAGES, Language


def language_of_environment() -> Language | None:
    """What the person's own settings ask for, if they ask for a language that we speak."""
    for name in ("PARVIS_LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        if (value := os.environ.get(name, "")[:2].lower()) in LANGUAGES:
            return value
    return None


def terminal(fallback: Language = "en", zone: tzinfo = UTC) -> Terminal:
    """A terminal in the person's language, else in ``fallback``, with the times of ``zone``."""
    return Terminal(translator=Catalogues.load(zone=zone), language=language_of_environment() or fallback)


class Context:
    """What every verb gets: the terminal, and the configuration once it is asked for."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.terminal = terminal()

    def config(self) -> Config:
        """The configuration. Raises ``InvalidInput`` with everything that is wrong with it."""
        config = load_config(self.path, os.environ)
        self.terminal = terminal(config.language, ZoneInfo(config.timezone))
        return config


pass_context = click.make_pass_decorator(Context)


def finish(work: Coroutine[Any, Any, int]) -> None:
    """Run to the end and leave with its exit code."""
    gc.freeze()  # what is there by now stays
    gc.enable()
    sys.exit(asyncio.run(work))
