"""What identity providers told us by SCIM, and the tokens by which they are known. Repositories of the store."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Final, Protocol


class ResourceKind(StrEnum):
    """The two kinds of resources, as RFC 7643 calls them."""

    USER = "User"
    GROUP = "Group"


BOTH: Final = (ResourceKind.USER, ResourceKind.GROUP)


@dataclass(frozen=True, slots=True, kw_only=True)
class ScimResource:
    """One user or group. ``document`` is its JSON without ``id``, ``meta`` and members.

    ``number`` is the store's own and ``version`` the edition in which it changed last; both are the store's to say.
    """

    id: str
    kind: ResourceKind
    document: Mapping[str, Any]
    created: datetime
    changed: datetime
    number: int = 0
    version: int = 0


@dataclass(frozen=True, slots=True)
class Change:
    """What becomes of a group's members: these come, those go; with ``whole`` only ``add`` stays."""

    add: tuple[str, ...] = ()
    remove: tuple[str, ...] = ()
    whole: bool = False

    def __bool__(self) -> bool:
        return bool(self.add or self.remove or self.whole)


@dataclass(frozen=True, slots=True)
class Changed:
    """What became of it: whether anything changed, and which of those that were to come do not exist."""

    changed: bool
    unknown: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ScimState:
    """``edition`` grows with every change, ``changed`` is when the last one came; ``loaded``: what is there counts, as
    the first load is over."""

    edition: int = 0
    changed: datetime | None = None
    loaded: bool = False


class ScimResources(Protocol):
    """Users, groups, and who is in which group. Members that are removed leave every group."""

    async def get(self, kind: ResourceKind, resource_id: str) -> ScimResource | None: ...

    async def put(self, resource: ScimResource, marks: Collection[str]) -> ScimResource:
        """Store a new resource, or another state of it; it is found by ``marks``. Gives it with number and version."""

    async def remove(self, kind: ResourceKind, resource_id: str, *, at: datetime) -> bool:
        """Whether there was one."""

    async def find(
        self, kinds: Collection[ResourceKind], marks: Collection[str] = (), *, member: str = ""
    ) -> Sequence[ScimResource]:
        """Those with all of these marks and, when given, this member, in the order in which they came."""

    async def listed(self, kinds: Collection[ResourceKind], *, skip: int, limit: int | None) -> Sequence[ScimResource]:
        """In the order in which they came."""

    async def count(self, kinds: Collection[ResourceKind]) -> int: ...

    async def members(self, group_id: str) -> Sequence[tuple[str, ResourceKind]]:
        """Ids and kinds, in the order in which these resources came."""

    async def has_member(self, group_id: str, member: str) -> bool: ...

    async def change_members(self, group_id: str, change: Change, *, at: datetime) -> Changed:
        """One statement per thousand of those who change, however large the group is. The group has to exist."""

    async def since(self, edition: int) -> Sequence[ScimResource]:
        """What changed after ``edition``, groups also when their members did."""

    async def numbers(self) -> frozenset[int]:
        """Of everything that there is."""

    async def members_of(self, groups: Collection[int]) -> Mapping[int, Sequence[int]]:
        """The numbers of members by the numbers of groups, in their order; groups without any are absent."""

    async def state(self) -> ScimState: ...

    async def loaded(self) -> None:
        """From now on what is there counts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScimToken:
    """One token of a client. ``until`` is when it ends, where it was replaced; ``used`` the last day of use (UTC)."""

    id: str
    client: str
    created: datetime
    until: datetime | None = None
    used: date | None = None


class ScimTokens(Protocol):
    """Tokens. What a client sends is kept as a keyed hash alone."""

    async def add(self, token: ScimToken, secret: str) -> None: ...

    async def by_secret(self, secret: str) -> ScimToken | None: ...

    async def all(self) -> Sequence[ScimToken]:
        """By client, the oldest first."""

    async def change(self, token: ScimToken) -> None:
        """Another state of a token; of one that was removed there is none."""

    async def remove(self, token_id: str) -> None: ...
