"""What came by SCIM in memory, for the fake store."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING

from bridge.ports.scim import Change, Changed, ResourceKind, ScimResource, ScimState, ScimToken

if TYPE_CHECKING:
    from tests.fakes.store import Access


@dataclass(frozen=True)
class Scimmed:
    """Everything by SCIM; a change is a new value."""

    resources: Mapping[str, ScimResource] = field(default_factory=dict)
    marks: Mapping[str, frozenset[str]] = field(default_factory=dict)
    members: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """Ids of members by ids of groups."""
    state: ScimState = field(default_factory=ScimState)
    numbers: int = 0
    tokens: Mapping[str, tuple[ScimToken, str]] = field(default_factory=dict)


class FakeScim:
    def __init__(self, access: "Access") -> None:
        self._access = access

    @property
    def _all(self) -> Scimmed:
        return self._access.read().scim

    def _bump(self, at: datetime) -> int:
        data = self._access.write()
        edition = data.scim.state.edition + 1
        data.scim = replace(data.scim, state=replace(data.scim.state, edition=edition, changed=at))
        return edition

    async def get(self, kind: ResourceKind, resource_id: str) -> ScimResource | None:
        found = self._all.resources.get(resource_id)
        return found if found and found.kind is kind else None

    async def put(self, resource: ScimResource, marks: Collection[str]) -> ScimResource:
        version, all_ = self._bump(resource.changed), self._all
        before = all_.resources.get(resource.id)
        number = before.number if before else all_.numbers + 1
        stored = replace(resource, number=number, version=version)
        self._access.write().scim = replace(
            self._all,
            resources={**all_.resources, resource.id: stored},
            marks={**all_.marks, resource.id: frozenset(marks)},
            numbers=max(number, all_.numbers),
        )
        return stored

    async def remove(self, kind: ResourceKind, resource_id: str, *, at: datetime) -> bool:
        if await self.get(kind, resource_id) is None:
            return False
        version, all_ = self._bump(at), self._all
        inside = {group for group, members in all_.members.items() if resource_id in members}
        resources = {
            id_: replace(one, version=version, changed=at) if id_ in inside else one
            for id_, one in all_.resources.items()
            if id_ != resource_id
        }
        members = {group: them - {resource_id} for group, them in all_.members.items() if group != resource_id}
        self._access.write().scim = replace(self._all, resources=resources, members=members)
        return True

    async def find(
        self, kinds: Collection[ResourceKind], marks: Collection[str] = (), *, member: str = ""
    ) -> Sequence[ScimResource]:
        all_ = self._all
        return [
            one
            for one in await self.listed(kinds, skip=0, limit=None)
            if all_.marks[one.id].issuperset(marks) and (not member or member in all_.members.get(one.id, ()))
        ]

    async def listed(self, kinds: Collection[ResourceKind], *, skip: int, limit: int | None) -> Sequence[ScimResource]:
        found = sorted((one for one in self._all.resources.values() if one.kind in kinds), key=lambda one: one.number)
        return found[skip : None if limit is None else skip + limit]

    async def count(self, kinds: Collection[ResourceKind]) -> int:
        return len(await self.listed(kinds, skip=0, limit=None))

    async def members(self, group_id: str) -> Sequence[tuple[str, ResourceKind]]:
        inside = (self._all.resources[one] for one in self._all.members.get(group_id, ()))
        return [(one.id, one.kind) for one in sorted(inside, key=lambda one: one.number)]

    async def has_member(self, group_id: str, member: str) -> bool:
        return member in self._all.members.get(group_id, ())

    async def change_members(self, group_id: str, change: Change, *, at: datetime) -> Changed:
        all_ = self._all
        if unknown := tuple(one for one in dict.fromkeys(change.add) if one not in all_.resources):
            return Changed(changed=False, unknown=unknown)
        before = all_.members.get(group_id, frozenset())
        after = frozenset(change.add) if change.whole else (before - set(change.remove)) | set(change.add)
        if after == before:
            return Changed(changed=False)
        version = self._bump(at)
        group = replace(all_.resources[group_id], version=version, changed=at)
        self._access.write().scim = replace(
            self._all,
            resources={**all_.resources, group_id: group},
            members={**all_.members, group_id: after},
        )
        return Changed(changed=True)

    async def since(self, edition: int) -> Sequence[ScimResource]:
        return [one for one in await self.listed(tuple(ResourceKind), skip=0, limit=None) if one.version > edition]

    async def numbers(self) -> frozenset[int]:
        return frozenset(one.number for one in self._all.resources.values())

    async def members_of(self, groups: Collection[int]) -> Mapping[int, Sequence[int]]:
        all_ = self._all
        found = {
            all_.resources[group].number: sorted(all_.resources[one].number for one in members)
            for group, members in all_.members.items()
        }
        return {number: members for number, members in found.items() if number in groups and members}

    async def state(self) -> ScimState:
        return self._all.state

    async def loaded(self) -> None:
        data = self._access.write()
        data.scim = replace(data.scim, state=replace(data.scim.state, loaded=True))


class FakeScimTokens:
    def __init__(self, access: "Access") -> None:
        self._access = access

    async def add(self, token: ScimToken, secret: str) -> None:
        self._keep({**self._access.read().scim.tokens, token.id: (token, secret)})

    async def by_secret(self, secret: str) -> ScimToken | None:
        return next((token for token, kept in self._access.read().scim.tokens.values() if kept == secret), None)

    async def all(self) -> Sequence[ScimToken]:
        tokens = (token for token, _ in self._access.read().scim.tokens.values())
        return sorted(tokens, key=lambda token: (token.client, token.created, token.id))

    async def change(self, token: ScimToken) -> None:
        tokens = self._access.read().scim.tokens
        if token.id in tokens:
            self._keep({**tokens, token.id: (token, tokens[token.id][1])})

    async def remove(self, token_id: str) -> None:
        self._keep({id_: kept for id_, kept in self._access.read().scim.tokens.items() if id_ != token_id})

    def _keep(self, tokens: Mapping[str, tuple[ScimToken, str]]) -> None:
        data = self._access.write()
        data.scim = replace(data.scim, tokens=tokens)
