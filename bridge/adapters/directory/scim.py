"""The directory as identity providers told it by SCIM, from the store. Made by the wiring, here and apart."""

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final, Protocol

from bridge.adapters.directory.drafts import Draft, Fault, problems_of
from bridge.adapters.directory.files import faults_of
from bridge.adapters.directory.people_checks import fits, too_long
from bridge.domain.directory import GROUP_REFERENCE, Directory, Group, Person, Visibility
from bridge.domain.mapping import Origin
from bridge.domain.messages import LANGUAGES, Message, Text, say
from bridge.domain.problems import InvalidInput, Problem, Spot
from bridge.domain.scim import ScimLogin, account, is_active, login
from bridge.files.zones import is_timezone
from bridge.ports.clock import Clock
from bridge.ports.directory import Reading
from bridge.ports.scim import ResourceKind, ScimResource, ScimState
from bridge.ports.store import UnitOfWork

CALLED: Final = "SCIM"
EARLY: Final = "scim, before the first load is over"
LARGE: Final = 3_000
"""People and groups from which on planning belongs into a process of its own (as for files)."""
ENTERPRISE: Final = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"


class Shelf(Protocol):
    """Where the store can be read: the store itself, or whoever opens it when asked."""

    def view(self) -> AbstractAsyncContextManager[UnitOfWork]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class ScimPlace:
    """How what came is to be understood. Can be sent to another process. After ``settle`` without any change the first
    load is over."""

    server_name: str
    visibility: Visibility
    settle: timedelta
    login: ScimLogin = ScimLogin.NAME


@dataclass(slots=True, kw_only=True)
class ScimSource:
    """Reads what changed since it read last, and nothing when nothing did."""

    place: ScimPlace
    shelf: Shelf
    clock: Clock
    _edition: int = field(default=0, init=False)
    _last: Reading | None = field(default=None, init=False)
    _known: dict[int, ScimResource] = field(default_factory=dict, init=False)
    _members: dict[int, Sequence[int]] = field(default_factory=dict, init=False)

    async def read(self) -> Reading:
        """As the port says. Until the first load is over there is nobody, and a warning; an earlier reading of whatever
        the company had before then stays in force, as nobody is doubted (``rules/continuity``)."""
        async with self.shelf.view() as view:
            state = await view.scim.state()
            if (reason := self._too_early(state)) is not None:
                warning = Problem(Spot(CALLED), reason, warning=True)
                until = state.changed + self.place.settle if state.changed else None
                return Reading(directory=Directory(), warnings=(warning,), stamp=EARLY, until=until, early=True)
            if self._last is None or state.edition != self._edition:
                await self._learn(view)
                self._edition = state.edition
                self._last = None
        if self._last is None:
            self._last = await asyncio.to_thread(self._judged)
        return self._last

    def is_large(self) -> bool:
        """Whether the last reading was; before the first nobody knows."""
        return len(self._known) >= LARGE

    def _too_early(self, state: ScimState) -> Message | None:
        """Why what is there does not count yet: half a load would empty rooms."""
        if state.loaded:
            return None
        if state.changed is None:
            return say("Nobody has come by SCIM yet.")
        if self.clock.now() - state.changed >= self.place.settle:
            return None
        return say("The first load by SCIM is under way; it counts once nothing has come for {seconds} s.",
                   seconds=round(self.place.settle.total_seconds()))  # fmt: skip

    async def _learn(self, view: UnitOfWork) -> None:
        changed = await view.scim.since(self._edition)
        groups = [one.number for one in changed if one.kind is ResourceKind.GROUP]
        members = await view.scim.members_of(groups)
        there = await view.scim.numbers()
        for one in changed:
            self._known[one.number] = one
        for number in groups:
            self._members[number] = members.get(number, ())
        for number in self._known.keys() - there:
            del self._known[number]
            self._members.pop(number, None)

    def _judged(self) -> Reading:
        """Raises ``InvalidInput`` with all problems of the content."""
        resources = [self._known[number] for number in sorted(self._known)]
        people, unfit = _people(resources, self.place)
        meant = {one.id: one.id for one in people}
        meant |= {one.id: GROUP_REFERENCE + one.id for one in resources if one.kind is ResourceKind.GROUP}
        groups = [self._group(one, meant) for one in resources if one.kind is ResourceKind.GROUP]
        draft = Draft(people=people, groups=groups)
        directory = draft.directory()
        faults: list[Fault] = [too_long(unfit)] if unfit else []
        faults += faults_of(draft, directory, self.place.server_name, circles_allowed=True)
        problems = problems_of(faults, lambda path: _spot(draft, path))
        if not all(problem.warning for problem in problems):
            raise InvalidInput(problems)
        stamp = f"scim {self._edition} {self.place.visibility} {self.place.login} {self.place.server_name}"
        return Reading(directory=directory, warnings=problems, stamp=stamp)

    def _group(self, resource: ScimResource, meant: Mapping[str, str]) -> Group:
        inside = (self._known.get(number) for number in self._members.get(resource.number, ()))
        name = _text(resource.document, "displayName")
        external = _text(resource.document, "externalId")
        return Group(
            id=resource.id,
            name=Text.same(name),
            visibility=self.place.visibility,  # of the configuration: commands may decide otherwise
            members=tuple(meant[one.id] for one in inside if one is not None and one.id in meant),
            declared=frozenset({"name", "members"}),
            origin=Origin(attributes=(("externalid", (external,)),) if external else ()),
        )


def _people(resources: Iterable[ScimResource], place: ScimPlace) -> tuple[list[Person], int]:
    """People, each account once: of two users with one account whoever is switched off is left out, for they were
    created again; of several who are off only the last. And how many have names that are too long for an account."""
    every = [one for one in resources if one.kind is ResourceKind.USER]
    users = [one for one in every if fits(login(one.document, ScimLogin.NAME), place.server_name)]
    twins: dict[str, list[ScimResource]] = defaultdict(list)
    for one in users:
        twins[account(one.document)].append(one)
    ids = {one.id for one in users}
    people = []
    for name, same in twins.items():
        active = [one for one in same if is_active(one.document)]
        kept = active or [max(same, key=lambda one: one.version)]
        people += [_person(one, f"@{name}:{place.server_name}", place.login, ids) for one in kept]
    return people, len(every) - len(users)


def _person(resource: ScimResource, user: str, kind: ScimLogin, ids: set[str]) -> Person:
    document = resource.document
    company = document.get(ENTERPRISE) or {}
    manager = _text(company.get("manager") or {}, "value")
    language = (_text(document, "preferredLanguage") or _text(document, "locale"))[:2].lower()
    timezone = _text(document, "timezone")
    return Person(
        id=resource.id,
        user=user,
        name=_name(document),
        email=_email(document.get("emails") or ()),
        language=language if language in LANGUAGES else "",
        timezone=timezone if timezone and is_timezone(timezone) else "",
        department=_text(company, "department"),
        title=_text(document, "title"),
        manager=manager if manager in ids else "",
        active=is_active(document),
        login=login(document, kind),
        given=_text(document.get("name") or {}, "givenName"),
    )


def _name(document: Mapping[str, Any]) -> str:
    parts = document.get("name") or {}
    whole = f"{_text(parts, 'givenName')} {_text(parts, 'familyName')}".strip()
    return _text(document, "displayName") or _text(parts, "formatted") or whole


def _email(emails: Sequence[Mapping[str, Any]]) -> str:
    """The primary address, else that of work, else the first."""
    ranked = sorted(emails, key=lambda one: (one.get("primary") is not True, _text(one, "type") != "work"))
    return next(filter(None, (_text(one, "value") for one in ranked)), "")


def _text(document: Mapping[str, Any], name: str) -> str:
    value = document.get(name)
    return value.strip() if isinstance(value, str) else ""


def _spot(draft: Draft, path: tuple[str | int, ...]) -> Spot:
    """The user or group behind a path, by its id and no name."""
    sections: Mapping[str, Sequence[Person | Group]] = {"people": draft.people, "groups": draft.groups}
    if len(path) < 2 or not isinstance(path[1], int):
        return Spot(CALLED)
    return Spot(CALLED, path=sections[str(path[0])][path[1]].id)
