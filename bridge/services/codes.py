"""Invite codes: made by who answers for a partner, given to the bot by the partner's people from their own homeserver.

The store knows a keyed hash alone. Whatever is wrong with a code, the answer is the same; tries are counted.
"""

from base64 import b32encode
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from hashlib import sha256
from typing import Final

from bridge.domain.directory import Group
from bridge.domain.ids import server_of
from bridge.domain.messages import say
from bridge.domain.partners import Farewell, Guest, InviteCode, Partner, Standing
from bridge.domain.viewers import OPEN, Viewer
from bridge.ports.pending import Pending
from bridge.ports.store import AuditEntry, Outcome, UnitOfWork
from bridge.rules.code_words import code_of, secret_in
from bridge.rules.facts import is_hidden
from bridge.rules.inviting import NotInvitable, asking_for_two, check_groups, check_limits, check_until
from bridge.rules.partners import partner_of
from bridge.services.bulletins import tried
from bridge.services.doorstep import for_the_first_time, short_reason
from bridge.services.invited import Coming, ids, let_in
from bridge.services.inviting import Inviting

SHOWN: Final = "code-shown"
"""Keeps a new code, sealed, until its maker has certainly been told."""
SHOWN_FOR: Final = timedelta(hours=1)
TRY: Final = "code-try"
"""Somebody gave something that is no good code."""
TRIES_COUNT_FOR: Final = timedelta(hours=1)
TRIES: Final = 5
"""Of one person within that time; after them, codes of theirs are not even looked at."""
TRIES_OF_SERVER: Final = 20
LASTS: Final = timedelta(days=30)
"""How long a code may be used when nobody says until when."""
MAX_USES: Final = 1000
WRONG: Final = say(
    "This code lets nobody in. It may be mistyped, used up, over, or for somebody else: whoever gave it to you can make"
    " another one. After several tries, wait for an hour."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewCode:
    """A code that was just made, and what its maker hands on."""

    code: InviteCode
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Codes:
    """Stands on ``inviting``."""

    inviting: Inviting

    async def make(
        self,
        viewer: Viewer,
        partner: Partner,
        groups: Sequence[Group],
        *,
        uses: int,
        until: date | None,
        reason: str,
        origin: str,
    ) -> NewCode:
        """A code for the partner's people, once per event ``origin``. Raises ``NotInvitable``."""
        policies = self.inviting.policies
        self._check(viewer, partner, groups, uses=uses, until=until)
        now, token = policies.clock.now(), policies.chance.token()
        text = code_of(token)
        code = InviteCode(
            id=short_of(origin),
            partner=partner.id,
            groups=tuple(ids(groups)),
            uses=uses,
            until=self.inviting.end_of(until or self.inviting.today() + LASTS),
            by=viewer.asker,
            reason=short_reason(reason),
            at=now,
        )
        async with policies.store.work() as work:
            shown = Pending(
                key=f"{SHOWN}:{origin}",
                kind=SHOWN,
                asker=viewer.asker,
                room_id="",
                document={"text": text},
                created_at=now,
                expires_at=now + SHOWN_FOR,
            )
            kept = await work.pending.put(shown)
            if await for_the_first_time(work, f"code:{origin}", now):
                await work.partners.put_code(code, secret=secret_in(text))
                await self._note(work, code, "code-made", actor=viewer.asker, origin=origin)
        return NewCode(code=code, text=str(kept.document["text"]))

    def _check(
        self, viewer: Viewer, partner: Partner, groups: Sequence[Group], *, uses: int, until: date | None
    ) -> None:
        _, access = self.inviting.now()
        if not access.may_answer_for(viewer, partner.id):
            raise NotInvitable(say("Who answers for {partner} makes codes for its people.", partner=partner.name))
        if partner.id not in access.facts.partners:
            raise NotInvitable(say("The agreement with {partner} does not run: nobody of it is let in.",
                                   partner=partner.name))  # fmt: skip
        if any(is_hidden(group) for group in groups):
            raise NotInvitable(say("Codes open no hidden group: its owners invite people to it one by one."))
        if strict := asking_for_two(groups):
            raise NotInvitable(say("Into {group} nobody of a partner comes by the word of one person, so codes do not"
                                   " open it.", group=strict[0].name))  # fmt: skip
        if not 1 <= uses <= MAX_USES:
            raise NotInvitable(say("A code is for 1 to {limit} people.", limit=MAX_USES))
        check_groups(access, viewer, partner, groups)
        check_until(partner, until, self.inviting.today())

    async def redeem(self, user: str, text: str, *, origin: str) -> Partner | None:
        """Let somebody in who gives a code; None alike for whatever is wrong with it, and it counts as a try."""
        policies, (world, _) = self.inviting.policies, self.inviting.now()
        now, facts = policies.clock.now(), world.facts
        partner = facts.partners.get(partner_of(user, facts.claims) or "")
        async with policies.store.work() as work:
            if await self._is_slowed(work, user, now):
                return None
            code = await work.partners.code(secret_in(text))
            guest = await work.partners.guest(user)
            if code is None or partner is None or not self._is_for(code, partner, user, guest, now):
                await self._count(work, user, origin, now)
                return None
            if user not in code.used:
                code = replace(code, used=(*code.used, user))
                await work.partners.put_code(code)
                coming = Coming(
                    user=user,
                    partner=partner.id,
                    groups=self._groups(code, partner),
                    until=code.lasts,
                    reason=code.reason,
                    by=code.by,
                    approved=code.approved_by,
                    code=code.id,
                )
                await let_in(work, coming, world, policies.chance, origin=origin, now=now)
        await self.inviting.follow()
        return partner

    def _is_for(self, code: InviteCode, partner: Partner, user: str, guest: Guest | None, now: datetime) -> bool:
        """Whether it is theirs, and still good. Whom somebody took out does not come back by a code."""
        if code.partner != partner.id or code.revoked:
            return False
        if guest and guest.standing is Standing.OUT and guest.farewell is not Farewell.DECLINED:
            return False
        if user in code.used:
            return guest is not None and guest.standing is Standing.INVITED
        world, _ = self.inviting.now()
        try:
            check_limits(world.facts, partner, user, waiting=0)
        except NotInvitable:
            return False
        return code.good(now)

    def _groups(self, code: InviteCode, partner: Partner) -> tuple[Group, ...]:
        """Those that it still opens."""
        groups = self.inviting.groups_of(code.groups)
        closed = asking_for_two(groups)
        return tuple(one for one in groups if partner.id in one.partners and not is_hidden(one) and one not in closed)

    @staticmethod
    async def _is_slowed(work: UnitOfWork, user: str, now: datetime) -> bool:
        tries = [one for one in await work.pending.open(TRY) if now < one.expires_at]
        own = sum(1 for one in tries if one.asker == user)
        theirs = sum(1 for one in tries if server_of(one.asker) == server_of(user))
        return own >= TRIES or theirs >= TRIES_OF_SERVER

    async def _count(self, work: UnitOfWork, user: str, origin: str, now: datetime) -> None:
        """Administrators are told, in their room, once a day of a server whose people try often."""
        one = Pending(
            key=f"{TRY}:{origin}",
            kind=TRY,
            asker=user,
            room_id="",
            document={},
            created_at=now,
            expires_at=now + TRIES_COUNT_FOR,
        )
        await work.pending.put(one)
        if await self._is_slowed(work, user, now):
            await work.pending.put(tried(user, now))

    async def tidy(self) -> None:
        """What was told and what was tried long ago is forgotten. Called by the rounds."""
        policies = self.inviting.policies
        async with policies.store.view() as view:
            over = [one.key for one in await view.pending.expired(policies.clock.now()) if one.kind in (SHOWN, TRY)]
        if over:
            async with policies.store.work() as work:
                await work.pending.remove(over)

    async def revoke(self, viewer: Viewer, handle: str, *, origin: str) -> InviteCode | None:
        """Let a code let nobody in any more; None when there is none that the asker answers for."""
        policies, (_, access) = self.inviting.policies, self.inviting.now()
        async with policies.store.work() as work:
            found = next((one for one in await work.partners.codes() if one.id == handle.strip().lower()), None)
            if found is None or not access.may_answer_for(viewer, found.partner):
                return None
            if not found.revoked:
                await work.partners.put_code(replace(found, revoked=True))
                await self._note(work, found, "code-revoked", actor=viewer.asker, origin=origin)
        return found

    async def codes(self, viewer: Viewer) -> list[InviteCode]:
        """Codes that still let somebody in, of partners that the asker answers for."""
        policies, (_, access) = self.inviting.policies, self.inviting.now()
        async with policies.store.view() as view:
            codes = await view.partners.codes()
        now = policies.clock.now()
        return [one for one in codes if one.good(now) and access.may_answer_for(viewer, one.partner)]

    async def _note(self, work: UnitOfWork, code: InviteCode, kind: str, *, actor: str, origin: str) -> None:
        now = self.inviting.policies.clock.now()
        detail = {"partner": code.partner, "code": code.id, "uses": code.uses, "groups": list(code.groups),
                  "reason": code.reason, "origin": origin}  # fmt: skip
        entry = AuditEntry(
            id=self.inviting.policies.chance.token(), at=now, actor=actor, compartment=OPEN, kind=kind, run="",
            detail=detail, outcome=Outcome.DONE, outcome_at=now,
        )  # fmt: skip
        await work.audit.intend([entry])


def short_of(origin: str) -> str:
    """What people call a code in lists."""
    return b32encode(sha256(f"code {origin}".encode(errors="replace")).digest())[:6].decode().lower()
