"""Profiles with memory."""

from typing import Any


class FakeProfiles:
    """``fields`` are by user; ``written`` counts what was changed there."""

    def __init__(self, *, writes: bool = True) -> None:
        self.fields: dict[str, dict[str, Any]] = {}
        self.written = 0
        self._writes = writes

    @property
    def writes(self) -> bool:
        return self._writes

    async def read(self, user: str) -> dict[str, Any]:
        return dict(self.fields.get(user, {}))

    async def write(self, user: str, name: str, value: Any) -> None:
        self.fields.setdefault(user, {})[name] = value
        self.written += 1

    async def remove(self, user: str, name: str) -> None:
        self.fields.get(user, {}).pop(name, None)
        self.written += 1
