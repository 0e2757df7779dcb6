"""``!group owner``, ``delegate``, ``add``, ``archive``, ``retire``, ``export`` …: a group's people and its end."""

from collections.abc import Awaitable, Callable
from typing import Final

from bots.admin.commands.deciding import EMPLOYEE, reason_option, settled, yes_option
from bots.admin.commands.policies import about_group, group_argument
from bots.kit.commands import Call, Command, Parameter, Reply, argument, denied, option
from bridge.domain.directory import GroupState
from bridge.domain.document import CodeBlock, document
from bridge.domain.messages import Message, say
from bridge.services.exporting import exported
from bridge.services.policies import Policies

PERSON: Final = say("person")
DELEGATING: Final = frozenset({"admin", "delegate"})


def lifecycle_commands(policies: Policies) -> list[Command]:
    """The commands about people of a group and about its end."""

    def naming(field: str, *, present: bool | None = None) -> Callable[[Call], Awaitable[Reply]]:
        async def run(call: Call) -> Reply:
            there = not call.arguments["out"] if present is None else present
            proposal = await policies.propose_naming(
                call.viewer, call.arguments["group"], field, call.arguments["person"], present=there
            )
            return await settled(policies, call, proposal)

        return run

    def becoming(state: GroupState) -> Callable[[Call], Awaitable[Reply]]:
        async def run(call: Call) -> Reply:
            proposal = await policies.propose_state(call.viewer, call.arguments["group"], state)
            return await settled(policies, call, proposal)

        return run

    async def export(call: Call) -> Reply:
        group = policies.find(call.viewer, call.arguments["group"])
        return denied() if group is None else Reply(document(CodeBlock(exported([group]))))

    out = option("--remove", "--retirer", "out", label=say("out"), help=say("No longer."), is_flag=True, default=False)
    return [
        _naming(
            "owner", "propriétaire", say("Name somebody an owner of a group, or no longer."), naming("owners"), out
        ),
        _naming("moderator", "modérateur", say("Name a moderator, or no longer."), naming("moderators"), out),
        _naming(
            "delegate",
            "déléguer",
            say("Somebody decides about a group and all below it from now on."),
            naming("delegates", present=True),
            rights=DELEGATING,
        ),
        _naming(
            "undelegate",
            "reprendre",
            say("Somebody is no longer a delegate for a group."),
            naming("delegates", present=False),
            rights=DELEGATING,
        ),
        _naming("add", "ajouter", say("Somebody belongs to the group from now on."), naming("members", present=True)),
        _naming("remove", "retirer", say("Somebody no longer belongs to the group."), naming("members", present=False)),
        _becoming(
            "archive", "archiver", say("Close a group; its members can still read."), becoming(GroupState.ARCHIVED)
        ),
        _becoming("reopen", "rouvrir", say("Open an archived group again."), becoming(GroupState.ACTIVE)),
        _becoming("retire", "dissoudre", say("End a group for good."), becoming(GroupState.RETIRED)),
        about_group(
            "export",
            "exporter",
            say("A group with all that is decided about it, as the policy file writes it."),
            export,
            group_argument(),
        ),
    ]


def _naming(
    word: str,
    french: str,
    summary: Message,
    run: Callable[[Call], Awaitable[Reply]],
    *more: Parameter,
    rights: frozenset[str] = EMPLOYEE,
) -> Command:
    person = argument("person", label=PERSON, help=say("A mention, a name, or a user id such as @claire:corp.example."))
    parameters = (group_argument(), person, *more, yes_option(), reason_option())
    return about_group(word, french, summary, run, *parameters, rights=rights)


def _becoming(word: str, french: str, summary: Message, run: Callable[[Call], Awaitable[Reply]]) -> Command:
    return about_group(word, french, summary, run, group_argument(), yes_option(), reason_option())
