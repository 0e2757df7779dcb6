"""Which groups of the directory are known here under another id, as the store keeps it: one sealed value.

Read by ``truth`` and ``looking`` at every look; written by ``sameness`` alone.
"""

from datetime import datetime
from typing import Final

import msgspec

from bridge.ports.store import UnitOfWork
from bridge.rules.sameness import Same

KEPT: Final = "groups-same"


async def renamed(view: UnitOfWork) -> dict[str, str]:
    """Everything that was said. Raises ``StoreError``."""
    kept = await view.snapshots.load(KEPT)
    return msgspec.json.decode(kept[0], type=dict[str, str]) if kept else {}


async def keep(work: UnitOfWork, same: Same, *, at: datetime) -> None:
    """This counts from the next look on, in place of what was said before."""
    await work.snapshots.save(KEPT, msgspec.json.encode(same), at=at)
