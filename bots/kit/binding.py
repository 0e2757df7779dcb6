"""Words become a command's arguments, by click without its exit, its output and its English sentences.

Called by ``talk`` once a command is found. The usage line that errors quote is also what ``helping`` shows.
"""

from collections.abc import Sequence
from typing import Any

import click

from bots.kit.commands import Command, Parameter
from bots.kit.table import fold
from bridge.domain.errors import InputError
from bridge.domain.messages import Language, Message, say
from bridge.ports.language import Translator


def bind(command: Command, words: Sequence[str]) -> dict[str, Any]:
    """The arguments by name, converted; capitals and accents of options and choices do not matter.

    Raises ``InputError`` with our sentence for whatever click finds wrong.
    """
    parser = click.Command(
        command.name,
        params=[parameter.declaration for parameter in command.parameters],
        add_help_option=False,
    )
    try:
        # Names of options and choices as they are typed: without capitals and accents.
        context = parser.make_context(command.name, list(words), token_normalize_func=fold)
    except click.UsageError as error:
        raise InputError(_sentence(command, error), detail=type(error).__name__) from error
    return dict(context.params)


def usage(command: Command, language: Language, translator: Translator, *, mark: str = "!", brief: bool = False) -> str:
    """How the command is typed: ``!group show GROUP [--all]``; ``brief``: without its options."""
    parts = [mark + command.words(language)]
    for parameter in command.parameters:
        if brief and isinstance(parameter.declaration, click.Option):
            continue
        form = typed(parameter, language, translator)
        parts.append(form if parameter.declaration.required else f"[{form}]")
    return " ".join(parts)


def typed(parameter: Parameter, language: Language, translator: Translator) -> str:
    """How one parameter is typed: ``GROUP``, ``--all``, ``--reason REASON``."""
    declaration = parameter.declaration
    label = translator.translate(parameter.label, language).upper()
    if isinstance(declaration, click.Option):
        own = declaration.opts[-1 if language == "fr" else 0]
        return own if declaration.is_flag else f"{own} {label}"
    return f"{label} …" if declaration.nargs != 1 else label


def _sentence(command: Command, error: click.UsageError) -> Message:
    """Our words for click's error, by its class."""
    if isinstance(error, click.NoSuchOption):
        return _unknown_option(error.option_name, error.possibilities)
    if isinstance(error, click.BadOptionUsage):
        return say("The option {option} does not fit: it needs a value, or takes none.", option=error.option_name)
    if isinstance(error, click.MissingParameter):
        return say("One thing is missing: {what}.", what=_label(command, error.param))
    if isinstance(error, click.BadParameter):
        return _bad_value(command, error)
    if isinstance(error, click.BadArgumentUsage):
        return say("There are too few words.")
    if not command.parameters:
        return say("Nothing goes behind this command, and I know no other one for you that begins like this.")
    return say("There are more words than I can use. A name of several words goes in quotation marks.")


def _unknown_option(option: str, near: Sequence[str] | None) -> Message:
    if near:
        return say("There is no option {option}. Did you mean {other}?", option=option, other=near[0])
    return say("There is no option {option}.", option=option)


def _bad_value(command: Command, error: click.BadParameter) -> Message:
    what = _label(command, error.param)
    kind = error.param.type if error.param is not None else None
    if isinstance(kind, click.Choice):
        return say("For {what}, these are possible: {choices}.", what=what, choices=tuple(map(str, kind.choices)))
    if isinstance(kind, click.types.IntParamType):
        return say("For {what}, a whole number is needed.", what=what)
    return say("This does not fit for {what}.", what=what)


def _label(command: Command, declaration: click.Parameter | None) -> Message:
    for parameter in command.parameters:
        if parameter.declaration is declaration:
            return parameter.label
    return say("a word")
