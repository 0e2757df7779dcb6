"""The SCIM server of the running bridge, where the directory has such a source. Made by ``running``."""

from collections.abc import Callable

from bridge.adapters.scim.door import ScimDoor
from bridge.app.wiring import Assembly
from bridge.config.directories import ScimDirectory


def scim_doors(parts: Assembly, changed: Callable[[], None]) -> list[ScimDoor]:
    """One, or none; ``changed`` is called after whatever a client changed."""
    sources = [source for source in parts.config.sources.values() if isinstance(source, ScimDirectory)]
    return [
        ScimDoor(
            store=parts.store,
            clock=parts.clock,
            chance=parts.chance,
            changed=changed,
            settle=source.settle,
            address=source.address or "",
        )
        for source in sources[:1]
    ]
