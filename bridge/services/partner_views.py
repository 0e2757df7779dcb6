"""Partners as a viewer may see them: insiders all of them with what is agreed, the people of one their own with what it
gives them. Every group passes the gate.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from bridge.domain.directory import Group, GroupState
from bridge.domain.partners import Partner
from bridge.domain.rooms import partner_space
from bridge.domain.viewers import OPEN, Viewer
from bridge.rules.access import Access
from bridge.services.society import Society
from bridge.services.world import World


@dataclass(frozen=True, slots=True, kw_only=True)
class PartnerView:
    """What may be told of one partner. ``inside`` tells that the viewer may read what is agreed; ``people`` is how many
    are known beside hidden groups, for them alone. ``groups`` admit the partner, ``answerable`` are user ids of who
    answers for it. ``running`` says whether its people may be in rooms today."""

    partner: Partner
    inside: bool
    running: bool
    groups: tuple[Group, ...]
    answerable: tuple[str, ...]
    people: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PartnerViews:
    """Answers about partners."""

    society: Society

    def visible(self, viewer: Viewer) -> Sequence[PartnerView]:
        """Every partner that the viewer may know, in order of their ids."""
        world, access = self.society.world(), self.society.access()
        if world is None or access is None:
            return ()
        return [_view(world, access, viewer, partner) for partner in access.visible_partners(viewer)]

    def find(self, viewer: Viewer, text: str) -> PartnerView | None:
        """The partner that ``text`` names; None alike when there is none and when it is not for this viewer."""
        world, access = self.society.world(), self.society.access()
        partner = access.find_partner(viewer, text) if access else None
        if world is None or access is None or partner is None:
            return None
        return _view(world, access, viewer, partner)


def _view(world: World, access: Access, viewer: Viewer, partner: Partner) -> PartnerView:
    inside = OPEN in access.compartments(viewer)
    candidates = [id_ for id_, group in access.facts.directory.groups.items() if partner.id in group.partners]
    groups = access.visible_groups(viewer, candidates)
    return PartnerView(
        partner=partner,
        inside=inside,
        running=partner.id in access.facts.partners,
        groups=tuple(group for group in groups if group.state is not GroupState.RETIRED),
        answerable=access.facts.answerable(partner),
        people=_people(world, partner) if inside else None,
    )


def _people(world: World, partner: Partner) -> int:
    space = world.desired.rooms.get(partner_space(partner.id))
    return len(space.members - world.facts.employees) if space else 0
