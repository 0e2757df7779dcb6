"""The store under the SCIM library: the library's own suite for storages, with the resources that we keep."""

import pytest
from scim2_models import ScimProvider
from scim2_server.testing import AsyncScimStorageContract

from bridge.adapters.scim.models import provider as ours
from bridge.adapters.scim.storage import StoredResources
from tests.fakes.clock import FakeChance, FakeClock
from tests.fakes.store import Access, Data
from tests.fakes.store_scim import FakeScim

UNSUPPORTED = ("test_cursor", "test_search_sort")
"""Sealed values are not sorted: neither sorting nor cursors are announced, and tests of these would be skipped."""


class TestStorage(AsyncScimStorageContract):
    @pytest.fixture
    def provider(self) -> ScimProvider:
        return ours()

    @pytest.fixture
    def async_storage(self, provider: ScimProvider) -> StoredResources:
        resources = FakeScim(Access(Data(), writes=True))
        return StoredResources(resources, provider, clock=FakeClock(), chance=FakeChance())


for name in dir(TestStorage):
    if name.startswith(UNSUPPORTED):
        setattr(TestStorage, name, None)
