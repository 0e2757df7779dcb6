"""Decisions by which nothing becomes another than it is: said in words instead of "it is done". Called by ``policies``.

Who stays in a group although an owner takes them out is told why, and what can be done.
"""

from collections.abc import Collection, Mapping
from typing import Final

from bridge.domain.directory import Group, MembershipMode, Visibility
from bridge.domain.errors import ErrorKind, ParvisError
from bridge.domain.messages import Message, Text, say
from bridge.domain.policy import Decided, Value
from bridge.rules.calling import called
from bridge.rules.decisions import LABELS
from bridge.rules.facts import Facts
from bridge.rules.policy import FIELDS
from bridge.services.decided import Naming

SO_ALREADY: Final = say("Nothing changes: it is so already.")
FROM_NOW_ON: Final = say("Nothing changes for now: it is so already, and from now on by this decision.")
BY_ITSELF: Final = say("Nothing changes for now: it stays so by itself.")


class Stays(ParvisError):
    """They would be in the group all the same."""

    kind = ErrorKind.REFUSED


def alike(was: Group, now: Group) -> bool:
    """Whether nothing that can be decided is another."""
    return all(getattr(was, name) == getattr(now, name) for name in FIELDS)


def nothing_new(values: Mapping[str, Value], known: Decided | None, policy: Decided) -> tuple[Message, bool]:
    """What to say of a decision of these ``values`` that leaves all as it is, and whether it is worth keeping."""
    if policy.values == (known.values if known else {}):
        return SO_ALREADY, False
    return FROM_NOW_ON if values else BY_ITSELF, True


def of_one(naming: Naming, group: Group, facts: Facts) -> Message:
    """That somebody is named already, or is not named anyhow."""
    name = called(facts, naming.user)
    if naming.present:
        return say("Nothing changes: {user} is among the {field} of {group} already.", user=name,
                   field=LABELS[naming.field], group=group.name)  # fmt: skip
    return say("Nothing changes: {user} is not among the {field} of {group}.", user=name,
               field=LABELS[naming.field], group=group.name)  # fmt: skip


def staying_in_public(naming: Naming, after: Group, facts: Facts) -> Message | None:
    """That an employee in the room of a public group stays there although they are taken out, and what can be done."""
    if naming.present or naming.field != "members" or after.visibility is not Visibility.PUBLIC:
        return None
    return say(
        "{user} stays in the room: the group is public, so everyone of its audience may be there. To choose who is in "
        "it, make it invite-only: {command}",
        user=called(facts, naming.user),
        command=Text(
            en=f"!group visibility {after.id} {Visibility.INVITE_ONLY.value}",
            fr=f"!groupe visibilité {after.id} sur invitation",
        ),
    )


def refuse_staying(naming: Naming, after: Group, facts: Facts) -> None:
    """Raise ``Stays`` where somebody who is taken out of the group would belong to it ``after`` that, by these
    ``facts``."""
    user, name = naming.user, called(facts, naming.user)
    if naming.present or naming.field != "members":
        return
    if {user, *naming.names}.intersection(after.members):
        by_files = say(
            "The directory names {user} among the members of {group}, so they stay. Take them out there, or let the "
            "owners alone say who belongs to it: {command}",
            user=name,
            group=after.name,
            command=Text(
                en=f"!group set {after.id} membership {MembershipMode.OWNERS.value}",
                fr=f"!groupe régler {after.id} appartenance propriétaires",
            ),
        )
        raise Stays(by_files)
    if _leads(user, facts.owners.get(after.id)) or _leads(user, facts.moderators.get(after.id)):
        raise Stays(say("{user} is an owner or a moderator of {group}, and stays for that. Take that away first.",
                        user=name, group=after.name))  # fmt: skip
    if user in facts.people_of(after.id):
        raise Stays(say("{user} belongs to {group} through a group inside it, and stays for that. Take them out there.",
                        user=name, group=after.name))  # fmt: skip


def _leads(user: str, leading: Collection[str] | None) -> bool:
    return user in (leading or ())
