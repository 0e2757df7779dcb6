"""What people type for a field of their card, as it is kept. Called by ``keeping``."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from bridge.domain.cards import Field
from bridge.domain.errors import InputError
from bridge.domain.messages import say
from bridge.ports.formats import Formats
from bridge.rules.card_values import LONGEST_LINK, at_most, email, link, one_line, several, unique
from bridge.rules.spoken_languages import spoken_languages

LINES: Final = (Field.NAME, Field.PRONOUNCED, Field.TITLE, Field.ORGANISATION, Field.PLACE)
NATIONAL: Final = 8
"""Digits that a telephone number has at least that is typed as within its country."""


@dataclass(frozen=True, slots=True)
class Reader:
    """``formats`` knows the world; ``timezone`` is where the company is."""

    formats: Formats
    timezone: str = ""

    def read(self, name: Field, text: str, *, near: str = "") -> tuple[str, ...]:
        """The values, one or several. ``near`` is the time zone of whoever typed them. Raises ``InputError``."""
        if name in LINES:
            return (one_line(text),)
        readers: Mapping[Field, Callable[[str], tuple[str, ...]]] = {
            Field.PHONE: lambda said: (self._phone(said, near),),
            Field.EMAIL: lambda said: (email(one_line(said)),),
            Field.LANGUAGES: self._languages,
            Field.TIMEZONE: lambda said: (self._timezone(said),),
            Field.TOPICS: several,
            Field.LINKS: lambda said: at_most(unique(map(link, _apart(said)))),
        }
        if name not in readers:
            raise InputError(say("This is no text: a photo is sent as a picture, and the history has its own words."))
        return readers[name](text)

    def _phone(self, text: str, near: str) -> str:
        plain = one_line(text)
        number = self.formats.phone(plain, near=near)
        if number is None and not near and plain.startswith("0") and sum(map(str.isdigit, plain)) >= NATIONAL:
            raise InputError(say("Of which country is the number {text}? With its country it looks like {example}.",
                                 text=plain[:40], example="+33 6 12 34 56 78"))  # fmt: skip
        if number is None:
            sentence = say("This is no phone number that exists: {text}. With its country it looks like {example}.",
                           text=plain[:40], example="+33 6 12 34 56 78")  # fmt: skip
            raise InputError(sentence)
        return number

    def _languages(self, text: str) -> tuple[str, ...]:
        return at_most(spoken_languages(text, self.formats.language))

    def _timezone(self, text: str) -> str:
        plain = one_line(text)
        name = self.formats.timezone(plain)
        if name is None:
            sentence = say("I know no time zone called {text}. Name the nearest large city: it looks like {example}.",
                           text=plain, example="Europe/Paris")  # fmt: skip
            raise InputError(sentence)
        return name


def _apart(text: str) -> tuple[str, ...]:
    """Links hold no spaces, and commas rarely."""
    return tuple(one.strip(",;") for one in one_line(text, longest=LONGEST_LINK * 4).split() if one.strip(",;"))
