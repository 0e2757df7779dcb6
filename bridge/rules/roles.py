"""Who may run what: the part that somebody plays, as far as those who read along may know it."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import Final

from bridge.domain.viewers import Viewer
from bridge.rules.access import Access
from bridge.rules.partners import partner_of

SPONSOR: Final = "sponsor"
"""Answers for a partner; a part beside the others."""
GUEST: Final = "guest"
"""Of a partner whose agreement runs, with a seat or without: they may have terms to accept, or a code to give."""
DELEGATE: Final = "delegate"
"""Administers some groups and all below them; also what administrators may do everywhere."""


class Role(IntEnum):
    """Parts, each of which may do all that the ones before may."""

    STRANGER = 0
    PARTNER_MEMBER = 1
    EMPLOYEE = 2
    OWNER = 3
    ADMIN = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Rights:
    """What the asker is: ``owned`` are the groups that they own, ``delegated`` those that they administer with all
    below them, as far as the viewer may know these; ``partner`` is theirs, ``sponsored`` are those they answer for."""

    user: str
    role: Role
    owned: frozenset[str] = frozenset()
    delegated: frozenset[str] = frozenset()
    sponsored: frozenset[str] = frozenset()
    partner: str | None = None
    claimed: bool = False
    """Whether they are of a partner whose agreement runs, with a seat or without."""

    def allows(self, needed: Role) -> bool:
        """Whether this part is enough for something that needs ``needed``."""
        return self.role >= needed

    @property
    def parts(self) -> frozenset[str]:
        """The words by which commands say who may run them."""
        found = {role.name.lower() for role in Role if self.allows(role)}
        if self.delegated or self.allows(Role.ADMIN):
            found.add(DELEGATE)
        if self.sponsored:
            found.add(SPONSOR)
        if self.claimed:
            found.add(GUEST)
        return frozenset(found)


def rights_of(access: Access, viewer: Viewer) -> Rights:
    """The asker's rights. Owning a hidden group counts only among its members, or help would betray it."""
    user = viewer.asker
    if viewer.cleared:
        return Rights(user=user, role=Role.ADMIN)
    if user not in access.insiders:
        partner, claimed = partner_of(user, access.facts.belongs), partner_of(user, access.facts.claims) is not None
        role = Role.PARTNER_MEMBER if partner else Role.STRANGER
        return Rights(user=user, role=role, partner=partner, claimed=claimed)
    owned = _among(access, viewer, access.facts.owners)
    delegated = _among(access, viewer, access.facts.delegates)
    leading = Role.OWNER if owned or delegated else Role.EMPLOYEE
    return Rights(
        user=user,
        role=Role.ADMIN if access.is_admin(user) else leading,
        owned=owned,
        delegated=delegated,
        sponsored=_sponsored(access, user),
    )


def _among(access: Access, viewer: Viewer, named: Mapping[str, frozenset[str]]) -> frozenset[str]:
    """The groups that the viewer may know and for which the asker is named."""
    return frozenset(id_ for id_, users in named.items() if viewer.asker in users and access.may_know(viewer, id_))


def _sponsored(access: Access, user: str) -> frozenset[str]:
    """The partners for which the user answers, as sponsor or deputy."""
    facts = access.facts
    return frozenset(id_ for id_, one in facts.directory.partners.items() if user in facts.answerable(one))
