"""How phone numbers, languages, months and time zones are written: knowledge of the world that changes without us."""

from typing import Protocol

from bridge.domain.messages import Text


class Formats(Protocol):
    """Reads what people type. None where it is nothing that there is."""

    def phone(self, text: str, *, near: str = "") -> str | None:
        """A number in international form, ``+33 6 12 34 56 78``; ``near`` is the time zone of whoever typed it, which
        tells the country of numbers that do not begin with ``+``."""

    def language(self, text: str) -> str | None:
        """The code of a language, given that or its name in English, French or itself."""

    def language_name(self, code: str) -> Text:
        """What a language is called."""

    def month(self, text: str) -> int | None:
        """The number of a month, given its name in English or French, whole or short."""

    def timezone(self, text: str) -> str | None:
        """The name of a time zone, ``Europe/Paris``, given that or its city."""
