"""What each room of the first journey must be: the table of DESIGN section 7, written out by hand for this company.

Deliberately without anything of ``bridge/rules``: this is the second opinion.
"""

from hashlib import sha256
from typing import Any

from tests.support.company import CORP, Company, State

BOTS_ALONE = (
    "io.parvis.group", "m.room.canonical_alias", "m.room.encryption", "m.room.guest_access",
    "m.room.history_visibility", "m.room.join_rules", "m.room.name", "m.room.policy", "m.room.power_levels",
    "m.room.server_acl", "m.room.topic", "m.space.child", "m.space.parent",
)  # fmt: skip
NAMES = {"sales": "Sales", "news": "Company news", "deal": "Project Zephyr", "corner": "Partner corner",
         "space/company": CORP, "space/partner/acme": "Acme SA", "room/admins": "Parvis administration"}  # fmt: skip
ADMITS_ACME = {"deal", "corner", "space/partner/acme"}
OURS_ALONE = {"space/company", "room/admins", "comex"}
LISTED_IN = {"space/company": ("sales", "news", "deal", "corner"), "space/partner/acme": ("deal", "corner")}
PUBLIC = {"sales", "news", "corner"}
OWNER = {"sales": "claire", "deal": "claire", "comex": "claire", "corner": "claire", "news": "ines"}


def expected_state(
    room: str, marker: str, ids: dict[str, str], *, version: str, company: Company, service: str | None
) -> State:
    """The whole state of a room, without memberships and what is pinned."""
    space, hidden = room.startswith("space/"), room == "comex"
    begun = sha256(f"io.parvis.begun\0{marker}".encode()).hexdigest()[:32]
    create: dict[str, Any] = {"room_version": version, "m.federate": room not in OURS_ALONE,
                              "io.parvis.begun": begun}  # fmt: skip
    state: dict[tuple[str, str], dict[str, Any]] = {
        ("m.room.create", ""): create | ({"type": "m.space"} if space else {}),
        ("io.parvis.group", ""): {"group": marker},
        ("m.room.name", ""): {"name": _name(room, marker)},
        ("m.room.guest_access", ""): {"guest_access": "forbidden"},
        ("m.room.history_visibility", ""): {"history_visibility": "joined" if hidden else "shared"},
        ("m.room.join_rules", ""): _join_rule(room, ids),
        ("m.room.power_levels", ""): _levels(room, version=version, company=company, service=service),
    }
    if create["m.federate"]:
        allow = ["acme.test", CORP] if room in ADMITS_ACME else [CORP]
        state["m.room.server_acl", ""] = {"allow": allow, "deny": [], "allow_ip_literals": False}
    if room == "sales":
        state["m.room.topic", ""] = {"topic": "To sell"}
    if hidden:
        state["m.room.encryption", ""] = {"algorithm": "m.megolm.v1.aes-sha2"}
    for child in LISTED_IN.get(room, ()):
        suggested = {"suggested": True} if child in PUBLIC else {}
        state["m.space.child", ids[child]] = {"via": [CORP], "order": f"1 {NAMES[child].casefold()}", **suggested}
    if room == "news":
        state["m.room.canonical_alias", ""] = {"alias": company.alias("news")}
    return state


def _name(room: str, marker: str) -> str:
    if room == "comex":
        return "Private group " + "".join(filter(str.isalnum, marker))[:4].upper()
    return NAMES[room]


def _join_rule(room: str, ids: dict[str, str]) -> dict[str, Any]:
    if room == "news":
        return {"join_rule": "public"}
    spaces = {"sales": ["space/company"], "corner": ["space/company", "space/partner/acme"]}.get(room)
    if spaces is None:
        return {"join_rule": "invite"}
    allow = [{"type": "m.room_membership", "room_id": ids[space]} for space in spaces]
    return {"join_rule": "restricted", "allow": allow}


def _levels(room: str, *, version: str, company: Company, service: str | None) -> dict[str, Any]:
    space, hidden = room.startswith("space/"), room == "comex"
    invite = 100 if hidden else 75 if room in ADMITS_ACME | {"room/admins"} else 50 if space else 60
    lent = {"m.room.avatar": 100 if space or hidden else 60, "m.room.pinned_events": 100 if space or hidden else 50}
    users = {company.user(OWNER[room]): 60} if room in OWNER else {}
    if service and not hidden:
        users[service] = invite
    if version == "11":
        users[company.bot] = 100
    return {
        "users": users,
        "users_default": 0,
        "events": dict.fromkeys(BOTS_ALONE, 100) | lent | {"m.room.tombstone": 150 if version == "12" else 100},
        "events_default": 100 if space else 0,
        "state_default": 100,
        "invite": invite,
        "kick": 50,
        "ban": 50,
        "redact": 50,
        "notifications": {"room": 50},
        # A preset of Synapse's own for imported history; nothing of ours uses it.
        "historical": 100,
    }
