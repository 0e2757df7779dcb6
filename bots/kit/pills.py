"""Identifiers in links: ``https://matrix.to/#/@ann:corp.example`` and ``matrix:u/ann:corp.example`` mean a user, room
or alias (specification, appendices 4.6 and 4.7), and so do the addresses of web clients. Called by ``tokens``."""

import re
from html.parser import HTMLParser
from typing import Final
from urllib.parse import unquote

MATRIX_TO: Final = re.compile(r"(?:https?://)?matrix\.to/#/([^/?]+)(?:[/?].*)?", re.IGNORECASE | re.DOTALL)
MATRIX_URI: Final = re.compile(r"matrix:(u|r|roomid)/([^/?]+)(?:[/?].*)?", re.IGNORECASE | re.DOTALL)
WEB_CLIENT: Final = re.compile(
    r"(?:https?|element)://[^\s#]+#/(?:room|user)/([^/?]+)(?:[/?].*)?", re.IGNORECASE | re.DOTALL
)
"""What stands in the address bar of Element and its kin."""

WRITTEN_LINK: Final = re.compile(
    r"(?:\[[^\[\]\n]{0,200}\]\(|<)((?:https?|element)://[^\s()<>]{1,500}|matrix:[^\s()<>]{1,500})[)>]"
)
"""A link as some clients write a mention into the plain text: ``[Ann](https://matrix.to/#/@ann:corp.example)``."""

SIGILS: Final = {"u": "@", "r": "#", "roomid": "!"}
IDENTIFIER: Final = re.compile(r"[@#!][^\s\"'<>]{1,254}")
MAX_LETTERS: Final = 8_000
MAX_TAGS: Final = 200
"""A command with mentions is shorter. html.parser takes 13 seconds for 60 KB of tags that are never closed, time in
which no bot would answer anybody."""

LINE_ENDS: Final = frozenset({"br", "p", "div", "li", "h1", "h2", "h3", "h4", "h5", "h6", "pre", "blockquote", "td"})


def identifier_in(text: str) -> str | None:
    """The user id, alias or room id that a link leads to; None when ``text`` is no such link."""
    if match := MATRIX_TO.fullmatch(text) or WEB_CLIENT.fullmatch(text):
        found = unquote(match[1])
    elif match := MATRIX_URI.fullmatch(text):
        found = SIGILS[match[1].lower()] + unquote(match[2])
    else:
        return None
    return found if IDENTIFIER.fullmatch(found) else None


def plain_with_identifiers(text: str) -> str:
    """Plain text with each link to a user or room that is marked as one (Markdown) replaced by its identifier."""
    return WRITTEN_LINK.sub(lambda link: identifier_in(link[1]) or link[0], text)


def text_with_identifiers(formatted: str) -> str | None:
    """The text of a formatted message with each link to a user or room replaced by its identifier; None when it holds
    no such link (the plain text says it better) or is too long for a command."""
    if "matrix" not in formatted or len(formatted) > MAX_LETTERS or formatted.count("<") > MAX_TAGS:
        return None
    reader = _Reader()
    reader.feed(formatted)
    reader.close()
    return "".join(reader.parts) if reader.found else None


class _Reader(HTMLParser):
    """Collects text. Tags that end a line give a space, what a reply quotes (``mx-reply``) gives nothing."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self.found = False
        self._quoting = 0
        self._inside = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "mx-reply":
            self._quoting += 1
        elif tag in LINE_ENDS:
            self._add(" ")
        elif tag == "a" and not self._quoting:
            identifier = identifier_in(next((value for name, value in attrs if name == "href" and value), ""))
            if identifier is not None:
                self._add(identifier)
                self.found = self._inside = True

    def handle_endtag(self, tag: str) -> None:
        if tag == "mx-reply":
            self._quoting = max(0, self._quoting - 1)
        elif tag in LINE_ENDS:
            self._add(" ")
        elif tag == "a":
            self._inside = False

    def handle_data(self, data: str) -> None:
        if not self._inside:
            self._add(data)

    def _add(self, text: str) -> None:
        if not self._quoting:
            self.parts.append(text)
