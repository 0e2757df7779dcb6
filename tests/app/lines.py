"""Calling the command line as a person does, and what a person may never see."""

import re
from pathlib import Path
from typing import Any, Final

import yaml

from bridge.adapters.time import SystemChance
from bridge.config.init import write_project
from tests.support.company import parvis
from tests.support.preloaded import Outcome

DONE, FAILED, MISUSED = 0, 1, 2
LANGUAGES: Final = {"en": "en_GB.UTF-8", "fr": "fr_FR.UTF-8", "none": "C.UTF-8"}


def project(folder: Path, **values: Any) -> Path:
    """What ``parvis init`` writes, with other values; gives the folder."""
    write_project(folder, chance=SystemChance())
    if values:
        configure(folder, **values)
    return folder


def configure(folder: Path, **values: Any) -> None:
    """Change sections of the configuration, key by key."""
    path = folder / "config.yaml"
    config = yaml.safe_load(path.read_text(encoding="utf-8"))
    for section, change in values.items():
        config[section] = {**(config.get(section) or {}), **change} if isinstance(change, dict) else change
    path.write_text(yaml.safe_dump(config, allow_unicode=True), encoding="utf-8")


async def call(folder: Path, *words: str, language: str = "en", configured: bool = True) -> Outcome:
    """One call, waited for; never a traceback, never a secret."""
    config = ["--config", str(folder / "config.yaml")] if configured else []
    outcome = await parvis(*config, *words, home=folder, LANG=LANGUAGES[language])
    assert "Traceback" not in outcome.said, outcome.said
    for secret in (folder / "keys").glob("*"):
        assert secret.read_text().strip() not in outcome.said
    return outcome


def sentences(text: str) -> list[str]:
    """The lines that a person reads."""
    return [line for line in text.splitlines() if line.strip() and not re.match(r"^\{.*\}$", line)]
