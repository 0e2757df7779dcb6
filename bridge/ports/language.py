"""Turning messages into sentences of a language."""

from typing import Protocol

from bridge.domain.messages import Language, Message


class Translator(Protocol):
    """Catalogues of all languages, loaded once."""

    def translate(self, message: Message, language: Language) -> str:
        """The sentence in ``language`` with its places filled; English where a translation is missing."""
