"""``parvis audit secrecy``: real clients ask the running system about a hidden group that lives for a minute.

Called by ``audit_cli``.
"""

import json
from typing import Any

from bridge.app.bots import users_of
from bridge.app.context import Context
from bridge.app.grouping import policies_of, society_of
from bridge.app.probing import probing_of
from bridge.app.terminal import Terminal
from bridge.app.verbs import DONE, FAILED, PLAN, TO_DO
from bridge.app.wiring import assembly
from bridge.config.settings import Config
from bridge.domain.errors import ErrorKind, ParvisError, only_ours
from bridge.domain.messages import Message, say
from bridge.domain.secrecy import SecrecyReport, Verdict
from bridge.services.probing.words import channel_title, outcome_words, report_document
from bridge.services.undone import COMMAND_LINE


async def secrecy(context: Context, *, as_json: bool) -> int:
    """Check now, and show the table; 1 when something leaks, 3 when the check could not be made.

    Raises ``InvalidInput`` where the configuration is wrong, or names accounts that are not who they are taken for.
    """
    try:
        report = await _checked(context.config(), context.terminal)
    except ParvisError as error:
        return _not_made(error, context.terminal, as_json=as_json)
    except ExceptionGroup as group:
        if (ours := only_ours(group)) is None:
            raise
        return _not_made(ours, context.terminal, as_json=as_json)
    terminal = context.terminal
    if as_json:
        terminal.raw(_json(report, terminal))
    else:
        terminal.show(report_document(report, whole=True, plan=PLAN))
    return FAILED if report.leaks else DONE


async def _checked(config: Config, terminal: Terminal) -> SecrecyReport:
    async with assembly(config, bots=users_of(config)) as parts:
        await parts.prepare()
        society = society_of(config, parts, await parts.reconciler.glance(keep=True))
        probing = probing_of(parts, policies_of(config, parts, society))
        with terminal.progress(say("Asking")) as progress:
            return await probing.run(COMMAND_LINE, progress=progress)


def _not_made(error: ParvisError, terminal: Terminal, *, as_json: bool) -> int:
    """Says why. Raises ``error`` where it is the configuration that has to be mended first."""
    if as_json:
        terminal.failed(error)
    if error.kind is ErrorKind.USAGE:
        raise error
    terminal.fail(error)
    return TO_DO


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
