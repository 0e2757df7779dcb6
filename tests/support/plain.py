"""What two runs of the same company must differ in, taken out: ids, times and numbers of the moment.

Everything else is kept to the letter, fingerprints of plans above all.
"""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

EVENT_ID: Final = re.compile(r"\$[A-Za-z0-9_-]{43}")
ROOM_ID: Final = re.compile(r"![A-Za-z0-9_-]{43}|![A-Za-z0-9]+:[a-z.]+")
MOMENTARY: Final = re.compile(
    r"\b\d+ (?:waiting|en attente)\b|\b(?:just now|\d+ minutes? ago)|\b\d+ records?\b|\bparvis-audit-1 [\w -]+"
    r"|\b\d{1,2} \w+\.? \d{4}, \d{2}:\d{2} \w+"
)
"""How much waits in the inbox while a question is answered, how long ago the last look was, what
depends on every moment before: how much was done, and its hashes; and on which minute something happened."""

TIMES: Final = frozenset(
    {
        "age", "age_ts", "created_ts", "creation_ts", "end", "expires_ts", "next_batch", "origin_server_ts",
        "prev_batch", "start", "timestamp", "ts",
    }
)  # fmt: skip
"""Keys whose values tell when, or how far a stream has come: on one homeserver with rooms of others, that is no
secret's measure."""
CLAIM: Final = "io.parvis.claim"
"""A hash over the event that a reply answers."""


@dataclass(slots=True)
class Plain:
    """For one output: ``rooms`` gives names to the room ids that are known; others are numbered as they appear."""

    rooms: Mapping[str, str]
    numbered: bool = True
    _seen: dict[str, str] = field(default_factory=dict)

    def value(self, value: Any) -> Any:
        """The same without ids and times; dictionaries in the order of their keys."""
        if isinstance(value, Mapping):
            kept = {key: item for key, item in value.items() if key not in TIMES}
            return {self.text(key): "…" if key == CLAIM else self.value(kept[key]) for key in sorted(kept)}
        if isinstance(value, list | tuple):
            return [self.value(item) for item in value]
        return self.text(value) if isinstance(value, str) else value

    def text(self, text: str) -> str:
        text = EVENT_ID.sub(lambda found: self._number("event", found[0]), text)
        text = ROOM_ID.sub(lambda found: self.rooms.get(found[0]) or self._number("room", found[0]), text)
        return MOMENTARY.sub("…", text)

    def _number(self, kind: str, word: str) -> str:
        if not self.numbered:
            return f"<{kind}>"
        return self._seen.setdefault(word, f"<{kind} {1 + sum(kind in given for given in self._seen.values())}>")


def unordered(values: Iterable[Any], rooms: Mapping[str, str]) -> list[Any]:
    """Plain values of things that have no order of their own: events sent side by side, rooms of a sync."""
    found = [Plain(rooms, numbered=False).value(value) for value in values]
    return sorted(found, key=lambda value: json.dumps(value, sort_keys=True))
