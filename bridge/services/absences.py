"""Why people who belong to a room are out of it, and when that counts no longer.

Who leaves, declines, cannot be invited or does not answer is not asked again. Being taken off the list and added again
makes it a new question, and so does being added, or asking to come in, once more.
"""

from collections.abc import Iterable

from bridge.domain.rooms import group_room, partner_space
from bridge.ports.store import Store, UnitOfWork
from bridge.rules.partners import partner_of
from bridge.services.world import World


async def forget(store: Store, world: World) -> None:
    """Called after each look that counts: forget it of those who belong to their room no longer. Repeatable, and
    nothing is written where there is nothing to forget."""
    if not world.forgotten:
        return
    async with store.work() as work:
        for room_id, users in world.forgotten.items():
            await ask_again(work, room_id, users)


async def ask_again(work: UnitOfWork, room_id: str, users: Iterable[str]) -> None:
    """From the next look on these people are invited like anybody else, if they belong to the room and are out."""
    await work.rooms.note_absence(room_id, dict.fromkeys(users))


async def ask_into_group(work: UnitOfWork, world: World, group: str, user: str) -> None:
    """The same for somebody who is asked into a group: there, and in their partner's space, through which people of
    partners find their groups."""
    partner = partner_of(user, world.facts.claims)
    rooms = world.room_ids()
    for ref in (group_room(group), *([partner_space(partner)] if partner else [])):
        if room_id := rooms.get(ref):
            await ask_again(work, room_id, [user])
