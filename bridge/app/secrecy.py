"""``parvis audit secrecy``: real clients ask the running system about a hidden group that lives for a minute. Added by
``cli``; also makes the check that the bots start.
"""

import json
from typing import Any, Final

from bridge.adapters.matrix.probing import Account, MatrixProbes
from bridge.adapters.matrix.probing_rooms import Workshop
from bridge.app.bots import users_of
from bridge.app.grouping import policies_of, society_of
from bridge.app.terminal import Terminal
from bridge.app.verbs import DONE, FAILED
from bridge.app.wiring import Assembly, assembly
from bridge.config.settings import Config
from bridge.domain.messages import Message, say
from bridge.domain.secrecy import Asker, SecrecyReport, Verdict
from bridge.services.policies import Policies
from bridge.services.probing.running import Probing
from bridge.services.probing.words import channel_title, outcome_words, report_document
from bridge.services.undone import COMMAND_LINE

SETTING: Final = "homeserver.admin_token"
"""Where the token of an administrator stands."""


async def secrecy(config: Config, terminal: Terminal, *, as_json: bool) -> int:
    """Check now, and show the table; 1 when something leaks."""
    async with assembly(config, bots=users_of(config)) as parts:
        await parts.prepare()
        society = society_of(config, parts, await parts.reconciler.glance(keep=True))
        probing = probing_of(parts, policies_of(config, parts, society))
        with terminal.progress(say("Asking")) as progress:
            report = await probing.run(COMMAND_LINE, progress=progress)
    if as_json:
        terminal.raw(_json(report, terminal))
    else:
        terminal.show(report_document(report))
    return FAILED if report.leaks else DONE


def probing_of(parts: Assembly, policies: Policies) -> Probing:
    """The check, with the accounts of the configuration."""
    config = parts.config
    homeserver, token = config.homeserver, config.homeserver.admin_token
    workshop = Workshop(
        me=parts.calls.user(parts.homeserver.bot),
        bot=parts.homeserver.bot,
        server=homeserver.server_name,
        admin=parts.calls.owner(token.reveal(), SETTING) if token else None,
    )
    probes = MatrixProbes(
        address=homeserver.address,
        server=homeserver.server_name,
        bot=parts.homeserver.bot,
        bridge=Account(address=f"http://{config.appservice.listen}", token=config.appservice.hs_token.reveal()),
        given=_accounts(config),
        workshop=workshop,
        clock=parts.clock,
        chance=parts.chance,
    )
    return Probing(
        policies=policies,
        probes=probes,
        bot=parts.homeserver.bot,
        server=homeserver.server_name,
        aliases=config.appservice.aliases,
    )


def _accounts(config: Config) -> dict[Asker, Account]:
    given = {
        Asker.STRANGER: config.secrecy.stranger,
        Asker.COLLEAGUE: config.secrecy.colleague,
        Asker.PARTNER: config.secrecy.partner,
        Asker.MEMBER: config.secrecy.member,
    }
    return {
        asker: Account(address=one.address or config.homeserver.address, token=one.token.reveal())
        for asker, one in given.items()
        if one is not None
    }


def _json(report: SecrecyReport, terminal: Terminal) -> str:
    def words(message: Message) -> str:
        return terminal.translator.translate(message, terminal.language)

    rows: list[dict[str, Any]] = [
        {
            "channel": row.channel,
            "title": words(channel_title(row.channel)),
            "asker": str(row.asker),
            "outcome": str(row.outcome),
            "verdict": str(row.verdict),
            "found": words(outcome_words(row)),
            "seen": row.seen,
        }
        for row in report.rows
    ]
    counts = {str(verdict): report.count(verdict) for verdict in Verdict}
    shape = {"at": report.at.isoformat(), "by": report.by, "counts": counts, "probes": rows}
    return json.dumps(shape, ensure_ascii=False, indent=2)
