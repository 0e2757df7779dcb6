"""A fresh project folder for ``parvis init``: configuration, registration, directory, and keys that nobody else has."""

import base64
import hashlib
import os
from pathlib import Path
from typing import Final, Protocol

from bridge.config.loading import load_config
from bridge.config.registration import registration_text
from bridge.config.templates import CONFIG, DIRECTORY
from bridge.config.values import server_name as checked_server_name
from bridge.config.wrong import Wrong
from bridge.domain.errors import ErrorKind, InputError, ParvisError
from bridge.domain.messages import say
from bridge.files.refusals import reason_of

KEYS: Final = "keys"
FILES: Final = ("config.yaml", "registration.yaml", "directory.yaml")
OWNER_ONLY: Final = 0o600
OWNER_ONLY_FOLDER: Final = 0o700


class Chance(Protocol):
    """Where random words come from (the port of the same name)."""

    def token(self) -> str:
        """A new random word of at least 128 bits."""


def write_project(folder: Path, chance: Chance, server_name: str = "corp.example") -> tuple[Path, ...]:
    """Write everything that a new installation needs into ``folder``; the paths of the files.

    Only their owner can read them. Raises ``InputError`` when a file is already there, before anything is written,
    and ``ParvisError`` when the folder cannot be written.
    """
    try:
        server_name = checked_server_name(server_name)
    except Wrong as wrong:
        raise InputError(wrong.message) from wrong
    keys = _fresh_keys(chance)
    contents = {
        **{f"{KEYS}/{name}": key + "\n" for name, key in keys.items()},
        "directory.yaml": DIRECTORY.format(server_name=server_name),
        "config.yaml": CONFIG.format(server_name=server_name),
    }
    _refuse_existing([folder / name for name in (*contents, *FILES)])
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / KEYS).mkdir(mode=OWNER_ONLY_FOLDER, exist_ok=True)
        written = [_write(folder / name, content) for name, content in contents.items()]
        config = load_config(folder / "config.yaml", {})
        written.append(_write(folder / "registration.yaml", registration_text(config)))
    except OSError as error:
        message = say("{folder} cannot be written: {reason}.", folder=str(folder), reason=reason_of(error))
        raise ParvisError(message, kind=ErrorKind.USAGE) from error
    return tuple(written)


def _fresh_keys(chance: Chance) -> dict[str, str]:
    return {
        "as_token": chance.token() + chance.token(),
        "hs_token": chance.token() + chance.token(),
        "data.key": _key(chance),
        "audit.key": _key(chance),
    }


def _key(chance: Chance) -> str:
    """32 random bytes in URL-safe base64: two random words, mixed."""
    mixed = hashlib.sha256(f"{chance.token()} {chance.token()}".encode()).digest()
    return base64.urlsafe_b64encode(mixed).decode().rstrip("=")


def _refuse_existing(paths: list[Path]) -> None:
    for path in paths:
        if path.exists() or path.is_symlink():
            raise InputError(say("{file} is already there: nothing was written.", file=str(path)))


def _write(path: Path, content: str) -> Path:
    """Write a new file that only its owner can read. Raises ``OSError``, also when it has come into being meanwhile."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, OWNER_ONLY)
    with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
        stream.write(content)
    return path
