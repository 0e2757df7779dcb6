"""``parvis why``: which rule lets somebody into a group or keeps them out. Called by the command line."""

from bridge.app.bots import users_of
from bridge.app.terminal import Terminal
from bridge.app.verbs import DONE, viewer_now
from bridge.app.wiring import assembly
from bridge.config.settings import Config
from bridge.domain.errors import InputError
from bridge.domain.ids import is_user_id
from bridge.domain.messages import say
from bridge.domain.rooms import group_room
from bridge.rules.access import Access
from bridge.services.why import explain, explanation_document


async def why(config: Config, terminal: Terminal, *, user: str, group: str, viewer: str | None) -> int:
    """Why ``user`` is in the group, or is not: for the command line, or as ``viewer`` would be told."""
    if not is_user_id(user):
        raise InputError(say("{text} is not a user id; it looks like @ines:corp.example.", text=user))
    async with assembly(config, bots=users_of(config)) as parts:
        who = await viewer_now(parts, viewer)
        await parts.prepare()
        world = await parts.reconciler.look()
        access = Access(world.facts, admins=frozenset(config.admins), names=world.names)
        if found := access.find(who, group):
            # No bridge may be running that keeps an eye on the room.
            await parts.reconciler.verifier.verify({group_room(found.id)}, directory=False)
        explained = await explain(parts.store, world, access, who, user=user, group=group)
    if explained is None:
        raise InputError(say("There is no group {group}.", group=group))
    terminal.show(explanation_document(explained))
    return DONE
