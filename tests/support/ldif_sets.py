"""Who belongs to which group by an LDIF file, worked out without anything of ours: what sources are compared with."""

import base64
import re
from pathlib import Path
from typing import Any

GROUPS = {"groupofnames", "groupofuniquenames", "posixgroup", "group"}
PEOPLE = {"person", "inetorgperson", "organizationalperson", "openldapperson"}


def sets_of(path: Path) -> tuple[set[str], dict[str, set[str]]]:
    """The logins of all people; by the name of each group the logins and ``group:`` names of who is directly in it."""
    records = [record for block in re.split(r"\n\s*\n", _unfolded(path)) if (record := _record(block))]
    people = {_name(one["dn"][0]): one for one in records if PEOPLE & _classes(one) and "uid" in one}
    groups = {_name(one["dn"][0]): one for one in records if GROUPS & _classes(one)}
    members: dict[str, set[str]] = {}
    for one in groups.values():
        named = {_name(text) for key in ("member", "uniquemember") for text in one.get(key, ())}
        found = {people[name]["uid"][0] for name in named if name in people}
        found |= {f"group:{groups[name]['cn'][0]}" for name in named if name in groups}
        members[one["cn"][0]] = found
    return {one["uid"][0] for one in people.values()}, members


def _unfolded(path: Path) -> str:
    return re.sub(r"\n ", "", path.read_bytes().replace(b"\r\n", b"\n").decode())


def _record(block: str) -> dict[str, Any]:
    record: dict[str, list[str]] = {}
    for line in block.splitlines():
        found = re.match(r"([A-Za-z0-9.-]+)(?:;[^:]*)?(::?) *(.*)$", line)
        if found and not line.startswith("#"):
            value = found[3].strip()
            text = base64.b64decode(value).decode(errors="replace") if found[2] == "::" else value
            record.setdefault(found[1].lower(), []).append(text)
    return record if "dn" in record else {}


def _classes(record: dict[str, Any]) -> set[str]:
    return {value.lower() for value in record.get("objectclass", ())}


def _name(dn: str) -> str:
    """Equal for equal names: escapes undone, spaces around separators and letter case away."""
    plain = re.sub(r"\\([,\"+;#<>= \\])", lambda found: f"%{ord(found[1]):02x}", dn.replace('"', ""))
    return re.sub(r"\s*([,=+])\s*", r"\1", re.sub(r"\s+", " ", plain)).strip().casefold()
