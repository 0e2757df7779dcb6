"""What ``realm.json`` says, worked out without the bridge: run it to write ``expected.json`` again."""

import json
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent


def groups_in(groups: list[dict[str, Any]], above: str) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for group in groups:
        found[group["path"]] = {"id": group["id"], "parent": above, "members": []}
        found |= groups_in(group["subGroups"], group["id"])
    return found


if __name__ == "__main__":
    realm = json.loads((HERE / "realm.json").read_text(encoding="utf-8"))
    groups = groups_in(realm["groups"], "")
    people = {}
    for user in realm["users"]:
        if "serviceAccountClientId" in user:
            continue
        account = "@" + user["username"].replace("@", "=40") + ":corp.example"
        name = f"{user['firstName']} {user['lastName']}".strip()
        people[user["id"]] = {"user": account, "name": name, "active": user["enabled"]}
        for path in set(user["groups"]) & set(groups):
            groups[path]["members"].append(user["id"])
    told = {group["id"]: {"parent": group["parent"], "members": group["members"]} for group in groups.values()}
    text = json.dumps({"people": people, "groups": told}, indent=1, ensure_ascii=False, sort_keys=True)
    (HERE / "expected.json").write_text(text + "\n", encoding="utf-8")
