"""The sealed document of a room: everything about it that could tell which group it serves, or that it is hidden."""

from dataclasses import dataclass, replace
from typing import Any, Final

from sqlalchemy import Row

from bridge.adapters.sql.vault import ROOM_PAGE, Vault
from bridge.domain.rooms import Binding, RoomKind, RoomRef

ROOM: Final = b"rooms.room"
REF: Final = b"rooms.ref"


@dataclass(frozen=True, slots=True)
class RoomDoc:
    """A binding, and what no event tells."""

    binding: Binding
    published: bool = False
    aliases: tuple[str, ...] = ()

    def with_binding(self, **changes: str | bool | RoomRef) -> "RoomDoc":
        """The same with another binding."""
        binding: Any = replace(self.binding, **changes)  # type: ignore[arg-type]
        return replace(self, binding=binding)


def ref_index(vault: Vault, ref: RoomRef) -> bytes:
    """By what a reference is found."""
    return vault.index(str(ref), REF)


def sealed_doc(vault: Vault, doc: RoomDoc) -> bytes:
    """The document as its column holds it; the room id stands beside it, in the clear."""
    binding = doc.binding
    content = {
        "kind": binding.ref.kind,
        "id": binding.ref.id,
        "marker": binding.marker,
        "version": binding.version,
        "told": binding.told,
        "of": binding.of,
        "secret": binding.secret,
        "published": doc.published,
        "aliases": doc.aliases,
    }
    return vault.put(content, ROOM, page=ROOM_PAGE)


def read_doc(vault: Vault, row: Row[Any]) -> RoomDoc:
    """The document of a row of ``rooms``."""
    content = vault.get(row.sealed, ROOM)
    binding = Binding(
        ref=RoomRef(RoomKind(content["kind"]), content["id"]),
        marker=content["marker"],
        room_id=row.room_id,
        version=content["version"],
        told=content["told"],
        of=content.get("of", ""),
        secret=content.get("secret", False),
    )
    return RoomDoc(binding, published=content["published"], aliases=tuple(content["aliases"]))
