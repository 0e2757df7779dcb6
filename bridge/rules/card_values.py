"""What people type into a card, put into one form, or refused with a sentence that says why. Pure.

Used by ``services/cards/reading``, which adds what takes knowledge of the world: phone numbers, languages, time zones.
"""

import re
import unicodedata
from collections.abc import Iterable
from typing import Final
from urllib.parse import urlsplit, urlunsplit

from bridge.domain.errors import InputError
from bridge.domain.messages import say
from bridge.rules.naming import folded

LONGEST_LINE: Final = 100
LONGEST_TOPIC: Final = 40
LONGEST_LINK: Final = 300
LONGEST_ENTRY: Final = 1000
MOST: Final = 20
"""Topics, languages or links of one person."""
BETWEEN: Final = re.compile(r"[,;\n]+")
EMAIL: Final = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[^\s@]+")
LABEL: Final = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")


def one_line(text: str, *, longest: int = LONGEST_LINE) -> str:
    """The text on one line, without control characters and what turns writing around. Raises ``InputError``."""
    shown = "".join(" " if letter.isspace() else letter for letter in text)
    plain = " ".join("".join(letter for letter in shown if not _is_invisible(letter)).split())
    if not plain:
        raise InputError(say("Nothing is left of this that I could show."))
    if len(plain) > longest:
        raise InputError(say("This has {count} characters, and {most} is the most.", count=len(plain), most=longest))
    return plain


def several(text: str, *, longest: int = LONGEST_TOPIC) -> tuple[str, ...]:
    """What stands between commas, each once. Raises ``InputError``."""
    parts = [one_line(part, longest=longest) for part in BETWEEN.split(text) if part.strip()]
    return at_most(unique(parts))


def at_most(values: tuple[str, ...]) -> tuple[str, ...]:
    """The values. Raises ``InputError`` where there are none, or too many."""
    if not values:
        raise InputError(say("Nothing is left of this that I could show."))
    if len(values) > MOST:
        raise InputError(say("These are {count}, and {most} is the most.", count=len(values), most=MOST))
    return values


def unique(values: Iterable[str]) -> tuple[str, ...]:
    """Each once, as it was written first."""
    found: dict[str, str] = {}
    for value in values:
        found.setdefault(folded(value), value)
    return tuple(found.values())


def email(text: str) -> str:
    """An e-mail address, its domain in small letters. Raises ``InputError``."""
    plain = text.strip().removeprefix("mailto:")
    local, _, domain = plain.rpartition("@")
    fits = EMAIL.fullmatch(plain) and not (local.startswith(".") or local.endswith(".") or ".." in local)
    if not fits or not is_domain(domain):
        raise InputError(say("This is no e-mail address: {text}. It looks like {example}.",
                             text=_quoted(plain), example="bob@acme.example"))  # fmt: skip
    return f"{local}@{domain.lower()}"


def link(text: str) -> str:
    """An https address. Raises ``InputError``."""
    plain = text.strip().strip("<>")
    if "://" not in plain and is_domain(plain.partition("/")[0]):
        plain = f"https://{plain}"
    try:
        parts = urlsplit(plain)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        host, port, parts = "", None, urlsplit("")
    sound = parts.scheme.lower() == "https" and is_domain(host) and not (parts.username or parts.password)
    if not sound or len(plain) > LONGEST_LINK or any(_is_invisible(one) or one.isspace() for one in plain):
        raise InputError(say("This is no link that I can show: {text}. It begins with {start}.",
                             text=_quoted(plain), start="https://"))  # fmt: skip
    place = f"{host.lower()}:{port}" if port and port != 443 else host.lower()
    return urlunsplit(("https", place, parts.path, parts.query, parts.fragment)).removesuffix("/")


def is_domain(text: str) -> bool:
    """Whether this is a domain of at least two parts, also with letters of other scripts."""
    try:
        name = text.rstrip(".").encode("idna").decode().lower()
    except UnicodeError:
        return False
    labels = name.split(".")
    return len(labels) >= 2 and len(name) <= 253 and not labels[-1].isdigit() and all(map(LABEL.fullmatch, labels))


def _quoted(text: str) -> str:
    """As much of what was typed as a sentence can hold."""
    plain = "".join(letter for letter in text if not _is_invisible(letter))
    return plain if len(plain) <= 60 else plain[:59] + "…"


def _is_invisible(letter: str) -> bool:
    """Controls, and what turns the direction of writing; joiners of emoji and scripts are kept."""
    return unicodedata.category(letter) in ("Cc", "Cf", "Cs", "Co", "Zl", "Zp") and letter not in "\u200c\u200d"
