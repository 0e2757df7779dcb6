"""What is known about somebody on a path, through the gate: facts for conditions, and words for places in texts.

Made for one answer, for whoever reads along in the conversation. Called by ``guide``, ``telling`` and ``commands``.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Final

from bots.cards.showing import person_link
from bots.onboarding.paths import Fact
from bridge.domain.cards import Field
from bridge.domain.directory import GroupState
from bridge.domain.document import Inline, Strong
from bridge.domain.messages import say
from bridge.domain.onboarding import Progress
from bridge.domain.viewers import Viewer, alone
from bridge.rules.access import Access
from bridge.rules.calling import called, greeted
from bridge.rules.contacts import Contact
from bridge.rules.facts import Facts, is_hidden
from bridge.rules.partners import partner_of
from bridge.services.buddies import volunteers
from bridge.services.cards.views import CardView, CardViews
from bridge.services.groups import Groups, GroupView
from bridge.services.society import Society
from bridge.services.suggesting import Suggesting

AT_ONCE: Final = 500
"""Groups looked at in one go: some milliseconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Knowing:
    """``company`` is its name, ``leader`` the user id of the bot that is everybody's first address. Without ``filling``
    nobody goes through cards with people."""

    society: Society
    groups: Groups
    suggesting: Suggesting
    cards: CardViews
    company: str
    leader: str
    filling: bool = True

    async def facts_of(self, progress: Progress) -> frozenset[str]:
        """The facts that hold for them, as far as they may know of them alone with the bot."""
        access = self.society.access()
        return await self._facts(access, progress, alone(progress.user)) if access else frozenset()

    async def _facts(self, access: Access, progress: Progress, viewer: Viewer) -> frozenset[str]:
        found = {name for name, place in self._people(access.facts, progress).items() if place}
        if await self.own_groups(viewer):
            found.add(Fact.GROUPS)
        if await self.suggesting.suggest(viewer, at_most=1):
            found.add(Fact.SUGGESTIONS)
        if await self.contacts(viewer):
            found.add(Fact.CONTACTS)
        if self.filling:
            found.add(Fact.CARDS)
        async with self.society.store.view() as view:
            card = await view.cards.card(progress.user)
            if card and (card.values or card.photo):
                found.add(Fact.CARD)
            if progress.user in access.facts.employees and not await volunteers(view, progress.user):
                found.add(Fact.BUDDIES)
        return frozenset(map(str, found))

    async def name_of(self, user: str) -> str:
        """By what they are greeted: what the directory calls somebody who works here, else the name on their card;
        empty where neither says it."""
        access = self.society.access()
        person = access.facts.accounts.get(user) if access else None
        if person and person.name:
            return greeted(person)
        async with self.society.store.view() as view:
            card = await view.cards.card(user)
        return card.values.get(Field.NAME, ("",))[0] if card else ""

    async def places(self, progress: Progress, name: str) -> Mapping[str, Inline]:
        """What stands in the places of texts to somebody who is greeted as ``name``."""
        access = self.society.access()
        facts = access.facts if access else None
        known: dict[str, Inline] = {"name": name, "company": self.company, "bot": person_link(self.leader)}
        if facts is None:
            return known
        partner = facts.partners.get(partner_of(progress.user, facts.belongs) or "")
        known |= {"partner": partner.name} if partner else {}
        known |= {"group": self._group(facts, progress.subject)} if progress.subject else {}
        return known | {place: word for place, word in self._people(facts, progress).items() if word}

    def _group(self, facts: Facts, group_id: str) -> Inline:
        """A hidden one is not named: clients show the beginning of a message on a locked telephone."""
        group = facts.directory.groups.get(group_id)
        return say("a group of yours") if group is None or is_hidden(group) else Strong(group.name)

    def _people(self, facts: Facts, progress: Progress) -> Mapping[str, Inline | None]:
        person = facts.accounts.get(progress.user)
        manager = facts.account_of(person.manager) if person and person.manager else None
        partner = facts.partners.get(partner_of(progress.user, facts.belongs) or "") if person is None else None
        sponsor = next(iter(facts.answerable(partner)), None) if partner else None
        buddy = progress.buddy if progress.buddy in facts.employees else None
        links = {Fact.MANAGER: manager, Fact.SPONSOR: sponsor, Fact.BUDDY: buddy}
        found: dict[str, Inline | None] = {
            str(fact): person_link(user, called(facts, user)) if user else None for fact, user in links.items()
        }
        return {**found, str(Fact.DEPARTMENT): person.department if person else None}

    async def contacts(self, viewer: Viewer) -> Sequence[tuple[Contact, CardView]]:
        """To whom they turn, by what is not hidden."""
        found = [(replace(one, groups=tuple(group for group in one.groups if not is_hidden(group))), card)
                 for one, card in await self.cards.contacts(viewer)]  # fmt: skip
        return [(one, card) for one, card in found if one.part or one.groups]

    async def own_groups(self, viewer: Viewer) -> Sequence[GroupView]:
        """The groups in which the asker has a seat or has come in by themselves, but for hidden ones: what is said
        unasked is seen on locked telephones."""
        access = self.society.access()
        if access is None:
            return ()
        found: list[GroupView] = []
        groups = iter(access.facts.directory.groups)
        while some := list(islice(groups, AT_ONCE)):
            seated = [one for one in some if self._is_in(access.facts, viewer.asker, one)]
            for group in access.visible_groups(viewer.unaided, seated):
                view = self.groups.seen(group, viewer)
                if view is not None and not is_hidden(group) and group.state is GroupState.ACTIVE:
                    found.append(view)
            await asyncio.sleep(0)
        return found

    def _is_in(self, facts: Facts, user: str, group_id: str) -> bool:
        return user in facts.people_of(group_id) or self.society.sits_in(user, group_id)
