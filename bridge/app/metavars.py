"""The words in capitals that stand for what is typed: ``USER``, ``FILE``. For ``speaking`` and ``misusing``."""

import click

from bridge.domain.messages import Message, say


def metavar(parameter: click.Parameter) -> Message:
    """The word for ``parameter``: its own, an argument's name, or what fits the type."""
    if parameter.metavar or isinstance(parameter, click.Argument):
        return Message(parameter.metavar or parameter.name.upper())
    match parameter.type:
        case click.types.IntParamType():
            return say("NUMBER")
        case click.DateTime():
            return say("DATE")
        case click.Path(file_okay=False):
            return say("FOLDER")
        case click.Path() | click.File():
            return say("FILE")
    return say("TEXT")
