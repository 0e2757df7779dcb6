"""Collects the sentences of the code and brings the catalogues up to date; offline, with Babel as a library.

``python -m deploy.catalogue`` writes new sentences into every ``.po`` file, takes out those that are gone, and lists
what waits for a translation (exit code 1 while something does). The same sentences are read by
``tests/house/test_catalogues.py``.
"""

import re
import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Final

import click
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from bridge.app import speaking
from bridge.app.cli import parvis

ROOT: Final = Path(__file__).parents[1]
LOCALES: Final = ROOT / "bridge" / "locales"
PACKAGES: Final = ("bridge", "bots")
KEYWORDS: Final = {"say": None, "say_n": (1, 2)}
TRANSLATED: Final = ("fr",)
"""Languages with a catalogue: English is what stands in the code."""

NO_DATE: Final = datetime(2026, 1, 1, tzinfo=UTC)
"""Dates in the header would change with every run and make every merge a conflict."""


def sentences() -> Catalog:
    """Every sentence of ``say`` and ``say_n`` in the packages, and of help, with the files where it stands."""
    catalog = Catalog(fuzzy=False)
    for package in PACKAGES:
        found = extract_from_dir(ROOT / package, keywords=KEYWORDS, comment_tags=())
        for file, line, text, comments, context in sorted(found, key=lambda item: (item[0], item[1])):
            catalog.add(text, None, [(f"{package}/{file}", line)], auto_comments=comments, context=context)
    for file, sentence in help_texts(parvis.make_context("parvis", [], resilient_parsing=True)):
        catalog.add(sentence, None, [(file, 0)])
    return catalog


def help_texts(context: click.Context) -> Iterator[tuple[str, str]]:
    """What the pages of help of the command line say, below and with that of ``context``: file and sentence."""
    command = context.command
    if command.callback is not None:
        file = f"{command.callback.__module__.replace('.', '/')}.py"
        yield from ((file, sentence) for sentence in speaking.sentences(command, context))
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            inner = command.get_command(context, name)
            assert inner is not None
            yield from help_texts(inner.make_context(name, [], parent=context, resilient_parsing=True))


def path_of(language: str) -> Path:
    """Where a language's catalogue lies."""
    return LOCALES / language / "LC_MESSAGES" / "parvis.po"


def read(language: str) -> Catalog:
    """A language's catalogue as it is in the project; an empty one when there is none."""
    path = path_of(language)
    if not path.exists():
        return Catalog(locale=language, fuzzy=False)
    with path.open("rb") as file:
        return read_po(file, locale=language)


def update(language: str) -> Catalog:
    """Bring the catalogue up to date, on disk too. Nothing is guessed: a changed sentence is a new one."""
    catalog = read(language)
    catalog.update(sentences(), no_fuzzy_matching=True, update_creation_date=False)
    catalog.fuzzy = False
    catalog.creation_date = catalog.revision_date = NO_DATE
    catalog.header_comment = "# Sentences of Parvis in this language; `make catalogue` brings new ones."
    catalog.project, catalog.version, catalog.msgid_bugs_address = "Parvis", "1", ""
    catalog.last_translator = catalog.language_team = "The Parvis maintainers"
    for message in catalog:
        message.string = typeset(message.string) if language == "fr" and message.id else message.string
        # file names help a translator; line numbers would change the file with every edit of the code
        message.locations = sorted({(file, 0) for file, _ in message.locations})
    path = path_of(language)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(written(catalog))
    return catalog


def typeset(words: str | Sequence[str] | None) -> str | tuple[str, ...]:
    """A French translation with curly apostrophes and spaces that do not break, however it was typed."""
    if not isinstance(words, str):
        return tuple(str(typeset(form)) for form in words or ())
    words = re.sub(r" (?=[;!?](?:\s|$))", "\u202f", words.replace("'", "’"))
    return re.sub(r" (?=[:%»](?:\W|$))|(?<=«) ", "\u00a0", words)


def written(catalog: Catalog) -> bytes:
    """The catalogue as a ``.po`` file, whatever the history of the code and the version of Babel."""
    output = BytesIO()
    write_po(output, catalog, width=100, sort_output=True, ignore_obsolete=True, include_lineno=False)
    return re.sub(rb'"Generated-By:.*\n', b"", output.getvalue())


def untranslated(catalog: Catalog) -> Iterator[Message]:
    """Entries that nobody has put into words yet, or only half of them."""
    for message in catalog:
        words = message.string if isinstance(message.string, (tuple, list)) else (message.string,)
        if message.id and not (words and all(words)):
            yield message


def main() -> int:
    waiting = [(language, message) for language in TRANSLATED for message in untranslated(update(language))]
    for language, message in waiting:
        sys.stdout.write(f"{language}: {message.id!r}\n")
    sys.stdout.write(f"{len(waiting)} sentences wait for a translation\n")
    return 1 if waiting else 0


if __name__ == "__main__":
    sys.exit(main())
