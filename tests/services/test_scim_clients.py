"""Tokens of SCIM clients: shown once, replaced without a gap, revoked at once, and all of it recorded."""

from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from bridge.domain.errors import InputError
from bridge.services.scim_clients import ADDED, REVOKED, ROTATED, ScimClients
from tests.fakes.clock import FakeChance, FakeClock
from tests.fakes.store import FakeStore

DAY = timedelta(days=1)


@dataclass
class Office:
    store: FakeStore = field(default_factory=FakeStore)
    clock: FakeClock = field(default_factory=FakeClock)

    def __post_init__(self) -> None:
        self.clients = ScimClients(store=self.store, clock=self.clock, chance=FakeChance())

    async def known(self, secret: str) -> str | None:
        async with self.store.view() as view:
            token = await view.scim_tokens.by_secret(secret)
        return None if token is None else token.client


async def test_a_new_client_gets_a_secret_that_is_recognised() -> None:
    office = Office()
    secret = await office.clients.add("entra")
    assert len(secret) >= 40
    assert await office.known(secret) == "entra"


async def test_a_client_is_added_once() -> None:
    office = Office()
    await office.clients.add("entra")
    with pytest.raises(InputError, match="entra has a token already"):
        await office.clients.add("entra")


@pytest.mark.parametrize("name", ["", " ", "two\nlines", "x" * 61])
async def test_a_client_has_a_name(name: str) -> None:
    with pytest.raises(InputError, match="at most 60"):
        await Office().clients.add(name)


async def test_a_replaced_token_counts_a_while_longer_and_is_then_forgotten() -> None:
    office = Office()
    first = await office.clients.add("entra")
    second = await office.clients.rotate("entra", keep=DAY)
    assert [one.until for one in await office.clients.all()] == [office.clock.now() + DAY, None]
    await office.clock.advance(DAY.total_seconds())
    assert [one.until for one in await office.clients.all()] == [None]
    third = await office.clients.rotate("entra", keep=DAY)
    assert await office.known(first) is None
    assert [await office.known(one) for one in (second, third)] == ["entra", "entra"]


async def test_replacing_again_gives_nobody_longer_than_before() -> None:
    office = Office()
    await office.clients.add("entra")
    await office.clients.rotate("entra", keep=DAY)
    await office.clients.rotate("entra", keep=10 * DAY)
    ends = sorted(one.until for one in await office.clients.all() if one.until)
    assert ends == [office.clock.now() + DAY, office.clock.now() + 10 * DAY]


async def test_a_revoked_client_is_out_at_once_and_no_other() -> None:
    office = Office()
    entra, okta = await office.clients.add("entra"), await office.clients.add("okta")
    await office.clients.revoke("entra")
    assert (await office.known(entra), await office.known(okta)) == (None, "okta")
    with pytest.raises(InputError, match="There is no client entra"):
        await office.clients.revoke("entra")


async def test_every_change_is_a_record_without_the_secret() -> None:
    office = Office()
    secrets = [await office.clients.add("entra"), await office.clients.rotate("entra", keep=DAY)]
    await office.clients.revoke("entra")
    records = list(office.store.data.audit.values())
    assert [(one.kind, dict(one.detail)) for one in records] == [
        (kind, {"client": "entra"}) for kind in (ADDED, ROTATED, REVOKED)
    ]
    assert not any(secret in str(records) for secret in secrets)
