"""What a thread is called: the first line of what somebody wrote, without what clients put around it. Pure; called by
whoever asks the homeserver for a message.
"""

import re
from typing import Any, Final

from bridge.domain.rooms import Content

LONGEST: Final = 90
"""Letters of a title; a telephone shows them in two lines."""
QUOTED: Final = re.compile(r"\A(?:>[^\n]*\n)+\n?")
"""What clients put before a reply (specification, rich replies)."""
MARKS: Final = re.compile(r"\A(?:[#>*\-\s]+\s)|[*_`~]{2,}")
"""Signs of headings, lists and quotations at the beginning, and of bold words and code anywhere."""
LINK: Final = re.compile(r"\[([^\]\n]{1,200})\]\((?:https?|matrix):[^)\s]{1,500}\)")
FENCE: Final = "```"


def title_of(content: Content) -> str:
    """The first line with words in it, cut at a word; empty where nothing can be read, as in an encrypted message."""
    for line in QUOTED.sub("", _body(content)).splitlines():
        if line.strip().startswith(FENCE):
            continue
        words = " ".join(MARKS.sub("", LINK.sub(r"\1", line)).split())
        if any(letter.isalnum() for letter in words):
            return _cut(words)
    return ""


def _body(content: Content) -> str:
    body: Any = content.get("body")
    return body if isinstance(body, str) else ""


def _cut(words: str) -> str:
    if len(words) <= LONGEST:
        return words
    head = words[: LONGEST - 1]
    whole, _, _ = head.rpartition(" ")
    return f"{(whole if len(whole) > LONGEST // 2 else head).rstrip(' ,.;:–-')}…"
