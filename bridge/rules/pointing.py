"""Which rooms a message points to: ids as they are typed, and links that clients make of them. Called by
``services.pointing``.
"""

import re
from collections.abc import Iterable
from typing import Any, Final
from urllib.parse import unquote

from bridge.domain.rooms import Content

ROOM_ID: Final = re.compile(r"![A-Za-z0-9_-]{8,}(?::[A-Za-z0-9.-]+(?::\d+)?)?")
"""Up to room version 11 with a server, from 12 on without one (MSC4291)."""
TEXTS: Final = ("body", "formatted_body")


def pointed_to(content: Content) -> frozenset[str]:
    """The room ids in a message's content: its text, its formatting, and what an edit puts in their place.

    A full stop or a port that ends a sentence is not taken for a part of the server's name.
    """
    found: set[str] = set()
    for text in _texts(content):
        for match in ROOM_ID.finditer(unquote(text)):
            id_ = match.group().rstrip(".-")
            found |= {id_, id_.partition(":")[0]}
    return frozenset(found)


def _texts(content: Content) -> Iterable[str]:
    new: Any = content.get("m.new_content")
    for part in (content, new if isinstance(new, dict) else {}):
        for key in TEXTS:
            if isinstance(text := part.get(key), str) and ("!" in text or "%21" in text):
                yield text
