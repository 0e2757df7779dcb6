"""How long people of partners stay who were in when terms were first asked of them. Called by ``looking``.

The days are kept when a partner is first seen with terms, or terms in another edition, and forgotten with the terms.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final

from bridge.domain.directory import Directory
from bridge.domain.partners import Partner
from bridge.domain.policy import Terms
from bridge.domain.rooms import ActualRoom, Membership, RoomRef
from bridge.ports.pending import Pending
from bridge.ports.store import UnitOfWork
from bridge.rules.partners import belonging, partner_of

GRACE: Final = "terms-grace"
"""The kind of what is kept: of a partner who was in, or of an edition until when an earlier one counts."""
DEFAULT: Final = timedelta(days=14)
"""How long people have where the terms name no day."""
KEPT: Final = timedelta(days=36_500)
"""Open as long as there are terms: nobody who comes later was in before."""
INSIDE: Final = (Membership.JOIN, Membership.INVITE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Grace:
    """``items`` are in force; ``new`` ones of them are not stored yet; ``spent`` are keys of what can be
    forgotten."""

    items: tuple[Pending, ...] = ()
    new: tuple[Pending, ...] = ()
    spent: tuple[str, ...] = ()

    def over(self, directory: Directory) -> Directory:
        """The directory with the days laid over it: of single people, and of terms that name none."""
        if not self.items:
            return directory
        documents = {item.key: item.document for item in self.items}
        people = {
            user: date.fromisoformat(known["by"]) for known in documents.values() for user in known.get("users", ())
        }
        terms = {name: _dated(one, documents.get(_edition(name, one))) for name, one in directory.terms.items()}
        return replace(directory, terms=terms, graced=people)

    async def keep(self, work: UnitOfWork) -> None:
        """Store what is new of it. May be repeated."""
        await work.pending.remove(self.spent)
        for item in self.new:
            await work.pending.put(item)


def grace_of(
    kept: Iterable[Pending],
    directory: Directory,
    actual: Mapping[RoomRef, ActualRoom],
    today: date,
    *,
    own_server: str,
) -> Grace:
    """What is kept already, and what begins today: who sits in a room now, or is invited to one, was in before."""
    known = {item.key: item for item in kept}
    wanted: dict[str, Pending] = {}
    for name, terms in directory.terms.items():
        if terms.by is None:
            key = _edition(name, terms)
            wanted[key] = known.get(key) or _item(key, today, {"by": (today + DEFAULT).isoformat()})
    for partner in directory.partners.values():
        if partner.terms:
            key = f"{GRACE}:partner:{partner.id}"
            wanted[key] = known.get(key) or _begun(key, partner, directory, today, _of(partner, actual, own_server))
    new = tuple(item for key, item in wanted.items() if key not in known)
    return Grace(items=tuple(wanted.values()), new=new, spent=tuple(sorted(known.keys() - wanted.keys())))


def _of(partner: Partner, actual: Mapping[RoomRef, ActualRoom], own_server: str) -> list[str]:
    claims = belonging([partner], own_server=own_server)[0]
    inside = {user for room in actual.values() for user, state in room.members.items() if state in INSIDE}
    return sorted(user for user in inside if partner_of(user, claims))


def _begun(key: str, partner: Partner, directory: Directory, today: date, people: list[str]) -> Pending:
    terms = directory.terms.get(partner.terms)
    # A day that was over before anybody was asked gives nobody time.
    by = terms.by if terms and terms.by and terms.by >= today else today + DEFAULT
    return _item(key, today, {"by": by.isoformat(), "users": people})


def _dated(terms: Terms, known: Mapping[str, Any] | None) -> Terms:
    return replace(terms, by=date.fromisoformat(known["by"])) if known and terms.by is None else terms


def _edition(name: str, terms: Terms) -> str:
    return f"{GRACE}:edition:{name}:{terms.version}"


def _item(key: str, today: date, document: Mapping[str, Any]) -> Pending:
    now = datetime.combine(today, time(), UTC)
    return Pending(key=key, kind=GRACE, asker="", room_id="", document=document, created_at=now, expires_at=now + KEPT)
