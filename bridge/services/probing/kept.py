"""What is kept of the secrecy check: what the next run has to take away, and how the last one ended.

For ``running``.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

import msgspec

from bridge.domain.secrecy import SecrecyReport
from bridge.ports.clock import Chance
from bridge.ports.probes import Traces
from bridge.ports.store import Store, UnitOfWork

STATE: Final = "secrecy"
REPORT: Final = "secrecy-report"
LETTERS: Final = frozenset("abcdefghijklmnopqrstuvwxyz0123456789")


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """``group`` is the id of the hidden group, the same in every run, so that runs leave one retired group and not one
    each; ``traces`` are of the run that is under way, or was when it died. ``asked`` is who wants one, ``failed`` when
    the last one could not be made."""

    group: str
    traces: Traces | None = None
    asked: str = ""
    failed: datetime | None = None


async def state_of(store: Store, chance: Chance) -> Kept:
    """As the store has it, or new."""
    async with store.view() as view:
        return await state_in(view) or Kept(group=word(chance, 16))


async def state_in(view: UnitOfWork) -> Kept | None:
    """The same; None where nothing is kept yet."""
    found = await view.snapshots.load(STATE)
    return msgspec.json.decode(found[0], type=Kept) if found else None


async def keep_state(store: Store, kept: Kept, *, at: datetime) -> None:
    """Store it, sealed."""
    async with store.work() as work:
        await work.snapshots.save(STATE, msgspec.json.encode(kept), at=at)


async def last_report(store: Store) -> SecrecyReport | None:
    """How the last whole run ended; None when there was none."""
    async with store.view() as view:
        return await report_in(view)


async def report_in(view: UnitOfWork) -> SecrecyReport | None:
    """The same."""
    found = await view.snapshots.load(REPORT)
    return msgspec.json.decode(found[0], type=SecrecyReport) if found else None


async def keep_report(store: Store, report: SecrecyReport) -> None:
    """Store it, sealed, in place of the one before."""
    async with store.work() as work:
        await work.snapshots.save(REPORT, msgspec.json.encode(report), at=report.at)


def word(chance: Chance, length: int) -> str:
    """A random word of small letters and digits, which ids, addresses and names may hold everywhere."""
    letters = ""
    while len(letters) < length:
        letters += "".join(one for one in chance.token().lower() if one in LETTERS)
    return letters[-length:]
