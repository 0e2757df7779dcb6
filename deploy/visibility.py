"""Writes the tables of ``docs/visibility.md`` from the rules themselves: ``python -m deploy.visibility``.

``tests/house/test_visibility_page.py`` holds page and rules together.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any, Final

from bridge.domain.desired import DesiredRoom, Setting
from bridge.domain.directory import Directory, Group, GroupState, Inviting, JoinRequests, Posting, Visibility
from bridge.domain.messages import Text
from bridge.domain.partners import Partner
from bridge.domain.rooms import ADMIN_ROOM, COMPANY, HistoryVisibility, RoomRef, group_room, partner_space, subspace
from bridge.planning.desiring import desire_from
from bridge.rules.facts import gather
from bridge.rules.settings import House
from bridge.rules.state import EVENT_TYPES, Frame, content_of, power_levels, room_name

PAGE: Final = Path(__file__).parents[1] / "docs" / "visibility.md"
BEGIN: Final = "<!-- {name}: written by python -m deploy.visibility -->"
END: Final = "<!-- end of {name} -->"
SERVER: Final = "corp.example"
BOT: Final = f"@parvis:{SERVER}"
ABSENT: Final = "–"

GROUP: Final = Group(id="sales", name=Text.same("Sales"), purpose=Text.same("To sell"), visibility=Visibility.PUBLIC)
ACME: Final = Partner(id="acme", name=Text.same("Acme"), servers=("acme.example",))
PLACES: Final = {COMPANY: "the company space", partner_space("acme"): "Acme's space"}

INVITE_ONLY: Final = replace(GROUP, visibility=Visibility.INVITE_ONLY)
HIDDEN: Final = replace(GROUP, visibility=Visibility.HIDDEN)
ADMITS: Final = ("acme",)
COLUMNS: Final[Mapping[str, Group]] = {
    "public": GROUP,
    "public, listed": replace(GROUP, listed=True),
    "public, admits Acme": replace(GROUP, partners=ADMITS),
    "invite-only": INVITE_ONLY,
    "invite-only, admits Acme": replace(INVITE_ONLY, partners=ADMITS),
    "hidden": HIDDEN,
    "hidden, admits Acme": replace(HIDDEN, partners=ADMITS),
}
POLICIES: Final[Mapping[str, tuple[Group, Group]]] = {
    "invite-only, `requests: knock`": (INVITE_ONLY, replace(INVITE_ONLY, requests=JoinRequests.KNOCK)),
    "invite-only, `history: invited`": (INVITE_ONLY, replace(INVITE_ONLY, history=HistoryVisibility.INVITED)),
    "public or invite-only, `encrypted: true`": (INVITE_ONLY, replace(INVITE_ONLY, encrypted=True)),
    "hidden, `encrypted: false`": (HIDDEN, replace(HIDDEN, encrypted=False)),
    "any, `posting: owners`": (GROUP, replace(GROUP, posting=Posting.OWNERS)),
    "public or invite-only, `inviting: nobody`": (GROUP, replace(GROUP, inviting=Inviting.NOBODY)),
    "public or invite-only, `inviting: moderators`": (GROUP, replace(GROUP, inviting=Inviting.MODERATORS)),
    "public or invite-only, `inviting: all`": (GROUP, replace(GROUP, inviting=Inviting.ALL)),
    "any, `retention: 90`": (GROUP, replace(GROUP, retention=90)),
    "archived": (replace(GROUP, listed=True), replace(GROUP, listed=True, state=GroupState.ARCHIVED)),
}


@dataclass(frozen=True, slots=True)
class Room:
    """One room as the rules want it, and how its state is encoded."""

    desired: DesiredRoom
    frame: Frame

    def state(self, setting: Setting) -> Mapping[str, Any]:
        return content_of(self.desired.settings, setting, self.frame)[2]

    def power(self, key: str) -> str:
        return str(power_levels(self.desired.settings, self.frame)[key])


def room_of(group: Group, ref: RoomRef | None = None) -> Room:
    """The group's room, or another one of the same world."""
    child = replace(GROUP, id="child", name=Text.same("Child"), parent=GROUP.id)
    groups = {group.id: group, "child": child} if ref else {group.id: group}
    directory = Directory(groups=groups, partners={"acme": ACME})
    house = House(server_name=SERVER, company_name="The company", retains=True, admins=frozenset({f"@ines:{SERVER}"}))
    wanted = desire_from(gather(directory, today=date(2026, 1, 1), server_name=SERVER), house, bot=BOT)
    room = wanted.rooms[ref or group_room(group.id)]
    marker = "Q7XKopaque" if room.hidden else group.id
    ids = {ref: name for ref, name in PLACES.items() if ref in wanted.rooms}
    return Room(room, Frame(bot=BOT, room_version="12", marker=marker, room_ids=ids))


def _join(room: Room) -> str:
    content = room.state(Setting.JOIN_RULE)
    spaces = [entry["room_id"] for entry in content.get("allow", ())]
    return f"`{content['join_rule']}`" + (f", allowing {' and '.join(spaces)}" if spaces else "")


def _acl(room: Room) -> str:
    if room.desired.settings.servers is None:
        return "none: `m.federate` is false"
    return ", ".join(f"`{server}`" for server in room.state(Setting.ACL)["allow"])


def _listed(room: Room) -> str:
    return " and ".join(PLACES.get(ref, str(ref)) for ref in room.desired.settings.parents) or "no space"


def _may_be(setting: Setting, key: str) -> Callable[[Room], str]:
    def shown(room: Room) -> str:
        value = room.state(setting).get(key)
        return f"`{value}`" if value else ABSENT

    return shown


def _encryption(room: Room) -> str:
    return f"`{room.state(Setting.ENCRYPTION)['algorithm']}`" if room.desired.settings.encrypted else ABSENT


def _avatar(room: Room) -> str:
    return "none, taken away" if room.desired.settings.told_name else "as owners like"


def _told(room: Room) -> str:
    return f"“{room.desired.settings.told_name}”, pinned" if room.desired.settings.told_name else ABSENT


ROWS: Final[Mapping[str, Callable[[Room], str]]] = {
    "`m.room.join_rules`": _join,
    "room directory": lambda room: "published" if room.desired.settings.published else ABSENT,
    "alias": lambda room: f"`{room.desired.settings.alias}`" if room.desired.settings.alias else ABSENT,
    "`m.room.canonical_alias`": _may_be(Setting.ALIAS, "alias"),
    "`m.space.child` in": _listed,
    "`m.room.history_visibility`": _may_be(Setting.HISTORY, "history_visibility"),
    "`m.room.guest_access`": _may_be(Setting.GUESTS, "guest_access"),
    "`m.federate` at creation": lambda room: "true" if room.desired.settings.federate else "false",
    "`m.room.server_acl` allows": _acl,
    "`m.room.encryption`": _encryption,
    "`m.room.name`": lambda room: f"`{room_name(room.desired.settings, room.frame)}`",
    "`m.room.topic`": _may_be(Setting.TOPIC, "topic"),
    "`m.room.avatar`": _avatar,
    "told inside": _told,
    "`io.parvis.group`": _may_be(Setting.MARKER, "group"),
    "`m.room.retention`": lambda room: (
        f"`max_lifetime` of {days} days" if (days := room.desired.settings.retention) else ABSENT
    ),
    "level to invite": lambda room: room.power("invite"),
    "level to write": lambda room: room.power("events_default"),
    "level of other state": lambda room: room.power("state_default"),
}


def rooms_table() -> Iterator[str]:
    """A column per kind of group, a row per thing that is governed."""
    rooms = {name: room_of(group) for name, group in COLUMNS.items()}
    yield from _table(["", *rooms], ([name, *map(shown, rooms.values())] for name, shown in ROWS.items()))


def policies_table() -> Iterator[str]:
    """What a decision changes, beside the row that it begins with."""
    rows = []
    for name, (plain, decided) in POLICIES.items():
        before, after = room_of(plain), room_of(decided)
        changed = [f"{row}: {shown(after)}" for row, shown in ROWS.items() if shown(before) != shown(after)]
        rows.append([name, "; ".join(changed)])
    yield from _table(["policy", "what becomes of the room"], rows)


def spaces_table() -> Iterator[str]:
    """The spaces and the room that are no group's, by the same rows as far as they tell these apart."""
    rooms = {
        "company space": room_of(GROUP, COMPANY),
        "a partner's space": room_of(GROUP, partner_space("acme")),
        "a group's space": room_of(GROUP, subspace(GROUP.id)),
        "administrators' room": room_of(GROUP, ADMIN_ROOM),
    }
    chosen = [
        row for row in ROWS if row not in ("told inside", "`m.room.topic`", "`m.room.avatar`", "`io.parvis.group`")
    ]
    yield from _table(["", *rooms], ([row, *(ROWS[row](room) for room in rooms.values())] for row in chosen))


def events_list() -> Iterator[str]:
    """The types of state events that are compared and put back."""
    types = sorted({*EVENT_TYPES.values(), "m.space.child"})
    yield ", ".join(f"`{kind}`" for kind in types)


PARTS: Final[Mapping[str, Callable[[], Iterator[str]]]] = {
    "rooms": rooms_table,
    "policies": policies_table,
    "spaces": spaces_table,
    "events": events_list,
}


def _table(head: list[str], rows: Iterable[list[str]]) -> Iterator[str]:
    yield "| " + " | ".join(head) + " |"
    yield "|" + "---|" * len(head)
    for row in rows:
        yield "| " + " | ".join(row) + " |"


def filled(page: str) -> str:
    """The page with its tables as the rules have them. Raises ``ValueError`` when it has no place for one."""
    for name, part in PARTS.items():
        begin, end = BEGIN.format(name=name), END.format(name=name)
        before, _, rest = page.partition(begin)
        _, found, after = rest.partition(end)
        if not found:
            raise ValueError(f"no place for {name} in {PAGE.name}")
        page = f"{before}{begin}\n\n" + "\n".join(part()) + f"\n\n{end}{after}"
    return page


if __name__ == "__main__":
    PAGE.write_text(filled(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
