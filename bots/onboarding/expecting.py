"""Who is to be welcomed on which path, by what the directory says now. Called by ``arriving``."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from itertools import chain, islice
from typing import Final

from bots.onboarding.library import Library
from bots.onboarding.paths import Who
from bridge.domain.directory import GroupState
from bridge.domain.onboarding import ProgressKey
from bridge.rules.facts import Facts, is_hidden
from bridge.rules.partners import partner_of

AT_ONCE: Final = 500
"""People or groups looked at in one go: some milliseconds."""


def own_path(facts: Facts, library: Library, user: str) -> ProgressKey | None:
    """The path of somebody who is here: as an employee, or with a seat as one of a partner's people, which takes that
    they accepted whatever terms there are."""
    person = facts.accounts.get(user)
    if person is not None:
        path = library.path_for(Who.EMPLOYEE, department=person.department)
    else:
        partner = facts.partners.get(partner_of(user, facts.belongs) or "")
        path = library.path_for(Who.PARTNER, kind=partner.kind) if partner else None
    return (user, path.id, "") if path else None


async def newcomers(facts: Facts, library: Library) -> AsyncIterator[ProgressKey]:
    """Everybody who is here, with their path; in turns, so that others are answered meanwhile."""
    async for user in _in_turns(_everybody(facts)):
        key = own_path(facts, library, user)
        if key is not None:
            yield key


async def owners(facts: Facts, library: Library) -> AsyncIterator[ProgressKey]:
    """Whoever owns a group that is alive, with the path about it."""
    path = library.path_for(Who.OWNER)
    async for group_id in _in_turns(facts.owners if path else ()):
        group = facts.directory.groups.get(group_id)
        if path is not None and group is not None and group.state is GroupState.ACTIVE:
            for user in sorted(facts.owners[group_id]):
                yield user, path.id, group_id


def _everybody(facts: Facts) -> Iterable[str]:
    """Whoever may have a path: employees, guests, people whom a partner names, and members from elsewhere. Not whom a
    hidden group alone names: a welcome would come because of it. Who says hello is welcomed in any case."""
    yield from facts.accounts
    seen: set[str] = set()
    for user in chain(facts.directory.guests, *(partner.users for partner in facts.partners.values())):
        if user not in seen:
            seen.add(user)
            yield user
    groups = facts.directory.groups
    for group_id, users in facts.members.items():
        if is_hidden(groups[group_id]):
            continue
        for user in users - facts.employees if not users <= facts.employees else ():
            if user not in seen:
                seen.add(user)
                yield user


async def _in_turns(names: Iterable[str]) -> AsyncIterator[str]:
    rest = iter(names)
    while some := list(islice(rest, AT_ONCE)):
        for one in some:
            yield one
        await asyncio.sleep(0)
