"""To whom somebody turns directly: who answers for them, and the owners of their groups. Pure, through the gate."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from bridge.domain.directory import Group, GroupState
from bridge.rules.cards import Nearness, Sight, answering
from bridge.rules.facts import Facts, is_hidden
from bridge.rules.partners import partner_of


class Part(StrEnum):
    """What somebody is to whoever asks."""

    SPONSOR = "sponsor"
    DEPUTY = "deputy"
    STAND_IN = "stand-in"
    """Answers for a partner whose sponsor and deputy have left."""
    MANAGER = "manager"


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """One person: ``part`` is None for who is only an owner of ``groups``."""

    user: str
    part: Part | None = None
    groups: tuple[Group, ...] = ()


def contacts(sight: Sight, come_in: Callable[[str], bool]) -> list[Contact]:
    """The asker's contacts whom everybody who reads along may know, those who answer for them first. ``come_in`` tells
    whether the asker sits in the group with this id without the directory saying so: they came in by themselves."""
    asker, facts = sight.viewer.asker, sight.access.facts
    parts = {user: part_of(facts, asker, user) for user in answering(facts, asker)}
    owned: dict[str, list[Group]] = {}
    for group in sight.access.visible_groups(sight.viewer.unaided):
        if _counts(sight, group, come_in):
            for owner in sorted(facts.owners.get(group.id, ())):
                owned.setdefault(owner, []).append(group)
    users = [user for user in dict.fromkeys((*parts, *sorted(owned))) if user != asker]
    found = (Contact(user=user, part=parts.get(user), groups=tuple(owned.get(user, ()))) for user in users)
    return [one for one in found if sight.nearness(one.user) is not Nearness.STRANGER]


def _counts(sight: Sight, group: Group, come_in: Callable[[str], bool]) -> bool:
    """A hidden group counts only where nobody else reads along."""
    seated = sight.viewer.asker in sight.access.facts.people_of(group.id) or come_in(group.id)
    return seated and group.state is GroupState.ACTIVE and (sight.viewer.personal or not is_hidden(group))


def part_of(facts: Facts, asker: str, user: str) -> Part:
    """As what somebody answers for the asker."""
    partner = facts.partners.get(partner_of(asker, facts.belongs) or "")
    if partner is None:
        return Part.MANAGER
    if facts.account_of(partner.sponsor) == user:
        return Part.SPONSOR
    return Part.DEPUTY if partner.deputy and facts.account_of(partner.deputy) == user else Part.STAND_IN
