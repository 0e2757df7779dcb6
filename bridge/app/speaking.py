"""Commands of the command line that speak the person's language: pages of help, and what was typed wrong. For ``cli``
and every ``*_cli``.

Help is written in English where a command is defined, as its docstring and as ``help=``; ``sentences`` collects it for
the catalogues. Nothing is configured yet when it is shown: the language is the environment's.
"""

import inspect
from collections.abc import Iterator
from contextlib import AbstractContextManager
from textwrap import shorten
from typing import Any, Final

import click
from click.formatting import join_options

from bridge.app.context import told
from bridge.app.metavars import metavar
from bridge.app.misusing import in_our_words, too_many
from bridge.domain.messages import Message, say

OPTIONS: Final = "[OPTIONS]"


class Word(click.Command):
    """A command: ``@click.command(cls=Word)``."""

    allow_extra_args = True
    """Refused by ``parse_args``, in the person's language."""

    def format_help(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        _write_page(self, ctx, formatter)

    def get_short_help_str(self, limit: int = 45) -> str:
        return shorten(_first_sentence(self), limit, placeholder="…")

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        with in_our_words(ctx):
            rest = super().parse_args(ctx, args)
        if rest and not ctx.resilient_parsing:
            raise too_many(rest, ctx)
        return rest


class Words(click.Group):
    """A command of several words: ``@click.group(cls=Words)``. What is defined in it is of these classes, too."""

    command_class = Word
    group_class = type

    def format_help(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        _write_page(self, ctx, formatter)
        with _section(say("Commands:"), formatter):
            commands = ((name, self.get_command(ctx, name)) for name in self.list_commands(ctx))
            formatter.write_dl([(name, _first_sentence(one)) for name, one in commands if one])

    def get_short_help_str(self, limit: int = 45) -> str:
        return shorten(_first_sentence(self), limit, placeholder="…")

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        with in_our_words(ctx):
            return super().parse_args(ctx, args)

    def invoke(self, ctx: click.Context) -> Any:
        with in_our_words(ctx):
            return super().invoke(ctx)


def sentences(command: click.Command, context: click.Context) -> Iterator[str]:
    """What ``command`` alone says on its page of help, as the catalogues know it."""
    yield from _paragraphs(command.help)
    for parameter in command.get_params(context):
        yield from _paragraphs(parameter.help)
        if parameter.metavar or isinstance(parameter, click.Argument):
            yield metavar(parameter).text


def _paragraphs(text: str | None) -> list[str]:
    """Each in one line, however it is broken in the code."""
    return [" ".join(one.split()) for one in inspect.cleandoc(text or "").split("\n\n") if one.strip()]


def _first_sentence(command: click.Command) -> str:
    first = _paragraphs(command.help)[:1]
    return told(Message(first[0])).partition(". ")[0].removesuffix(".") if first else ""


def _write_page(command: click.Command, context: click.Context, formatter: click.HelpFormatter) -> None:
    """Usage, what it does, and its options."""
    arguments = [_typed(one) for one in command.params if isinstance(one, click.Argument)]
    more = [told(say("COMMAND …"))] if isinstance(command, click.Group) else []
    title = told(say("Usage:"))
    formatter.write_usage(context.command_path, " ".join([OPTIONS, *arguments, *more]), prefix=f"{title} ")
    for paragraph in _paragraphs(command.help):
        formatter.write_paragraph()
        with formatter.indentation():
            formatter.write_text(told(Message(paragraph)))
    options = [one for one in command.get_params(context) if isinstance(one, click.Option)]
    with _section(say("Options:"), formatter):
        formatter.write_dl([(_typed(one), _about(one, context)) for one in options])


def _section(title: Message, formatter: click.HelpFormatter) -> AbstractContextManager[None]:
    formatter.write_paragraph()
    formatter.write(f"{told(title)}\n")
    return formatter.indentation()


def _typed(parameter: click.Parameter) -> str:
    """How it is typed: ``[USER]``, ``GROUPS …``, ``--as USER``."""
    word = told(metavar(parameter))
    if isinstance(parameter, click.Option):
        names = join_options(parameter.opts)[0]
        if isinstance(parameter.type, click.Choice):
            word = "|".join(map(str, parameter.type.choices))
        return names if parameter.is_flag else f"{names} {word}"
    word = f"{word} …" if parameter.nargs != 1 else word
    return word if parameter.required else f"[{word}]"


def _about(option: click.Option, context: click.Context) -> str:
    """What it is for, and what counts without it."""
    about = [told(Message(one)) for one in _paragraphs(option.help)]
    if option.show_default:
        about.append(told(say("By default: {value}.", value=str(option.get_default(context, call=False)))))
    return " ".join(about)
