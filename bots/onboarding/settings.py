"""The bot's part of the configuration, checked: where an organisation's own paths are, whom to welcome, when to remind.

For ``bot``, and through it for ``parvis check``.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final

from bots.kit.settings import SettingsReader
from bots.onboarding.hours import hours_of
from bots.onboarding.library import Library, library
from bridge.domain.errors import InputError
from bridge.domain.messages import Message, say
from bridge.files.spelling import closest, shown
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
    """The settings; paths are relative to ``folder``. Raises ``WrongSettings`` with everything that is wrong."""
    reader = SettingsReader(config)
    reader.only(KEYS, _unknown)
    settings = Settings(
        library=reader.read("paths", partial(_library, folder=folder), None) or library(),
        everyone=reader.read("welcome", _everyone, usual=True),
        hours=reader.read("hours", hours_of, WorkingTime()),
    )
    reader.refuse()
    return settings


def _unknown(key: str) -> Message:
    near = closest(key, KEYS) or ", ".join(KEYS)
    return say("The onboarding bot has no setting {key}; it may be {near}.", key=shown(key), near=near)


def _library(paths: Any, *, folder: Path) -> Library:
    if not isinstance(paths, str):
        raise InputError(say("The setting paths of the onboarding bot is the name of a folder."))
    return library(folder / paths if paths else None)


def _everyone(written: Any) -> bool:
    if written not in (EVERYONE, NEWCOMERS):
        raise InputError(say("The onboarding bot welcomes {choices}.", choices=(EVERYONE, NEWCOMERS)))
    return bool(written == EVERYONE)
