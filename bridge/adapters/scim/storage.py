"""Where the SCIM library reads and writes resources: the store's, inside one unit of work. Made for each request."""

import asyncio
from collections.abc import Sequence
from typing import Any, Final, cast
from uuid import NAMESPACE_URL, uuid5

from scim2_models import (
    Context,
    InvalidValueException,
    Meta,
    NotFoundException,
    PreconditionFailedException,
    Resource,
    ResourceType,
    ResponseParameters,
    ScimFilter,
    ScimProvider,
    SearchRequest,
    UniquenessException,
)
from scim2_server.storage import AsyncScimStorage, SearchPage

from bridge.adapters.scim.marking import ACCOUNT, mark, marks_of, narrowing
from bridge.domain.scim import account, is_active
from bridge.ports.clock import Chance, Clock
from bridge.ports.scim import Change, ResourceKind, ScimResource, ScimResources

AT_ONCE: Final = 5
"""Resources judged in one go: some milliseconds; then it is everybody else's turn."""
OURS: Final = ("id", "meta", "schemas", "members")
"""What is kept beside the document, or can be made again."""


class StoredResources(AsyncScimStorage):
    """The library's view of the store. Without ``with_members`` groups come and are stored without their members, who
    are then somebody else's business: the library needs 800 ms for 5,000 of them."""

    def __init__(
        self,
        resources: ScimResources,
        provider: ScimProvider,
        *,
        clock: Clock,
        chance: Chance,
        with_members: bool = True,
    ) -> None:
        self._resources = resources
        self._provider = provider
        self._clock = clock
        self._chance = chance
        self._with_members = with_members

    async def get(
        self,
        resource_type: ResourceType,
        resource_id: str,
        *,
        response_parameters: ResponseParameters[Any] | None = None,
    ) -> Resource[Any]:
        """As the library says. Members are left to others, so that what the answer keeps makes no difference here."""
        del response_parameters
        return await self.shown(resource_type, await self._stored(resource_type, resource_id))

    async def search(
        self, resource_types: list[ResourceType], search_request: SearchRequest[Any], *, position: Any = None
    ) -> SearchPage:
        """As the library says."""
        del position  # of cursors, which are not announced
        total, found = await self.found(resource_types, search_request)
        types = {kind_of(resource_type): resource_type for resource_type in resource_types}
        return SearchPage(total, [await self.shown(types[one.kind], one) for one in found])

    async def found(
        self, resource_types: list[ResourceType], search_request: SearchRequest[Any]
    ) -> tuple[int, Sequence[ScimResource]]:
        """How many match, and a page of them. Marks answer what clients usually ask; other filters open everything."""
        types = {kind_of(resource_type): resource_type for resource_type in resource_types}
        skip, limit = search_request.start_index_0 or 0, search_request.count
        if (wanted := search_request.filter) is None:
            found = await self._resources.listed(tuple(types), skip=skip, limit=limit)
            return await self._resources.count(tuple(types)), found
        narrow = narrowing(wanted.ast)
        candidates = await self._resources.find(tuple(types), narrow.marks, member=narrow.member)
        matching = candidates if narrow.whole else await self._matching(types, candidates, wanted)
        return len(matching), matching[skip : None if limit is None else skip + limit]

    async def create(self, resource_type: ResourceType, resource: Resource[Any]) -> Resource[Any]:
        """As the library says. An id is never given twice: whoever is created again is somebody else."""
        now = self._clock.now()
        new = ScimResource(  # the form of id that every provider takes
            id=str(uuid5(NAMESPACE_URL, self._chance.token())),
            kind=kind_of(resource_type),
            document=document_of(resource),
            created=now,
            changed=now,
        )
        return await self._put(resource_type, new, resource)

    async def update(
        self, resource_type: ResourceType, resource: Resource[Any], *, expected_version: str | None = None
    ) -> Resource[Any]:
        """As the library says."""
        before = await self._expected(resource_type, resource.id or "", expected_version)
        after = ScimResource(
            id=before.id,
            kind=before.kind,
            document=document_of(resource),
            created=before.created,
            changed=self._clock.now(),
        )
        return await self._put(resource_type, after, resource)

    async def delete(
        self, resource_type: ResourceType, resource_id: str, *, expected_version: str | None = None
    ) -> None:
        """As the library says. Who is deleted leaves every group."""
        gone = await self._expected(resource_type, resource_id, expected_version)
        await self._resources.remove(gone.kind, gone.id, at=self._clock.now())

    async def _put(self, resource_type: ResourceType, new: ScimResource, resource: Resource[Any]) -> Resource[Any]:
        if new.kind is ResourceKind.USER and not account(new.document):
            raise InvalidValueException(detail="A userName is wanted, from which an account follows")
        if new.kind is ResourceKind.GROUP and not str(new.document.get("displayName", "")).strip():
            raise InvalidValueException(detail="A displayName is wanted, which becomes the name of a room")
        if name := new.document.get("userName"):
            holders = await self._resources.find((ResourceKind.USER,), {mark("username", name)})
            if any(one.id != new.id for one in holders):
                raise UniquenessException(detail="This userName is taken")
            await self._refuse_shared_account(new)
        stored = await self._resources.put(new, marks_of(new.id, new.document))
        if self._with_members and new.kind is ResourceKind.GROUP:
            members = tuple(one.value for one in getattr(resource, "members", None) or () if one.value)
            await self._resources.change_members(new.id, Change(add=members, whole=True), at=new.changed)
            stored = await self._stored(resource_type, new.id)
        return await self.shown(resource_type, stored)

    async def _refuse_shared_account(self, new: ScimResource) -> None:
        """Of two active users with one account nobody could say who they are; the directory would not be read."""
        if not is_active(new.document):
            return
        holders = await self._resources.find((ResourceKind.USER,), {mark(ACCOUNT, account(new.document))})
        if any(one.id != new.id and is_active(one.document) for one in holders):
            raise UniquenessException(detail="The account that follows from this userName is another active user's")

    async def _stored(self, resource_type: ResourceType, resource_id: str) -> ScimResource:
        found = await self._resources.get(kind_of(resource_type), resource_id)
        if found is None:
            raise NotFoundException(detail="There is no such resource")
        return found

    async def _expected(self, resource_type: ResourceType, resource_id: str, version: str | None) -> ScimResource:
        found = await self._stored(resource_type, resource_id)
        if version is not None and version != version_of(found):
            raise PreconditionFailedException
        return found

    async def _matching(
        self, types: dict[ResourceKind, ResourceType], candidates: Sequence[ScimResource], wanted: ScimFilter[Any]
    ) -> list[ScimResource]:
        matching = []
        members = "members" in str(wanted).lower()
        for place, one in enumerate(candidates):
            if place % AT_ONCE == 0:
                await asyncio.sleep(0)
            if wanted.match(await self.shown(types[one.kind], one, members=members)):
                matching.append(one)
        return matching

    async def shown(self, resource_type: ResourceType, stored: ScimResource, *, members: bool = False) -> Resource[Any]:
        """A resource as the library wants it."""
        meta = Meta(
            resource_type=resource_type.name,
            created=stored.created,
            last_modified=stored.changed,
            version=version_of(stored),
        )
        content = {**stored.document, "id": stored.id}
        if stored.kind is ResourceKind.GROUP and (members or self._with_members):
            inside = await self._resources.members(stored.id)
            content["members"] = [member_shown(one, kind, "") for one, kind in inside]
        model = cast(type[Resource[Any]], self._provider.model_for(resource_type))
        shown = model.model_validate(content)
        shown.meta = meta
        return shown


def kind_of(resource_type: ResourceType) -> ResourceKind:
    """Users or groups."""
    return ResourceKind(str(resource_type.name))


def document_of(resource: Resource[Any]) -> dict[str, Any]:
    """What is stored of a resource."""
    dumped = resource.model_dump(scim_ctx=Context.DEFAULT)
    return {key: value for key, value in dumped.items() if key not in OURS}


def member_shown(member: str, kind: ResourceKind, base_url: str) -> dict[str, str]:
    """A member as SCIM writes them; without ``base_url`` the reference is relative."""
    path = f"{kind.value}s/{member}"
    return {"value": member, "$ref": f"{base_url}/{path}" if base_url else path, "type": kind.value}


def version_of(stored: ScimResource) -> str:
    """The weak entity tag of a state."""
    return f'W/"{stored.version}"'
