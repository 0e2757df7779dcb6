"""The port ``formats`` over phonenumbers, Babel and the time zones of this machine. Made by ``bridge/app``."""

from functools import cache
from typing import Final
from zoneinfo import available_timezones

import phonenumbers
from babel import Locale
from babel.core import get_global
from babel.localedata import exists

from bridge.domain.messages import Text
from bridge.rules.naming import folded

LONGEST: Final = 60
"""Characters that are looked at: nothing that there is has more."""
ALSO: Final = {
    "mandarin": "zh", "castilian": "es", "castillan": "es", "flemish": "nl", "flamand": "nl", "hollandais": "nl",
    "farsi": "fa", "sign language": "sgn", "langue des signes": "sgn", "kiswahili": "sw", "moldave": "ro",
}  # fmt: skip
"""Names of languages that Unicode gives to something narrower, or not at all."""
LEGACY: Final = ("Etc/", "SystemV/", "US/", "posix/", "right/")


class WorldFormats:
    """What is read once is kept: some hundred names."""

    def phone(self, text: str, *, near: str = "") -> str | None:
        if len(text) > LONGEST:
            return None
        try:
            number = phonenumbers.parse(text, get_global("zone_territories").get(near))
        except phonenumbers.NumberParseException:
            return None
        if not phonenumbers.is_valid_number(number):
            return None
        return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)

    def language(self, text: str) -> str | None:
        return _languages().get(folded(text)) or _own_names().get(folded(text))

    def language_name(self, code: str) -> Text:
        english, french = (Locale(one).languages.get(code, code) for one in ("en", "fr"))
        return Text(en=english, fr=french)

    def month(self, text: str) -> int | None:
        return _months().get(folded(text).removesuffix("."))

    def timezone(self, text: str) -> str | None:
        return _timezones().get(folded(text).replace(" ", "_"))


@cache
def _codes() -> tuple[str, ...]:
    """Of languages, without regions, for nobody says more; where two are called alike, the shorter code is meant."""
    found = (str(code) for code in Locale("en").languages)
    return tuple(
        sorted((code for code in found if code.isalpha() and len(code) <= 3), key=lambda code: (len(code), code))
    )


@cache
def _languages() -> dict[str, str]:
    """Codes of languages by these, and by what they are called in English and French, folded."""
    english, french = ({str(code): str(name) for code, name in Locale(one).languages.items()} for one in ("en", "fr"))
    found = {code: code for code in _codes()}
    for code in _codes():
        for name in filter(None, (english[code], french.get(code))):
            found.setdefault(folded(name), code)
    return {**found, **ALSO}


@cache
def _own_names() -> dict[str, str]:
    """Codes of languages by what these call themselves, folded. Babel reads a file for each, a second in all: only when
    a word is neither a code nor English nor French.
    """
    found: dict[str, str] = {}
    for code in _codes():
        if exists(code) and (name := Locale(code).language_name):
            found.setdefault(folded(name), code)
    return found


@cache
def _months() -> dict[str, int]:
    """Numbers of months by their names, folded and without the full stop of short ones."""
    found = {"sept": 9}
    for one in ("en", "fr"):
        for use in ("format", "stand-alone"):
            for width in ("wide", "abbreviated"):
                names = Locale(one).months[use][width]
                found |= {folded(str(name)).removesuffix("."): number for number, name in names.items()}
    return found


@cache
def _timezones() -> dict[str, str]:
    """Names of time zones, folded: whole, and by their city. Of two with the same city, one is an older name of the
    other: the shorter is taken."""
    names = sorted(available_timezones(), key=lambda name: (name.count("/"), name))
    found = {folded(name): name for name in names}
    for name in names:
        if "/" in name and not name.startswith(LEGACY):
            found.setdefault(folded(name.rpartition("/")[2]), name)
    return found
