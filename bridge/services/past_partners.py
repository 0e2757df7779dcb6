"""Decisions about partners that a run followed: undoing it does not take them back, and names them. For ``undoing``."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final

from bridge.domain.messages import Message, Text
from bridge.domain.viewers import OPEN, Viewer
from bridge.ports.store import Run, UnitOfWork
from bridge.rules.access import Access
from bridge.rules.partner_effects import LABELS
from bridge.services.partner_entries import KIND
from bridge.services.recalling import LOOKED_THROUGH
from bridge.services.trail import PAGE

BEGINNING: Final = datetime.min.replace(tzinfo=UTC)


async def decided_about_partners(
    view: UnitOfWork, access: Access, viewer: Viewer, run: Run
) -> tuple[tuple[Text, Message], ...]:
    """Partners by name with the field, each once, newest first: decided since the open run before this one."""
    if OPEN not in access.compartments(viewer) or OPEN not in run.compartments:
        return ()
    # Runs of hidden groups alone must not show by what they cut off.
    before = [one for one in await view.runs.recent(limit=PAGE) if OPEN in one.compartments]
    since = max((one.started_at for one in before if one.started_at < run.started_at), default=BEGINNING)
    names: Mapping[str, Text] = {one.id: one.name for one in access.visible_partners(viewer)}
    found: dict[tuple[str, str], None] = {}
    for entry in await view.audit.recent(compartments=frozenset({OPEN}), limit=LOOKED_THROUGH, run=""):
        if entry.kind == KIND and since < entry.at <= run.started_at:
            found[str(entry.detail["partner"]), str(entry.detail["field"])] = None
    return tuple((names[one], LABELS[field]) for one, field in found if one in names and field in LABELS)
