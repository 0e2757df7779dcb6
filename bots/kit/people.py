"""What a conversation must know about people; made by ``bridge/app`` from rules and services, used by ``talk``."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from bridge.domain.messages import Language, Text
from bridge.domain.viewers import Viewer
from bridge.ports.messenger import Surroundings


async def nothing_near(_viewer: Viewer, _what: str, _text: str) -> tuple[str, Text] | None:
    """Nothing is."""
    return None


async def nothing_broken(_user_id: str) -> frozenset[str]:
    """No glass is."""
    return frozenset()


async def nobody(_viewer: Viewer, _text: str) -> tuple[str, ...]:
    """Nobody is called so."""
    return ()


def no_group(_viewer: Viewer, _text: str) -> bool:
    """It names none."""
    return False


@dataclass(frozen=True, slots=True, kw_only=True)
class People:
    """Eight questions. The functions raise what their services raise.

    ``viewer_of`` judges who reads the answer, now or later, and ``broken_by`` tells which hidden groups the sender may
    see for a while besides; ``roles_of`` says what the sender may run; ``language_of``
    is their preference, else the directory's, else the default; ``admits`` tells whether an invitation from this user
    id is accepted; ``is_own`` which users are ours and therefore never answered; ``nearest`` which
    ``group`` or ``person``, among those that a viewer may know, is called most like something that names none;
    ``names_group`` whether a text names a group that a viewer may know; ``named`` who, among those whom a viewer may
    know, bears a name.
    """

    viewer_of: Callable[[Surroundings, str], Awaitable[Viewer]]
    roles_of: Callable[[str], Awaitable[frozenset[str]]]
    language_of: Callable[[str], Awaitable[Language]]
    admits: Callable[[str], Awaitable[bool]]
    is_own: Callable[[str], bool]
    nearest: Callable[[Viewer, str, str], Awaitable[tuple[str, Text] | None]] = nothing_near
    names_group: Callable[[Viewer, str], bool] = no_group
    named: Callable[[Viewer, str], Awaitable[tuple[str, ...]]] = nobody
    broken_by: Callable[[str], Awaitable[frozenset[str]]] = nothing_broken

    async def sight_of(self, surroundings: Surroundings, sender: str) -> Viewer:
        """On whose behalf an answer to the sender is given there, with what they may see for a while."""
        return (await self.viewer_of(surroundings, sender)).through(await self.broken_by(sender))
