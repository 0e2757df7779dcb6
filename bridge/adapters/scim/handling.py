"""One SCIM request, by the library, with members of groups on a path of their own. Made for each request by ``door``.

The library reads, checks and writes whole resources: a group of 5,000 would take it most of a second, in which nothing
else goes on. So groups come to it without members; these are changed in the store and told in the answer beside it.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from http import HTTPStatus
from typing import Any, Final

import msgspec
from scim2_models import InvalidValueException, ResourceType, ResponseParameters, SearchRequest
from scim2_models.context import Context
from scim2_server.handler import AsyncScimHandler
from scim2_server.requests import ScimRequest
from scim2_server.responses import ScimResponse
from scim2_server.routing import Operation
from scim2_server.service import ScimService

from bridge.adapters.scim import members
from bridge.adapters.scim.storage import StoredResources, member_shown
from bridge.adapters.scim.telling import listed, told
from bridge.adapters.scim.tolerance import tolerant
from bridge.ports.clock import Clock
from bridge.ports.scim import Change, ResourceKind, ScimResource, ScimResources

GROUPS: Final = "groups"
SHOWN: Final = ("value", "$ref", "type")
"""All that is told of a member."""
NAMED: Final = 3
"""So many unknown members are named in a refusal."""


class Handler(AsyncScimHandler):
    """The operations of one request, in one unit of work."""

    def __init__(self, service: ScimService, storage: StoredResources, resources: ScimResources, clock: Clock) -> None:
        super().__init__(service, storage)
        self._storage = storage
        self._resources = resources
        self._clock = clock

    async def create(self, request: ScimRequest) -> ScimResponse:
        """As the library, for groups with members."""
        body = _decoded(request) if _is_of_groups(request) else None
        if body is None:
            return await super().create(request)
        rest, change = members.of_whole(body)
        response = await super().create(replace(request, body=msgspec.json.encode(rest)))
        group = str((response.body or {})["id"])
        await self._change(group, change)
        with self.service.provider:
            created = await self.storage.get(self._groups, group)
            return await self._whole(request, self.service.creation_response(request.base_url, created))

    async def query(self, request: ScimRequest) -> ScimResponse:
        """As the library."""
        return await self._whole(request, await super().query(request))

    async def search(self, request: ScimRequest) -> ScimResponse:
        """As the library, in a hundredth of its time (``telling``)."""
        with self.service.provider:
            types = self.service.searched_types(self.service.route(request, Operation.search).endpoint)
            return await self._listed(request, types, self.service.read_search_query(types, request.query)[0])

    async def search_with_body(self, request: ScimRequest) -> ScimResponse:
        """The same for ``.search``."""
        with self.service.provider:
            types = self.service.searched_types(self.service.route(request, Operation.search_with_body).endpoint)
            asked, _ = self.service.read_search_body(types, request.body, request.header("Content-Type"))
            return await self._listed(request, types, asked)

    async def _listed(self, request: ScimRequest, types: list[ResourceType], asked: SearchRequest[Any]) -> ScimResponse:
        total, found = await self._storage.found(types, asked)
        resources = [await self._told(request, asked, one) for one in found]
        return ScimResponse(HTTPStatus.OK, listed(resources, total=total, start=asked.start_index or 1))

    async def _told(self, request: ScimRequest, asked: SearchRequest[Any], one: ScimResource) -> dict[str, Any]:
        """A resource of a list; the library is asked only where something is to be left out of it."""
        left_out = {str(path).lower() for path in asked.excluded_attributes or ()}
        if not asked.attributes and left_out <= {members.MEMBERS}:
            body = told(one, request.base_url)
            return body if left_out else await self._with_members(request, body, one.kind, asked)
        await asyncio.sleep(0)
        resource_type = self.service.get_resource_type(one.kind.value)
        published = self.service.publish(request.base_url, await self._storage.shown(resource_type, one))
        body = published.model_dump(scim_ctx=Context.RESOURCE_QUERY_RESPONSE, response_parameters=asked)
        return await self._with_members(request, body, one.kind, asked)

    async def replace(self, request: ScimRequest) -> ScimResponse:
        """As the library, for groups with members."""
        body = _decoded(request) if _is_of_groups(request) else None
        if body is None:
            return await super().replace(request)
        rest, change = members.of_whole(body)
        response = await super().replace(replace(request, body=msgspec.json.encode(rest)))
        if await self._change(_id_of(request), change):
            with self.service.provider:
                group = await self.storage.get(self._groups, _id_of(request))
                response = self.service.replacement_response(request.base_url, group, self._parameters(request))
        return await self._whole(request, response)

    async def patch(self, request: ScimRequest) -> ScimResponse:
        """As the library, for groups with members, and tolerant."""
        body = tolerant(_decoded(request))
        if body is None:
            return await super().patch(request)
        request = replace(request, body=msgspec.json.encode(body))
        if not _is_of_groups(request):
            return await super().patch(request)
        rest, change = members.of_patch(body)
        if rest is not None:
            response = await super().patch(replace(request, body=msgspec.json.encode(rest)))
            if not change:
                return await self._whole(request, response)
        with self.service.provider:
            return await self._patched(request, change, check=rest is None)

    async def _patched(self, request: ScimRequest, change: Change, *, check: bool) -> ScimResponse:
        """Change members alone; ``check`` that the group is as the request expects it."""
        group = await self.storage.get(self._groups, _id_of(request))
        if check:
            self.service.ensure_json(request.header("Content-Type"))
            self.service.check_preconditions(group, "PATCH", self.service.read_conditions(request))
        if await self._change(_id_of(request), change):
            group = await self.storage.get(self._groups, _id_of(request))
        response = self.service.patch_response(request.base_url, group, self._parameters(request))
        return await self._whole(request, response)

    async def _change(self, group: str, change: Change) -> bool:
        if not change:
            return False
        result = await self._resources.change_members(group, change, at=self._clock.now())
        if result.unknown:
            named = ", ".join(result.unknown[:NAMED])
            raise InvalidValueException(detail=f"There is no user or group {named}: send them first")
        return result.changed

    async def _whole(self, request: ScimRequest, response: ScimResponse) -> ScimResponse:
        """The answer about one group with its members, as far as they are asked for."""
        if _is_of_groups(request) and response.body is not None and response.status < HTTPStatus.BAD_REQUEST:
            asked = self._parameters(request)
            response.body = await self._with_members(request, response.body, ResourceKind.GROUP, asked)
        return response

    async def _with_members(
        self, request: ScimRequest, body: dict[str, Any], kind: ResourceKind, asked: ResponseParameters[Any]
    ) -> dict[str, Any]:
        if kind is not ResourceKind.GROUP or not (keys := self._shown_of_members(asked)):
            return body
        inside = [member_shown(one, is_, request.base_url) for one, is_ in await self._resources.members(body["id"])]
        return body | ({"members": [{key: one[key] for key in keys} for one in inside]} if inside else {})

    def _shown_of_members(self, asked: ResponseParameters[Any]) -> tuple[str, ...]:
        """What of a member belongs into the answer: the library is asked with a group of one."""
        if not asked.attributes and not asked.excluded_attributes:
            return SHOWN
        with self.service.provider:
            model = self.service.get_model(self._groups)
            sample = model.model_validate({"displayName": "-", "members": [member_shown("-", ResourceKind.USER, "")]})
            dumped = sample.model_dump(scim_ctx=Context.RESOURCE_QUERY_RESPONSE, response_parameters=asked)
        return tuple(dumped["members"][0]) if dumped.get("members") else ()

    def _parameters(self, request: ScimRequest) -> ResponseParameters[Any]:
        return self.service.read_response_parameters(self._groups, request.query)

    @property
    def _groups(self) -> ResourceType:
        return self.service.get_resource_type(ResourceKind.GROUP.value)


def _decoded(request: ScimRequest) -> Mapping[str, Any] | None:
    """The body when it is an object; whatever else it is, the library knows what to say."""
    try:
        body = msgspec.json.decode(request.body)
    except msgspec.DecodeError:
        return None
    return body if isinstance(body, dict) else None


def _is_of_groups(request: ScimRequest) -> bool:
    return request.path.strip("/").partition("/")[0].lower() == GROUPS


def _id_of(request: ScimRequest) -> str:
    return request.path.strip("/").partition("/")[2]
