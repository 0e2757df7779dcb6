"""``!group create``, ``set``, ``unset``, ``visibility``, ``rename``, ``template``: decisions about a group."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Final

from bots.admin.commands.deciding import EMPLOYEE, asking, reason_option, settled, yes_option
from bots.admin.commands.fields import field_topics
from bots.admin.commands.whom import everybody
from bots.admin.commands.words import PEOPLE, field_named, folded, value_said
from bots.kit.commands import Call, Command, Parameter, Reply, Topic, argument, option
from bots.kit.wording import NAME, SENTENCE
from bridge.domain.document import Code, Document, Items, Strong, paragraph
from bridge.domain.messages import Message, say
from bridge.domain.policy import Value
from bridge.rules.effects import effect_of
from bridge.services.finding import Finding
from bridge.services.founding import propose_new
from bridge.services.policies import Policies

GROUP: Final = say("group")
CREATED_WITH: Final = ("visibility", "template", "purpose", "parent")
TOLD: Final = ("visibility", "purpose")
"""What is told of a group that was made: the first always, for it may follow from a template or a default."""


def group_argument() -> Parameter:
    """The group that a command is about."""
    return argument("group", label=GROUP, help=say("Its name or its id."))


def about_group(
    word: str,
    french: str,
    summary: Message,
    run: Callable[[Call], Awaitable[Reply]],
    *parameters: Parameter,
    rights: frozenset[str] = EMPLOYEE,
    details: Message | None = None,
    topics: tuple[Topic, ...] = (),
) -> Command:
    """``!group WORD``."""
    return Command(
        path=("group", word),
        french=("groupe", french),
        summary=summary,
        details=details,
        topics=topics,
        run=run,
        rights=rights,
        parameters=parameters,
    )


def policy_commands(policies: Policies, finding: Finding) -> list[Command]:
    """The commands that decide something about a group."""

    async def create(call: Call) -> Reply:
        given = call.arguments
        values: dict[str, Value] = {"name": " ".join(given["name"])}
        values |= {name: value_said(name, [given[name]]) for name in CREATED_WITH if given[name]}
        values = await _with_template(policies, values)
        proposal = await propose_new(policies, call.viewer, values=values, origin=call.event_id)
        await policies.take(proposal, actor=call.sender, origin=call.event_id, reason=given["reason"] or "")
        told = (field for field in TOLD if field in values or field == "visibility")
        made = say("{group} is made, and you own it.", group=proposal.after.name)
        return Reply(
            Document(
                (
                    paragraph(made, " ", Code(proposal.after.id)),
                    Items(tuple((effect_of(proposal.after, field, proposal.facts),) for field in told)),
                    paragraph(say("Its room is there within seconds; you are invited to it.")),
                )
            )
        )

    async def set_field(call: Call) -> Reply:
        name = field_named(call.arguments["field"])
        words: Sequence[str] = call.arguments["value"]
        people = await everybody(finding, call.viewer, words) if name in PEOPLE else []
        value = people if people else value_said(name, words)
        return await settled(
            policies,
            call,
            await policies.propose(call.viewer, call.arguments["group"], await _with_template(policies, {name: value})),
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
        if not call.arguments["template"]:
            return await _templates(policies)
        values = await _with_template(policies, {"template": " ".join(call.arguments["template"])})
        proposal = await policies.propose(call.viewer, call.arguments["group"] or "", values)
        return await settled(policies, call, proposal)

    visible = say("public, invite-only or hidden")
    field, name = say("field"), say("name")
    return [
        about_group(
            "create",
            "créer",
            say("Make a group, which you then own."),
            asking(policies, create),
            argument("name", label=name, help=say("What people call it."), nargs=-1),
            option("--visibility", "--visibilité", "visibility", label=say("visibility"), help=visible),
            option("--template", "--modèle", "template", label=say("template"), type=NAME),
            option(
                "--purpose",
                "--but",
                "purpose",
                label=say("purpose"),
                type=SENTENCE,
                help=say("In your own words, up to the next option."),
            ),
            option(
                "--parent", "--dans", "parent", label=say("group above"), type=NAME, help=say("Its name or its id.")
            ),
            reason_option(),
            details=say("A template sets visibility, history, welcome and more: !group template lists them."),
        ),
        about_group(
            "set",
            "régler",
            say("Decide one thing about a group."),
            asking(policies, set_field),
            group_argument(),
            argument("field", label=field, help=say("What is decided.")),
            argument("value", label=say("value"), nargs=-1, type=SENTENCE, required=False),
            yes_option(),
            details=say("What the directory or the policy file says is changed there. This may be decided:"),
            topics=field_topics(),
        ),
        about_group(
            "unset",
            "oublier",
            say("Take back what was decided about one thing, so that template or default counts again."),
            asking(policies, unset),
            group_argument(),
            argument("field", label=field),
            yes_option(),
        ),
        about_group(
            "visibility",
            "visibilité",
            say("Decide who may know that a group exists."),
            asking(policies, visibility),
            group_argument(),
            argument("visibility", label=say("visibility"), help=visible, nargs=-1),
            yes_option(),
            reason_option(),
        ),
        about_group(
            "rename",
            "renommer",
            say("Give a group another name; its room stays."),
            rename,
            group_argument(),
            argument("name", label=name, nargs=-1),
            yes_option(),
            details=say("Both languages get the same name; fr: or en: before it changes one."),
        ),
        about_group(
            "template",
            "modèle",
            say("List templates, or decide that a group follows one."),
            asking(policies, template),
            argument("group", label=GROUP, required=False),
            argument("template", label=say("template"), required=False, nargs=-1),
            yes_option(),
        ),
    ]


async def _with_template(policies: Policies, values: dict[str, Value]) -> dict[str, Value]:
    """The values with the id of a template that is called by its name, in either language."""
    wanted = folded(str(values.get("template") or ""))
    if not wanted:
        return values
    found = await policies.templates()
    called = (id_ for id_, one in sorted(found.items()) if wanted in map(folded, (one.name.en, one.name.fr)))
    return (
        {**values, "template": next(called, values["template"])}
        if wanted not in found
        else {**values, "template": wanted}
    )


async def _templates(policies: Policies) -> Reply:
    found = await policies.templates()
    rows = tuple((Code(name), " – ", template.name) for name, template in sorted(found.items()))
    return Reply(Document((paragraph(Strong(say("Templates"))), Items(rows))))
