"""``!group create``, ``set``, ``unset``, ``visibility``, ``rename``, ``template``: decisions about a group."""

from typing import Final

from bots.admin.commands.deciding import EMPLOYEE, asking, reason_option, settled, yes_option
from bots.admin.commands.words import field_named, value_said
from bots.kit.commands import Call, Command, Parameter, Reply, argument, option
from bridge.domain.document import Code, Document, Items, Strong, paragraph
from bridge.domain.messages import say
from bridge.domain.policy import Value
from bridge.services.founding import propose_new
from bridge.services.policies import Policies

GROUP: Final = say("group")
CREATED_WITH: Final = ("visibility", "template", "purpose", "parent")


def group_argument() -> Parameter:
    """The group that a command is about."""
    return argument("group", label=GROUP, help=say("Its name or its id; a name of several words in quotation marks."))


def policy_commands(policies: Policies) -> list[Command]:
    """The commands that decide something about a group."""

    async def create(call: Call) -> Reply:
        given = call.arguments
        values: dict[str, Value] = {"name": " ".join(given["name"])}
        values |= {name: value_said(name, [given[name]]) for name in CREATED_WITH if given[name]}
        proposal = await propose_new(policies, call.viewer, values=values, origin=call.event_id)
        await policies.take(proposal, actor=call.sender, origin=call.event_id)
        made = say("{group} is made, and you own it.", group=proposal.after.name)
        return Reply(
            Document(
                (
                    paragraph(made, " ", Code(proposal.after.id)),
                    Items(tuple((effect,) for effect in proposal.effects[-1:] if "visibility" in values)),
                    paragraph(say("Its room is there within seconds; you are invited to it.")),
                )
            )
        )

    async def set_field(call: Call) -> Reply:
        name = field_named(call.arguments["field"])
        value = value_said(name, call.arguments["value"])
        return await settled(
            policies, call, await policies.propose(call.viewer, call.arguments["group"], {name: value})
        )

    async def unset(call: Call) -> Reply:
        name = field_named(call.arguments["field"])
        return await settled(
            policies, call, await policies.propose(call.viewer, call.arguments["group"], {}, frozenset({name}))
        )

    async def visibility(call: Call) -> Reply:
        value = value_said("visibility", call.arguments["visibility"])
        proposal = await policies.propose(call.viewer, call.arguments["group"], {"visibility": value})
        return await settled(policies, call, proposal)

    async def rename(call: Call) -> Reply:
        value = value_said("name", call.arguments["name"])
        return await settled(
            policies, call, await policies.propose(call.viewer, call.arguments["group"], {"name": value})
        )

    async def template(call: Call) -> Reply:
        if call.arguments["template"] is None:
            return await _templates(policies)
        value = call.arguments["template"]
        proposal = await policies.propose(call.viewer, call.arguments["group"] or "", {"template": value})
        return await settled(policies, call, proposal)

    visible = say("public, invite-only or hidden")
    return [
        Command(
            path=("group", "create"),
            french=("groupe", "créer"),
            summary=say("Make a group, which you then own."),
            details=say("A template sets visibility, history, welcome and more: !group template lists them."),
            run=asking(policies, create),
            rights=EMPLOYEE,
            parameters=(
                argument("name", label=say("name"), help=say("What people call it."), nargs=-1),
                option("--visibility", "--visibilité", "visibility", label=say("visibility"), help=visible),
                option("--template", "--modèle", "template", label=say("template")),
                option("--purpose", "--but", "purpose", label=say("purpose"), help=say("In quotation marks.")),
                option("--parent", "--dans", "parent", label=say("group above"), help=say("Its name or its id.")),
                reason_option(),
            ),
        ),
        Command(
            path=("group", "set"),
            french=("groupe", "régler"),
            summary=say("Decide one thing about a group."),
            details=say(
                "There are: name, purpose, visibility, listed, mandatory, parent, owners, moderators, delegates, "
                "members, partners, membership, requests, posting, history, encrypted, language, welcome, template. "
                "What the directory or the policy file says is changed there."
            ),
            run=asking(policies, set_field),
            rights=EMPLOYEE,
            parameters=(
                group_argument(),
                argument("field", label=say("field"), help=say("What is decided.")),
                argument("value", label=say("value"), nargs=-1),
                yes_option(),
            ),
        ),
        Command(
            path=("group", "unset"),
            french=("groupe", "oublier"),
            summary=say("Take back what was decided about one thing, so that template or default counts again."),
            run=asking(policies, unset),
            rights=EMPLOYEE,
            parameters=(group_argument(), argument("field", label=say("field")), yes_option()),
        ),
        Command(
            path=("group", "visibility"),
            french=("groupe", "visibilité"),
            summary=say("Decide who may know that a group exists."),
            run=asking(policies, visibility),
            rights=EMPLOYEE,
            parameters=(
                group_argument(),
                argument("visibility", label=say("visibility"), help=visible, nargs=-1),
                yes_option(),
                reason_option(),
            ),
        ),
        Command(
            path=("group", "rename"),
            french=("groupe", "renommer"),
            summary=say("Give a group another name; its room stays."),
            details=say("Both languages get the same name; fr: or en: before it changes one."),
            run=rename,
            rights=EMPLOYEE,
            parameters=(group_argument(), argument("name", label=say("name"), nargs=-1), yes_option()),
        ),
        Command(
            path=("group", "template"),
            french=("groupe", "modèle"),
            summary=say("List templates, or decide that a group follows one."),
            run=asking(policies, template),
            rights=EMPLOYEE,
            parameters=(
                argument("group", label=GROUP, required=False),
                argument("template", label=say("template"), required=False),
                yes_option(),
            ),
        ),
    ]


async def _templates(policies: Policies) -> Reply:
    found = await policies.templates()
    rows = tuple((Code(name), " – ", template.name) for name, template in sorted(found.items()))
    return Reply(Document((paragraph(Strong(say("Templates"))), Items(rows))))
