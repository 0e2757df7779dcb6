"""Help, made from the table and cut down to what this person may run. Called by ``answering`` for ``!help``."""

from itertools import groupby
from typing import Final

from bots.kit.binding import typed, usage
from bots.kit.commands import Command, Reply, Status, Topic
from bots.kit.table import Allowed, CommandTable
from bridge.domain.document import (
    Block,
    Code,
    CodeBlock,
    Document,
    Heading,
    Inline,
    Items,
    Paragraph,
    Strong,
    document,
    paragraph,
)
from bridge.domain.messages import Language, Text, say
from bridge.ports.language import Translator

HELP: Final = Text(en="!help", fr="!aide")
"""What people are told to write, to see all commands."""


def help_on(
    table: CommandTable, topic: tuple[str, ...], allowed: Allowed, language: Language, translator: Translator
) -> Reply:
    """All commands, those that begin with ``topic``, or one in full. A topic that is no name, or not for this person,
    gets the answer of an unknown command."""
    commands = table.about(topic, allowed)
    if not commands and topic:
        return unknown(language)
    if not commands:
        return Reply(document(paragraph(say("There is nothing that you can ask me for here."))))
    if topic and len(commands) == 1:
        return Reply(_in_full(commands[0], language, translator))
    return Reply(_list(commands, language, translator))


def unknown(language: Language, *, direct: bool = False) -> Reply:
    """The answer to a command that does not exist, and to one that this person may not run. Who is alone with the bot
    (``direct``) needs no mark."""
    sentence = say("I do not know this command. This shows what I can do for you:")
    marked = HELP.in_language(language)
    word = marked.removeprefix("!") if direct else marked
    return Reply(document(paragraph(sentence, " ", Code(word))), Status.USAGE)


def suggestion(command: Command, language: Language) -> Reply:
    """The answer to a misspelt command."""
    sentence = say("I do not know this command. Did you mean this one?")
    return Reply(document(paragraph(sentence, " ", Code(f"!{command.words(language)}"))), Status.USAGE)


def _list(commands: tuple[Command, ...], language: Language, translator: Translator) -> Document:
    blocks: list[Block] = [Heading(say("What you can ask me for"))]
    for section, some in groupby(commands, key=lambda command: command.section):
        if section is not None:
            blocks.append(paragraph(Strong(section)))
        rows = ((Code(usage(one, language, translator, brief=True)), " – ", one.summary) for one in some)
        blocks.append(Items(tuple(rows)))
    example = f"{HELP.in_language(language)} {commands[0].words(language)}"
    more = Paragraph((say("More about one of them:"), " ", Code(example)))
    return Document((*blocks, more))


def _in_full(command: Command, language: Language, translator: Translator) -> Document:
    blocks: list[Block] = [paragraph(command.summary), CodeBlock(usage(command, language, translator))]
    notes = tuple(
        (Code(typed(parameter, language, translator)), " – ", parameter.help)
        for parameter in command.parameters
        if parameter.help is not None
    )
    if notes:
        blocks.append(Items(notes))
    if command.details is not None:
        blocks.append(paragraph(command.details))
    if command.topics:
        blocks.append(Items(tuple(_topic(topic, language) for topic in command.topics)))
    return Document(tuple(blocks))


def _topic(topic: Topic, language: Language) -> tuple[Inline, ...]:
    values = topic.values.in_language(language)
    word = Code(topic.word.in_language(language))
    return (word, " (", values, ") – ", topic.meaning) if values else (word, " – ", topic.meaning)
