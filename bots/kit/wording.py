"""Free text among the words of a line: unquoted behind an option, with its own punctuation, and never a second command.

Called by ``answering`` before arguments are bound, by ``commands`` of bots that take texts, and by ``talk``.
"""

from collections.abc import Sequence
from typing import Any, Final

import click

from bots.kit.commands import Command
from bots.kit.listening import MARKS
from bots.kit.table import Allowed, CommandTable, Help, Match, Resolution, fold
from bots.kit.tokens import QUOTES, Quoted, tokenise
from bots.kit.tokens import as_typed as typed
from bridge.domain.errors import InputError
from bridge.domain.messages import say


class Sentence(click.types.StringParamType):
    """The type of an option or argument that is free text: its punctuation belongs to it."""

    name = "text"
    punctuated = True

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:  # noqa: ARG002 - click's
        """The value of an option as it was typed; the words of an argument as they are, for whoever joins them."""
        return typed([value]) if isinstance(param, click.Option) else value


class Name(Sentence):
    """The type of an option that is a name, maybe of several words: the punctuation behind it is forgiven."""

    punctuated = False


SENTENCE: Final = Sentence()
NAME: Final = Name()


def with_sentences(command: Command, words: Sequence[str]) -> tuple[str, ...]:
    """The words, those behind an option of text as one, up to the next option; a part in quotation marks is a text
    already. Raises ``InputError`` where none follows."""
    taking = {fold(name): one.declaration.type for one in command.parameters
              if isinstance(one.declaration, click.Option) and isinstance(one.declaration.type, Sentence)
              for name in one.declaration.opts}  # fmt: skip
    found: list[str] = []
    rest = list(words)
    while rest:
        word = rest.pop(0)
        found.append(word)
        if isinstance(word, Quoted) or fold(word) not in taking:
            continue
        if rest and isinstance(rest[0], Quoted):
            found.append(rest.pop(0))
            continue
        end = next((at for at, one in enumerate(rest) if _is_option(one)), len(rest))
        if not end:
            raise InputError(say("The option {option} does not fit: it needs a value, or takes none.", option=word))
        found.append(Quoted(typed(rest[:end]) if taking[fold(word)].punctuated else " ".join(rest[:end])))
        del rest[:end]
    return tuple(found)


def refuse_second(text: str, first: Resolution, table: CommandTable, allowed: Allowed) -> InputError | None:
    """What is wrong with a message of several lines, of which a later one is a command: nobody can tell a name from
    it. Nothing where the first takes a text, or the line stands in quotation marks."""
    lines = text.splitlines()
    if len(lines) < 2 or not isinstance(first, Match) or _takes_text(first.command):
        return None
    for at, line in enumerate(lines[1:], start=1):
        if "\n".join(lines[:at]).translate(QUOTES).count('"') % 2:
            continue
        plain = line.strip().lstrip("".join(MARKS)).lstrip()
        try:
            words = tokenise(plain)
        except InputError:
            words = tuple(plain.split())
        if words and isinstance(table.resolve(words, allowed), Match | Help):
            sentence = say("One message holds one command, so nothing was done: send {second} by itself.",
                           second=plain)  # fmt: skip
            return InputError(sentence)
    return None


def _is_option(word: str) -> bool:
    return word.startswith("--") and len(word) > len("--") and not isinstance(word, Quoted)


def _takes_text(command: Command) -> bool:
    places = (one.declaration for one in command.parameters if isinstance(one.declaration, click.Argument))
    return any(isinstance(one.type, Sentence) for one in places)
