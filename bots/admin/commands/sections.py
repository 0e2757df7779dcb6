"""Under which headings help shows the commands, in which order. Called by the bot for the table of its commands."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from bots.kit.commands import Command
from bots.kit.table import CommandTable
from bridge.domain.messages import Message, say

PEOPLE: Final = frozenset({"owner", "moderator", "delegate", "undelegate", "add", "remove"})
FIRST: Final = frozenset({"list", "show"})
FINDING, DECIDING = say("Groups and people"), say("What a group is")
BELONGING, PARTNERS = say("Who belongs to a group"), say("Partners")
APPLYING, PROVING = say("What changes in the rooms"), say("Agreeing and proving")
BETWEEN_US: Final = say("Between us")

SECTIONS: Final = (FINDING, DECIDING, BELONGING, PARTNERS, APPLYING, PROVING, BETWEEN_US)
"""In the order in which help shows them."""

WORDS: Final = {
    "find": FINDING, "who": FINDING, "contacts": FINDING, "why": FINDING, "profile": BETWEEN_US, "join": BELONGING,
    "group": DECIDING, "partner": PARTNERS, "invite": PARTNERS,
    "plan": APPLYING, "apply": APPLYING, "undo": APPLYING, "status": APPLYING,
    "approval": PROVING, "audit": PROVING, "glass": PROVING, "identity": PROVING,
}  # fmt: skip
"""By the first word of a command."""


def table_of(commands: Iterable[Command]) -> CommandTable:
    """The table, in the order of the headings."""
    return CommandTable(in_sections(commands))


def in_sections(commands: Iterable[Command]) -> list[Command]:
    """The commands, each with the heading under which help shows it, in the order of the headings."""
    placed = [replace(command, section=section_of(command)) for command in commands]
    return sorted(placed, key=lambda command: SECTIONS.index(command.section or BETWEEN_US))


def section_of(command: Command) -> Message:
    """The heading of a command; what is about no group, plan or proof is between the bot and whoever asks."""
    first, *rest = command.path
    if first == "group" and FIRST.intersection(rest):
        return FINDING
    if first == "group" and PEOPLE.intersection(rest):
        return BELONGING
    return WORDS.get(first, BETWEEN_US)
