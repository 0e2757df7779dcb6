"""The bot's part of the configuration, checked: where an organisation's own paths are, whom to welcome, when to remind.

For ``bot``, and through it for ``parvis check``.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from bots.onboarding.hours import hours_of
from bots.onboarding.library import Library, library
from bridge.domain.errors import InputError
from bridge.domain.messages import say
from bridge.files.spelling import closest
from bridge.rules.working import WorkingTime

KEYS: Final = ("paths", "welcome", "hours")
EVERYONE: Final = "everyone"
NEWCOMERS: Final = "newcomers"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """``everyone``: whoever is here when the bot begins is welcomed as well."""

    library: Library
    everyone: bool
    hours: WorkingTime


def settings_of(config: Mapping[str, Any], folder: Path) -> Settings:
    """The settings; paths are relative to ``folder``. Raises ``InputError`` with what is wrong."""
    for key in config:
        if key not in KEYS:
            near = closest(key, KEYS) or ", ".join(KEYS)
            raise InputError(say("The onboarding bot has no setting {key}; it may be {near}.", key=key, near=near))
    welcome = config.get("welcome", EVERYONE)
    if welcome not in (EVERYONE, NEWCOMERS):
        raise InputError(say("The onboarding bot welcomes {choices}.", choices=(EVERYONE, NEWCOMERS)))
    paths = config.get("paths")
    if paths is not None and not isinstance(paths, str):
        raise InputError(say("The setting paths of the onboarding bot is the name of a folder."))
    return Settings(
        library=library(folder / paths if paths else None),
        everyone=welcome == EVERYONE,
        hours=hours_of(config.get("hours")),
    )
