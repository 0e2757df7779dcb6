"""Everything that is kept about a person, gathered through the gate: for them, and for erasing it. Called by ``app``.

What erasing takes out is what this finds, so that nobody is shown less than is erased.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from bridge.domain.cards import Card, Entry
from bridge.domain.directory import Person
from bridge.domain.identities import Identity
from bridge.domain.mail import Posted
from bridge.domain.onboarding import Progress
from bridge.domain.partners import Guest
from bridge.domain.policy import GroupPolicy
from bridge.domain.rooms import ActualRoom, RoomKind, RoomRef
from bridge.domain.viewers import OPEN, Viewer
from bridge.ports.activity import Kept
from bridge.ports.pending import Pending
from bridge.ports.store import AuditEntry, Run, Store, UnitOfWork
from bridge.rules.access import Access
from bridge.rules.facts import Facts
from bridge.rules.forgetting import PEOPLE, Named
from bridge.services.auditing import Question, Search
from bridge.services.digest_traces import NO_TRACES, Traces, traces_of
from bridge.services.society import LANGUAGE
from bridge.services.world import World

OWNER: Final = "owner"
MODERATOR: Final = "moderator"
MEMBER: Final = "member"


@dataclass(frozen=True, slots=True, kw_only=True)
class Dossier:
    """What is kept about somebody, as far as the viewer may know it.

    ``person`` is what the directory says. ``groups``: as what they belong to which (by id). ``rooms``: their membership
    there, or why they are out; ``stated``: rooms whose other state names them. ``decisions`` about groups name them or
    were theirs, ``choices`` are what they chose, by key, ``questions`` are theirs or about them, ``runs`` they asked
    for, ``records`` of the audit log name them.
    """

    named: Named
    person: Person | None = None
    admin: bool = False
    groups: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    rooms: Mapping[RoomRef, str] = field(default_factory=dict)
    stated: frozenset[RoomRef] = frozenset()
    decisions: tuple[GroupPolicy, ...] = ()
    choices: Mapping[str, str] = field(default_factory=dict)
    questions: tuple[Pending, ...] = ()
    runs: tuple[Run, ...] = ()
    records: tuple[AuditEntry, ...] = ()
    guest: Guest | None = None
    """What is kept of somebody of a partner who was invited."""
    card: Card | None = None
    history: tuple[Entry, ...] = ()
    """Of the commercial relationship with them."""
    wrote: tuple[Entry, ...] = ()
    """Entries in histories with others that name them, or that they wrote."""
    paths: tuple[Progress, ...] = ()
    """Where they are on paths of onboarding, and where those are whom they accompany."""
    activity: tuple[Kept, ...] = ()
    """What is known of what they wrote in rooms, without a word of it, by group."""
    letters: tuple[Posted, ...] = ()
    """What became of letters that were sent to them by e-mail."""
    digests: Traces = NO_TRACES
    """What they chose about weekly digests, were sent, and thought of it."""
    identities: tuple[Identity, ...] = ()
    """As whom of the directory they are known, and how that was found."""

    @property
    def stored(self) -> bool:
        """Whether the store holds anything beside what follows from the directory."""
        return bool(self.rooms or self.decisions or self.choices or self.questions or self.runs or self.records
                    or self.guest or self.card or self.history or self.wrote or self.paths
                    or self.activity or self.letters or self.digests or self.identities)  # fmt: skip


def named(facts: Facts, user: str, also: Iterable[str] = ()) -> Named:
    """By what somebody is called: what the directory says, and other names that are known: ids and addresses."""
    person = person_of(facts, user)
    words = [*also, *((person.id, person.email, *_own_name(facts, person)) if person else ())]
    texts = {word for word in words if "@" in word or " " in word}
    return Named(user=user, ids=frozenset(words) - texts - {""}, texts=frozenset(texts - {user}))


def person_of(facts: Facts, user: str) -> Person | None:
    """The directory's entry of a user, active or not."""
    return next((one for one in facts.directory.people.values() if one.user == user), None)


def _own_name(facts: Facts, person: Person) -> Iterator[str]:
    """A full name that nobody else has: first names alone stand in too many sentences."""
    if " " in person.name and sum(one.name == person.name for one in facts.directory.people.values()) == 1:
        yield person.name


@dataclass(frozen=True, slots=True, kw_only=True)
class Gathering:
    """In one world, through its gate."""

    store: Store
    world: World
    access: Access

    async def dossier(self, viewer: Viewer, named: Named) -> Dossier:
        """Reads the whole audit log and all rooms. Raises ``StoreError``."""
        facts = self.access.facts
        async with self.store.view() as view:
            rooms = await view.rooms.actual()
            decisions = await view.policies.all()
            choices = await view.preferences.of_user(named.user)
            questions = await view.pending.all()
            runs = await self._runs(view, viewer, named.user)
            guest = await view.partners.guest(named.user)
            card, history = await view.cards.card(named.user), await view.cards.entries(named.user)
            others = [one for user, entries in (await view.cards.histories()).items() for one in entries
                      if user != named.user]  # fmt: skip
            walking = await view.onboarding.all()
            activity = await view.activity.of_user(named.user)
            letters = await view.letters.of_user(named.user)
            digests = await traces_of(view, named.user, lambda group: self.access.may_know(viewer, group))
            identities = (await view.identities.all()).values()
        theirs = viewer.cleared or viewer.asker == named.user
        search = Search(store=self.store, world=self.world, access=self.access)
        entries = search.entries(viewer, Question(), oldest_first=True)
        return Dossier(
            named=named,
            person=person_of(facts, named.user),
            admin=named.user in self.access.admins,
            groups=dict(self._groups(viewer, named.user)),
            rooms={ref: _standing(room, named.user) for ref, room in rooms.items() if self._sees(viewer, ref)
                   and _standing(room, named.user)},
            stated=frozenset(ref for ref, room in rooms.items() if self._sees(viewer, ref)
                             and named.mentioned_in(list(room.state.values()))),
            decisions=tuple(one for one in decisions.values() if self.access.may_know(viewer, one.group)
                            and decided_with(named, one)),
            choices=choices if viewer.cleared else {key: one for key, one in choices.items() if key == LANGUAGE},
            questions=tuple(one for one in questions if self._sees_question(viewer, one) and asks_about(named, one)),
            runs=runs,
            guest=guest if theirs else None,
            card=card if theirs else None,
            history=tuple(history) if theirs else (),
            wrote=tuple(one for one in others if viewer.cleared and written_with(named, one)),
            activity=tuple(one for one in activity if theirs and self.access.may_know(viewer, one.group)),
            letters=tuple(letters) if theirs else (),
            digests=digests if theirs else NO_TRACES,
            identities=tuple(one for one in identities if theirs and is_theirs(named, one)),
            paths=tuple(one for one in walking if (theirs and one.user == named.user)
                        or (viewer.cleared and one.buddy == named.user)),
            records=tuple([one async for one in entries if named.mentioned_in(one.actor, one.detail)]),
        )  # fmt: skip

    def _groups(self, viewer: Viewer, user: str) -> Iterator[tuple[str, tuple[str, ...]]]:
        facts = self.access.facts
        places = ((OWNER, facts.owners), (MODERATOR, facts.moderators), (MEMBER, facts.members))
        for group in self.access.visible_groups(viewer):
            if found := tuple(word for word, people in places if user in people.get(group.id, ())):
                yield group.id, found

    async def _runs(self, view: UnitOfWork, viewer: Viewer, user: str) -> tuple[Run, ...]:
        """Those that did anything of which the viewer may know, and of their groups these alone."""
        found = await view.runs.of_actor(user)
        known = self.access.compartments(viewer)
        if viewer.cleared:
            return tuple(found)
        seen = [run for run in found if known.intersection(run.compartments)]
        return tuple(replace(run, groups=tuple(self._known(viewer, run.groups))) for run in seen)

    def _known(self, viewer: Viewer, groups: Iterable[str]) -> Iterator[str]:
        return (id_ for id_ in groups if self.access.may_know(viewer, id_))

    def _sees(self, viewer: Viewer, ref: RoomRef) -> bool:
        if viewer.cleared:
            return True
        if ref.kind is RoomKind.FORMER:
            binding = self.world.bindings.get(ref)
            return binding is not None and not binding.secret and self.access.may_know(viewer, binding.of)
        if ref.kind in (RoomKind.GROUP, RoomKind.SUBSPACE):
            return self.access.may_know(viewer, ref.id)
        return OPEN in self.access.compartments(viewer)

    def _sees_question(self, viewer: Viewer, item: Pending) -> bool:
        """Of others than the command line: what is about a group or a room that they may know."""
        if viewer.cleared:
            return True
        group, room = item.document.get("group"), item.document.get("room")
        if isinstance(group, str):
            return self.access.may_know(viewer, group)
        return isinstance(room, str) and self._sees(viewer, RoomRef.parse(room))


def is_theirs(named: Named, link: Identity) -> bool:
    """Whether a link says who somebody is."""
    return link.user == named.user or link.person in named.ids


def asks_about(named: Named, item: Pending) -> bool:
    """Whether an open question, or one that was answered, is somebody's or names them."""
    return item.asker == named.user or f"{named.user}:" in f"{item.key}:" or named.mentioned_in(item.document)


def decided_with(named: Named, policy: GroupPolicy) -> bool:
    """Whether somebody decided about a group last, or decisions put them among its people."""
    said = [*policy.values.items(), *(policy.before or {}).items()]
    return named.mentioned_in(policy.by, *({name: value} for name, value in said if name in PEOPLE))


def written_with(named: Named, entry: Entry) -> bool:
    """Whether somebody wrote a version of an entry, or is named in one."""
    return any(named.mentioned_in(version.by, version.text) for version in entry.versions)


def _standing(room: ActualRoom, user: str) -> str:
    """Their membership, or why they are out; empty when the room says nothing of them."""
    return str(room.members.get(user) or room.out.get(user) or "")
