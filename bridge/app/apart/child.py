"""The process in which a large world is looked at. Started by ``looking`` alone."""

import asyncio
import pickle
from collections.abc import Iterator
from dataclasses import dataclass

from bridge.adapters.apart import serve
from bridge.adapters.directory.files import DirectoryFile
from bridge.adapters.directory.keycloak_server import KeycloakPlace, KeycloakSource
from bridge.adapters.directory.ldap import LdapPlace, LdapSource
from bridge.adapters.directory.scim import ScimPlace, ScimSource, Shelf
from bridge.adapters.policies.source import PolicyFile
from bridge.adapters.sealing import DataKeySealer, key_from_text
from bridge.adapters.settling import calmly
from bridge.adapters.sql.store import SqlStore, open_store
from bridge.adapters.time import SystemClock
from bridge.app.apart.crossing import Failure
from bridge.app.apart.looking import NamedPlace, Place, Task
from bridge.app.apart.sending import pieces_of
from bridge.domain.errors import ParvisError
from bridge.ports.clock import Clock
from bridge.ports.directory import DirectorySource, Drawer, Reading
from bridge.ports.policies import PolicyReading
from bridge.services.drawer import StoreDrawer
from bridge.services.looking import Errand, Here
from bridge.services.ruling import PolicyKeeper
from bridge.services.several import NamedSource, keeping
from bridge.services.world import World


@dataclass(frozen=True, slots=True)
class Direct:
    """A source that reads the file and nothing else: nobody waits here."""

    file: DirectoryFile
    clock: Clock

    async def read(self) -> Reading:
        """As the port says."""
        return await calmly(self._read, self.file.paths(), self.clock)

    async def _read(self) -> Reading:
        return self.file.read_now(self.clock.now())


@dataclass(frozen=True, slots=True)
class DirectRules:
    """The same for the policy file."""

    file: PolicyFile
    clock: Clock

    async def read(self) -> PolicyReading:
        """As the port says."""
        return await calmly(self._read, (self.file.path,) if self.file.path else (), self.clock)

    async def _read(self) -> PolicyReading:
        return self.file.read_now()


def source_at(named: NamedPlace, clock: Clock, store: SqlStore) -> NamedSource:
    """Where this look reads a source."""
    drawer = StoreDrawer(store=store, clock=clock, name=named.name)
    return NamedSource(name=named.name, called=named.called, source=_source_at(named.place, clock, store, drawer))


def _source_at(place: Place, clock: Clock, shelf: Shelf, drawer: Drawer) -> DirectorySource:
    if isinstance(place, ScimPlace):
        return ScimSource(place=place, shelf=shelf, clock=clock)
    if isinstance(place, LdapPlace):
        return LdapSource(place=place, clock=clock, drawer=drawer)
    return KeycloakSource(place=place, clock=clock) if isinstance(place, KeycloakPlace) else Direct(place, clock)


async def look(task: Task, errand: Errand) -> World:
    """The world, from the file and the store themselves."""
    clock = SystemClock()
    store = await open_store(task.database, DataKeySealer(key_from_text(task.data_key)))
    try:
        here = Here(
            keeper=keeping([source_at(place, clock, store) for place in task.places], store, clock, task.grace),
            policies=PolicyKeeper(source=DirectRules(task.policies, clock), store=store, clock=clock),
            store=store,
            house=task.house,
            brake=task.brake,
            bot=task.bot,
            service_users=task.service_users,
            strategies=task.strategies,
        )
        return await here.look(errand)
    finally:
        await store.close()


def answer(question: bytes) -> Iterator[bytes]:
    """The pieces of the world that the task asks for, or why there is none."""
    task: Task = pickle.loads(question)  # noqa: S301 - written by our own parent, over a pipe
    if task.errand is None:
        raise ValueError("a task without an errand")
    try:
        world = asyncio.run(look(task, task.errand))
    except ParvisError as error:
        yield pickle.dumps(Failure.of(error))
        return
    yield from pieces_of(world, known=bool(world.edition) and world.edition == task.known)


if __name__ == "__main__":
    serve(answer)
