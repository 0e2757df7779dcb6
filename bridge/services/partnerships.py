"""Decisions about partners, on behalf of somebody: looked at first, then stored, audited and followed.

Commands in chat and verbs of the command line come here. Whoever answers for a partner decides about it; who may not
know it gets the answer for one that does not exist; what the directory says is refused with the file's name.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Final

from bridge.domain.errors import ErrorKind, InputError, ParvisError
from bridge.domain.ids import slug
from bridge.domain.messages import Message, Text, say
from bridge.domain.partners import Partner, PartnerPolicy, PartnerState
from bridge.domain.policy import Value
from bridge.domain.viewers import OPEN, Viewer
from bridge.ports.clock import Chance, Clock
from bridge.ports.pending import Pending
from bridge.ports.store import Store
from bridge.rules.access import Access
from bridge.rules.calling import called
from bridge.rules.fields import BadValue
from bridge.rules.partner_decisions import STATE, refuse_contradictions, refuse_pinned, reserved
from bridge.rules.partner_effects import effect_of, reasons, spoken
from bridge.rules.partner_fields import FIELDS, attribute, known_field, read_value, write_value
from bridge.rules.references import employee
from bridge.services.containing import OUT, containment_item
from bridge.services.decided import NotAllowed, revised, word_of
from bridge.services.doorstep import for_the_first_time
from bridge.services.foreseeing import foresee_partner
from bridge.services.partner_entries import KIND, entries_of
from bridge.services.proposers import keep_proposer, tell_proposer
from bridge.services.reconcile import Reconciler
from bridge.services.society import Society
from bridge.services.unchanging import nothing_new
from bridge.services.world import World

CLAIMS: Final = frozenset({"servers", "users"})
MAX_SLUG: Final = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class PartnerProposal:
    """A decision that may be taken about a partner: that ``values`` count, and ``unset`` fields go back to what they
    are by themselves.

    ``before`` is the partner as it is, ``after`` as it would be. ``reasons`` say why it is asked again before it is
    taken, and are empty where it is not. ``changes`` is what follows in rooms, as far as the viewer may see it.
    ``unchanged`` says that nothing becomes another by it, and then it is stored only if it is ``kept``. ``told`` is
    ``after`` with people by their names, and ``aside`` what is not done of what was asked for.
    """

    before: Partner
    after: Partner
    told: Partner
    values: Mapping[str, Value] = field(default_factory=dict)
    unset: frozenset[str] = frozenset()
    created: bool = False
    reasons: tuple[Message, ...] = ()
    changes: tuple[Message, ...] = ()
    unchanged: Message | None = None
    kept: bool = True
    aside: tuple[Message, ...] = ()

    @property
    def reference(self) -> str:
        """Ten letters and digits: another word when the partner is another by now, or would become another."""
        fields = [(name, write_value(self.before, name), write_value(self.after, name)) for name in FIELDS]
        return word_of((self.after.id, fields, sorted(self.values.items()), sorted(self.unset), self.reasons))

    @property
    def effects(self) -> tuple[Message, ...]:
        """What is so from then on, field by field."""
        return tuple(effect_of(self.told, name) for name in (*self.values, *sorted(self.unset)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Partnerships:
    """``changed`` is called once a decision is stored, after it was ``heeded``: known to whoever asks next; ``files``
    are the names of the policy file (True) and of the directory (False). ``urgent`` is told of what was stored beside a
    decision, before anything else happens."""

    society: Society
    store: Store
    reconciler: Reconciler
    clock: Clock
    chance: Chance
    changed: Callable[[], None]
    heeded: Callable[[], Awaitable[None]] | None = None
    files: Mapping[bool, str] = field(default_factory=dict)
    urgent: Callable[[Pending], None] = lambda _: None

    def find(self, viewer: Viewer, text: str) -> Partner | None:
        """The partner that ``text`` names, by id or name, as far as the viewer may know it."""
        access = self.society.access()
        return access.find_partner(viewer, text) if access else None

    async def propose(
        self, viewer: Viewer, text: str, values: Mapping[str, Value], unset: frozenset[str] = frozenset()
    ) -> PartnerProposal | None:
        """That these ``values``, by field, count for the partner that ``text`` names, and nothing is decided any more
        about the ``unset`` fields.

        None when there is no such partner for this viewer. Raises ``NotAllowed``, ``Pinned``, ``BadValue``.
        """
        partner = self.find(viewer, text)
        if partner is None:
            return None
        access = self._now()[1]
        if not access.may_answer_for(viewer, partner.id):
            message = say("Its sponsor and administrators decide about the partner {partner}.", partner=partner.name)
            raise NotAllowed(message)
        plain = {known_field(name): _plain(known_field(name), value) for name, value in values.items()}
        gone = frozenset(map(known_field, unset))
        for name in (*plain, *gone):
            refuse_pinned(partner, name, plain.get(name), self.files.get(False, ""))
        meant = {name: self._meant(access, name, value) for name, value in plain.items()}
        if STATE in partner.declared and meant.get(STATE) == PartnerState.ACTIVE:  # the brake is let go
            meant.pop(STATE)
            gone |= {STATE}
        return await self._foreseen(viewer, partner, meant, gone)

    async def propose_new(self, viewer: Viewer, values: Mapping[str, Value], origin: str) -> PartnerProposal:
        """A partner with these values by field, for which the asker answers unless they say who does; an
        administrator's counts at once, anybody else's once an administrator agrees. ``origin`` is the event that asks.

        Raises ``NotAllowed``; ``InputError`` when there is one of this name, and ``BadValue``.
        """
        access = self._now()[1]
        if not viewer.cleared and (OPEN not in access.compartments(viewer) or viewer.asker not in access.insiders):
            raise NotAllowed(say("Partners are proposed by people of the company, where nobody else reads along."))
        meant = {known_field(name): self._meant(access, known_field(name), value) for name, value in values.items()}
        name: Text = read_value("name", meant.get("name"))
        id_ = slug(name.en or name.fr, "partner")[:MAX_SLUG]
        for word in filter(None, dict.fromkeys((id_, name.en, name.fr))):
            found = access.find_partner(viewer, word)
            if found is not None and not await self.decided_by(found.id, origin):
                raise InputError(say("There is a partner called {name} already.", name=found.name))
        agreed = viewer.cleared or access.is_admin(viewer.asker)
        meant[STATE] = (PartnerState.ACTIVE if agreed else PartnerState.PROPOSED).value
        aside: tuple[Message, ...] = ()
        if viewer.asker in access.facts.employees and not (agreed and meant.get("sponsor")):
            aside = _who_answers(access, viewer.asker, str(meant.get("sponsor") or viewer.asker), id_)
            meant["sponsor"] = viewer.asker
        newcomer = Partner(id=id_, name=name, state=PartnerState.PROPOSED)
        return replace(await self._foreseen(viewer, newcomer, meant, frozenset(), created=True), aside=aside)

    async def taken(self, proposal: PartnerProposal, origin: str) -> bool:
        """Whether the event ``origin`` took this decision before, if it is repeated after a crash."""
        return await self.decided_by(proposal.after.id, origin)

    async def decided_by(self, partner_id: str, origin: str) -> bool:
        """Whether the event ``origin`` decided anything about the partner."""
        async with self.store.view() as view:
            return await view.pending.get(_taken_key(origin, partner_id)) is not None

    async def decided(self, partner_id: str) -> Mapping[str, Value]:
        """What is decided about a partner by command, by field."""
        async with self.store.view() as view:
            known = await view.partners.policy(partner_id)
        return known.values if known else {}

    async def take(
        self,
        proposal: PartnerProposal,
        *,
        actor: str,
        origin: str,
        beside: Pending | None = None,
        approved: str = "",
        reason: str = "",
    ) -> None:
        """Take the decision, once per event ``origin``: stored and audited in one unit of work, ``beside`` with it, and
        then followed. ``approved`` is who else said yes, where that was needed. Raises ``ParvisError`` where somebody
        else just made a partner of this id."""
        now, id_ = self.clock.now(), proposal.after.id
        if beside is None and proposal.after.state in OUT and proposal.before.state not in OUT:
            beside = containment_item(proposal.after, actor=actor, origin=origin, at=now)
        async with self.store.work() as work:
            if not await for_the_first_time(work, _taken_key(origin, id_), now):
                return
            known = await work.partners.policy(id_)
            if proposal.created and known is not None and known.created:
                raise ParvisError(
                    say("There is a partner called {name} already.", name=proposal.after.name), kind=ErrorKind.CONFLICT
                )
            basis = None if proposal.created else known  # what was said of one that has left the directory is over
            policy = revised(
                basis or PartnerPolicy(partner=id_, at=now), proposal.values, proposal.unset, by=actor, at=now
            )
            await work.partners.put_policy(replace(policy, created=policy.created or proposal.created))
            before = basis.values if basis else {}
            entries = entries_of(proposal, before, policy.values, actor=actor, origin=origin, approved=approved, at=now)
            await work.audit.intend([replace(entry, id=self.chance.token()) for entry in entries])
            if proposal.created and proposal.after.state is PartnerState.PROPOSED:
                await keep_proposer(work, proposal.after, by=actor, at=now)
            await tell_proposer(work, proposal.before, proposal.after, by=actor, reason=reason, at=now)
            if beside is not None:
                await work.pending.put(beside)
        if beside is not None:
            self.urgent(beside)
        if self.heeded:
            await self.heeded()
        self.changed()

    async def _foreseen(
        self,
        viewer: Viewer,
        before: Partner,
        values: Mapping[str, Value],
        unset: frozenset[str],
        *,
        created: bool = False,
    ) -> PartnerProposal:
        world, access = self._now()
        guessed = replace(before, **{attribute(name): read_value(name, value) for name, value in values.items()})
        if not CLAIMS.isdisjoint({*values, *unset}) and OPEN not in access.compartments(viewer):
            raise NotAllowed(say("Others read along here. Tell me that in a conversation with me alone."))
        facts = access.facts
        refuse_contradictions(before, guessed, facts.directory.partners.values(), facts.server_name.lower())
        async with self.store.view() as view:
            known = None if created else await view.partners.policy(before.id)
        policy = revised(
            known or PartnerPolicy(partner=before.id, at=self.clock.now(), created=created),
            values, unset, by=viewer.asker, at=self.clock.now(),
        )  # fmt: skip
        seen = await foresee_partner(self.reconciler, world, access, viewer, policy)
        alone = not (created or viewer.cleared or access.is_admin(viewer.asker))
        if alone and (why := reserved(before, seen.after, {*values, *unset})):
            raise NotAllowed(why)
        proposal = PartnerProposal(
            before=before,
            after=seen.after,
            told=spoken(seen.after, facts),
            values=values,
            unset=unset,
            created=created,
            reasons=tuple(dict.fromkeys(reasons(spoken(before, facts), spoken(seen.after, facts), self._today()))),
            changes=seen.changes,
        )
        if created or any(write_value(before, name) != write_value(seen.after, name) for name in FIELDS):
            return proposal
        message, kept = nothing_new(values, known, policy)
        return replace(proposal, unchanged=message, kept=kept)

    @staticmethod
    def _meant(access: Access, name: str, value: Value) -> Value:
        """The value as it is stored, with user ids in place of what people of ours are called. Raises ``BadValue``."""
        plain = _plain(name, value)
        if name in ("sponsor", "deputy") and plain:
            return employee(access, _of_name(access, str(plain)))
        known = access.facts.directory.terms
        if name == "terms" and plain and plain not in known:
            raise BadValue(say("There are no terms called {name}; the policy file has these: {known}.",
                               name=str(plain), known=tuple(sorted(known))))  # fmt: skip
        return plain

    def _today(self) -> date:
        return self.clock.now().astimezone(self.reconciler.timezone).date()

    def _now(self) -> tuple[World, Access]:
        world, access = self.society.world(), self.society.access()
        if world is None or access is None:
            raise ParvisError(say("The directory has not been read yet."), kind=ErrorKind.CONFLICT)
        return world, access


def _plain(name: str, value: Value) -> Value:
    """A value of a field as it is stored. Raises ``BadValue``."""
    return FIELDS[name].write(read_value(name, value))


def _of_name(access: Access, text: str) -> str:
    """The user id of the only employee of this name; any other text as it is."""
    found = [
        one.user for one in access.facts.accounts.values() if one.active and one.name.casefold() == text.casefold()
    ]
    return found[0] if text and len(found) == 1 else text


def _who_answers(access: Access, asker: str, wanted: str, partner_id: str) -> tuple[Message, ...]:
    """That somebody else is not made to answer for a partner by the word of who proposes it."""
    if wanted == asker:
        return ()
    command = Text(en=f"!partner sponsor {partner_id} {wanted}", fr=f"!partenaire parrain {partner_id} {wanted}")
    message = say("Who proposes a partner answers for it first, so {person} was not told. Once it is agreed to, this"
                  " hands it over: {command}", person=called(access.facts, wanted), command=command)  # fmt: skip
    return (message,)


def _taken_key(origin: str, partner_id: str) -> str:
    """Under which it is kept that the decision of the event ``origin`` about the partner was taken."""
    return f"{KIND}:{origin}:{partner_id}"
