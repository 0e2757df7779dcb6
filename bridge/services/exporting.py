"""Groups with all that is decided about them, as the policy file writes it; and such a file as decisions again.

The callers judge who may see the groups.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from bridge.domain.directory import Group
from bridge.domain.errors import InputError
from bridge.domain.messages import Text, say
from bridge.domain.policy import FilePolicy, GroupPolicy, Value
from bridge.domain.viewers import Viewer
from bridge.files.yaml_writing import yaml_text
from bridge.rules.policy import IN_FILES, read_value, write_value
from bridge.services.decided import Proposal
from bridge.services.policies import Policies

EMPTY: Final = Group(id="", name=Text())
"""What a group is of which nothing is said."""


def exported(groups: Iterable[Group]) -> str:
    """The groups as a policy file, in order of their ids; what is as it would be by itself is left out."""
    return yaml_text({"groups": {group.id: said_of(group) for group in sorted(groups, key=lambda group: group.id)}})


def said_of(group: Group) -> dict[str, Value]:
    """Every field of the group that is not as it is by itself, as plain values."""
    return {name: write_value(group, name) for name in IN_FILES if getattr(group, name) != getattr(EMPTY, name)}


async def proposals(policies: Policies, viewer: Viewer, file: FilePolicy) -> Sequence[Proposal]:
    """What a policy file says of groups, as decisions that may be taken; what is so already is left out.

    A group that does not exist is made, if the viewer is cleared for everything: nobody else can tell one that does
    not exist from one that they may not know. Raises ``InputError``, and whatever ``Policies.propose`` raises.
    """
    found = [await _proposal(policies, viewer, group_id, values) for group_id, values in sorted(file.groups.items())]
    return [proposal for proposal in found if proposal is not None]


async def _proposal(policies: Policies, viewer: Viewer, group_id: str, values: Mapping[str, Value]) -> Proposal | None:
    group = policies.find(viewer, group_id)
    if group is None and viewer.cleared:
        policy = GroupPolicy(group=group_id, values=values, created=True, at=policies.clock.now())
        return await policies.foresee_new(viewer, policy)
    if group is None:
        raise InputError(say("There is no group {id}.", id=group_id))
    news = {name: one for name, one in values.items() if getattr(group, name) != read_value(name, one)}
    return await policies.propose(viewer, group_id, news) if news else None
