"""Who may be shown to whom: the people whom a viewer may find, beside the groups that the gate lets them know.

Employees may be shown to insiders. Anybody else finds those with whom they share a room, the owners of groups that
they may know, and who answers for their partner. Used by ``services.finding``.
"""

from dataclasses import dataclass, field

from bridge.domain.directory import Group
from bridge.domain.viewers import Viewer
from bridge.rules.access import Access
from bridge.rules.partners import partner_of

NOBODY: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Meeting:
    """One viewer before the gate. What is shown must be fit for everybody who reads along, now or later."""

    access: Access
    viewer: Viewer
    outsiders: frozenset[str] = field(init=False)
    """Those who read along and are no employees."""

    def __post_init__(self) -> None:
        readers = frozenset() if self.viewer.cleared else self.viewer.readers | {self.viewer.asker}
        object.__setattr__(self, "outsiders", readers - self.access.insiders)

    @property
    def inside(self) -> bool:
        """Whether insiders alone read along: they may find every employee, with title and department."""
        return not (self.outsiders or self.viewer.partners)

    def shares(self, group: Group) -> bool:
        """Whether the asker, and every outsider, sits in the group's room, and who sits there may be told."""
        if not self.inside and self.viewer.everyone:
            return False
        seated = self.access.facts.people_of(group.id)
        if self.viewer.cleared:
            return True
        return self.viewer.asker in seated and self.outsiders <= seated and self.access.may_read(self.viewer, group.id)

    def met_in(self, group: Group) -> frozenset[str]:
        """Whom the viewer may find because of a group that they may know; to insiders, those who are no employees."""
        facts = self.access.facts
        if self.inside:
            strangers = group.partners and self.shares(group)
            return facts.people_of(group.id) - facts.employees if strangers else NOBODY
        return facts.people_of(group.id) if self.shares(group) else facts.owners.get(group.id, NOBODY)

    def sponsors(self) -> frozenset[str]:
        """Who answers for the partner of everybody who reads along."""
        facts = self.access.facts
        partners = {partner_of(user, facts.belongs) or "" for user in self.outsiders} | self.viewer.partners
        names = {facts.partners[one].sponsor for one in partners if one in facts.partners}
        people = facts.directory.people
        found = frozenset(people[name].user for name in names if name in people and people[name].active)
        return found if len(partners) == 1 else NOBODY
