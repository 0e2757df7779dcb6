"""Who looks after whom: managers, those who answer for a partner, owners of groups, and administrators. They may be
told how far somebody's onboarding is, and nobody else. Pure; called by ``!onboarding status`` and for hints.
"""

from dataclasses import dataclass, field
from enum import IntEnum

from bridge.domain.ids import server_of
from bridge.domain.viewers import Viewer
from bridge.rules.access import Access
from bridge.rules.facts import Facts, is_hidden
from bridge.rules.partners import partner_of


class Tie(IntEnum):
    """Why somebody looks after a person; the nearest reason counts."""

    REPORT = 1
    """They are the manager of the person."""
    PARTNER = 2
    """They answer for the person's partner."""
    GROUP = 3
    """They own a group in which the person sits."""
    ADMIN = 4


def carers(facts: Facts, user: str) -> tuple[str, ...]:
    """Who is told when somebody does not go on: the manager of an employee; for people of a partner, whoever answers
    for it. User ids, the first being the nearest; often one, sometimes none."""
    person = facts.accounts.get(user)
    if person is not None:
        manager = facts.account_of(person.manager) if person.manager else None
        return (manager,) if manager and manager != user else ()
    partner = facts.partners.get(partner_of(user, facts.belongs) or "")
    return facts.answerable(partner) if partner else ()


@dataclass(frozen=True, slots=True)
class Care:
    """What one viewer may be told about how others get on: only alone with the bot, about their own people only."""

    access: Access
    viewer: Viewer
    owned: tuple[str, ...] = field(init=False)
    """Ids of the groups that the asker owns."""

    def __post_init__(self) -> None:
        owners, asker = self.access.facts.owners, self.viewer.asker
        object.__setattr__(self, "owned", tuple(one for one, users in owners.items() if asker in users))

    def follows(self, user: str) -> bool:
        """Whether the asker looks after this person, or is this person."""
        return self.viewer.personal and (user == self.viewer.asker or self.tie(user) is not None)

    def tie(self, user: str) -> Tie | None:
        """Why the asker looks after this person; None where they do not."""
        asker, access, facts = self.viewer.asker, self.access, self.access.facts
        partner = None if server_of(user) == facts.server_name else partner_of(user, facts.belongs)
        if asker in carers(facts, user):
            return Tie.REPORT if partner is None else Tie.PARTNER
        if partner is not None and not access.is_admin(asker) and access.may_answer_for(self.viewer, partner):
            return Tie.PARTNER
        viewer = self.viewer.unaided
        if any(user in facts.people_of(one) and access.may_know(viewer, one) for one in self.owned):
            return Tie.GROUP
        return Tie.ADMIN if access.is_admin(asker) else None

    def hears(self, user: str, subject: str) -> bool:
        """The same for a path that is about a group: of one that they may not know, and of any hidden one, nobody
        hears but the person."""
        if not self.follows(user):
            return False
        if not subject or user == self.viewer.asker:
            return True
        group = self.access.facts.directory.groups.get(subject)
        return group is not None and not is_hidden(group) and self.access.may_know(self.viewer.unaided, subject)
