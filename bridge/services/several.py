"""The directory from several sources: each is read, doubted and kept by itself, and what counts of all is put together.

A source that fails is held at its last good reading; where there is none, nothing counts, for half a world empties
rooms. Made by the wiring, here and in the process of its own.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from hashlib import sha256

from bridge.domain.directory import Directory, Group
from bridge.domain.findings import Finding
from bridge.domain.messages import say_n
from bridge.domain.problems import InvalidInput, Problem, Spot
from bridge.ports.clock import Clock
from bridge.ports.directory import DirectorySource, Reading
from bridge.ports.store import Store
from bridge.rules.continuity import Vanished
from bridge.rules.merging import NAMED, Together, Told, together
from bridge.services.truth import GRACE, DirectoryKeeper, Heard, Keeper, Truth, as_known, ended, gone_since, truth_of


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedSource:
    """One of the sources, under the name of the configuration: empty where there is only one. ``called`` is how people
    are told of it; ``large`` says whether it belongs into a process of its own."""

    name: str
    called: str
    source: DirectorySource
    large: Callable[[], bool] = bool


def keeping(sources: Sequence[NamedSource], store: Store, clock: Clock, grace: timedelta = GRACE) -> Keeper:
    """Who keeps the directory that these sources make, from the one that counts most to the one that counts least."""
    keepers = tuple(
        DirectoryKeeper(source=one.source, store=store, clock=clock, grace=grace, name=one.name, called=one.called)
        for one in sources
    )
    return SeveralKeeper(keepers=keepers) if len(keepers) > 1 else keepers[0]


@dataclass(slots=True, kw_only=True)
class SeveralKeeper:
    """``truth.Keeper`` for several sources, each with a keeper of its own."""

    keepers: tuple[DirectoryKeeper, ...]
    _last: tuple[tuple[str, ...], Together] | None = field(default=None, init=False)

    async def read(self, *, keep: bool) -> Truth:
        """As the protocol says."""
        return await self._truth([await keeper.hear(keep=keep) for keeper in self.keepers])

    async def last(self) -> Truth:
        """As the protocol says."""
        return await self._truth([await keeper.remembered() for keeper in self.keepers])

    async def _truth(self, heard: list[Heard]) -> Truth:
        keeper = self.keepers[0]
        over = await ended(keeper.store) if any(one.vanished for one in heard) else frozenset[str]()
        heard = [replace(one, vanished=_without(one.vanished, over)) for one in await as_known(keeper.store, heard)]
        stamps = tuple(one.stamp for one in heard)
        since = _gone(heard)
        found = self._together(heard, stamps, since)
        groups = found.directory.groups
        whole = Heard(
            replace(found.directory, groups={id_: group for id_, group in groups.items() if id_ not in since}),
            {id_: Vanished(groups[id_], at) for id_, at in since.items()},
            (*(finding for one in heard for finding in one.findings), *found.findings),
            sha256("\n".join(stamps).encode()).hexdigest() if all(stamps) else "",
            frozenset().union(*(one.replaced for one in heard)) - found.directory.people.keys(),
            until=min((one.until for one in heard if one.until), default=None),
        )
        truth = await truth_of(keeper.store, whole, now=keeper.clock.now(), grace=keeper.grace)
        return replace(truth, since=gone_since(heard))

    def _together(self, heard: list[Heard], stamps: tuple[str, ...], gone: Collection[str]) -> Together:
        """What all say, groups that are gone included: others may still describe them, or lead to them."""
        key = (*stamps, *sorted(gone))
        if self._last is None or not all(stamps) or self._last[0] != key:
            named = zip(self.keepers, heard, strict=True)
            self._last = key, together([Told(keeper.name, _with(gone, one)) for keeper, one in named])
        return self._last[1]


def _without(vanished: Mapping[str, Vanished], over: frozenset[str]) -> Mapping[str, Vanished]:
    return {id_: was for id_, was in vanished.items() if id_ not in over}


def _with(gone: Collection[str], heard: Heard) -> Directory:
    """What a source says, and said of groups that are gone."""
    were = {id_: was.group for id_, was in heard.vanished.items() if id_ in gone}
    if not were:
        return heard.directory
    return replace(heard.directory, groups={**heard.directory.groups, **were})


def _gone(heard: list[Heard]) -> dict[str, datetime]:
    """Groups that vanished from a source, and since when, if no other source says who belongs to them."""
    since = {id_: was.since for one in reversed(heard) for id_, was in one.vanished.items()}
    peopled = (id_ for one in heard for id_ in since if _says_members(one.directory.groups.get(id_)))
    for id_ in set(peopled):
        del since[id_]
    return since


def _says_members(group: Group | None) -> bool:
    return group is not None and "members" in group.declared


@dataclass(frozen=True, slots=True)
class AllSources:
    """``DirectorySource`` of several, as they are now: one that fails is an error. For looking without a store."""

    sources: tuple[NamedSource, ...]

    async def read(self) -> Reading:
        """As the port says, with the problems of all."""
        problems: list[Problem] = []
        readings: list[tuple[str, Reading]] = []
        for one in self.sources:
            try:
                readings.append((one.name, await one.source.read()))
            except InvalidInput as invalid:
                problems += invalid.problems
        if problems:
            raise InvalidInput(problems)
        return combined(readings)


def contradicted(readings: Sequence[tuple[str, Reading]], name: str) -> tuple[Finding, ...]:
    """What the source of this name says otherwise than others, and what it writes that leads nowhere in any."""
    found = together([Told(source, reading.directory) for source, reading in readings])
    return tuple(one for one in found.findings if one.text.places.get("source") == name)


def combined(readings: Sequence[tuple[str, Reading]]) -> Reading:
    """The readings of several sources, by name, as one; what they contradict each other about are warnings."""
    found = together([Told(name, reading.directory) for name, reading in readings])
    warnings = [warning for _, reading in readings for warning in reading.warnings]
    if orphans := [group.id for group in found.directory.groups.values() if not group.owners]:
        named = (*orphans[:NAMED], *(["…"] if len(orphans) > NAMED else []))
        message = say_n("{count} group has no owner: {groups}.", "{count} groups have no owner: {groups}.",
                        len(orphans), groups=named)  # fmt: skip
        warnings.append(Problem(Spot("directory"), message, warning=True))
    warnings += [Problem(Spot("directory", path=one.subject), one.text, warning=True) for one in found.findings]
    stamp = sha256("\n".join(reading.stamp for _, reading in readings).encode()).hexdigest()
    remarks = tuple(remark for _, reading in readings for remark in reading.remarks)
    return Reading(directory=found.directory, warnings=tuple(warnings), stamp=stamp, remarks=remarks)
