"""A digest as a letter: the same words as in chat, with a foot by which letters end. Pure; called by ``letters``."""

from typing import Final

from bots.digest.words import document_of, title_of
from bots.kit.rendering import Renderer
from bridge.domain.digest import Digest
from bridge.domain.document import Document, Link, paragraph
from bridge.domain.mail import Letter
from bridge.domain.messages import Language, say

LARGEST: Final = 200_000
"""Bytes of a letter: no digest comes near, so that it is one page."""


def letter_of(digest: Digest, language: Language, renderer: Renderer, *, unsubscribe: str) -> Letter:
    """The letter; ``unsubscribe`` is the page of its reader, and of nobody else, by which letters end."""
    words = document_of(digest, answered=False)
    foot = paragraph(
        say("You get this letter because you asked me for it in Matrix."),
        " ",
        Link(say("No more e-mails"), unsubscribe),
    )
    [page, *_] = renderer.pages(Document((*words.blocks, foot)), language, limit=LARGEST)
    return Letter(
        subject=renderer.translator.translate(title_of(digest), language),
        text=f"{page.body}\n",
        html=page.html,
        language=language,
        groups=groups_of(digest),
    )


def groups_of(digest: Digest) -> frozenset[str]:
    """Ids of all groups that a digest tells of."""
    return frozenset(one.group for one in digest.sections) | frozenset(one.group for one in digest.opened)
