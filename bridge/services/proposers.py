"""Who proposed a partner, kept until an administrator has agreed or refused: then they are told. Called by
``partnerships``, in the unit of work that decides.
"""

from datetime import datetime, timedelta
from typing import Final

from bridge.domain.partners import Partner, PartnerState
from bridge.ports.pending import Pending
from bridge.ports.store import UnitOfWork
from bridge.services.doorstep import News, Notice, tell

PROPOSED: Final = "partner-proposed"
"""The kind of what is kept; its asker proposed the partner that its document names."""
LASTS: Final = timedelta(days=365)


async def keep_proposer(work: UnitOfWork, partner: Partner, *, by: str, at: datetime) -> None:
    """``by`` proposes the partner."""
    item = Pending(
        key=_key(partner.id),
        kind=PROPOSED,
        asker=by,
        room_id="",
        document={"partner": partner.id},
        created_at=at,
        expires_at=at + LASTS,
    )
    await work.pending.put(item)


async def tell_proposer(work: UnitOfWork, was: Partner, now: Partner, *, by: str, reason: str, at: datetime) -> None:
    """Where ``by`` just decided about a proposal, have whoever proposed it told, unless that is the same person."""
    if was.state is not PartnerState.PROPOSED or now.state is PartnerState.PROPOSED:
        return
    item = await work.pending.get(_key(now.id))
    agreed = now.state is PartnerState.ACTIVE
    if item is None or not await work.pending.settle(item.key, "yes" if agreed else "no", at) or item.asker == by:
        return
    notice = Notice(
        key=f"end:{item.key}",
        to=item.asker,
        news=News.GRANTED if agreed else News.DECLINED,
        group="",
        request=item.key,
        about=by,
        reason=reason,
    )
    await tell(work, notice, at)


def _key(partner_id: str) -> str:
    return f"{PROPOSED}:{partner_id}"
