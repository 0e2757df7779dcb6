"""Links between people and accounts: kept, replaced, forgotten, and told apart by an edition."""

from bridge.domain.identities import Identity
from bridge.ports.store import Store
from tests.fakes.clock import START

ANN = Identity(person="uuid-1", user="@ann:corp.example", how="external", at=START)
BOB = Identity(person="uuid-2", user="@bob:corp.example", by="@ines:corp.example", at=START)


async def test_links_are_kept_until_they_are_replaced_or_forgotten(store: Store) -> None:
    async with store.work() as work:
        await work.identities.put([ANN, BOB])
    async with store.view() as view:
        assert await view.identities.all() == {"uuid-1": ANN, "uuid-2": BOB}
    other = Identity(person="uuid-1", user="@ann2:corp.example", how="email", at=START)
    async with store.work() as work:
        await work.identities.put([other])
        await work.identities.remove(["uuid-2", "nobody"])
    async with store.view() as view:
        assert await view.identities.all() == {"uuid-1": other}


async def test_every_change_makes_one_more_edition_and_nothing_else_does(store: Store) -> None:
    editions = []
    for change in ([ANN], [], [BOB]):
        async with store.work() as work:
            await work.identities.put(change)
        async with store.view() as view:
            editions.append(await view.identities.edition())
    async with store.work() as work:
        await work.identities.remove(["uuid-1"])
        editions.append(await work.identities.edition())
    first = editions[0]
    assert editions == [first, first, first + 1, first + 2]
