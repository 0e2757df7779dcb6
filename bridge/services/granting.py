"""Groups open to a partner, or no longer: decisions about these groups, taken with the others about them.

Called by commands and the command line, on behalf of whoever governs the groups.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bridge.domain.directory import Group
from bridge.domain.errors import InputError
from bridge.domain.messages import say
from bridge.domain.partners import Partner
from bridge.domain.policy import Value
from bridge.domain.viewers import Viewer
from bridge.services.decided import Proposal
from bridge.services.partnerships import Partnerships
from bridge.services.policies import Policies


@dataclass(frozen=True, slots=True, kw_only=True)
class Granting:
    """``policies`` decide about groups, ``partnerships`` find partners."""

    policies: Policies
    partnerships: Partnerships

    async def propose(
        self, viewer: Viewer, partner: str, groups: Sequence[str], *, present: bool, moderating: bool = False
    ) -> Sequence[Proposal] | None:
        """That each of the ``groups`` admits the ``partner``, or no longer does; with ``moderating`` its people may be
        named moderators, without they are members.

        None when the viewer knows none of that name, of the partner or of one of the groups. Raises ``InputError`` when
        the agreement does not run, and what ``Policies.propose`` raises.
        """
        known = self.partnerships.find(viewer, partner)
        if known is None:
            return None
        access = self.partnerships.society.access()
        if present and (access is None or known.id not in access.facts.partners):
            raise InputError(say("The agreement with {partner} does not run, so no group admits it.",
                                 partner=known.name))  # fmt: skip
        found = [self.policies.find(viewer, text) for text in groups]
        if None in found:
            return None
        proposals = [
            await self.policies.propose(viewer, group.id, _values(group, known, present=present, moderating=moderating))
            for group in dict.fromkeys(filter(None, found))
        ]
        return [one for one in proposals if one is not None]


def _values(group: Group, partner: Partner, *, present: bool, moderating: bool) -> Mapping[str, Value]:
    """The role of its people is decided only where it becomes another."""
    values: dict[str, Value] = {"partners": _among(group.partners, partner.id, present=present)}
    if (partner.id in group.moderating) is not (present and moderating):
        values["moderating"] = _among(group.moderating, partner.id, present=present and moderating)
    return values


def _among(partners: Sequence[str], partner: str, *, present: bool) -> list[str]:
    others = [one for one in partners if one != partner]
    return [*others, partner] if present else others
