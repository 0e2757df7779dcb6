"""How something was said: length, questions, links, code, mentions; the text itself goes no further.

Called by ``noting`` with the content of an event. Contents come from everywhere and are only partly as specified.
"""

import re
from collections.abc import Iterator
from html import unescape
from typing import Any, Final
from urllib.parse import unquote

from bridge.domain.activity import PLAIN, Form
from bridge.domain.ids import is_user_id
from bridge.domain.rooms import Content

READ: Final = 20_000
"""Letters that are looked at: what comes after them changes nothing of what is kept."""
CALLED: Final = 20
"""People in one message who are kept as mentioned: more are a list of recipients."""

QUOTED: Final = re.compile(r"^>.*$", re.MULTILINE)
BLOCK: Final = re.compile(r"```.*?(?:```|\Z)", re.DOTALL)
INLINE: Final = re.compile(r"`[^`\n]*`")
ADDRESS: Final = re.compile(r"\bhttps?://[^\s<>\"]*[^\s<>\".,;:!?)\]]", re.IGNORECASE)
"""Without the signs that end the sentence around it."""
TO_MATRIX: Final = re.compile(r"https?://matrix\.to/", re.IGNORECASE)
MARKS: Final = re.compile(r"[?？؟⁇⁈⁉]")
PILL: Final = re.compile(r"""<a\b[^<>]*\bhref=["']https?://matrix\.to/#/(@|%40)([^"'<>?]+)""", re.IGNORECASE)
REPLY: Final = re.compile(r"<mx-reply>.*?(?:</mx-reply>|\Z)", re.DOTALL | re.IGNORECASE)
TO_ALL: Final = re.compile(r"(?<![\w@])@room\b")


def form_of(content: Content, sender: str) -> Form:
    """What is kept of a message by ``sender``. Nobody mentions themselves."""
    text = _text(content, "body")
    if not text:
        return PLAIN
    said = QUOTED.sub("", text)
    prose = INLINE.sub(" ", BLOCK.sub(" ", said))
    calls = tuple(user for user in _called(content) if user != sender)[:CALLED]
    return Form(
        length=len(said.strip()),
        question=MARKS.search(ADDRESS.sub(" ", prose)) is not None,
        link=any(not TO_MATRIX.match(found[0]) for found in ADDRESS.finditer(prose)),
        code=BLOCK.search(said) is not None or "<pre" in _html(content),
        calls=calls,
        calls_all=_calls_all(content, prose),
    )


def unwritten(content: Content, sender: str) -> Form:
    """The same of what is no text: a picture may mention people, and have a caption beside its file's name."""
    if "filename" in content and content.get("filename") != content.get("body"):
        return form_of(content, sender)
    calls = tuple(user for user in _called(content) if user != sender)[:CALLED]
    return Form(calls=calls, calls_all=_calls_all(content, ""))


def _called(content: Content) -> Iterator[str]:
    """Each once. Whoever says whom they mention means these alone; others are understood by their links to people."""
    seen: set[str] = set()
    for user in _intended(content):
        if user not in seen and is_user_id(user):
            seen.add(user)
            yield user


def _intended(content: Content) -> Iterator[str]:
    mentions: Any = content.get("m.mentions")
    if isinstance(mentions, dict):
        users = mentions.get("user_ids")
        yield from (user for user in (users if isinstance(users, list) else ()) if isinstance(user, str))
    else:
        yield from ("@" + unquote(unescape(found[2])) for found in PILL.finditer(_html(content)))


def _calls_all(content: Content, prose: str) -> bool:
    mentions: Any = content.get("m.mentions")
    if isinstance(mentions, dict):
        return mentions.get("room") is True
    return TO_ALL.search(prose) is not None


def _html(content: Content) -> str:
    """Without the quotation that older clients put before their reply."""
    return REPLY.sub("", _text(content, "formatted_body"))


def _text(content: Content, key: str) -> str:
    text: Any = content.get(key)
    return text[:READ] if isinstance(text, str) else ""
