"""The policy file, read and judged in one go, together with the templates that are shipped. Made by the wiring."""

import asyncio
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Final

from bridge.adapters.policies.shapes import Shape
from bridge.adapters.settling import calmly
from bridge.domain.policy import FilePolicy, Template
from bridge.domain.problems import InvalidInput, Problem
from bridge.files.reading import read_bytes, text_of
from bridge.files.trees import spot_in
from bridge.files.yaml_text import yaml_tree
from bridge.ports.clock import Clock
from bridge.ports.policies import PolicyReading

LIMIT_MIB: Final = 4
SHIPPED: Final = "templates"
"""The folder beside this file where each template has a file of its own."""


@cache
def shipped_templates() -> Mapping[str, Template]:
    """The templates of the distribution, by name."""
    found: dict[str, Template] = {}
    for file in sorted(files(__package__).joinpath(SHIPPED).iterdir(), key=lambda file: file.name):
        if file.name.endswith(".yaml"):
            name = file.name.removesuffix(".yaml")
            shape = Shape()
            tree = yaml_tree(file.read_text(encoding="utf-8"), file.name)
            found[name] = shape.template(tree, ())
            if shape.faults:
                raise InvalidInput(Problem(spot_in(file.name, tree, path), text) for path, text in shape.faults)
    return found


@dataclass(frozen=True, slots=True)
class PolicyFile:
    """Which file, if there is one. Can be sent to another process, to be read there."""

    path: Path | None = None

    def content(self) -> bytes:
        """The bytes of the file, none when there is no file. Raises ``InvalidInput`` when they cannot be had."""
        return read_bytes(self.path, limit_mib=LIMIT_MIB) if self.path else b""

    def read_now(self) -> PolicyReading:
        """The whole reading at once. Raises ``InvalidInput`` with all problems."""
        content = self.content()
        if self.path is None:
            return PolicyReading(policy=FilePolicy(templates=shipped_templates()))
        file = str(self.path)
        tree = yaml_tree(text_of(content, file), file)
        shape = Shape(shipped_templates())
        policy = shape.policy(tree)
        if shape.faults:
            raise InvalidInput(Problem(spot_in(file, tree, path), message) for path, message in shape.faults)
        spots = {id_: spot_in(file, tree, ("groups", id_)) for id_ in policy.groups}
        spots |= {f"rules[{one}]": spot_in(file, tree, ("rules", one)) for one in range(len(policy.rules))}
        return PolicyReading(policy=policy, stamp=hashlib.sha256(content).hexdigest(), spots=spots)


class PolicyFileSource:
    """Reads a policy file, and understands it again only when it has changed."""

    def __init__(self, file: PolicyFile, clock: Clock | None = None) -> None:
        """Without a ``clock`` nobody waits until the file has been written."""
        self.file = file
        self._clock = clock
        self._last: tuple[bytes, PolicyReading] | None = None

    async def read(self) -> PolicyReading:
        """As the port says; in another thread. A half-written file is waited for."""
        if self._clock is None or self.file.path is None:
            return await self._read()
        return await calmly(self._read, (self.file.path,), self._clock)

    async def _read(self) -> PolicyReading:
        content = await asyncio.to_thread(self.file.content)
        if self._last is None or self._last[0] != content:
            self._last = content, await asyncio.to_thread(self.file.read_now)
        return self._last[1]
