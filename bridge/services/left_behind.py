"""Who was in the rooms of groups whose source was replaced, as it was when that was first seen. Called by ``looking``.

They stay until somebody has said what became of their group. Whoever comes later comes as into any other room, so that
who is let in by hand is put out, and what is decided meanwhile counts. Forgotten with the groups that wait.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from bridge.domain.directory import Group
from bridge.ports.pending import Pending
from bridge.ports.store import UnitOfWork
from bridge.services.awaited import Awaited

LEFT: Final = "left-behind"
"""The kind of what is kept: one item for each group."""
KEPT: Final = timedelta(days=36_500)
"""Open as long as the group is left behind: nobody who comes later was in before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftBehind:
    """``users`` may stay, by id of group. ``new`` items are not stored yet; ``spent`` are keys of what can be
    forgotten, before that."""

    users: Mapping[str, frozenset[str]] = field(default_factory=dict)
    new: tuple[Pending, ...] = ()
    spent: tuple[str, ...] = ()

    async def keep(self, work: UnitOfWork) -> None:
        """Store what is new of it. May be repeated."""
        await work.pending.remove(self.spent)
        for item in self.new:
            await work.pending.put(item)


def left_behind(
    kept: Iterable[Pending],
    waiting: Awaited,
    *,
    declared: Mapping[str, Group],
    governed: Mapping[str, Group],
    since: Mapping[str, datetime],
) -> LeftBehind:
    """What is kept already, and what begins now. ``governed`` are the groups of a reading as it is ``declared``, with
    all that is decided: who is in by a decision stays by that alone. ``since`` as ``Truth`` has it."""
    items = {item.key: item for item in kept}
    users: dict[str, frozenset[str]] = {}
    wanted: dict[str, Pending] = {}
    for id_ in sorted(waiting.found.unpaired.left & since.keys() & declared.keys()):
        here, key, moment = waiting.seen.present(id_), f"{LEFT}:{id_}", since[id_]
        item = items.get(key)
        if waiting.seen.rooms.get(id_) is None:  # not read: that nobody is seen says nothing of who is in
            wanted |= {key: item} if item is not None else {}
            continue
        if item is not None and item.document["since"] == moment.isoformat():
            users[id_] = here.intersection(item.document["users"])
        else:
            users[id_] = here - _decided(declared[id_], governed[id_], waiting.seen.accounts)
        wanted[key] = Pending(
            key=key, kind=LEFT, asker="", room_id="",
            document={"since": moment.isoformat(), "users": sorted(users[id_])},
            created_at=moment, expires_at=moment + KEPT,
        )  # fmt: skip
    same = {key for key, item in wanted.items() if key in items and items[key].document == item.document}
    return LeftBehind(
        users=users,
        new=tuple(item for key, item in wanted.items() if key not in same),
        spent=tuple(sorted(items.keys() - same)),
    )


def _decided(declared: Group, governed: Group, accounts: Mapping[str, str]) -> frozenset[str]:
    before, after = ({*one.members, *one.owners, *one.moderators} for one in (declared, governed))
    return frozenset(accounts.get(one, one) for one in after - before)
