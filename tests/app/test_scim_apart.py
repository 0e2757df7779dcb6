"""In a large company what came by SCIM is read in the process that looks."""

import pickle
from datetime import timedelta
from pathlib import Path

import pytest

from bridge.adapters.directory.scim import ScimPlace, ScimSource
from bridge.adapters.sealing import DataKeySealer
from bridge.adapters.sql.store import open_store
from bridge.app.apart.child import source_at
from bridge.app.apart.looking import place_of
from bridge.domain.directory import Visibility
from bridge.ports.scim import ResourceKind, ScimResource
from bridge.services.several import NamedSource
from tests.fakes.clock import START, FakeClock

pytestmark = pytest.mark.slow


async def test_the_source_is_sent_to_the_child_and_reads_its_store(tmp_path: Path) -> None:
    store, clock = await open_store(f"sqlite:///{tmp_path}/store.db", DataKeySealer(bytes(32))), FakeClock()
    ann = ScimResource(id="1", kind=ResourceKind.USER, document={"userName": "ann"}, created=START, changed=START)
    async with store.work() as work:
        await work.scim.put(ann, ())
    place = ScimPlace(server_name="corp.example", visibility=Visibility.HIDDEN, settle=timedelta(0))
    here = ScimSource(place=place, shelf=store, clock=clock)
    sent = pickle.loads(pickle.dumps(place_of(NamedSource(name="okta", called="SCIM", source=here))))
    there = source_at(sent, clock, store)
    assert there.name == "okta"
    assert await there.source.read() == await here.read()
    await store.close()
