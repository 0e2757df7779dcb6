"""``!language`` of the administrators' bot."""

from bots.kit import language
from bots.kit.commands import Command
from bridge.services.society import Society


def language_command(society: Society) -> Command:
    """The command by which one chooses."""
    return language.language_command(society.choose_language)
