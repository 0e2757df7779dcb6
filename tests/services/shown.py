"""Everything that services show, one row each: the registry of the cheap with/without comparison, over fakes.

WHOEVER ADDS A SERVICE THAT SHOWS SOMETHING ADDS A ROW to ``SHOWN`` or ``ANSWERED``; to ``LATER`` when there is
something to show only once something was done, to ``UNMOVED`` when a hidden group changes nothing in it for anybody.
What bots say needs none (``talking``), and what only real homeservers show stands in ``tests/support/outputs.py``.
"""

import json
import re
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, Final, TypeAlias, cast

from bridge.domain.digest import Week
from bridge.domain.rooms import RoomRef, group_room
from bridge.domain.viewers import Viewer
from bridge.planning.showing import as_json
from bridge.ports.store import AuditEntry
from bridge.rules.roles import rights_of
from bridge.services.auditing import Question
from bridge.services.decided import NotAllowed
from bridge.services.disclosing import as_json as as_shape
from bridge.services.evidence import Evidences
from bridge.services.finding import Finding
from bridge.services.linking import Linking
from bridge.services.partner_shown import listed, shown
from bridge.services.partner_views import PartnerViews
from bridge.services.person import Gathering, named
from bridge.services.plans import Plans
from bridge.services.reconcile import Reconciler
from bridge.services.showing import plan_document
from bridge.services.status import StatusReport
from bridge.services.suggesting import Suggesting
from bridge.services.watch import LastLook
from bridge.services.why import explain, explanation_document
from bridge.services.world import World
from tests.fakes.clock import START
from tests.services.household import Household
from tests.world import BOT, SERVER, user

Row: TypeAlias = Callable[[Household, Viewer], Awaitable[Any]]
Answer: TypeAlias = Callable[[Household, Viewer, str], Awaitable[Any]]
"""The same where they ask for a group, by id or by name."""

ANN: Final = user("ann")
PARTNERS: Final = ("acme", "globex")
MANY: Final = 500
RANDOM: Final = re.compile(r'[\w-]{43} [\w-]{86}|token-\d+|\$event\d+|(?<="io.parvis.begun": ")[0-9a-f]+')
"""What is random in real life, or follows from it; fakes count."""


@dataclass(frozen=True, slots=True)
class Seen:
    """In place of a reconciler: the world as the household has just seen it, without looking again."""

    house: Household

    async def look(self, *, keep: bool = False, at_once: bool = False) -> World | None:
        return self.house.world

    async def glance(self, **asked: Any) -> World | None:
        return await self.house.reconciler.glance(**asked)


def plans(house: Household) -> Plans:
    """The household's own, without a look for each question."""
    return replace(house.plans, reconciler=cast(Reconciler, Seen(house)))


async def plan(house: Household, viewer: Viewer) -> Any:
    shown = await plans(house).show(viewer)
    assert shown is not None
    text = plan_document(shown.plan, shown.world.facts, findings=shown.findings, apply="!apply")
    return [as_json(shown.plan, shown.world.room_ids(), str), str(text)]


async def plan_of_group(house: Household, viewer: Viewer, asked: str) -> Any:
    shown = await plans(house).show(viewer, group=asked)
    return shown and [shown.whole, as_json(shown.plan, shown.world.room_ids(), str)]


async def groups(house: Household, viewer: Viewer) -> Any:
    return [str(view) for view in await house.groups.visible(viewer)]


async def partners(house: Household, viewer: Viewer) -> Any:
    views = PartnerViews(society=house.society).visible(viewer)
    return [str(listed(views, house.society)), *(str(shown(view, house.society)) for view in views)]


async def group(house: Household, viewer: Viewer, asked: str) -> Any:
    return str(await house.groups.find(viewer, asked))


async def why(house: Household, viewer: Viewer, asked: str) -> Any:
    access = house.society.access()
    assert access is not None
    assert house.world is not None
    people = (viewer.asker, ANN)
    told = [await explain(house.store, house.world, access, viewer, user=one, group=asked) for one in people]
    return [str(one and explanation_document(one)) for one in told]


async def search(house: Household, viewer: Viewer, asked: str) -> Any:
    finding = Finding(house.society, house.groups)
    return [str(await finding.find(viewer, asked)), await finding.nearest(viewer, "group", f"{asked}x")]


async def gate(house: Household, viewer: Viewer, asked: str) -> Any:
    access = house.society.access()
    assert access is not None
    may = (access.may_know, access.may_read, access.may_join, access.may_govern, access.may_delegate)
    return [*(one(viewer, asked) for one in may), access.closest(viewer, asked)]


async def runs(house: Household, viewer: Viewer) -> Any:
    """What was applied last, and what undoing each would be; ids are random, and times are those of the moment."""
    undoing = replace(house.undoing, reconciler=cast(Reconciler, Seen(house)))
    found = await undoing.runs(viewer, house.world) if house.world else ()
    undos = [await undoing.show(viewer, run.id) for run in found]
    return [[run.actor, run.changes, undo and str((undo.back, undo.kept, undo.stays))]
            for run, undo in zip(found, undos, strict=True)]  # fmt: skip


async def audit(house: Household, viewer: Viewer) -> Any:
    """What stands in the audit log, newest first."""
    return await recorded(house, viewer, Question())


async def audit_of_group(house: Household, viewer: Viewer, asked: str) -> Any:
    return await recorded(house, viewer, Question(group=asked))


async def recorded(house: Household, viewer: Viewer, question: Question) -> Any:
    answer, _ = await house.auditing.newest(viewer, question, limit=MANY)
    return [[records(answer.entries), answer.more], len(await house.auditing.heads(viewer))]


def records(entries: Iterable[AuditEntry]) -> list[list[Any]]:
    """What they say; ids are random."""
    return [[one.actor, one.kind, one.compartment, one.detail] for one in entries]


async def evidence(house: Household, viewer: Viewer) -> Any:
    """Who of each partner had access to what, to whoever answers for it; times are those of the moment."""
    try:
        found = [await Evidences(society=house.society).of(viewer, name) for name in PARTNERS]
    except NotAllowed as refused:
        return str(refused)
    return [one and str([one.sponsors, [replace(stay, since=START) for stay in one.stays]]) for one in found]


async def suggestions(house: Household, viewer: Viewer) -> Any:
    """Groups that the asker may like, and what they perhaps meant by a name that is none."""
    finding = Finding(house.society, house.groups)
    meant = [await finding.nearest(viewer, *one) for one in (("partner", "acm"), ("person", "Clair"))]
    return [str(await Suggesting(house.society, house.groups).suggest(viewer)), meant]


async def people(house: Household, viewer: Viewer) -> Any:
    """Everybody's card, whom to turn to, and who knows about something."""
    access, views = house.society.access(), house.cards.views
    assert access is not None
    cards = [await views.find(viewer, user) for user in sorted(access.facts.accounts)]
    contacts = [
        [one.user, one.part, [group.id for group in one.groups], card] for one, card in await views.contacts(viewer)
    ]
    return str([cards, contacts, await views.who(viewer, "anything"), await views.names(viewer)])


async def identities(house: Household, viewer: Viewer) -> Any:
    """Whose account is whose, which is not of one viewer."""
    links = Linking(
        store=house.store, directory=lambda: house.world.facts.directory if house.world else None,
        server_name=SERVER, clock=house.clock, chance=house.chance, changed=lambda: None,
    )  # fmt: skip
    return [str(links.people()), str(links.waiting()), str(await links.links()), str(await links.again())]


async def digest(house: Household, viewer: Viewer) -> Any:
    """The letter of the week that goes on, as ways that others may read carry it, and which employees reports count."""
    access, readers = house.society.access(), house.digests.readers()
    assert access is not None
    week = Week.before(house.clock.now() + timedelta(days=7))
    letter = viewer.asker in readers and await house.digests.of(viewer.asker, week, secrets=False)
    return [str(letter or None), sorted(access.insiders.intersection(readers))]


def report(house: Household) -> StatusReport:
    """How things stand in the household, as of the world that it has seen last."""
    last = LastLook(at=START, world=house.world, findings=house.world.findings if house.world else ())
    return StatusReport(homeserver=house.homeserver, store=house.store, society=house.society, last=lambda: last)


async def status(house: Household, viewer: Viewer) -> Any:
    return str(await report(house).standing(viewer))


async def rights(house: Household, viewer: Viewer) -> Any:
    access = house.society.access()
    assert access is not None
    found, open_to = rights_of(access, viewer), sorted(access.compartments(viewer))
    roles = sorted(await house.society.roles_of(viewer.asker))
    given = [sorted(groups) for groups in (found.owned, found.delegated, found.sponsored)]
    return [found.role.name, given, found.partner, roles, open_to]


async def kept(house: Household, viewer: Viewer) -> Any:
    """What is kept about each employee; ids are random."""
    access = house.society.access()
    assert access is not None
    assert house.world is not None
    gathering = Gathering(store=house.store, world=house.world, access=access)
    people = [named(access.facts, person) for person in sorted(access.facts.accounts)]
    return [_kept(as_shape(await gathering.dossier(viewer, person))) for person in people]


def _kept(shape: Mapping[str, Any]) -> Any:
    told = [{name: one[name] for name in ("actor", "kind", "compartment", "detail")} for one in shape["records"]]
    return [shape["groups"], shape["rooms"], shape["questions"], told, [one["groups"] for one in shape["runs"]]]


SHOWN: Final[Mapping[str, Row]] = {"plan": plan, "groups": groups, "status": status, "rights": rights, "kept": kept,
                                          "partners": partners}  # fmt: skip
ANSWERED: Final[Mapping[str, Answer]] = {"plan of a group": plan_of_group, "group": group, "gate": gate, "why": why,
                                               "search": search}  # fmt: skip
LATER: Final[Mapping[str, Row]] = {"runs": runs, "audit": audit}
LATER_ANSWERED: Final[Mapping[str, Answer]] = {"audit of a group": audit_of_group}
UNMOVED: Final[Mapping[str, Row]] = {"suggestions": suggestions, "people": people, "identities": identities,
                                             "evidence": evidence, "digest": digest}  # fmt: skip


async def shown_to(house: Household, viewer: Viewer, asked: Iterable[str] = ()) -> dict[str, str]:
    """Every row in which a hidden group may show, as text that two companies can be compared by; ``asked`` are groups
    that the viewer asks for."""
    return await _rows(house, viewer, SHOWN, ANSWERED, asked)


async def later_shown_to(house: Household, viewer: Viewer, asked: Iterable[str] = ()) -> dict[str, str]:
    """The rows of what was done."""
    return await _rows(house, viewer, LATER, LATER_ANSWERED, asked)


async def unmoved_shown_to(house: Household, viewer: Viewer) -> dict[str, str]:
    """The rows in which a hidden group never shows."""
    return await _rows(house, viewer, UNMOVED, {}, ())


async def all_shown_to(house: Household, viewer: Viewer, asked: Sequence[str] = ()) -> dict[str, str]:
    """Every row there is; what was done to a group is asked for the first of ``asked`` alone."""
    found = await shown_to(house, viewer, asked) | await later_shown_to(house, viewer, asked[:1])
    return found | await unmoved_shown_to(house, viewer)


async def _rows(
    house: Household, viewer: Viewer, rows: Mapping[str, Row], answers: Mapping[str, Answer], asked: Iterable[str]
) -> dict[str, str]:
    found = {name: plainly(house, await row(house, viewer)) for name, row in rows.items()}
    for word in asked:
        for name, answer in answers.items():
            found[f"{name} {word}"] = plainly(house, await answer(house, viewer, word))
    return found


def rooms_as_seen(house: Household, *, without: str = "") -> dict[str, str]:
    """The state of every room of ours as those in it see it, by what it is for; save the room of group ``without``."""
    synapse = house.homeserver.synapse
    rooms = {str(ref): room_id for ref, room_id in room_ids(house).items() if ref != group_room(without)}
    seen = {}
    for name, room_id in rooms.items():
        room = synapse.rooms[room_id]
        state = {f"{kind} {key}": event["content"] for (kind, key), event in sorted(room.state.items())}
        seen[name] = plainly(house, [state, len(room.timeline)])
    return seen


def plainly(house: Household, value: Any) -> str:
    """As JSON, with the names of rooms in place of their ids, which fakes count."""
    text = RANDOM.sub("<random>", json.dumps(value, ensure_ascii=False, default=str))
    for ref, room_id in room_ids(house).items():
        text = text.replace(room_id, f"<{ref}>")
    return text.replace(BOT, "<bot>")


def room_ids(house: Household) -> dict[RoomRef, str]:
    """All rooms that the store knows."""
    return {one.ref: one.room_id for one in house.store.data.bindings.values() if one.room_id}
