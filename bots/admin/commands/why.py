"""``!why``: which rule lets somebody into a group or keeps them out, and where it comes from."""

from bots.admin.commands.whom import whom
from bots.kit.commands import Call, Command, Reply, argument, denied
from bridge.domain.errors import InputError
from bridge.domain.messages import say
from bridge.services.finding import Finding
from bridge.services.society import Society
from bridge.services.why import explain, explanation_document


def why_command(society: Society, finding: Finding) -> Command:
    """The command, for everybody about themselves and for who governs a group about others."""

    async def why(call: Call) -> Reply:
        person, group = await whom(finding, call.viewer, call.arguments["group"])
        if not group:
            raise InputError(say("Which group? Write its name or its id after the person."))
        world, access = society.world(), society.access()
        if world is None or access is None:
            return denied()
        user = access.user_meant(person or call.sender)
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
                label=say("[person] group"),
                help=say("A person, if not yourself; then the group's name or id."),
                nargs=-1,
            ),
        ),
    )
