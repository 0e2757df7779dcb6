"""Whether the accounts of the configuration are who the secrecy check takes them for: pure. Called by ``running``.

A line that was asked as somebody else says what nobody asked: that it held for a partner, or that it leaks to a
colleague. So the check is not made before they are right. Whoever reads the report need not be cleared: nothing here
depends on hidden groups, but for the check's own (``inside``).
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from http import HTTPStatus
from typing import Final, TypeAlias

from bridge.domain.directory import GroupState
from bridge.domain.ids import server_of
from bridge.domain.messages import Message, say
from bridge.domain.secrecy import SAY, Asker, Outcome, Probed, Seen, Verdict
from bridge.rules.facts import Facts, is_hidden
from bridge.rules.partners import belonging, partner_of
from bridge.rules.probing.channels import CHANNELS
from bridge.rules.probing.clients import PRESENCE
from bridge.rules.probing.timing import TIMED

SETTINGS: Final[Mapping[Asker, str]] = {
    Asker.MEMBER: "secrecy.member",
    Asker.COLLEAGUE: "secrecy.colleague",
    Asker.PARTNER: "secrecy.partner",
    Asker.STRANGER: "secrecy.stranger",
    Asker.PEER: "secrecy.federation",
}
"""Where it stands as whom is asked."""
BY_MEMBER: Final = frozenset(
    channel.name
    for channel in (*CHANNELS, *TIMED)
    if channel.question.method == SAY or channel.question.bridge or channel is PRESENCE
)
"""What proves nothing without a member: a bridge that does not know of the group yet has nothing to hide, and it is a
member whose presence is asked for."""
ASKED_ALONE: Final = frozenset({Outcome.BLIND, Outcome.UNKEPT, Outcome.UNASKED})
"""How it ends there where it is asked all the same."""
REFUSED: Final = frozenset({HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN})

Wrong: TypeAlias = tuple[str, Message]
"""A setting, and what is wrong with it."""


def unusable(mute: Mapping[Asker, Seen]) -> Iterator[Wrong]:
    """What is wrong with accounts of which it was not said whose they are. A homeserver that is silent or ill is not
    their fault; nor that ours cannot have another one's signature confirmed."""
    for asker, answer in mute.items():
        if asker is Asker.PEER or not answer.status or answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            continue
        setting = SETTINGS[asker]
        if answer.status in REFUSED:
            yield (
                f"{setting}.token",
                say(
                    "The homeserver refuses this token ({answer}): give one that counts, or take the account out.",
                    answer=answer.short,
                ),
            )
        else:
            yield f"{setting}.address", say("No homeserver answers there ({answer}).", answer=answer.short)


def mistaken(users: Mapping[Asker, str], facts: Facts, bot: str) -> Iterator[Wrong]:
    """Who is not who they are taken for: ``users`` are the ids of the accounts, ``bot`` is the bridge's own."""
    known = dict[str, Asker]()
    for asker in SETTINGS:
        user = users.get(asker, "")
        if not user or asker is Asker.PEER:
            continue
        if user == bot:
            yield SETTINGS[asker], say("{user} is the bridge's own bot; an account of its own is needed.", user=user)
        elif (other := known.setdefault(user, asker)) is not asker:
            yield SETTINGS[asker], say("{user} is also {other}: each has to be somebody else.",
                                       user=user, other=SETTINGS[other])  # fmt: skip
        elif reason := _reason(asker, user, facts):
            yield SETTINGS[asker], reason


def inside(users: Mapping[Asker, str], facts: Facts, group: str) -> Iterator[Wrong]:
    """Who belongs to the hidden group that they are to look for from outside, because policies say so."""
    people = facts.people_of(group) | facts.delegates_over(group)
    for asker, setting in SETTINGS.items():
        if asker is not Asker.MEMBER and users.get(asker) in people:
            yield (
                setting,
                say(
                    "{user} belongs to the hidden group of the check, as policies say:"
                    " somebody is needed who does not.",
                    user=users[asker],
                ),
            )


def absent(row: Probed, users: Mapping[Asker, str], mute: Mapping[Asker, Seen]) -> Probed:
    """The line as it is, with which account it lacks: the one to ask as, of which there is none or what was answered
    instead of whose it is, or the member's, who would have to find the group."""
    if row.asker in SETTINGS and row.asker not in users:
        answer = mute.get(row.asker)
        nobody = replace(row, outcome=Outcome.NOBODY)
        return nobody if answer is None else replace(row, outcome=Outcome.MUTE, seen=answer.short)
    if Asker.MEMBER not in users and row.channel in BY_MEMBER and row.outcome in ASKED_ALONE:
        return replace(row, outcome=Outcome.NO_MEMBER, verdict=Verdict.UNPROVEN)
    return row


def _reason(asker: Asker, user: str, facts: Facts) -> Message | None:
    """Why somebody is not who they are taken for; None where they are."""
    ours = server_of(user) == facts.server_name.lower()
    match asker:
        case Asker.MEMBER if user not in facts.employees:
            return say("{user} is nobody of the directory: only its people belong to groups.", user=user)
        case Asker.COLLEAGUE if user not in facts.employees or not _belongs(user, facts):
            return say("{user} is in no open group: somebody of the directory is needed who is a member of some.",
                       user=user)  # fmt: skip
        case Asker.STRANGER if not ours:
            return say("{user} has no account on our homeserver {server}.", user=user, server=facts.server_name)
        case Asker.STRANGER if _belongs(user, facts):
            return say("{user} belongs to groups: somebody is needed who belongs to nothing.", user=user)
        case Asker.PARTNER if ours:
            return say("{user} has an account on our own homeserver: somebody of a partner is needed, on theirs.",
                       user=user)  # fmt: skip
        case Asker.PARTNER if facts.directory.partners and not _of_a_partner(user, facts):
            return say("{user} is of none of the partners that there are.", user=user)
    return None


def _belongs(user: str, facts: Facts) -> bool:
    """To a group that has people and is not hidden."""
    groups = facts.directory.groups.values()
    there = (one for one in groups if one.state is not GroupState.RETIRED and not is_hidden(one))
    return any(user in facts.people_of(group.id) for group in there)


def _of_a_partner(user: str, facts: Facts) -> bool:
    """Whatever became of its agreement: those who were partners are the ones to ask as."""
    claims, _ = belonging(facts.directory.partners.values(), own_server=facts.server_name)
    return partner_of(user, claims) is not None
