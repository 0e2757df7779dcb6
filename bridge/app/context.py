"""What every verb of the command line gets: the configuration once it is asked for, and the terminal. For ``cli``."""

import asyncio
import gc
import os
import sys
from collections.abc import Coroutine
from datetime import UTC, tzinfo
from functools import cache, cached_property
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import click

from bridge.adapters.language import Catalogues
from bridge.app.terminal import Terminal
from bridge.config.loading import load_config, written_language
from bridge.config.settings import Config
from bridge.domain.messages import LANGUAGES, Language, Message
from bridge.domain.problems import InvalidInput


def language_of_environment() -> Language | None:
    """What the person's own settings ask for, if they ask for a language that we speak: ``PARVIS_LANGUAGE``, else what
    gettext goes by. ``LANGUAGE`` is a list, and counts for nothing where the locale is C.
    """
    locale = next(filter(None, (os.environ.get(name) for name in ("LC_ALL", "LC_MESSAGES", "LANG"))), "C")
    listed = [] if locale.partition(".")[0] in ("C", "POSIX") else os.environ.get("LANGUAGE", "").split(":")
    wanted = (value[:2].lower() for value in (os.environ.get("PARVIS_LANGUAGE", ""), *listed, locale))
    return next((value for value in wanted if value in LANGUAGES), None)


@cache
def catalogues(zone: tzinfo = UTC) -> Catalogues:
    """All sentences, read once: that takes a tenth of a second or two."""
    return Catalogues.load(zone=zone)


def told(message: Message) -> str:
    """A sentence in the person's language, before anything is configured."""
    return catalogues().translate(message, language_of_environment() or "en")


def terminal(fallback: Language = "en", zone: tzinfo = UTC) -> Terminal:
    """A terminal in the person's language, else in ``fallback``, with the times of ``zone``."""
    return Terminal(translator=catalogues(zone), language=language_of_environment() or fallback)


class Context:
    """What every verb gets: the configuration once it is asked for, and the terminal, which then speaks its language
    to whoever asks for none."""

    path = Path("config.yaml")

    @cached_property
    def terminal(self) -> Terminal:
        return terminal()

    def config(self, *, stand_ins: bool = False) -> Config:
        """The configuration; with ``stand_ins`` no secret is read. Raises ``InvalidInput`` with everything that is
        wrong with it, which is then said in its language, too."""
        try:
            config = load_config(self.path, os.environ, stand_ins=stand_ins)
        except InvalidInput:
            if language := written_language(self.path):
                self.terminal = terminal(language)
            raise
        self.terminal = terminal(config.language, ZoneInfo(config.timezone))
        return config


pass_context = click.make_pass_decorator(Context)


def finish(work: Coroutine[Any, Any, int]) -> None:
    """Run to the end and leave with its exit code."""
    gc.freeze()  # what is there by now stays
    gc.enable()
    sys.exit(asyncio.run(work))
