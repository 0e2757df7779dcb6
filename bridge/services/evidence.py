"""Evidence of access: who of a partner could read which room from when to when, by whose word, under which terms.

From the audit log, and what is kept of each person; each viewer is given the part that they may know.
"""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any, Final

from bridge.domain.document import Block, Document, Inline, Items, Strong, paragraph
from bridge.domain.errors import ErrorKind, ParvisError
from bridge.domain.messages import say, say_n
from bridge.domain.partners import Guest, Partner
from bridge.domain.rooms import RoomRef
from bridge.domain.viewers import Viewer
from bridge.ports.store import AuditEntry
from bridge.rules.facts import Facts
from bridge.services.auditing import Question, Search
from bridge.services.comings import JOINED, LEFT
from bridge.services.decided import NotAllowed
from bridge.services.receipt_words import called
from bridge.services.showing import room_name
from bridge.services.society import Society

SHOWN: Final = 30
"""Stays that are told one by one in chat; whoever wants all takes the table."""
RISKY: Final = ("=", "+", "-", "@", "\t", "\r")
"""What makes a spreadsheet take a cell for a formula."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stay:
    """That ``user`` was in ``room`` from ``since`` to ``until`` (UTC; None: still is). Who ``invited`` and ``approved``
    (user ids), and the ``terms`` that they accepted at ``accepted`` by the event ``proof``: all that is known of the
    person, empty where nothing is."""

    user: str
    room: RoomRef
    since: datetime
    until: datetime | None = None
    invited: str = ""
    approved: tuple[str, ...] = ()
    terms: str = ""
    accepted: datetime | None = None
    proof: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """All stays, the oldest first. ``sponsors`` are user ids of those who answer for the partner now."""

    partner: Partner
    sponsors: tuple[str, ...]
    stays: tuple[Stay, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidences:
    """Gathers evidence for a viewer."""

    society: Society

    async def of(self, viewer: Viewer, text: str) -> Evidence | None:
        """None when the viewer knows no such partner. Raises ``NotAllowed`` for who does not answer for it."""
        world, access, store = self.society.world(), self.society.access(), self.society.store
        if world is None or access is None:
            raise ParvisError(say("The directory has not been read yet."), kind=ErrorKind.CONFLICT)
        partner = access.find_partner(viewer, text)
        if partner is None:
            return None
        if not access.may_answer_for(viewer, partner.id):
            raise NotAllowed(say("Its sponsor and administrators see who of {partner} had access.",
                                 partner=partner.name))  # fmt: skip
        search = Search(store=store, world=world, access=access)
        found = [entry async for entry in search.entries(viewer, Question(partner=partner.id), oldest_first=True)]
        return Evidence(
            partner=partner,
            sponsors=world.facts.answerable(partner),
            stays=tuple(stays(found, partner.id, world.facts.directory.guests)),
        )


def stays(entries: Iterable[AuditEntry], partner_id: str, guests: Mapping[str, Guest]) -> list[Stay]:
    """From what events told, oldest first; whoever came twice without going was there from the first time on."""
    open_: dict[tuple[str, str], Stay] = {}
    found: list[Stay] = []
    for entry in entries:
        detail = entry.detail
        if entry.kind not in (JOINED, LEFT) or detail.get("partner") != partner_id:
            continue
        place = (detail["user"], detail["room"])
        if entry.kind == JOINED:
            open_.setdefault(place, _begun(entry, guests.get(detail["user"])))
        elif (stay := open_.pop(place, None)) is not None:
            found.append(_until(stay, entry.at))
    return sorted((*found, *open_.values()), key=lambda stay: (stay.since, stay.user, stay.room))


def _begun(entry: AuditEntry, guest: Guest | None) -> Stay:
    accepted = guest.accepted if guest else None
    return Stay(
        user=entry.detail["user"],
        room=RoomRef.parse(entry.detail["room"]),
        since=entry.at,
        invited=guest.invited_by if guest else "",
        approved=guest.approved_by if guest else (),
        terms=accepted.version if accepted else "",
        accepted=accepted.at if accepted else None,
        proof=accepted.event if accepted else "",
    )


def _until(stay: Stay, at: datetime) -> Stay:
    return replace(stay, until=at)


COLUMNS: Final = ("user", "room", "since", "until", "invited", "approved", "terms", "accepted", "proof")


def evidence_json(evidence: Evidence) -> dict[str, Any]:
    """For scripts; times are ISO 8601 in UTC."""
    return {
        "partner": evidence.partner.id,
        "sponsors": list(evidence.sponsors),
        "access": [_plain(stay) for stay in evidence.stays],
    }


def evidence_csv(evidence: Evidence) -> str:
    """A table with one line for each stay, under a line of names."""
    text = io.StringIO()
    table = csv.writer(text)
    table.writerow(COLUMNS)
    for stay in evidence.stays:
        row = _plain(stay)
        table.writerow([_cell(row[name]) for name in COLUMNS])
    return text.getvalue()


def _plain(stay: Stay) -> dict[str, Any]:
    plain = asdict(stay) | {"room": str(stay.room), "approved": list(stay.approved)}
    return {name: value.isoformat() if isinstance(value, datetime) else value for name, value in plain.items()}


def _cell(value: Any) -> str:
    text = " ".join(value) if isinstance(value, list) else str(value or "")
    return f"'{text}" if text.startswith(RISKY) else text


def evidence_document(evidence: Evidence, facts: Facts) -> Document:
    """The newest stays, for reading."""
    count = say_n("{count} stay in rooms", "{count} stays in rooms", len(evidence.stays))
    blocks: list[Block] = [paragraph(Strong(evidence.partner.name), " – ", count)]
    if evidence.sponsors:
        people = tuple(called(user, facts) for user in evidence.sponsors)
        blocks.append(paragraph(say("Those who answer for it now: {people}.", people=people)))
    newest = evidence.stays[: -SHOWN - 1 : -1]
    if newest:
        blocks.append(Items(tuple(tuple(_row(stay, facts)) for stay in newest)))
    if len(evidence.stays) > SHOWN:
        blocks.append(paragraph(say("These are the newest; all of them are printed by: parvis partner evidence")))
    return Document(tuple(blocks))


def _row(stay: Stay, facts: Facts) -> Iterator[Inline]:
    yield from (Strong(stay.user), " – ", room_name(stay.room, facts), ": ")
    if stay.until is None:
        yield say("since {time}", time=stay.since)
    else:
        yield say("from {since} to {until}", since=stay.since, until=stay.until)
    if stay.invited:
        yield from (", ", say("invited by {user}", user=called(stay.invited, facts)))
    if stay.approved:
        yield from (", ", say("approved by {people}", people=tuple(called(user, facts) for user in stay.approved)))
    if stay.accepted:
        yield from (", ", say("terms {version} accepted at {time}", version=stay.terms, time=stay.accepted))
