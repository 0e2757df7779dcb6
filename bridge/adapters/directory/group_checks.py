"""What must hold for groups: references that lead somewhere, no circles, nothing more open than its visibility."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final

from bridge.adapters.directory.cycles import circles
from bridge.adapters.directory.drafts import Fault
from bridge.adapters.directory.known import Known
from bridge.adapters.directory.people_checks import faults_of_ids
from bridge.domain.contradictions import contradictions
from bridge.domain.directory import GROUP_REFERENCE, Group, Visibility
from bridge.domain.ids import is_user_id, server_of
from bridge.domain.messages import LANGUAGES, Message, say, say_n
from bridge.files.spelling import shown
from bridge.files.trees import Path

FEW: Final = 5
"""Warnings of one kind beyond this are told in one sentence."""


def faults_of_groups(groups: list[Group], known: Known, *, circles_allowed: bool = False) -> Iterator[Fault]:
    """Everything wrong with groups. ``circles_allowed``: nobody mends a server's groups that contain one another, and
    all of them then have the same members (``rules/membership``)."""
    yield from faults_of_ids("groups", [group.id for group in groups])
    others = [frozenset(group.members).difference(known.people) for group in groups]
    for index, group in enumerate(groups):
        if group.id:
            yield from _faults_of_group(group, ("groups", index), known)
            if others[index]:
                yield from _faults_of_members(group, ("groups", index, "members"), known)
    nested = {group.id: _nested(group.members) if found else () for group, found in zip(groups, others, strict=True)}
    yield from _circles(groups, "parent", {group.id: (group.parent,) for group in groups if group.parent})
    for fault in _circles(groups, "members", {group: inner for group, inner in nested.items() if inner}):
        yield replace(fault, warning=circles_allowed)
    yield from _warnings(groups, alone=known.alone)


def _nested(members: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(member.removeprefix(GROUP_REFERENCE) for member in members if member.startswith(GROUP_REFERENCE))


def _faults_of_group(group: Group, here: Path, known: Known) -> Iterator[Fault]:
    if group.parent and known.lacks_group(group.parent):
        yield Fault((*here, "parent"), known.no_group(group.parent))
    for key, named in (("owners", group.owners), ("moderators", group.moderators)):
        for place, person in enumerate(named):
            if person and known.lacks_person(person) and not _may_moderate(person, key, group, known):
                yield Fault((*here, key, place), known.no_person(person))
    for key, partners in (("partners", group.partners), ("moderating", group.moderating)):
        for place, partner in enumerate(partners):
            if partner and known.lacks_partner(partner):
                yield Fault((*here, key, place), known.no_partner(partner))
    if group.language and group.language not in LANGUAGES:
        message = say("{word} is not one of our languages: {known}.", word=shown(group.language), known=LANGUAGES)
        yield Fault((*here, "language"), message)
    yield from (Fault((*here, found.field), found.message) for found in contradictions(group))


def _may_moderate(user: str, key: str, group: Group, known: Known) -> bool:
    """Whether this is somebody of a partner whose people may moderate the group."""
    partner = known.owners.get(user) or known.owners.get(server_of(user))
    return key == "moderators" and is_user_id(user) and partner in group.moderating


def _faults_of_members(group: Group, here: Path, known: Known) -> Iterator[Fault]:
    for place, member in enumerate(group.members):
        if not member or member in known.people:
            continue
        if wrong := _wrong_member(member, group, known):
            yield Fault((*here, place), wrong)
        elif _is_hidden_source(member, group, known):
            message = say("{id} is hidden, so nobody belongs to this group through it.", id=shown(member))
            yield Fault((*here, place), message, warning=True)


def _is_hidden_source(member: str, group: Group, known: Known) -> bool:
    """Whether another group is named that gives its members to none (``rules/facts``)."""
    inner = known.groups.get(member.removeprefix(GROUP_REFERENCE)) if member.startswith(GROUP_REFERENCE) else None
    return inner is not None and inner.id != group.id and inner.visibility is Visibility.HIDDEN


def _wrong_member(member: str, group: Group, known: Known) -> Message | None:
    """What is wrong with a member that is not a person's id; None when it is a group's or a partner's."""
    if member.startswith(GROUP_REFERENCE):
        reference = member.removeprefix(GROUP_REFERENCE)
        return known.no_group(reference) if known.lacks_group(reference) else None
    if not known.alone and not known.owners.get(member):
        return None
    if is_user_id(member):
        return _wrong_foreigner(member, group, known)
    if member in known.groups:
        return say(
            "{id} is a group; as a member it is written {reference}.", id=shown(member), reference=f"group:{member}"
        )
    return known.no_person(member)


def _wrong_foreigner(user: str, group: Group, known: Known) -> Message | None:
    server = server_of(user)
    if server == known.server_name:
        return say("{user} is on our own server: as a member, employees are named by their id.", user=shown(user))
    partner = known.owners.get(user) or known.owners.get(server)
    if partner is None:
        return say("{user} is of no partner that is declared.", user=shown(user))
    if partner not in group.partners:
        return say(
            "{user} is of the partner {partner}, which this group does not admit.", user=shown(user), partner=partner
        )
    return None


def _circles(groups: list[Group], key: str, edges: Mapping[str, Sequence[str]]) -> Iterator[Fault]:
    for chain in circles(edges):
        index = next(place for place, group in enumerate(groups) if group.id == chain[0])
        text = " → ".join(map(shown, chain))
        if key == "parent":
            yield Fault(("groups", index, key), say("These groups are above themselves: {chain}.", chain=text))
        else:
            yield Fault(("groups", index, key), say("These groups are members of themselves: {chain}.", chain=text))


def _warnings(groups: list[Group], *, alone: bool) -> Iterator[Fault]:
    """Unless this is ``alone``, another source may say who owns a group."""
    orphans = [index for index, group in enumerate(groups) if alone and group.id and not group.owners]
    if len(orphans) <= FEW:
        yield from (Fault(("groups", index), say("This group has no owner."), warning=True) for index in orphans)
    else:
        message = say_n("{count} group has no owner.", "{count} groups have no owner.", len(orphans))
        yield Fault(("groups",), message, warning=True)
    for index, group in enumerate(groups):
        if len(set(group.members)) != len(group.members):
            message = say("Somebody is named twice among the members.")
            yield Fault(("groups", index, "members"), message, warning=True)
