"""``!why``: which rule lets somebody into a group or keeps them out, and where it comes from."""

from bots.kit.commands import Call, Command, Reply, argument, denied
from bridge.domain.errors import InputError
from bridge.domain.ids import is_user_id
from bridge.domain.messages import say
from bridge.services.society import Society
from bridge.services.why import explain, explanation_document


def why_command(society: Society) -> Command:
    """The command, for everybody about themselves and for who governs a group about others."""

    async def why(call: Call) -> Reply:
        first, *rest = call.arguments["group"]
        user, group = (first, rest) if is_user_id(first) else (call.sender, [first, *rest])
        if not group:
            raise InputError(say("Which group? Write its name or its id after the person."))
        world, access = society.world(), society.access()
        if world is None or access is None:
            return denied()
        user = access.user_meant(user)
        explained = await explain(society.store, world, access, call.viewer, user=user, group=" ".join(group))
        return denied() if explained is None else Reply(explanation_document(explained))

    return Command(
        path=("why",),
        french=("pourquoi",),
        summary=say("Why somebody is in a group, or is not."),
        run=why,
        parameters=(
            argument(
                "group",
                label=say("[@person:server] group"),
                help=say("A person, if not yourself; then the group's name or id."),
                nargs=-1,
            ),
        ),
    )
