"""``!audit secrecy``: what real clients found of a hidden group that was made for it, and having them look again."""

from collections.abc import Callable
from typing import Final

from bots.kit.commands import Call, Command, Reply, Status, denied, option
from bridge.domain.document import Block, Code, Document, paragraph
from bridge.domain.messages import Message, say
from bridge.services.probing.watching import SecrecyWatch
from bridge.services.probing.words import report_document

ADMIN: Final = frozenset({"admin"})
SHOWS: Final = {"en": "!audit secrecy", "fr": "!journal secret"}
AGAIN: Final = {"en": "!audit secrecy --now", "fr": "!journal secret --maintenant"}
PLAN: Final = "!plan"
BEGINS: Final = say("I make a hidden group now, and ask for it as others would. In a minute you see what they saw: ")


def secrecy_command(secrecy: SecrecyWatch, wake: Callable[[], None]) -> Command:
    """The command for administrators; ``wake`` has the rounds begin soon."""

    async def run(call: Call) -> Reply:
        if not secrecy.may_see(call.viewer):
            return denied()
        if call.arguments["now"]:
            await secrecy.ask(call.sender)
            wake()
            return Reply(_lines(BEGINS, SHOWS[call.language]))
        report = await secrecy.last()
        again = _lines(await _state(secrecy), AGAIN[call.language])
        if report is None:
            return Reply(again)
        told: tuple[Block, ...] = (*report_document(report, whole=False, plan=PLAN).blocks, *again.blocks)
        return Reply(Document(told), Status.ERROR if report.leaks else Status.OK)

    return Command(
        path=("audit", "secrecy"),
        french=("journal", "secret"),
        summary=say("Whether hidden groups show anywhere."),
        run=run,
        rights=ADMIN,
        parameters=(
            option("--now", "--maintenant", "now", label=say("now"), help=say("Check now."), is_flag=True,
                   default=False),
        ),
    )  # fmt: skip


async def _state(secrecy: SecrecyWatch) -> Message:
    if await secrecy.waiting():
        return say("A check is under way. To have another one: ")
    if secrecy.failed is not None:
        return say("The last check could not be made: {reason} To try again: ", reason=secrecy.failed)
    if await secrecy.failed_at() is not None:  # the reason went with the process, into its log
        return say("The last check could not be made, and the log says why. To try again: ")
    return say("To have it checked now: ")


def _lines(message: Message, line: str) -> Document:
    return Document((paragraph(message, Code(line)),))
