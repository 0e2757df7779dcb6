"""What the tables beside this file say, worked out without the bridge: run it to write ``expected.json`` again."""

import csv
import hashlib
import json
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent


def rows(name: str, encoding: str, delimiter: str = ",") -> list[dict[str, str]]:
    with (HERE / name).open(encoding=encoding, newline="") as stream:
        return list(csv.DictReader(stream, delimiter=delimiter))


def google() -> dict[str, Any]:
    rest = rows("google_people.csv", "utf-8")
    people = {
        row["Email Address [Required]"]: {
            "user": f"@{row['Email Address [Required]'].split('@')[0]}:corp.example",
            "name": f"{row['First Name [Required]']} {row['Last Name [Required]']}",
            "active": row["Status [READ ONLY]"] == "Active",
        }
        for row in rest
    }
    groups: dict[str, set[str]] = {}
    members = rows("google_members.csv", "utf-8")
    names = {row["Group Email [Required]"].lower().split("@")[0] for row in members}
    for row in members:
        group = groups.setdefault(row["Group Email [Required]"].lower().split("@")[0], set())
        address = row["Member Email"].lower()
        if address in people:
            group.add(address)
        elif address.split("@")[0] in names:
            group.add(f"group:{address.split('@')[0]}")
    return {"people": people, "groups": {name: sorted(group) for name, group in groups.items()}}


def moodle() -> dict[str, Any]:
    ids = {"Direction": "direction", "Équipe Ventes": "equipe-ventes", "R&D": "r-d"}
    logins = {"ines": "ines", "claire@corp.example": "claire", "bob smith": "bob=20smith"}
    people: dict[str, Any] = {}
    groups: dict[str, tuple[str, ...]] = dict.fromkeys(ids.values(), ())
    for row in rows("moodle.csv", "cp1252", ";"):
        person = row["username"]
        name = f"{row['firstname']} {row['lastname']}"
        people[person] = {"user": f"@{logins[person]}:corp.example", "name": name, "active": row["suspended"] == "0"}
        for cohort in filter(None, (row["cohort1"], row["cohort2"])):
            groups[ids[cohort]] = (*groups[ids[cohort]], person)
    return {"people": people, "groups": {name: sorted(group) for name, group in groups.items()}}


def mattermost() -> dict[str, Any]:
    people: dict[str, Any] = {}
    ids: dict[str, str] = {}
    for row in rows("mattermost_people.csv", "utf-16", "\t"):
        ids |= {row["Id"]: row["Id"], row["UserName"]: row["Id"], row["Email"].lower(): row["Id"]}
        active = row["DeletedAt"] in ("", "0")
        people[row["Id"]] = {"user": f"@{row['UserName']}:corp.example", "name": row["Name"], "active": active}
    groups: dict[str, set[str]] = {}
    for row in rows("mattermost_members.csv", "utf-8-sig"):
        team = row["team_name"]
        word = team if team.isascii() else f"group-{hashlib.sha256(team.encode()).hexdigest()[:6]}"
        groups.setdefault(word, set()).add(ids.get(row["user_id"]) or ids[row["user_id"].lower()])
    return {"people": people, "groups": {name: sorted(group) for name, group in groups.items()}}


if __name__ == "__main__":
    expected = {"google": google(), "moodle": moodle(), "mattermost": mattermost()}
    (HERE / "expected.json").write_text(json.dumps(expected, indent=1, ensure_ascii=False, sort_keys=True) + "\n")
