"""Opening the store for whoever writes nothing into it: it stays as it is. Called by ``bridge/app/sources``.

A bridge may be at work with it, also one of another version: brought to a newer schema under its hands, the database
would be one that it does not know.
"""

from bridge.adapters.sql.backend import Backend
from bridge.adapters.sql.backends import backend_at
from bridge.adapters.sql.lines import BUSY_SECONDS
from bridge.adapters.sql.schema import earlier, require
from bridge.adapters.sql.sealing_people import CLEAR, stage
from bridge.adapters.sql.store import SqlStore
from bridge.ports.sealing import Sealer


async def open_to_read(url: str, sealer: Sealer) -> SqlStore | None:
    """Open the database at ``url``, which is neither made nor migrated; None where there is none yet.

    Raises ``StoreError``: unreachable, damaged, of another schema, sealed with another key.
    """
    backend = backend_at(url, BUSY_SECONDS)
    store = SqlStore(backend, sealer)
    try:
        if there := await _is_there(backend):
            await store.check_key(begin=False)
    except BaseException:
        await store.close()
        raise
    if there:
        return store
    await store.close()
    return None


async def _is_there(backend: Backend) -> bool:
    """Whether there is something that this program can read. Raises ``StoreError`` where it is of another version."""
    found = await backend.revision()
    if found is None:
        return False
    require(found)
    async with backend.reading() as run:
        if await run(stage) == CLEAR:  # migrated, and people stand where this version does not look for them
            raise earlier(found)
    return True
