"""Documents into sealed columns and back: JSON inside, one context per column."""

from collections.abc import Mapping
from typing import Any, Final

import msgspec

from bridge.ports.sealing import Sealer

ROOM_PAGE: Final = 256
"""Room documents are filled up to whole pages, so that the length does not tell whether a name was ever told."""


class Vault:
    """A sealer that speaks JSON."""

    def __init__(self, sealer: Sealer) -> None:
        self._sealer = sealer
        self.seal = sealer.seal
        self.seal_all = sealer.seal_all
        self.unseal = sealer.unseal
        self.index = sealer.index

    def put(self, document: Any, context: bytes, *, page: int = 1) -> bytes:
        """Seal a JSON value, filled with spaces up to a multiple of ``page`` bytes."""
        text = msgspec.json.encode(document, enc_hook=plain)
        return self._sealer.seal(text.ljust(-(-len(text) // page) * page), context)

    def get(self, sealed: bytes, context: bytes) -> Any:
        """The JSON value; raises ``StoreError`` when it does not open."""
        return msgspec.json.decode(self._sealer.unseal(sealed, context))


def plain(value: object) -> object:
    """Frozen mappings are written as objects."""
    if isinstance(value, Mapping):
        return dict(value)
    raise NotImplementedError(type(value).__name__)
