"""Partners that the directory suspends or ends: shut out like by command, at once and with a receipt. Called by the
rounds.
"""

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final

from bridge.domain.partners import Partner
from bridge.planning.containing import containment
from bridge.ports.pending import Pending
from bridge.rules.partner_decisions import STATE
from bridge.services.containing import LASTS, OUT, Containing, containment_item, outsiders_of
from bridge.services.society import Society
from bridge.services.world import World

OUT_BY_FILE: Final = "partner-out-by-file"
"""Keeps that such a partner was seen to be out, as long as it is."""
DIRECTORY_FILE: Final = ""
"""Asks where no person does."""
BEFORE: Final = timedelta(minutes=10)
"""What was taken out so shortly before we saw it belongs on the receipt: rooms follow the directory by themselves."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclaredOut:
    """Begins with ``containing`` what no command began."""

    containing: Containing
    society: Society

    async def go(self) -> None:
        """Once for each time that the directory says so; a round with nothing new writes nothing. Raises
        ``StoreError``."""
        world, store = self.society.world(), self.containing.store
        if world is None:
            return
        out = {_key(one): one for one in world.facts.directory.partners.values() if _is_out_by_file(one)}
        async with store.view() as view:
            known = {item.key for item in await view.pending.open(OUT_BY_FILE)}
        if over := known - out.keys():
            async with store.work() as work:
                await work.pending.remove(sorted(over))
        for key in sorted(out.keys() - known):
            await self._begin(world, out[key], key)

    async def _begin(self, world: World, partner: Partner, key: str) -> None:
        now = self.containing.clock.now()
        marker = Pending(
            key=key, kind=OUT_BY_FILE, asker=DIRECTORY_FILE, room_id="", document={"partner": partner.id},
            created_at=now, expires_at=now + LASTS,
        )  # fmt: skip
        origin = f"directory {partner.id} {now.isoformat()}"
        item = containment_item(partner, actor=DIRECTORY_FILE, origin=origin, at=now)
        item = replace(item, document={**item.document, "since": (now - BEFORE).isoformat()})
        anybody = not containment(world.plan, outsiders_of(world, partner)).empty
        async with self.containing.store.work() as work:
            await work.pending.put(marker)
            if anybody:
                await work.pending.put(item)
        if anybody:
            self.containing.begin(item)


def _is_out_by_file(partner: Partner) -> bool:
    return partner.state in OUT and STATE in partner.declared and STATE not in partner.decided


def _key(partner: Partner) -> str:
    return f"{OUT_BY_FILE}:{partner.id}:{partner.state}"
