"""What our homeserver tells the world about its users: profile fields (MSC4133, in the specification since v1.16)."""

from typing import Any, Protocol


class Profiles(Protocol):
    """Fields of users of ours, by the homeserver's administrator. Methods raise ``HomeserverError``."""

    @property
    def writes(self) -> bool:
        """Whether fields can be written (an admin token is configured)."""

    async def read(self, user: str) -> dict[str, Any]:
        """All fields of a user, by name; none for somebody without a profile."""

    async def write(self, user: str, name: str, value: Any) -> None:
        """Set a field to a JSON value."""

    async def remove(self, user: str, name: str) -> None:
        """Take a field away; gone already is success."""
