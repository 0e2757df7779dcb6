"""What the maker and the reader of the large company agree on."""

from typing import Final

from bridge.domain.activity import WEEK

KEY: Final = bytes(32)
"""Of the database, which holds nobody real."""
WEEKS: Final = 26
UNTIL: Final = 2960 * WEEK
"""The Monday on which digests are made, in minutes."""


def user_id(number: int) -> str:
    """Of a person; numbers begin at 1."""
    return f"@person{number:06}:corp.example"


def group_id(number: int) -> str:
    """Of a group; numbers begin at 1."""
    return f"group-{number:04}"


def room_id(number: int) -> str:
    """Of a group's room; numbers begin at 1."""
    return f"!room{number}"
