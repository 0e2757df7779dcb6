"""One SCIM request, by the library, with members of groups on a path of their own. Made for each request by ``door``.

The library reads, checks and writes whole resources: a group of 5,000 would take it most of a second, in which nothing
else goes on. So groups come to it without members; these are changed in the store and told in the answer beside it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from http import HTTPStatus
from typing import Any, Final

import msgspec
from scim2_models import InvalidValueException, ResourceType, ResponseParameters
from scim2_models.context import Context
from scim2_server.handler import AsyncScimHandler
from scim2_server.requests import ScimRequest
from scim2_server.responses import ScimResponse
from scim2_server.service import ScimService

from bridge.adapters.scim import members
from bridge.adapters.scim.storage import StoredResources, member_shown
from bridge.adapters.scim.tolerance import tolerant
from bridge.ports.clock import Clock
from bridge.ports.scim import Change, ResourceKind, ScimResources

GROUPS: Final = "groups"
NAMED: Final = 3
"""So many unknown members are named in a refusal."""


class Handler(AsyncScimHandler):
    """The operations of one request, in one unit of work."""

    def __init__(self, service: ScimService, storage: StoredResources, resources: ScimResources, clock: Clock) -> None:
        super().__init__(service, storage)
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
            return await self._with_members(request, self.service.creation_response(request.base_url, created))

    async def query(self, request: ScimRequest) -> ScimResponse:
        """As the library."""
        return await self._with_members(request, await super().query(request))

    async def search(self, request: ScimRequest) -> ScimResponse:
        """As the library."""
        return await self._with_members(request, await super().search(request))

    async def search_with_body(self, request: ScimRequest) -> ScimResponse:
        """As the library."""
        wanted = _decoded(request) or {}
        names = {key: ",".join(value) for key in ("attributes", "excludedAttributes") if (value := wanted.get(key))}
        return await self._with_members(replace(request, query=names), await super().search_with_body(request))

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
        return await self._with_members(request, response)

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
                return await self._with_members(request, response)
        with self.service.provider:
            return await self._patched(request, change, check=rest is None)

    async def _patched(self, request: ScimRequest, change: Change, *, check: bool) -> ScimResponse:
        """Change members alone; ``check`` that the group is as the request expects it."""
        group = await self.storage.get(self._groups, _id_of(request))
        if check:
            self.service.check_preconditions(group, "PATCH", self.service.read_conditions(request))
        if await self._change(_id_of(request), change):
            group = await self.storage.get(self._groups, _id_of(request))
        response = self.service.patch_response(request.base_url, group, self._parameters(request))
        return await self._with_members(request, response)

    async def _change(self, group: str, change: Change) -> bool:
        if not change:
            return False
        result = await self._resources.change_members(group, change, at=self._clock.now())
        if result.unknown:
            named = ", ".join(result.unknown[:NAMED])
            raise InvalidValueException(detail=f"There is no user or group {named}: send them first")
        return result.changed

    async def _with_members(self, request: ScimRequest, response: ScimResponse) -> ScimResponse:
        """The answer with the members of every group in it, as far as they are asked for."""
        if response.status >= HTTPStatus.BAD_REQUEST or response.body is None:
            return response
        groups = list(_groups_in(request, response.body))
        if groups and (keys := self._shown_of_members(request)):
            for group in groups:
                inside = await self._resources.members(group["id"])
                if inside:
                    told = (member_shown(one, kind, request.base_url) for one, kind in inside)
                    group["members"] = [{key: one[key] for key in keys} for one in told]
        return response

    def _shown_of_members(self, request: ScimRequest) -> tuple[str, ...]:
        """What of a member belongs into the answer: the library is asked with a group of one."""
        with self.service.provider:
            model = self.service.get_model(self._groups)
            sample = model.model_validate({"displayName": "-", "members": [member_shown("-", ResourceKind.USER, "")]})
            told = sample.model_dump(
                scim_ctx=Context.RESOURCE_QUERY_RESPONSE, response_parameters=self._parameters(request)
            )
        return tuple(told["members"][0]) if told.get("members") else ()

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


def _groups_in(request: ScimRequest, body: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The groups of an answer: itself, or those of a list. Below their own path there is nothing else."""
    for one in body.get("Resources", [body]):
        if _is_of_groups(request) or one.get("meta", {}).get("resourceType") == ResourceKind.GROUP.value:
            yield one
