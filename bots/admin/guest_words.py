"""What is told unasked to who invited somebody of a partner. Pure."""

from bridge.domain.document import Code, Document, document, paragraph
from bridge.domain.messages import Message, Text, say
from bridge.services.doorstep import News, Notice


def word_of(notice: Notice) -> Document:
    """What became of an invitation."""
    again = say("To invite them again:")
    invite = Text(en=f"!invite {notice.about} …", fr=f"!inviter {notice.about} …")
    return document(paragraph(_became(notice)), paragraph(again, " ", Code(invite)))


def _became(notice: Notice) -> Message:
    match notice.news:
        case News.BLOCKED:
            return say("{user} cannot be invited: they or their homeserver refuse it. They, or who looks after their"
                       " homeserver, can allow it.", user=notice.about)  # fmt: skip
        case News.GONE:
            return say("{user}, whom you invited, declined or left.", user=notice.about)
        case _:
            return say("{user}, whom you invited, has not answered in time; the invitation is taken back.",
                       user=notice.about)  # fmt: skip
