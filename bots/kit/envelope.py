"""The envelope of replies: who is answered, in which thread, and what machines read (INTERFACE section 5)."""

from typing import Any, Final

from bots.kit.commands import Reply
from bots.kit.paging import Page
from bots.kit.rendering import message_content
from bridge.domain.events import Event

REPLY: Final = "io.parvis.reply"


def reply_content(page: Page, event: Event, reply: Reply, command: str) -> dict[str, Any]:
    """The content of one page of a reply to ``event``; ``command`` is the command's stable name or empty."""
    return {
        **message_content(page),
        "m.relates_to": relation_to(event),
        REPLY: {"command": command, "status": str(reply.status), "reference": reply.reference},
    }


def relation_to(event: Event) -> dict[str, Any]:
    """In the thread where the event stands, else as a reply to it (specification, m.thread and m.in_reply_to)."""
    to_event = {"m.in_reply_to": {"event_id": event.id}}
    relation = event.relation()
    root = relation.get("event_id")
    if relation.get("rel_type") == "m.thread" and isinstance(root, str) and root.startswith("$"):
        return {"rel_type": "m.thread", "event_id": root, "is_falling_back": False, **to_event}
    return to_event
