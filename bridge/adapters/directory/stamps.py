"""What tells whether a reading from a server is another than the one before. For ``ldap`` and ``keycloak_server``."""

import hashlib
from collections.abc import Mapping

import msgspec

from bridge.domain.directory import Directory


def stamp_of(directory: Directory, lost: Mapping[str, int]) -> str:
    """Changes when the content does, whatever the order in which a server tells it."""
    people = sorted(directory.people.values(), key=lambda person: person.id)
    groups = [
        (
            one.id, one.name, one.purpose, one.visibility, one.parent, one.owners,
            sorted(one.members), sorted(one.declared), one.origin,
        )
        for _, one in sorted(directory.groups.items())
    ]  # fmt: skip
    return hashlib.sha256(msgspec.json.encode((people, groups, sorted(lost.items())))).hexdigest()
