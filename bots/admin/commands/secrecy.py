"""``!audit secrecy``: what real clients found of a hidden group that was made for it, and having them look again."""

from collections.abc import Callable
from typing import Final

from bots.kit.commands import Call, Command, Reply, Status, denied, option
from bridge.domain.document import Block, Code, Document, Items, Paragraph, paragraph
from bridge.domain.messages import Message, say
from bridge.services.probing.watching import SecrecyWatch
from bridge.services.probing.words import report_document

ADMIN: Final = frozenset({"admin"})
SHOWS: Final = {"en": "!audit secrecy", "fr": "!journal secret"}
AGAIN: Final = {"en": "!audit secrecy --now", "fr": "!journal secret --maintenant"}
PLAN: Final = "!plan"
BEGINS: Final = say(
    "I make a hidden group now, and ask for it as others would. In some minutes you see what they saw: "
)
FOLLOWS: Final = say("A check is under way. After it I make another one; in some minutes you see what that saw: ")


def secrecy_command(secrecy: SecrecyWatch, wake: Callable[[], None]) -> Command:
    """The command for administrators; ``wake`` has the rounds begin soon."""

    async def run(call: Call) -> Reply:
        if not secrecy.may_see(call.viewer):
            return denied()
        if call.arguments["now"]:
            begins = FOLLOWS if await secrecy.busy() else BEGINS
            await secrecy.ask(call.sender)
            wake()
            return Reply(Document((_way(begins, SHOWS[call.language]),)))
        report = await secrecy.last()
        shown = () if report is None else report_document(report, whole=False, plan=PLAN).blocks
        leaks = report is not None and bool(report.leaks)
        told = Document((*shown, *await _state(secrecy, AGAIN[call.language])))
        return Reply(told, Status.ERROR if leaks else Status.OK)

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


async def _state(secrecy: SecrecyWatch, again: str) -> tuple[Block, ...]:
    """How it stands with the check, and how to have another one."""
    if await secrecy.waiting():
        return (_way(say("A check is under way. To have another one: "), again),)
    if secrecy.failed:
        reasons = Items(tuple((reason,) for reason in secrecy.failed))
        return paragraph(say("The last check could not be made:")), reasons, _way(say("To try again: "), again)
    if await secrecy.failed_at() is not None:  # the reason went with the process, into its log
        return (_way(say("The last check could not be made, and the log says why. To try again: "), again),)
    return (_way(say("To have it checked now: "), again),)


def _way(message: Message, line: str) -> Paragraph:
    return paragraph(message, Code(line))
