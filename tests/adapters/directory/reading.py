"""Directories for tests, written to real files: a good one, ways to spoil it, and what is complained about."""

import json
from pathlib import Path
from typing import Any

import pytest

from bridge.adapters.directory.source import directory_source
from bridge.domain.problems import InvalidInput
from bridge.ports.directory import Reading

SERVER = "corp.example"

GOOD = """\
people:
  - {id: "0007", user: "@ines:corp.example", name: Inès, language: fr, timezone: Europe/Paris}
  - {id: 0123, user: "@claire:corp.example", name: Claire, manager: "0007", active: no}
groups:
  - id: sales
    name: {fr: Ventes, en: Sales}
    visibility: public
    listed: true
    owners: ["0007"]
    members: [0123, "group:deal"]
  - id: deal
    name: Deal
    parent: sales
    owners: [0123]
    members: [0123, "@bob:acme.example"]
    partners: [acme]
partners:
  - {id: acme, name: Acme SA, kind: customer, servers: [Acme.Example], sponsor: 0123, until: 2027-06-30}
"""


def read(folder: Path, text: str | bytes = GOOD, kind: str = "yaml", server_name: str = SERVER) -> Reading:
    path = folder / f"directory.{kind}"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    path.chmod(0o600)
    return directory_source(kind, path, server_name=server_name).file.read_now()


def complaints(folder: Path, text: str | bytes, kind: str = "yaml", server_name: str = SERVER) -> list[str]:
    """The problems of a directory (warnings left out), without the name of the file before each."""
    with pytest.raises(InvalidInput) as caught:
        read(folder, text, kind, server_name)
    problems = [str(problem) for problem in caught.value.problems if not problem.warning]
    return [problem.removeprefix(f"{folder}/directory.{kind}:").lstrip() for problem in problems]


def in_json(**sections: Any) -> str:
    """A JSON directory of one person and whatever else is given."""
    people = [{"id": "ann", "user": "@ann:corp.example"}]
    return json.dumps({"people": people, **sections})
