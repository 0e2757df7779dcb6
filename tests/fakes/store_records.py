"""Audit, runs, outbox, preferences, leases and snapshots of the store in memory."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from bridge.domain.audit import ERASED, Part
from bridge.domain.errors import ErrorKind, StoreError
from bridge.domain.messages import say
from bridge.ports.store import AuditEntry, Claim, Outcome, Run
from tests.fakes.store_chains import FakeSearch, append

if TYPE_CHECKING:
    from tests.fakes.store import Access


def already_there() -> StoreError:
    return StoreError(say("The database already holds this entry."), kind=ErrorKind.CONFLICT)


class FakeAudit(FakeSearch):
    async def intend(self, entries: Sequence[AuditEntry]) -> None:
        audit = self._access.write().audit
        for entry in entries:
            if entry.id in audit:
                raise already_there()
            audit[entry.id] = entry
            append(self._access.write(), entry, Part.RECORD)
            if entry.outcome is not None:
                append(self._access.write(), entry, Part.OUTCOME)

    async def conclude(self, ids: Sequence[str], outcome: Outcome, *, at: datetime, detail: str = "") -> None:
        audit = self._access.write().audit
        for id_ in ids:
            if id_ in audit and audit[id_].outcome is None:
                audit[id_] = replace(audit[id_], outcome=outcome, outcome_at=at, outcome_detail=detail)
                append(self._access.write(), audit[id_], Part.OUTCOME)

    async def erase(self, entries: Sequence[AuditEntry], *, at: datetime) -> None:
        audit = self._access.write().audit
        for entry in entries:
            if entry.id in audit:
                audit[entry.id] = replace(audit[entry.id], actor=entry.actor, detail=entry.detail)
                append(self._access.write(), audit[entry.id], Part.ERASURE, at)

    async def get(self, ids: Sequence[str]) -> Sequence[AuditEntry]:
        audit = self._access.read().audit
        return [audit[id_] for id_ in dict.fromkeys(ids) if id_ in audit]

    async def unresolved(self) -> Sequence[AuditEntry]:
        return [entry for entry in self._access.read().audit.values() if entry.outcome is None]

    async def recent(self, *, compartments: frozenset[str], limit: int, run: str | None = None) -> Sequence[AuditEntry]:
        newest_first = [one for one in reversed(self._access.read().audit.values()) if run in (None, one.run)]
        return [entry for entry in newest_first if entry.compartment in compartments][:limit]

    async def done(self, runs: Collection[str], *, compartments: frozenset[str]) -> Mapping[str, int]:
        entries = [one for one in self._access.read().audit.values() if one.compartment in compartments]
        return Counter(one.run for one in entries if one.run in runs and one.outcome is Outcome.DONE)


class FakeRuns:
    def __init__(self, access: "Access") -> None:
        self._access = access

    async def begin(self, run: Run) -> None:
        runs = self._access.write().runs
        if run.id in runs or (run.origin and await self.of_origin(run.origin)):
            raise already_there()
        runs[run.id] = run

    async def finish(self, run_id: str, *, at: datetime, summary: Mapping[str, Any]) -> None:
        runs = self._access.write().runs
        if run_id in runs:
            runs[run_id] = replace(runs[run_id], finished_at=at, summary=summary)

    async def of_origin(self, origin: str) -> Run | None:
        runs = self._access.read().runs.values()
        return next((run for run in runs if origin and run.origin == origin), None)

    async def get(self, run_id: str) -> Run | None:
        return self._access.read().runs.get(run_id)

    async def recent(self, *, limit: int, skip: int = 0) -> Sequence[Run]:
        by_id = sorted(self._access.read().runs.values(), key=lambda run: run.id)
        return sorted(by_id, key=lambda run: run.started_at, reverse=True)[skip : skip + limit]

    async def of_actor(self, actor: str) -> Sequence[Run]:
        found = [run for run in self._access.read().runs.values() if run.actor == actor]
        return sorted(found, key=lambda run: (run.started_at, run.id))

    async def erase_actors(self, *, actor: str | None = None, before: datetime | None = None) -> int:
        runs = self._access.write().runs
        old = [one for one in runs.values() if before is None or one.started_at < before]
        found = [one for one in old if (one.actor.startswith("@") if actor is None else one.actor == actor)]
        runs.update({one.id: replace(one, actor=ERASED) for one in found})
        return len(found)


class FakeOutbox:
    def __init__(self, access: "Access") -> None:
        self._access = access

    async def claim(self, claim: Claim) -> Claim:
        outbox = self._access.write().outbox
        stored = outbox.get(claim.key, claim)
        outbox[claim.key] = replace(stored, tried=True)
        return stored

    async def sent(self, key: str, event_id: str) -> None:
        outbox = self._access.write().outbox
        if key in outbox:
            outbox[key] = replace(outbox[key], event_id=event_id, event_type="", content={})

    async def withdraw(self, key: str) -> None:
        outbox = self._access.write().outbox
        if key in outbox and outbox[key].event_id is None:
            del outbox[key]

    async def get(self, key: str) -> Claim | None:
        return self._access.read().outbox.get(key)

    async def open_claims(self) -> Sequence[Claim]:
        return [claim for claim in self._access.read().outbox.values() if claim.event_id is None]

    async def purge(self, before: datetime) -> int:
        outbox = self._access.write().outbox
        old = [claim.key for claim in outbox.values() if claim.event_id is not None and claim.claimed_at < before]
        for key in old:
            del outbox[key]
        return len(old)


class FakePreferences:
    def __init__(self, access: "Access") -> None:
        self._access = access

    async def get(self, user_id: str, key: str) -> str | None:
        return self._access.read().preferences.get((user_id, key))

    async def put(self, user_id: str, key: str, value: str) -> None:
        self._access.write().preferences[user_id, key] = value

    async def of_user(self, user_id: str) -> Mapping[str, str]:
        found = self._access.read().preferences.items()
        return {key: value for (user, key), value in sorted(found) if user == user_id}

    async def forget(self, user_id: str) -> int:
        preferences = self._access.write().preferences
        gone = [one for one in preferences if one[0] == user_id]
        for one in gone:
            del preferences[one]
        return len(gone)


class FakeLeases:
    def __init__(self, access: "Access") -> None:
        self._access = access

    async def take(self, name: str, holder: str, *, now: datetime, seconds: float) -> bool:
        leases = self._access.write().leases
        other, until = leases.get(name, (holder, now))
        if other != holder and until > now:
            return False
        leases[name] = (holder, now + timedelta(seconds=seconds))
        return True

    async def taken(self, names: Collection[str], *, now: datetime) -> bool:
        leases = self._access.read().leases
        return any(leases[name][1] > now for name in names if name in leases)

    async def release(self, name: str, holder: str) -> None:
        leases = self._access.write().leases
        if name in leases and leases[name][0] == holder:
            del leases[name]


class FakeSnapshots:
    def __init__(self, access: "Access") -> None:
        self._access = access

    async def save(self, name: str, data: bytes, *, at: datetime) -> None:
        self._access.write().snapshots[name] = (data, at)

    async def load(self, name: str) -> tuple[bytes, datetime] | None:
        return self._access.read().snapshots.get(name)
