"""What tells whether a reading from a server is another than the one before. For ``ldap`` and ``keycloak_server``."""

import hashlib
from collections.abc import Mapping
from dataclasses import replace

import msgspec

from bridge.domain.directory import Directory


def stamp_of(directory: Directory, lost: Mapping[str, int]) -> str:
    """Changes when the content does, whatever the order in which a server tells it."""
    people = sorted(directory.people.values(), key=lambda person: person.id)
    groups = [
        replace(one, members=tuple(sorted(one.members)), declared=frozenset())
        for _, one in sorted(directory.groups.items())
    ]
    declared = [sorted(group.declared) for _, group in sorted(directory.groups.items())]
    return hashlib.sha256(msgspec.json.encode((people, groups, declared, sorted(lost.items())))).hexdigest()
