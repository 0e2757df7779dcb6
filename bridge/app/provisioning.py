"""The SCIM server of the running bridge, where the directory has such a source. Made by ``running``."""

from collections.abc import Callable

from bridge.adapters.appservice.server import Door
from bridge.app.wiring import Assembly
from bridge.config.directories import ScimDirectory


def scim_doors(parts: Assembly, changed: Callable[[], None]) -> list[Door]:
    """One, or none; ``changed`` is called after whatever a client changed."""
    sources = [source for source in parts.config.sources.values() if isinstance(source, ScimDirectory)]
    if not sources:
        return []
    # Its libraries take longer to import than all the rest of the bridge, and few companies need them.
    from bridge.adapters.scim.door import ScimDoor

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
