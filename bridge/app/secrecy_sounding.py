"""How it stands with the secrecy check, as the store tells. For ``doctoring``."""

import asyncio

from bridge.adapters.schedule import CronSchedule
from bridge.app.kept import has_store
from bridge.app.sources import Opened
from bridge.app.wiring import AUTO
from bridge.config.settings import Config
from bridge.domain.errors import ParvisError
from bridge.domain.rooms import ADMIN_ROOM
from bridge.ports.clock import Clock
from bridge.rules.doctor.secrecy import Checked
from bridge.services.probing.kept import report_in, state_in


async def secrecy_sounding(config: Config, clock: Clock) -> Checked | None:
    """What is kept of it; None where the store does not tell, which is told by whatever needs it."""
    if not await asyncio.to_thread(has_store, config.database.url):
        return None
    when = config.secrecy.when
    try:
        due = CronSchedule().last(when, config.timezone, clock.now()) if when else None
        async with Opened(config).view() as view:
            kept, report = await state_in(view), await report_in(view)
            rooms = {one.ref for one in await view.rooms.bindings() if one.room_id}
    except ParvisError:
        return None
    return Checked(
        place=str(config.file),
        due=due,
        report=report,
        failed=kept.failed if kept else None,
        heard=config.admin_room != AUTO or ADMIN_ROOM in rooms,
    )
