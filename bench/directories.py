"""Synthetic directories (the schema of make_directory.py) as ours: what the benches and the tests of size read.

``python -m bench.directories IN.json OUT.json`` converts a file.
"""

import json
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

Row = dict[str, Any]

VISIBILITY: Final = {"community": "public", "department": "public", "exec": "hidden"}
"""The others (project, partner) are invite-only."""


def to_parvis(d: Row) -> Row:
    """The directory ``d`` in the format of directory.json.

    Departments and communities are public, communities are listed too; exec groups are hidden; projects and partner
    groups are invite-only, the latter admit their partner. People of other servers become partner users. The first
    member who is an employee owns the group.
    """
    domain = d["domain"]
    users = {user["id"]: f"@{localpart(user['id'])}:{user.get('server', domain)}" for user in d["users"]}
    employees = {user["id"] for user in d["users"] if "server" not in user}
    servers = sorted({user["server"] for user in d["users"] if "server" in user})
    partner_ids = {server: server.partition(".")[0] for server in servers}
    people = [_person(user, users[user["id"]]) for user in d["users"] if "server" not in user]
    boss = people[0]["id"]
    return {
        "people": people,
        "groups": [_group(row, users, employees, partner_ids, boss) for row in d["groups"]],
        "partners": [
            {"id": partner_ids[server], "name": server, "kind": "customer", "servers": [server], "sponsor": boss}
            for server in servers
        ],
    }


def localpart(text: str) -> str:
    """A legal localpart that no other id has: bytes that user ids cannot hold are written ``=xx`` (appendix 4.2.1)."""
    legal = b"abcdefghijklmnopqrstuvwxyz0123456789._-/+"
    return "".join(chr(byte) if byte in legal else f"={byte:02x}" for byte in text.encode())


def _person(user: Row, account: str) -> Row:
    row = {"id": user["id"], "user": account, "name": user["name"], "title": user["title"], "active": user["active"]}
    return row | ({"email": user["email"]} if "email" in user else {})


def _group(row: Row, users: Row, employees: set[str], partner_ids: dict[str, str], boss: str) -> Row:
    kind = row["kind"]
    members = [member if member in employees else users.get(member, member) for member in row["members"]]
    group = {
        "id": row["id"],
        "name": row["name"],
        "visibility": VISIBILITY.get(kind, "invite-only"),
        "owners": [_first(employees, row["members"]) or boss],
        "members": members + [f"group:{inner}" for inner in row["groups"]],
    }
    if "parent" in row:
        group["parent"] = row["parent"]
    if row.get("server") in partner_ids:
        group["partners"] = [partner_ids[row["server"]]]
    if kind == "community":
        group["listed"] = True
    return group


def _first(employees: set[str], members: Iterable[str]) -> str:
    return next((member for member in members if member in employees), "")


def main() -> None:
    """Convert one file into another."""
    source, target = map(Path, sys.argv[1:3])
    target.write_text(json.dumps(to_parvis(json.loads(source.read_text())), ensure_ascii=False, separators=(",", ":")))


if __name__ == "__main__":
    main()
