"""How open a room is in one respect, and what is no more open than either of two states.

Planning tightens to what a room was *and* should be before it loosens to what it should be; these functions find that
middle. Whatever is unknown counts as open.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from bridge.domain.desired import JoinRule
from bridge.domain.rooms import Content, HistoryVisibility

HISTORY: Final[Mapping[str, int]] = {
    HistoryVisibility.JOINED: 0,
    HistoryVisibility.INVITED: 1,
    HistoryVisibility.SHARED: 2,
    "world_readable": 3,
}


@dataclass(frozen=True, slots=True)
class Entrance:
    """Who may come in without being invited: ``rule`` and, for restricted rooms, ids of rooms whose members may."""

    rule: str
    allow: frozenset[str] = frozenset()


def entrance_of(content: Content) -> Entrance:
    """How m.room.join_rules reads; without the event a room is entered by invitation."""
    rule = content.get("join_rule", "invite")
    allow: Any = content.get("allow") if isinstance(rule, str) and "restricted" in rule else None
    rooms = (entry.get("room_id") for entry in allow if isinstance(entry, dict)) if isinstance(allow, list) else ()
    return Entrance(str(rule), frozenset(room_id for room_id in rooms if isinstance(room_id, str)))


def narrower_entrance(was: Entrance, wanted: Entrance) -> Entrance:
    """What lets in only those whom both let in."""
    if was == wanted or wanted.rule == JoinRule.INVITE or was.rule == JoinRule.PUBLIC:
        return wanted
    if was.rule == JoinRule.INVITE or (wanted.rule == JoinRule.PUBLIC and was.rule in ("restricted", "knock")):
        return was
    if wanted.rule == JoinRule.RESTRICTED and was.rule in ("restricted", "knock_restricted"):
        both = was.allow & wanted.allow
        return Entrance(JoinRule.RESTRICTED, both) if both else Entrance(JoinRule.INVITE)
    return Entrance(JoinRule.INVITE)


def history_tightens(was: Content, wanted: str) -> bool:
    """Whether going to ``wanted`` shows less to who comes later; without the event history is shared."""
    level = was.get("history_visibility", "shared")
    return HISTORY.get(level, len(HISTORY)) > HISTORY[wanted] if isinstance(level, str) else True


@dataclass(frozen=True, slots=True)
class Fence:
    """A server ACL as it works: patterns of servers. Without the event nobody is kept out."""

    allow: tuple[str, ...] = ("*",)
    deny: tuple[str, ...] = ()

    def lets_in(self, server: str) -> bool:
        """Whether events of this server pass (specification, m.room.server_acl)."""
        return not _matches(server, self.deny) and _matches(server, self.allow)

    def within(self, servers: Iterable[str]) -> bool:
        """Whether it surely lets in nobody beyond these servers."""
        known = set(servers)
        return all(pattern in known for pattern in self.allow)


def fence_of(content: Content | None) -> Fence:
    """How m.room.server_acl reads; None when the room has none."""
    if content is None:
        return Fence()
    return Fence(_patterns(content.get("allow")), _patterns(content.get("deny")))


def _patterns(value: Any) -> tuple[str, ...]:
    return tuple(pattern.lower() for pattern in value if isinstance(pattern, str)) if isinstance(value, list) else ()


def _matches(server: str, patterns: Iterable[str]) -> bool:
    return any(
        pattern == server
        or re.fullmatch(re.escape(pattern).replace(r"\*", ".*").replace(r"\?", "."), server) is not None
        for pattern in patterns
    )
