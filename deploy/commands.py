"""Writes ``docs/commands.md`` and ``docs/commands.fr.md`` from the bots' descriptions: ``python -m deploy.commands``.

``tests/house/test_commands_pages.py`` holds commands and pages together.
"""

from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from pathlib import Path
from typing import Any, Final, cast

import click

from bots.admin.bot import AdminBot
from bots.digest.asking import asking_commands
from bots.digest.commands import choice_commands
from bots.digest.reporting import report_command
from bots.kit.binding import usage
from bots.kit.commands import Command, Parameter, Topic
from bots.onboarding.commands import Asking, onboarding_commands
from bridge.adapters.language import Catalogues
from bridge.domain.messages import LANGUAGES, Language, Message, Text
from bridge.services.botapi import BotApi

DOCS: Final = Path(__file__).parents[1] / "docs"
PAGES: Final[Mapping[Language, Path]] = {"en": DOCS / "commands.md", "fr": DOCS / "commands.fr.md"}
CATALOGUES: Final = Catalogues.load()

OPENING: Final = Text(
    en="""# Commands

In a room a command begins with `!` or with a mention of the bot; in a conversation with the bot alone it needs no
mark. Every word is understood in both languages, whatever its capitals and accents. A name of several words goes in
quotation marks. A group is named by its id, its name, or a link to its room; a person by a mention, a link or the
user id. `!help` shows what *you* may run, `!help COMMAND` all about one. What may be told depends on who reads along,
now or later: ask in a conversation of your own for everything that is yours to see.

This page is written from the descriptions of the commands by `python -m deploy.commands`.""",
    fr="""# Commandes

Dans un salon, une commande commence par `!` ou par une mention du robot ; dans une conversation avec lui seul, elle
n’a besoin d’aucune marque. Chaque mot est compris dans les deux langues, sans égard aux majuscules ni aux accents. Un
nom de plusieurs mots se met entre guillemets. Un groupe se désigne par son identifiant, son nom ou un lien vers son
salon ; une personne par une mention, un lien ou son identifiant. `!aide` montre ce que *vous* pouvez demander, `!aide
COMMANDE` tout sur une seule. Ce qui peut être dit dépend de ceux qui lisent ou liront : posez vos questions dans une
conversation à vous pour voir tout ce qui vous revient.

Cette page est tirée des descriptions des commandes par `python -m deploy.commands`.""",
)
WELCOMING: Final = Text(
    en="## Alone with the bot that welcomes people",
    fr="## En tête-à-tête avec le robot qui accueille",
)
DIGEST: Final = Text(
    en="## Alone with the bot of the weekly digest",
    fr="## En tête-à-tête avec le robot du résumé",
)
WHO: Final = {
    "": Text(en="everybody", fr="tout le monde"),
    "guest": Text(en="people of partners", fr="les gens de partenaires"),
    "partner_member": Text(en="partner members and employees", fr="les membres de partenaires et les employés"),
    "employee": Text(en="employees", fr="les employés"),
    "owner": Text(
        en="owners and delegates of groups, and administrators",
        fr="les propriétaires et délégués de groupes, et les administrateurs",
    ),
    "delegate": Text(en="delegates of groups, and administrators", fr="les délégués de groupes et les administrateurs"),
    "admin": Text(en="administrators", fr="les administrateurs"),
}
"""By the least role that may run a command."""

LAST: Final = Text(
    en="For {who}. In French: `!{name}`{also}.", fr="Pour {who}. En anglais\N{NO-BREAK SPACE}: `!{name}`{also}."
)
ALSO: Final = Text(en="; also {names}", fr="\N{NARROW NO-BREAK SPACE}; aussi {names}")
REPEATED: Final = Text(en="May be given several times.", fr="Peut être donné plusieurs fois.")
CHOICES: Final = Text(en="One of:", fr="Au choix\N{NO-BREAK SPACE}:")


class Absent:
    """Stands for every service: descriptions need none of them, and nothing is run here."""

    def __getattr__(self, _: str) -> "Absent":
        return self

    def __call__(self, *_: Any, **__: Any) -> "Absent":
        return self


def commands() -> tuple[Command, ...]:
    """Every command of the bots that are shipped, in the order of their help."""
    return AdminBot(cast(BotApi, Absent()), {}).commands


def welcoming() -> tuple[Command, ...]:
    """What the bot that welcomes people understands besides."""
    return onboarding_commands(cast(Asking, Absent()))


def digesting() -> tuple[Command, ...]:
    """What the bot of the weekly digest understands besides."""
    absent = cast(Any, Absent())
    return (*choice_commands(absent), *asking_commands(absent), report_command(absent))


def page(language: Language) -> str:
    """The page in one language."""
    parts = [OPENING.in_language(language), *_sections(commands(), language)]
    for heading, some in ((WELCOMING, welcoming()), (DIGEST, digesting())):
        _, *rest = _sections(some, language)
        parts += [heading.in_language(language), *rest]
    return "\n\n".join(parts) + "\n"


def _sections(some: Iterable[Command], language: Language) -> Iterator[str]:
    for word, group in groupby(some, key=lambda command: command.words(language).split()[0]):
        yield f"## {word}"
        yield from ("\n\n".join(_about(command, language)) for command in group)


def _about(command: Command, language: Language) -> Iterator[str]:
    def said(message: Message) -> str:
        return CATALOGUES.translate(message, language)

    yield f"### `{usage(command, language, CATALOGUES)}`"
    yield " ".join(map(said, filter(None, (command.summary, command.details))))
    rows = [row for one in command.parameters if (row := _parameter(one, language, said(one.label)))]
    if rows:
        yield "\n".join(rows)
    if command.topics:
        yield "\n".join(_topic(one, language, said(one.meaning)) for one in command.topics)
    other = "en" if language == "fr" else "fr"
    names = [f"`!{' '.join(alias)}`" for alias in command.aliases]
    also = ALSO.in_language(language).format(names=", ".join(names)) if names else ""
    who = WHO[min(command.offered_to or command.rights, key=list(WHO).index, default="")].in_language(language)
    yield LAST.in_language(language).format(who=who, name=command.words(other), also=also)


def _topic(topic: Topic, language: Language, meaning: str) -> str:
    values = topic.values.in_language(language)
    return f"* `{topic.word.in_language(language)}`{f' ({values})' if values else ''} – {meaning}"


def _parameter(parameter: Parameter, language: Language, label: str) -> str:
    """A row about a word behind the command; empty where its name says everything."""
    declaration = parameter.declaration
    notes = [CATALOGUES.translate(parameter.help, language)] if parameter.help is not None else []
    if isinstance(declaration.type, click.Choice):
        notes.append(f"{CHOICES.in_language(language)} {', '.join(f'`{one}`' for one in declaration.type.choices)}.")
    name = f"`{label.upper()}`"
    if isinstance(declaration, click.Option):
        name = ", ".join(f"`{one}`" for one in declaration.opts)
        notes += [REPEATED.in_language(language)] if declaration.multiple else []
    return f"* {name} – {' '.join(notes)}" if notes else ""


def main() -> None:
    for language in LANGUAGES:
        PAGES[language].write_text(page(language), encoding="utf-8")


if __name__ == "__main__":
    main()
