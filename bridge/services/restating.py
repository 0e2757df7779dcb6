"""A decision that waits for somebody's word: how it is kept meanwhile, and how it is proposed once more.

Used by commands that ask before they decide, and by ``approvals``.
"""

from collections.abc import Mapping
from typing import Any, Final

from bridge.domain.viewers import Viewer
from bridge.rules.policy import write_value
from bridge.services.decided import Proposal, word_of
from bridge.services.founding import propose_new
from bridge.services.policies import Policies

ALWAYS: Final = ("visibility", "state", "partners", "delegates")
"""Fields that count for how critical a decision is, whatever it is about."""


def kept(proposal: Proposal, *, origin: str = "") -> dict[str, Any]:
    """All that is needed to propose it again, as JSON; ``origin`` is the event that asked for it, of which the id of a
    group that does not exist yet is made."""
    naming = proposal.naming
    return {
        "group": proposal.after.id,
        "values": dict(proposal.values),
        "unset": sorted(proposal.unset),
        "naming": {"field": naming.field, "user": naming.user, "present": naming.present} if naming else None,
        "created": proposal.created,
        "origin": origin,
        "reference": proposal.reference,
        "basis": basis(proposal),
    }


def basis(proposal: Proposal) -> str:
    """What the decision changes, as a short word: another one when that is not so any more. What merely follows from
    it does not count, such as how many people will read the past."""
    names = sorted({*ALWAYS, *proposal.values, *proposal.unset})
    fields = [(name, write_value(proposal.group, name), write_value(proposal.after, name)) for name in names]
    return word_of((proposal.after.id, fields))


async def again(
    policies: Policies, viewer: Viewer, document: Mapping[str, Any], *, granted: bool = False
) -> Proposal | None:
    """The same decision as the world is now: another ``reference`` says that something has changed since. ``granted``:
    an administrator allowed what the viewer may not do alone.

    None when there is no such group for this viewer. Raises what ``Policies.propose`` raises.
    """
    group, naming = document["group"], document.get("naming")
    if document.get("created"):
        values = dict(document["values"])
        return await propose_new(policies, viewer, values=values, origin=document["origin"], granted=granted)
    if naming:
        return await policies.propose_naming(viewer, group, naming["field"], naming["user"], present=naming["present"])
    unset = frozenset(document["unset"])
    return await policies.propose(viewer, group, document["values"], unset, granted=granted)
