"""Ends of agreements that wait for a second administrator, where the organisation calls them critical.

``!partner end`` puts them; ✅, ❌ or a command answers, silence ends them.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Final

from bridge.domain.errors import ErrorKind, ParvisError
from bridge.domain.messages import Message, say
from bridge.domain.partners import PartnerState
from bridge.domain.viewers import OPEN, Viewer, alone
from bridge.ports.pending import Pending
from bridge.rules.critical import critical_of_partner
from bridge.services.consulting import Consulting
from bridge.services.doorstep import short_reason
from bridge.services.parting import Parting
from bridge.services.partnerships import PartnerProposal

ENDING: Final = "ending"
"""The kind of question; its document says which agreement is to end, and why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Endings(Consulting):
    """Stands on ``parting``; ``policies`` say what is critical."""

    parting: Parting
    kind: ClassVar[str] = ENDING
    nobody: ClassVar[Message] = say(
        "This takes the word of another administrator, and there is none. To suspend the partner waits for nobody."
    )

    def critical(self, proposal: PartnerProposal) -> bool:
        """Whether the decision takes a second administrator."""
        return bool(critical_of_partner(proposal.before, proposal.after) & self.policies.critical)

    async def ask(
        self, proposal: PartnerProposal, *, asker: str, origin: str, room_id: str = "", reason: str = ""
    ) -> Pending:
        """Have administrators asked; the same question for a repeated ``origin``. The receipt is told in ``room_id``.

        Raises ``NotAllowed`` when there is no other administrator.
        """
        document = {
            "partner": proposal.after.id,
            "state": proposal.before.state.value,
            "reason": short_reason(reason),
            "origin": origin,
            "room": room_id,
        }
        return await self._put(document, asker=asker)

    async def accept(self, item: Pending, *, by: str) -> bool:
        """End the agreement, in the name of who asked; once. False when that cannot be done any more as it was
        asked."""
        document, ended = item.document, await self._ended(item)
        taken = await self.parting.partnerships.decided_by(document["partner"], document["origin"])
        if ended and not taken:
            return False
        if not taken:
            proposal = await self._again(item)
            if proposal is None or proposal.unchanged or proposal.before.state.value != document["state"]:
                await self._overtaken(item, by=by)
                return False
            await self.parting.take(proposal, actor=item.asker, origin=document["origin"], room_id=document["room"],
                                    reason=document["reason"], approved=by)  # fmt: skip
        await self._granted(item, by=by)
        return True

    async def _again(self, item: Pending) -> PartnerProposal | None:
        """The decision as the world is now; None when who asked may not take it any more."""
        try:
            return await self.parting.propose(alone(item.asker), item.document["partner"], PartnerState.ENDED)
        except ParvisError as error:
            if error.kind is ErrorKind.TEMPORARY:
                raise
            return None

    def _asked(self, _item: Pending) -> Iterable[str]:
        return self.policies.society.admins

    def _may_answer(self, item: Pending, viewer: Viewer) -> bool:
        access = self.policies.society.access()
        if access is None or viewer.asker == item.asker:
            return False
        return access.is_admin(viewer.asker) and OPEN in access.compartments(viewer)

    def _subject(self, item: Pending) -> Mapping[str, Any]:
        return {"partner": item.document["partner"]}
