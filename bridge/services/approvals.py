"""Decisions about groups that wait for somebody else's word: critical ones for a second person with the same right,
and what administrators alone decide for one of them, when somebody asks.

Commands put them; ✅, ❌ or a command answers, silence ends them.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, ClassVar, Final

from bridge.domain.directory import Visibility
from bridge.domain.errors import ErrorKind, ParvisError
from bridge.domain.messages import Message, say
from bridge.domain.policy import Critical
from bridge.domain.viewers import OPEN, Viewer, alone
from bridge.ports.pending import Pending
from bridge.rules.critical import critical_in
from bridge.services.consulting import Consulting
from bridge.services.decided import Proposal, taken_key
from bridge.services.doorstep import short_reason
from bridge.services.restating import again, basis, kept

APPROVAL: Final = "approval"
"""The kind of question; its document is the decision as ``restating`` keeps it, with what is said here beside."""


class Need(StrEnum):
    """Whose word a decision waits for."""

    SECOND = "second"
    """Of somebody else with the same right."""
    ADMIN = "admin"
    """Of an administrator: who asks may not decide it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Approvals(Consulting):
    """Stands on the decisions about groups, whose doors it uses."""

    kind: ClassVar[str] = APPROVAL
    nobody: ClassVar[Message] = say("This takes the word of somebody else who may decide it, and there is nobody.")

    def critical(self, proposal: Proposal) -> frozenset[Critical]:
        """Why the decision takes a second person; nothing where it does not."""
        if proposal.created:
            return frozenset()
        return critical_in(proposal.group, proposal.after) & self.policies.critical

    async def ask(self, proposal: Proposal, need: Need, *, asker: str, reason: str, origin: str) -> Pending:
        """Have those asked who may answer; the same question for a repeated ``origin``.

        Raises ``NotAllowed`` when there is nobody who may.
        """
        secret = Visibility.HIDDEN in (proposal.group.visibility, proposal.after.visibility)
        document = {
            **kept(proposal, origin=origin),
            "need": str(need),
            "critical": sorted(map(str, self.critical(proposal))),
            "reason": short_reason(reason),
            "secret": secret,
            "compartment": proposal.after.id if secret else OPEN,
        }
        return await self._put(document, asker=asker)

    async def accept(self, item: Pending, *, by: str) -> bool:
        """Take the decision, in the name of who asked; once. False when it cannot be taken any more as it was asked."""
        document, ended = item.document, await self._ended(item)
        async with self.policies.store.view() as view:
            taken = await view.pending.get(taken_key(document["origin"], document["group"])) is not None
        if ended and not taken:
            return False
        if not taken:
            proposal = await self._again(item)
            if proposal is None:
                await self._overtaken(item, by=by)
                return False
            await self.policies.take(proposal, actor=item.asker, origin=document["origin"], approved=by,
                                     reason=document["reason"])  # fmt: skip
        await self._granted(item, by=by)
        return True

    async def _again(self, item: Pending) -> Proposal | None:
        """The decision as it was asked for; None when the world has moved on."""
        granted = item.document["need"] == Need.ADMIN
        try:
            proposal = await again(self.policies, alone(item.asker), item.document, granted=granted)
        except ParvisError as error:
            if error.kind is ErrorKind.TEMPORARY:
                raise
            return None
        return proposal if proposal is not None and basis(proposal) == item.document["basis"] else None

    def _asked(self, item: Pending) -> Iterable[str]:
        """Owners and delegates of the group, and administrators."""
        world, group = self.policies.society.world(), item.document["group"]
        if world is None:
            return ()
        admins = self.policies.society.admins
        if item.document["need"] == Need.ADMIN:
            return admins
        return {*admins, *world.facts.owners.get(group, ()), *world.facts.delegates_over(group)}

    def _may_answer(self, item: Pending, viewer: Viewer) -> bool:
        access, document = self.policies.society.access(), item.document
        if access is None or viewer.asker == item.asker:
            return False
        if document["need"] == Need.ADMIN:
            # Whoever reads along learns what is answered: about what is to be hidden, that is nobody.
            fit = viewer.personal or not document["secret"]
            return fit and access.is_admin(viewer.asker) and OPEN in access.compartments(viewer)
        delegating = Critical.DELEGATE in document["critical"]
        may = access.may_delegate if delegating else access.may_govern
        return may(viewer, document["group"])

    def _subject(self, item: Pending) -> Mapping[str, Any]:
        return {"group": item.document["group"]}


def handle_of(item: Pending) -> str:
    """What people type to answer."""
    return item.key.removeprefix(f"{APPROVAL}:")
