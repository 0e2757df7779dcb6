"""What administrators are told unasked, in their room: plans that wait for a word, what there is to look at, and that
somebody tries invite codes.

Each is told once, whatever crashes, and again only when it was gone for a while. Nothing of hidden groups: who reads
there may know of none. Gathered and told by ``bots.admin.herald``.
"""

import json
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final

from bridge.domain.findings import Finding
from bridge.domain.ids import server_of
from bridge.domain.messages import say
from bridge.domain.viewers import OPEN
from bridge.planning.plan import Plan
from bridge.ports.clock import Clock
from bridge.ports.pending import Pending
from bridge.ports.store import Store
from bridge.rules.facts import Facts, is_hidden
from bridge.services.remarks import for_chat
from bridge.services.watch import LastLook

BULLETIN: Final = "bulletin"
SEEN: Final = "bulletins"
"""Under this the bot that tells keeps what it has told, and on which day that was last so."""
FORGET: Final = 2
"""Days after which what was gone and comes back is news again."""
LASTS: Final = timedelta(days=14)
OPEN_ONLY: Final = frozenset({OPEN})


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """What one bulletin tells: a plan that is held, or None, and findings."""

    facts: Facts
    plan: Plan | None
    findings: Sequence[Finding]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bulletins:
    """``last`` is the watch's last look, ``teller`` the user id of the bot that tells."""

    store: Store
    last: Callable[[], LastLook | None]
    clock: Clock
    teller: str

    async def gather(self) -> None:
        """Keep what is new as a bulletin, in the unit of work that remembers it. Writes nothing when nothing changed.
        Raises ``StoreError``."""
        now = self.clock.now()
        current, today = self._current(), now.toordinal()
        if current is None:
            return
        async with self.store.view() as view:
            seen = _parsed(await view.preferences.get(self.teller, SEEN))
        if remembered(seen, current.keys(), today) == seen:
            return
        async with self.store.work() as work:
            seen = _parsed(await work.preferences.get(self.teller, SEEN))
            if fresh := [key for key in current if key not in seen]:
                await work.pending.put(_item(fresh, now))
            await work.preferences.put(self.teller, SEEN, json.dumps(remembered(seen, current.keys(), today)))

    async def waiting(self) -> Sequence[Pending]:
        """Bulletins that are not told yet, oldest first."""
        async with self.store.view() as view:
            return await view.pending.open(BULLETIN)

    def news(self, item: Pending) -> News | None:
        """What of a bulletin is still so; None when nothing is."""
        current, last = self._current() or {}, self.last()
        if item.asker and last is not None and last.world is not None:
            return News(facts=last.world.facts, plan=None, findings=[_tries(item.asker)])
        found = [current[key] for key in item.document["keys"] if key in current]
        if not found or last is None or last.world is None:
            return None
        plan = next((one for one in found if isinstance(one, Plan)), None)
        findings = [one for one in found if isinstance(one, Finding)]
        return News(facts=last.world.facts, plan=plan, findings=findings)

    async def settle(self, item: Pending, outcome: str) -> None:
        """It was told, or is not to be."""
        async with self.store.work() as work:
            await work.pending.settle(item.key, outcome, self.clock.now())

    def _current(self) -> Mapping[str, Plan | Finding] | None:
        """What there is to tell now, by keys that stay the same while nothing changes."""
        last = self.last()
        if last is None or last.world is None:
            return None
        plan = last.world.plan.seen_by(OPEN_ONLY)
        held = {f"held {plan.fingerprint}": _bare(plan)} if plan.held else {}
        return held | {_key(one): one for one in for_chat(_findings(last, plan))}


def tried(user: str, now: datetime) -> Pending:
    """A bulletin that ``user`` tries invite codes: one a day for each server, whoever of it tries most."""
    return replace(_item((), now), key=f"{BULLETIN}:tries:{server_of(user)}:{now.date()}", asker=user)


def _tries(user: str) -> Finding:
    text = say("{user} tried invite codes that let nobody in, several times. More tries from {server} are slowed"
               " down.", user=user, server=server_of(user))  # fmt: skip
    return Finding("code-tries", user, text)


def remembered(seen: Mapping[str, int], current: Collection[str], today: int) -> Mapping[str, int]:
    """What counts as told from today on (a day's number): what is so now, and what was so a little while ago."""
    lately = {key: day for key, day in seen.items() if today - day < FORGET}
    return lately | dict.fromkeys(current, today)


def _findings(last: LastLook, plan: Plan) -> Iterator[Finding]:
    assert last.world is not None
    groups = last.world.facts.directory.groups
    for one in last.findings:
        if one.group is None or (one.group in groups and not is_hidden(groups[one.group])):
            yield one
    yield from plan.findings


def _bare(plan: Plan) -> Plan:
    """Without findings, which are told by themselves, once."""
    return Plan.of(replace(part, findings=()) for part in plan.parts)


def _key(finding: Finding) -> str:
    told = "\0".join((finding.kind, finding.subject, str(finding.text)))
    return sha256(told.encode()).hexdigest()[:16]


def _item(keys: Sequence[str], now: datetime) -> Pending:
    digest = sha256("\0".join((now.isoformat(), *keys)).encode()).hexdigest()[:16]
    return Pending(
        key=f"{BULLETIN}:{digest}",
        kind=BULLETIN,
        asker="",
        room_id="",
        document={"keys": list(keys)},
        created_at=now,
        expires_at=now + LASTS,
    )


def _parsed(text: str | None) -> Mapping[str, int]:
    return json.loads(text) if text else {}
