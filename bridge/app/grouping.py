"""``parvis group export`` and ``parvis group import``: groups with all that is decided about them, out and in again.

Called by the command line, which is cleared for everything.
"""

from collections.abc import Sequence
from pathlib import Path

from bridge.adapters.policies.source import PolicyFile
from bridge.app.bots import users_of
from bridge.app.terminal import Terminal
from bridge.app.verbs import DONE, TO_DO
from bridge.app.wiring import Assembly, assembly, creators_of, files_of
from bridge.config.settings import Config
from bridge.domain.directory import GroupState
from bridge.domain.document import Document, paragraph
from bridge.domain.errors import InputError
from bridge.domain.messages import say, say_n
from bridge.domain.viewers import COMMAND_LINE
from bridge.services.exporting import exported, proposals
from bridge.services.policies import Policies
from bridge.services.proposing import proposal_blocks
from bridge.services.society import Society
from bridge.services.undone import COMMAND_LINE as ACTOR
from bridge.services.world import World


async def export(config: Config, terminal: Terminal, groups: Sequence[str]) -> int:
    """These groups, or all that are not retired, as the policy file writes them."""
    async with assembly(config, bots=users_of(config)) as parts:
        known = (await parts.reconciler.glance()).facts.directory.groups
        if unknown := [name for name in groups if name not in known]:
            raise InputError(say("There is no group {id}.", id=unknown[0]))
        living = [name for name, group in known.items() if group.state is not GroupState.RETIRED]
        terminal.raw(exported(known[name] for name in groups or living).rstrip("\n"))
        return DONE


async def bring_in(config: Config, terminal: Terminal, file: Path, *, yes: bool) -> int:
    """Show what a file of groups would decide; with ``yes`` decide it. Rooms follow at the next look."""
    rules = PolicyFile(file).read_now().policy
    async with assembly(config, bots=users_of(config)) as parts:
        society = society_of(config, parts, await parts.reconciler.glance(keep=True))
        policies = policies_of(config, parts, society)
        found = await proposals(policies, COMMAND_LINE, rules)
        for proposal in found:
            terminal.show(Document(proposal_blocks(proposal)))
            if yes:
                await policies.take(proposal, actor=ACTOR, origin=f"command line {parts.chance.token()}")
        count = (
            say_n("{count} group is decided about otherwise now; its room follows.",
                  "{count} groups are decided about otherwise now; their rooms follow.", len(found))
            if yes
            else say_n("{count} group would be decided about otherwise: say it again with --yes.",
                       "{count} groups would be decided about otherwise: say it again with --yes.", len(found))
        )  # fmt: skip
        terminal.show(Document((paragraph(count if found else say("Nothing of this is otherwise by now.")),)))
        return TO_DO if found and not yes else DONE


def society_of(config: Config, parts: Assembly, world: World) -> Society:
    """People as the world says that was just looked at."""
    return Society(
        store=parts.store,
        world=lambda: world,
        server_name=config.homeserver.server_name,
        admins=frozenset(config.admins),
        ours=users_of(config),
        default_language=config.language,
    )


def policies_of(config: Config, parts: Assembly, society: Society) -> Policies:
    """Decisions about groups, on the command line: a running bridge finds them at its next look."""
    return Policies(
        society=society,
        store=parts.store,
        reconciler=parts.reconciler,
        clock=parts.clock,
        chance=parts.chance,
        changed=lambda: None,
        creators=creators_of(config),
        files=files_of(config),
        rules=parts.rules,
    )
