"""Secrets of the configuration: where they come from, and a type that does not let them out by accident."""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bridge.config.wrong import Wrong
from bridge.domain.messages import say
from bridge.domain.problems import InvalidInput
from bridge.files.reading import read_bytes, text_of
from bridge.files.spelling import looks_like_token

ENV: Final = "env:"
FILE: Final = "file:"
KEY_BYTES: Final = 32


class Secret:
    """A text that is shown nowhere: not in logs, problems, tracebacks or ``repr``. Only ``reveal`` gives it."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        """The secret itself, for the one place that sends or compares it."""
        return self._text

    def same_as(self, other: str) -> bool:
        """Whether ``other`` is this secret, in a time that does not depend on where they differ."""
        return hmac.compare_digest(self._text.encode(), other.encode())

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and self.same_as(other._text)

    __hash__ = None  # type: ignore[assignment]  # a set would compare it in a time that tells

    def __len__(self) -> int:
        return len(self._text)

    def __repr__(self) -> str:
        return "Secret(•••)"

    __str__ = __repr__


@dataclass(frozen=True, slots=True)
class Sources:
    """Where values may be taken from: the environment, and files named relative to ``folder``.

    With ``stand_ins``, secrets that are not at hand are replaced by words that nobody has.
    """

    folder: Path
    env: Mapping[str, str]
    stand_ins: bool = False

    def text(self, written: str) -> str:
        """What ``env:NAME``, ``file:path`` or the value itself stands for. Raises ``Wrong``."""
        if written.startswith(ENV):
            return self._from_env(written.removeprefix(ENV).strip())
        if written.startswith(FILE):
            return self._from_file(written.removeprefix(FILE).strip())
        return written

    def secret(self, written: str) -> Secret:
        """A secret of one word. Raises ``Wrong``."""
        text = stand_in(written) if self.stand_ins else self.text(written)
        if not text or any(character.isspace() for character in text):
            raise Wrong(say("A secret is one word without spaces."))
        return Secret(text)

    def password(self, written: str) -> Secret:
        """A secret that somebody else made, and that may hold spaces. Raises ``Wrong``."""
        text = stand_in(written) if self.stand_ins else self.text(written)
        if not text.strip():
            raise Wrong(say("A password is not empty."))
        return Secret(text)

    def _from_env(self, name: str) -> str:
        if looks_like_token(name):
            raise Wrong(say("After env: comes the name of a variable, not the secret itself."))
        if not self.env.get(name, "").strip():
            raise Wrong(say("The environment variable {name} is not set, or is empty.", name=name))
        return self.env[name].strip()

    def _from_file(self, name: str) -> str:
        if looks_like_token(name):
            raise Wrong(say("After file: comes the path of a file, not the secret itself."))
        path = self.folder / name
        try:
            return text_of(read_bytes(path, limit_mib=1), str(path)).strip()
        except InvalidInput as error:
            (problem,) = error.problems
            raise Wrong(say("{file}: {problem}", file=str(path), problem=problem.message)) from error


def stand_in(written: str) -> str:
    """A word of the form of a key, another one for each reference; it is no secret and opens nothing."""
    return base64.urlsafe_b64encode(hashlib.sha256(f"stand-in {written}".encode()).digest()).decode().rstrip("=")


def key_bytes(secret: Secret) -> bytes:
    """The 32 bytes of a key file that ``parvis init`` wrote (URL-safe base64). Raises ``Wrong``."""
    text = secret.reveal()
    try:
        key = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if len(key) != KEY_BYTES:
        raise Wrong(say("This is not a key as parvis init makes them: 32 random bytes in URL-safe base64."))
    return key
