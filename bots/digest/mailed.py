"""A digest as a letter: the same words as in chat, with a foot by which letters end. Pure; called by ``letters``."""

from html import escape
from typing import Final

from bots.digest.picture import Drawn
from bots.digest.words import document_of, title_of
from bots.kit.rendering import Renderer
from bridge.domain.digest import Digest
from bridge.domain.document import Link, document, paragraph
from bridge.domain.mail import Enclosure, Letter
from bridge.domain.messages import Language, say

LARGEST: Final = 200_000
"""Bytes of a letter: no digest comes near, so that it is one page."""
PICTURE: Final = "week"
STYLE: Final = "display:block;width:100%;max-width:480px;height:auto"


def letter_of(
    digest: Digest, language: Language, renderer: Renderer, *, unsubscribe: str, picture: Drawn | None = None
) -> Letter:
    """The letter; ``unsubscribe`` is the page of its reader, and of nobody else, by which letters end."""
    foot = paragraph(
        say("You get this letter because you asked me for it in Matrix."),
        " ",
        Link(say("No more e-mails"), unsubscribe),
    )
    translate = renderer.translator.translate
    parts = (document_of(digest, answered=False), document(foot))
    said, end = (renderer.pages(part, language, limit=LARGEST)[0] for part in parts)
    shown = _shown(translate(picture.words, language)) if picture else ""
    return Letter(
        subject=translate(title_of(digest), language),
        text=f"{said.body}\n\n{end.body}\n",
        html=f"{said.html}{shown}{end.html}",
        language=language,
        groups=groups_of(digest),
        enclosures=(Enclosure(PICTURE, picture.chart.data),) if picture else (),
    )


def _shown(words: str) -> str:
    """The picture where the reader's program shows it, and its words where it does not."""
    return f'<p><img src="cid:{PICTURE}" alt="{escape(words)}" style="{STYLE}"></p>'


def groups_of(digest: Digest) -> frozenset[str]:
    """Ids of all groups that a digest tells of."""
    return frozenset(one.group for one in digest.sections) | frozenset(one.group for one in digest.opened)
