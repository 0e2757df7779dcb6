"""The envelope of replies: who is answered, in which thread, and what machines read (INTERFACE section 5)."""

from typing import Any, Final

from bots.kit.commands import Reply
from bots.kit.paging import Page
from bots.kit.rendering import message_content
from bridge.domain.events import Event

REPLY: Final = "io.parvis.reply"


def reply_content(page: Page, event: Event, reply: Reply, command: str, *, threaded: bool = True) -> dict[str, Any]:
    """The content of one page of a reply to ``event``; ``command`` is the command's stable name or empty.

    The reply stands in the thread of the event (specification, m.thread) unless ``threaded`` is False, and always
    refers to it (m.in_reply_to).
    """
    relation: dict[str, Any] = {"m.in_reply_to": {"event_id": event.id}}
    if threaded and is_in_thread(event):
        relation |= {"rel_type": "m.thread", "event_id": event.relation()["event_id"], "is_falling_back": False}
    return {
        **message_content(page),
        "m.relates_to": relation,
        REPLY: {"command": command, "status": str(reply.status), "reference": reply.reference},
    }


def is_in_thread(event: Event) -> bool:
    """Whether the event stands in a thread."""
    relation = event.relation()
    root = relation.get("event_id")
    return relation.get("rel_type") == "m.thread" and isinstance(root, str) and root.startswith("$")
