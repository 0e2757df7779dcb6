"""What can be erased of a person: why it may not be done yet, what stays and why, values without them.

Called by ``erasing``.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, Final

from bridge.domain.cards import Entry
from bridge.domain.directory import Group
from bridge.domain.messages import Message, say, say_n
from bridge.domain.partners import Guest, InviteCode, Standing
from bridge.domain.policy import GroupPolicy, Value
from bridge.domain.rooms import Membership
from bridge.rules.facts import Facts
from bridge.rules.forgetting import PEOPLE, Named
from bridge.services.person import Dossier

INSIDE: Final = frozenset({Membership.JOIN, Membership.INVITE, Membership.KNOCK})


def undecided(named: Named, policy: GroupPolicy) -> GroupPolicy:
    """The decisions about a group without somebody; texts are not touched, they are the group's."""
    before = None if policy.before is None else _unnamed(named, policy.before)
    return replace(policy, values=_unnamed(named, policy.values), by=named.taken_out_of(policy.by), before=before)


def _unnamed(named: Named, values: Mapping[str, Value]) -> dict[str, Value]:
    return {name: named.taken_out_of(one, name) if name in PEOPLE else one for name, one in values.items()}


def left(named: Named, group: Group) -> Group:
    """A group without somebody among its people."""
    people: dict[str, Any] = {name: named.taken_out_of(getattr(group, name), name) for name in PEOPLE}
    return replace(group, **people)


def uninvited(named: Named, guest: Guest) -> Guest:
    """What is kept of somebody else whom they invited or agreed to, without them."""
    approved = tuple(map(named.taken_out_of, guest.approved_by))
    return replace(guest, invited_by=named.taken_out_of(guest.invited_by), approved_by=approved)


def unused(named: Named, code: InviteCode) -> InviteCode:
    """An invite code without who made, used or agreed to it. As many have used it as before."""
    used, approved = tuple(map(named.taken_out_of, code.used)), tuple(map(named.taken_out_of, code.approved_by))
    return replace(code, by=named.taken_out_of(code.by), used=used, approved_by=approved)


def unwritten(named: Named, entry: Entry) -> Entry:
    """An entry in the history with somebody else, without them."""
    versions = (replace(one, by=named.taken_out_of(one.by), text=named.taken_out_of(one.text))
                for one in entry.versions)  # fmt: skip
    return replace(entry, versions=tuple(versions))


def obstacles(dossier: Dossier) -> Iterator[Message]:
    """Each with its remedy."""
    user = dossier.named.user
    if dossier.person is not None and dossier.person.active:
        yield say("{user} is active in the directory: set active to false there, or take the entry out. Who has "
                  "merely vanished counts as active until the bridge has read the directory once more.",
                  user=user)  # fmt: skip
    elif dossier.groups:
        yield say("{user} belongs to {groups}: take them out first.", user=user, groups=tuple(sorted(dossier.groups)))
    if dossier.guest is not None and dossier.guest.standing is not Standing.OUT:
        yield say("{user} is invited from a partner: take that back first, with !invitations revoke.", user=user)
    if dossier.admin:
        yield say("{user} is among the administrators in the configuration: take them out there.", user=user)
    inside = [ref for ref, word in dossier.rooms.items() if word in INSIDE]
    if inside:
        yield say_n("{user} is still in {count} room, or invited: let the bridge run, or parvis apply.",
                    "{user} is still in {count} rooms, or invited: let the bridge run, or parvis apply.",
                    len(inside), user=user)  # fmt: skip
    if any(entry.outcome is None for entry in dossier.records):
        yield say("Something about {user} was begun and has no outcome yet: let the bridge run, or parvis apply.",
                  user=user)  # fmt: skip


def what_stays(facts: Facts, dossier: Dossier) -> Iterator[Message]:
    """What is not erased, why, and for how long."""
    named = dossier.named
    files = sorted(id_ for id_, group in facts.directory.groups.items() if left(named, group) != group)
    if dossier.person is not None:
        yield say("The directory itself still has the entry; what it says is here until it says so no longer.")
    if files:
        yield say("Lists of people name them in {groups}: what files say stays until they say otherwise.",
                  groups=tuple(files))  # fmt: skip
    if any(word == Membership.BAN for word in dossier.rooms.values()):
        yield say("Bans stay: rooms tell them, and they keep somebody out.")
    if dossier.card and dossier.card.photo:
        yield say("The photo is deleted on our homeserver with the next rounds of the bridge; copies that other"
                  " homeservers made stay there.")  # fmt: skip
    if dossier.stated:
        yield say_n("{count} room names them in its state, as homeservers do, until somebody changes that.",
                    "{count} rooms name them in their state, as homeservers do, until somebody changes that.",
                    len(dossier.stated))  # fmt: skip
    yield say("Records stay, without the person: what was done must stay provable. Their hashes hold salted "
              "commitments, whose salts are destroyed.")  # fmt: skip
    yield say(
        "Events that could not be handled, and ids of events, stay for the times of retention in the configuration."
    )
    yield say("Backups hold everything until they are written over, and rooms on homeservers what was said there.")
