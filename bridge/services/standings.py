"""The policies of a group with their sources, for whoever governs it and reads it alone: ``!group show``."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from bridge.domain.messages import Text
from bridge.domain.policy import FilePolicy
from bridge.domain.viewers import Viewer, alone
from bridge.rules.sources import Standing, standings
from bridge.services.policies import Policies


@dataclass(frozen=True, slots=True, kw_only=True)
class Standings:
    """How a group's policies stand. ``template`` is the name of the one that it follows, ``files`` are the names of the
    policy file (True) and of the directory (False)."""

    policies: tuple[Standing, ...]
    template: Text
    files: Mapping[bool, str] = field(default_factory=dict)


async def standings_of(policies: Policies, viewer: Viewer, group_id: str) -> Standings | None:
    """None for whom it is not to decide about the group, and where others read along."""
    world, access = policies.society.world(), policies.society.access()
    personal = viewer.cleared or viewer == alone(viewer.asker)
    if world is None or access is None or not personal or not access.may_govern(viewer, group_id):
        return None
    group = world.facts.directory.groups[group_id]
    templates = await policies.templates()
    kept = (await policies.rules.read(again=False, keep=False)).policy if policies.rules else FilePolicy()
    found = templates.get(group.template)
    return Standings(
        policies=tuple(standings(group, kept)),
        template=found.name if found else Text.same(group.template),
        files=policies.files,
    )
