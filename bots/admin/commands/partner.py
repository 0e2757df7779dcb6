"""``!partner list``, ``show``, ``add``, ``set``, ``unset``, ``sponsor``, ``extend``: partners and what is agreed."""

from collections.abc import Awaitable, Callable
from typing import Final

from bots.admin.commands.deciding import EMPLOYEE, yes_option
from bots.admin.commands.partner_deciding import settled
from bots.admin.commands.partner_words import MEANT, field_named, field_topics, value_said
from bots.kit.commands import Call, Command, Parameter, Reply, Topic, argument, denied, option
from bots.kit.wording import NAME
from bridge.domain.errors import InputError
from bridge.domain.messages import Message, Text, say
from bridge.domain.policy import Value
from bridge.services.partner_shown import listed, shown
from bridge.services.partner_views import PartnerViews
from bridge.services.partnerships import Partnerships

KNOWING: Final = frozenset({"partner_member"})
"""Whoever may know a partner: those of one, and employees."""
PARTNER: Final = say("partner")
WAYS_OUT: Final = {
    "suspended": Text(en="!partner suspend …", fr="!partenaire suspendre …"),
    "ended": Text(en="!partner end …", fr="!partenaire terminer …"),
}
"""What takes more than a decision."""
ADDED_WITH: Final = ("kind", "servers", "users", "sponsor", "since", "until")


def partner_argument() -> Parameter:
    """The partner that a command is about."""
    return argument("partner", label=PARTNER, help=say("Its name or its id."))


def about_partner(
    word: str,
    french: str,
    summary: Message,
    run: Callable[[Call], Awaitable[Reply]],
    *parameters: Parameter,
    rights: frozenset[str] = EMPLOYEE,
    details: Message | None = None,
    topics: tuple[Topic, ...] = (),
) -> Command:
    """``!partner WORD``."""
    return Command(
        path=("partner", word),
        french=("partenaire", french),
        summary=summary,
        details=details,
        topics=topics,
        run=run,
        rights=rights,
        parameters=parameters,
    )


def partner_commands(partnerships: Partnerships) -> list[Command]:
    """The commands about partners themselves."""
    views = PartnerViews(society=partnerships.society)

    async def list_partners(call: Call) -> Reply:
        return Reply(listed(views.visible(call.viewer), partnerships.society))

    async def show(call: Call) -> Reply:
        view = views.find(call.viewer, " ".join(call.arguments["partner"]))
        return denied() if view is None else Reply(shown(view, partnerships.society))

    async def add(call: Call) -> Reply:
        given = call.arguments
        values: dict[str, Value] = {"name": value_said("name", given["name"])}
        values |= {name: value_said(name, tuple(given[name].split())) for name in ADDED_WITH if given[name]}
        proposal = await partnerships.propose_new(call.viewer, values, call.event_id)
        return await settled(partnerships, call, proposal)

    async def decide(call: Call, name: str, *words: str) -> Reply:
        values = {name: value_said(name, words)}
        return await settled(
            partnerships, call, await partnerships.propose(call.viewer, call.arguments["partner"], values)
        )

    async def set_field(call: Call) -> Reply:
        name, words = field_named(call.arguments["field"]), call.arguments["value"]
        if name == "state" and (way := WAYS_OUT.get(str(value_said(name, words)))):
            raise InputError(say("Everybody of it goes at once then, with a receipt. That is done by: {command}",
                                 command=way))  # fmt: skip
        return await decide(call, name, *words)

    async def unset(call: Call) -> Reply:
        gone = frozenset({field_named(call.arguments["field"])})
        return await settled(
            partnerships, call, await partnerships.propose(call.viewer, call.arguments["partner"], {}, gone)
        )

    async def sponsor(call: Call) -> Reply:
        return await decide(call, "deputy" if call.arguments["deputy"] else "sponsor", call.arguments["person"])

    async def extend(call: Call) -> Reply:
        return await decide(call, "until", call.arguments["date"])

    field, person = say("field"), say("person")
    return [
        about_partner("list", "liste", say("The partners that you may know."), list_partners, rights=KNOWING),
        about_partner(
            "show",
            "montrer",
            say("What I know about a partner."),
            show,
            argument("partner", label=PARTNER, help=say("Its name or its id."), nargs=-1),
            rights=KNOWING,
        ),
        about_partner(
            "add",
            "ajouter",
            say("Add a partner, or propose one to the administrators."),
            add,
            argument("name", label=say("name"), help=say("What people call it."), nargs=-1),
            option(
                "--servers",
                "--serveurs",
                "servers",
                label=say("servers"),
                help=say("Its homeservers, with commas between them."),
            ),
            option(
                "--users",
                "--utilisateurs",
                "users",
                label=say("people"),
                help=say("Its people, with commas, where a server is shared with others."),
            ),
            option(
                "--kind",
                "--genre",
                "kind",
                label=say("kind"),
                help=say("One of: {known}.", known=MEANT["kind"][0]),
            ),
            option(
                "--sponsor",
                "--parrain",
                "sponsor",
                label=say("sponsor"),
                type=NAME,
                help=say("Who of the company answers for it; without this, you."),
            ),
            option(
                "--since",
                "--début",
                "since",
                label=say("date"),
                help=say("The first day of the agreement, such as 2027-01-01."),
            ),
            option(
                "--until",
                "--fin",
                "--jusque",
                "until",
                label=say("date"),
                help=say("The last day, such as 2027-12-31."),
            ),
            yes_option(),
        ),
        about_partner(
            "set",
            "régler",
            say("Decide one thing about a partner."),
            set_field,
            partner_argument(),
            argument("field", label=field, help=say("What is decided.")),
            argument("value", label=say("value"), nargs=-1),
            yes_option(),
            details=say("What the directory says is changed there. This may be decided:"),
            topics=field_topics(),
        ),
        about_partner(
            "unset",
            "oublier",
            say("Take back what was decided about one thing of a partner."),
            unset,
            partner_argument(),
            argument("field", label=field),
            yes_option(),
        ),
        about_partner(
            "sponsor",
            "parrain",
            say("Say who answers for a partner."),
            sponsor,
            partner_argument(),
            argument("person", label=person, help=say("A mention or a user id, such as @claire:corp.example.")),
            option(
                "--deputy",
                "--suppléant",
                "deputy",
                label=say("deputy"),
                help=say("Beside the sponsor."),
                is_flag=True,
                default=False,
            ),
            yes_option(),
        ),
        about_partner(
            "extend",
            "prolonger",
            say("Give the agreement with a partner another last day."),
            extend,
            partner_argument(),
            argument("date", label=say("date"), help=say("The last day, such as 2027-12-31.")),
            yes_option(),
        ),
    ]
