"""A large company's activity of half a year in a SQLite store, for the bench of scale: made up, written past the
repository because that is made for a hundred messages at once and not for ten millions.

``python -m bench.digest.company FILE MESSAGES GROUPS PEOPLE``: in a process of its own, whose memory does not count.
Beside the database stands who belongs where, as JSON: a list of group numbers for each person.
"""

import asyncio
import json
import random
import sqlite3
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from bench.digest.large import KEY, UNTIL, WEEKS, group_id, room_id, user_id
from bridge.adapters.sealing import DataKeySealer
from bridge.adapters.sql.activity_names import ROOM, USER, Place
from bridge.adapters.sql.activity_values import KINDS, classed
from bridge.adapters.sql.store import open_store
from bridge.adapters.sql.times import to_ms
from bridge.adapters.sql.vault import ROOM_PAGE, Vault
from bridge.domain.activity import MONDAY, WEEK, Kind

GROUPS_EACH: Final = 6
LENGTH_OF_THREAD: Final = 8.0
ROWS: Final = 100_000
INSERT: Final = (
    "INSERT INTO activity (seq, mark, event, at, room, sender, kind, thread, reply_to, length, flags, calls) "
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, NULL, ?, ?, NULL)"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """How large a company is."""

    messages: int
    groups: int
    people: int


def memberships(size: Size) -> list[list[int]]:
    """The people of each group, busiest first; a few groups are large and most are small."""
    rng = np.random.default_rng(7)
    popular = 1 / (np.arange(size.groups) + 20) ** 0.7
    places = rng.choice(size.groups, size=(size.people, GROUPS_EACH), p=popular / popular.sum())
    members: list[list[int]] = [[] for _ in range(size.groups)]
    for person, row in enumerate(places.tolist(), start=1):
        for place in set(row):
            members[place].append(person)
    return members


async def write(path: Path, size: Size) -> None:
    """Make the database at ``path``."""
    groups: list[list[int]] = [[] for _ in range(size.people)]
    for place, members in enumerate(memberships(size), start=1):
        for person in members:
            groups[person - 1].append(place)
    path.with_suffix(".json").write_text(json.dumps(groups))
    sealer = DataKeySealer(KEY)
    await (await open_store(f"sqlite:///{path}", sealer)).close()
    raw = sqlite3.connect(path, isolation_level=None)
    for pragma in ("synchronous=OFF", "journal_mode=OFF", "cache_size=-100000"):
        raw.execute(f"PRAGMA {pragma}")
    indexes = raw.execute("SELECT name, sql FROM sqlite_master WHERE name LIKE 'activity\\_%' ESCAPE '\\' AND type = "
                          "'index' AND sql IS NOT NULL AND tbl_name = 'activity'").fetchall()  # fmt: skip
    for name, _ in indexes:
        raw.execute(f"DROP INDEX {name}")
    raw.execute("BEGIN")
    _names(raw, Vault(sealer), size)
    for rows in _messages(size):
        raw.executemany(INSERT, rows)
    raw.execute("COMMIT")
    for _, sql in indexes:
        raw.execute(sql)
    raw.execute("PRAGMA journal_mode=WAL")
    raw.close()


def _names(raw: sqlite3.Connection, vault: Vault, size: Size) -> None:
    rooms = [(number, Place(room=room_id(number), group=group_id(number))) for number in range(1, size.groups + 1)]
    raw.executemany(
        "INSERT INTO activity_rooms (id, room_index, sealed) VALUES (?, ?, ?)",
        [(number, vault.index(place.room, ROOM), vault.put(place._asdict(), ROOM, page=ROOM_PAGE))
         for number, place in rooms],
    )  # fmt: skip
    people = [(number, user_id(number)) for number in range(1, size.people + 1)]
    raw.executemany(
        "INSERT INTO activity_people (id, user_index, sealed) VALUES (?, ?, ?)",
        [(number, vault.index(name, USER), vault.seal(name.encode(), USER)) for number, name in people],
    )


def _messages(size: Size) -> Iterator[list[tuple[Any, ...]]]:
    """Threads begin at any time, go on for days, ever more slowly; a few people of a group write most of it."""
    rng = np.random.default_rng(11)
    members = memberships(size)
    sizes = np.array([max(1, len(one)) for one in members])
    threads = int(size.messages / LENGTH_OF_THREAD)
    weight = np.sqrt(sizes)
    of_group = rng.choice(size.groups, size=threads, p=weight / weight.sum())
    lengths = rng.geometric(1 / LENGTH_OF_THREAD, size=threads)
    thread = np.repeat(np.arange(threads), lengths)[: size.messages]
    begun = UNTIL - rng.integers(1, WEEKS * WEEK, size=threads)
    place = np.arange(len(thread)) - np.concatenate(([0], np.cumsum(lengths)[:-1]))[thread]
    minute = begun[thread] + np.where(place == 0, 0, rng.exponential(600, size=len(thread)) * np.sqrt(place))
    minute = np.minimum(minute, UNTIL - 1).astype(np.int64)
    minute = np.where(place == 0, begun[thread], minute)
    # Those who answer in a thread are few: every message is by one of the first people of the group, seen from a
    # place that the thread chooses.
    around = rng.integers(0, sizes[of_group])[thread]
    writer = (around + np.floor(rng.exponential(2.0, size=len(thread))).astype(np.int64)) % sizes[of_group[thread]]
    order = np.lexsort((place, minute))
    seq = np.empty(len(thread), dtype=np.int64)
    seq[order] = np.arange(1, len(thread) + 1)
    root = seq[np.flatnonzero(place == 0)][: thread[-1] + 1 if len(thread) else 0]
    chance, first = random.Random(3), to_ms(MONDAY) // 60_000
    lengths_of_text = [classed(int(length)) for length in rng.lognormal(4.5, 1.2, size=1000)]
    for start in range(0, len(order), ROWS):
        rows = order[start : start + ROWS]
        yield [
            (
                number, chance.getrandbits(63), chance.randbytes(32), (first + at) * 60_000, in_group + 1,
                members[in_group][by] if members[in_group] else 1, KINDS[Kind.TEXT],
                None if begins == number else begins, lengths_of_text[number % 1000], number % 7 == 0,
            )
            for number, at, in_group, by, begins in zip(
                seq[rows].tolist(), minute[rows].tolist(), of_group[thread[rows]].tolist(), writer[rows].tolist(),
                root[thread[rows]].tolist(), strict=True,
            )
        ]  # fmt: skip


if __name__ == "__main__":
    numbers = [int(one) for one in sys.argv[2:5]]
    asyncio.run(write(Path(sys.argv[1]), Size(messages=numbers[0], groups=numbers[1], people=numbers[2])))
