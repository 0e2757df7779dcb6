"""Catalogues of sentences: turns messages into French or English (port ``language.Translator``).

The ``.po`` files under ``bridge/locales`` are read and compiled in memory once, at start, by ``bridge/app``.
"""

from collections.abc import Mapping
from datetime import UTC, date, datetime, tzinfo
from functools import lru_cache
from gettext import GNUTranslations, NullTranslations
from io import BytesIO
from pathlib import Path
from typing import Final

import structlog
from babel.dates import format_date
from babel.lists import format_list
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal

from bridge.domain.messages import LANGUAGES, DayOf, Language, Message, Place, Text

DOMAIN: Final = "parvis"
LOCALES: Final = Path(__file__).parent.parent / "locales"
SOURCE: Final[Language] = "en"
"""The language of the sentences in the code: what is missing elsewhere is said in it."""

NAMING: Final = frozenset({"port", "line", "status", "schema", "year"})
"""Places whose numbers are names: port 29400 is never written 29,400."""

DAY: Final = "d MMM y"

log = structlog.get_logger()


class Catalogues:
    """All languages, ready to speak; moments are told as clocks of ``zone`` show them. Nothing here raises because of
    a bad translation: English is the fallback."""

    def __init__(self, catalogues: Mapping[Language, NullTranslations], zone: tzinfo = UTC) -> None:
        self._catalogues = catalogues
        self._zone = zone

    @classmethod
    def load(cls, folder: Path = LOCALES, *, zone: tzinfo = UTC) -> "Catalogues":
        """Read every language's ``.po`` file below ``folder``; a language without one speaks English."""
        return cls({language: read_catalogue(folder, language) for language in LANGUAGES}, zone)

    def translate(self, message: Message, language: Language) -> str:
        """The sentence in ``language`` with its places filled."""
        known = language if language in self._catalogues else SOURCE
        places = {
            name: str(value) if name in NAMING else self._fill(value, known) for name, value in message.places.items()
        }
        sentence = self._find(message, known)
        try:
            return sentence.format_map(places)
        except (KeyError, ValueError, IndexError, AttributeError) as error:
            log.warning("a translation does not fit its places", language=known, msgid=message.text, error=repr(error))
        own = english(message)
        try:
            return own.format_map(places)
        except (KeyError, ValueError, IndexError, AttributeError) as error:
            log.exception("a sentence does not fit its places", msgid=message.text, error=repr(error))
        return own

    def _find(self, message: Message, language: Language) -> str:
        catalogue = self._catalogues.get(language)
        if catalogue is None or not message.text:  # the empty msgid is the catalogue's header
            return english(message)
        if message.plural is None or message.count is None:
            return catalogue.gettext(message.text) or message.text
        # gettext's plural formula takes whole numbers from 0: a negative count is as plural as its size
        return catalogue.ngettext(message.text, message.plural, abs(message.count)) or english(message)

    def _fill(self, value: Place, language: Language) -> str:
        if isinstance(value, Message):
            return self.translate(value, language)
        if isinstance(value, Text):
            return value.in_language(language)
        if isinstance(value, tuple):
            return format_list([self._fill(one, language) for one in value], locale=language) if value else ""
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            return number(value, language)
        if isinstance(value, DayOf):
            return moment(value.moment.astimezone(self._zone).date(), language)
        if isinstance(value, datetime):
            return moment(value.astimezone(self._zone), language)
        return moment(value, language) if isinstance(value, date) else str(value)


@lru_cache(maxsize=4096)
def number(value: float, language: Language) -> str:
    """A number as people write it. Remembered: the same small ones stand in everything that is said."""
    return format_decimal(value, locale=language)


def moment(value: date, language: Language) -> str:
    """A day as people write it, with the hour and the zone where it is a moment: the order of numbers alone is
    misread."""
    day = format_date(value, DAY, locale=language)
    return f"{day}, {value:%H:%M %Z}".rstrip() if isinstance(value, datetime) else day


def english(message: Message) -> str:
    """The source sentence, in the number that English wants, with its places still open."""
    if message.plural is None or message.count is None or message.count == 1:
        return message.text
    return message.plural


def read_catalogue(folder: Path, language: Language) -> NullTranslations:
    """One language's catalogue below ``folder``, compiled in memory; fuzzy entries are left out by ``write_mo``."""
    path = folder / language / "LC_MESSAGES" / f"{DOMAIN}.po"
    if not path.exists():
        return NullTranslations()
    compiled = BytesIO()
    with path.open("rb") as file:
        write_mo(compiled, read_po(file, locale=language, domain=DOMAIN))
    compiled.seek(0)
    return GNUTranslations(compiled)
