"""The envelope of replies: who is answered, in which thread, and what machines read (INTERFACE section 5)."""

from dataclasses import dataclass, replace
from typing import Any, Final

from bots.kit.commands import Attachment, Reply
from bots.kit.paging import Page
from bots.kit.rendering import message_content
from bridge.domain.events import Event
from bridge.domain.messages import Language

REPLY: Final = "io.parvis.reply"


@dataclass(frozen=True, slots=True, kw_only=True)
class Occasion:
    """What is answered: ``origin`` is the event that asked, ``about`` the message that the reply refers to.

    They differ for a reaction, which stands on a message. ``thread`` is the root of the thread, or empty.
    """

    origin: str
    about: str
    room_id: str
    sender: str
    language: Language
    thread: str = ""

    def unthreaded(self) -> "Occasion":
        """The same outside the thread."""
        return replace(self, thread="")


def occasion_of(event: Event, language: Language) -> Occasion:
    """A message that is to be answered."""
    return Occasion(
        origin=event.id,
        about=event.id,
        room_id=event.room_id,
        sender=event.sender,
        language=language,
        thread=thread_of(event),
    )


def reply_content(page: Page, occasion: Occasion, reply: Reply, command: str) -> dict[str, Any]:
    """The content of one page of a reply; ``command`` is the command's stable name or empty."""
    machines = {"command": command, "status": str(reply.status), "reference": reply.reference}
    return {**word_content(page, occasion), REPLY: machines}


def word_content(page: Page, occasion: Occasion) -> dict[str, Any]:
    """A word on the occasion that is not the reply to it: progress.

    It stands in the thread (specification, m.thread), and always refers to what is answered (m.in_reply_to).
    """
    return {**message_content(page), "m.relates_to": _relation(occasion)}


def file_content(file: Attachment, occasion: Occasion) -> dict[str, Any]:
    """A file of a reply (specification, ``m.image`` and ``m.file``); a picture is one that has sides."""
    info: dict[str, Any] = {"mimetype": file.mimetype, "size": file.size}
    if file.width:
        info |= {"w": file.width, "h": file.height}
    return {
        "msgtype": "m.image" if file.width else "m.file",
        "body": file.name,
        "filename": file.name,
        "url": file.uri,
        "info": info,
        "m.mentions": {},
        "m.relates_to": _relation(occasion),
    }


def _relation(occasion: Occasion) -> dict[str, Any]:
    relation: dict[str, Any] = {"m.in_reply_to": {"event_id": occasion.about}}
    if occasion.thread:
        relation |= {"rel_type": "m.thread", "event_id": occasion.thread, "is_falling_back": False}
    return relation


def thread_of(event: Event) -> str:
    """The root of the thread in which the event stands, or an empty word."""
    relation = event.relation()
    root = relation.get("event_id")
    in_thread = relation.get("rel_type") == "m.thread" and isinstance(root, str) and root.startswith("$")
    return str(root) if in_thread else ""
