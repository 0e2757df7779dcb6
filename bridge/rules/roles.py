"""Who may run what: the part that somebody plays, as far as those who read along may know it."""

from dataclasses import dataclass
from enum import IntEnum

from bridge.domain.viewers import Viewer
from bridge.rules.access import Access
from bridge.rules.partners import partner_of


class Role(IntEnum):
    """Parts, each of which may do all that the ones before may."""

    STRANGER = 0
    PARTNER_MEMBER = 1
    EMPLOYEE = 2
    OWNER = 3
    ADMIN = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Rights:
    """What the asker is: ``owned`` are the groups that they own and the viewer may know, ``partner`` their partner."""

    user: str
    role: Role
    owned: frozenset[str] = frozenset()
    partner: str | None = None

    def allows(self, needed: Role) -> bool:
        """Whether this part is enough for something that needs ``needed``."""
        return self.role >= needed


def rights_of(access: Access, viewer: Viewer) -> Rights:
    """The asker's rights. Owning a hidden group counts only among its members, or help would betray it."""
    user = viewer.asker
    if viewer.cleared:
        return Rights(user=user, role=Role.ADMIN)
    owned = frozenset(
        group_id
        for group_id, owners in access.facts.owners.items()
        if user in owners and access.may_know(viewer, group_id)
    )
    if access.is_admin(user):
        return Rights(user=user, role=Role.ADMIN, owned=owned)
    if user in access.insiders:
        return Rights(user=user, role=Role.OWNER if owned else Role.EMPLOYEE, owned=owned)
    partner = partner_of(user, access.facts.belongs)
    return Rights(user=user, role=Role.PARTNER_MEMBER if partner else Role.STRANGER, partner=partner)
