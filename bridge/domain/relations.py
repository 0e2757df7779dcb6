"""Contents of events that refer to another one: an edit, a reaction. Pure; for messengers and their fakes."""

from typing import Any, Final

from bridge.domain.rooms import Content

REPLACE: Final = "m.replace"
ANNOTATION: Final = "m.annotation"
REACTION: Final = "m.reaction"

FALLBACK_LETTERS: Final = 1_000
"""Of the text for clients that know no edits: it stands beside the new content, in an event of limited size."""


def edit_of(event_id: str, content: Content) -> Content:
    """The message ``event_id`` as ``content`` from now on (specification, m.replace).

    Clients show ``m.new_content``. What ours adds for machines stands outside as well, and so does the event that is
    replied to: who reads the stream without knowing edits finds the reply. The fallback text is short.
    """
    new = {key: value for key, value in content.items() if key != "m.relates_to"}
    relation: dict[str, Any] = {"rel_type": REPLACE, "event_id": event_id}
    if in_reply_to := content.get("m.relates_to", {}).get("m.in_reply_to"):
        relation["m.in_reply_to"] = in_reply_to
    outside = {key: value for key, value in new.items() if key not in {"format", "formatted_body"}}
    body = str(content.get("body", ""))
    short = body if len(body) <= FALLBACK_LETTERS else f"{body[:FALLBACK_LETTERS]}…"
    return {**outside, "body": f"* {short}", "m.new_content": new, "m.relates_to": relation}


def reaction_to(event_id: str, key: str) -> Content:
    """``key``, an emoji, on the event (specification, m.annotation)."""
    return {"m.relates_to": {"rel_type": ANNOTATION, "event_id": event_id, "key": key}}
