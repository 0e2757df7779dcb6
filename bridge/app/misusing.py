"""What is typed wrong at the command line, in sentences of ours by click's classes: click's own are English. For
``speaking``.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import click
from click.exceptions import NoArgsIsHelpError

from bridge.app.metavars import metavar
from bridge.domain.errors import InputError
from bridge.domain.messages import Message, say, say_n
from bridge.files.spelling import closest


class Misuse(InputError):
    """What was typed means nothing to the command; ``context`` is where reading it stopped."""

    def __init__(self, problem: Message, context: click.Context) -> None:
        super().__init__(say("{problem} See: {command}", problem=problem, command=f"{context.command_path} --help"))


@contextmanager
def in_our_words(context: click.Context) -> Iterator[None]:
    """Whatever click finds wrong within is raised as ``Misuse``. A page of help instead of an error stays one."""
    try:
        yield
    except NoArgsIsHelpError:
        raise
    except click.UsageError as error:
        where = error.ctx or context
        raise Misuse(_sentence(error, where), where) from error


def too_many(words: Sequence[str], context: click.Context) -> Misuse:
    """The error for ``words`` that nothing is left for."""
    message = say_n("There is a word too many: {words}.", "There are {count} words too many: {words}.", len(words),
                    words=" ".join(words))  # fmt: skip
    return Misuse(message, context)


def _sentence(error: click.UsageError, context: click.Context) -> Message:
    match error:
        case click.NoSuchOption(option_name=option, possibilities=near):
            if near:
                return say("There is no option {option}. Did you mean {other}?", option=option, other=near[0])
            return say("There is no option {option}.", option=option)
        case click.NoSuchCommand(command_name=word):
            return _no_command(word, context)
        case click.BadOptionUsage(option_name=option):
            return _bad_option(option, context)
        case click.MissingParameter(param=parameter):
            return say("One thing is missing: {what}.", what=_label(parameter))
        case click.BadParameter(param=parameter):
            return _bad_value(parameter)
    if isinstance(context.command, click.Group):
        return say("A command is missing: one of {words}.", words=tuple(context.command.list_commands(context)))
    return say("There are too few words.")


def _no_command(word: str, context: click.Context) -> Message:
    """Those that are there are asked of the group: click knows only the ones that were used before."""
    known = context.command.list_commands(context) if isinstance(context.command, click.Group) else ()
    if near := closest(word, known):
        return say("There is no command {command}. Did you mean {other}?", command=word, other=near)
    return say("There is no command {command}.", command=word)


def _bad_option(option: str, context: click.Context) -> Message:
    if any(isinstance(one, click.Option) and one.is_flag and option in one.opts for one in context.command.params):
        return say("The option {option} takes no value.", option=option)
    return say("The option {option} needs a value.", option=option)


def _bad_value(parameter: click.Parameter | None) -> Message:
    what = _label(parameter)
    match parameter.type if parameter else None:
        case click.Choice(choices=choices):
            return say("For {what}, these are possible: {choices}.", what=what, choices=tuple(map(str, choices)))
        case click.IntRange(min=int(low), max=int(high)):
            return say("For {what}, a whole number from {low} to {high} is needed.", what=what, low=low, high=high)
        case click.types.IntParamType():
            return say("For {what}, a whole number is needed.", what=what)
        case click.DateTime():
            return say("For {what}, a day such as {day} is needed, or a moment such as {moment}.", what=what,
                       day="2027-01-31", moment="2027-01-31T08:00:00")  # fmt: skip
        case click.Path(file_okay=False):
            return say("For {what}, a folder is needed; this is a file, or you may not read it.", what=what)
        case click.Path():
            return say("For {what}, a file is needed; this is a folder, or you may not read it.", what=what)
        case click.File():
            return say("For {what}, a file is needed that is there and that you may read.", what=what)
    return say("This does not fit for {what}.", what=what)


def _label(parameter: click.Parameter | None) -> Message | str:
    """What people call it: an option as it is typed, an argument as the page of help writes it."""
    if isinstance(parameter, click.Option):
        return max(parameter.opts, key=len)
    return metavar(parameter) if parameter else say("a word")
