"""Pages of help and what is typed wrong, of every word of the command line, in both languages."""

import re
from collections.abc import Iterator
from typing import Final

import click
import pytest

from bridge.app.cli import parvis
from bridge.app.context import catalogues, language_of_environment
from bridge.app.misusing import Misuse
from bridge.app.speaking import Word, Words, sentences
from bridge.domain.messages import Message

OF_CLICK: Final = re.compile(
    r"Usage:|Options:|Commands:|Show this|\[default|required\]|Try '|Error:|No such|Got unexpected|Invalid|Missing"
    r"|Aborted|argument\b|Positional|INTEGER|FILENAME|PATH"
)
"""What click says by itself."""
SETTINGS: Final = ("PARVIS_LANGUAGE", "LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG")
NONSENSE: Final = "?:no-such-thing"
"""No value of any type but text."""


def everything(context: click.Context | None = None) -> Iterator[click.Context]:
    """A context for each word of the command line, the outermost first."""
    context = context or parvis.make_context("parvis", [], resilient_parsing=True)
    yield context
    if isinstance(context.command, click.Group):
        for name in context.command.list_commands(context):
            command = context.command.get_command(context, name)
            assert command
            yield from everything(command.make_context(name, [], parent=context, resilient_parsing=True))


ALL: Final = {context.command_path: context for context in everything()}


@pytest.fixture(params=["en", "fr"])
def language(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("PARVIS_LANGUAGE", request.param)
    return str(request.param)


@pytest.fixture(autouse=True)
def logs_of_others(monkeypatch: pytest.MonkeyPatch) -> None:
    """``--verbose`` is read here in the process of all tests, whose logs stay as they are."""
    monkeypatch.setattr("bridge.app.cli.configure_logs", lambda *, verbose: None)


def french(text: str) -> str:
    return catalogues().translate(Message(text), "fr")


def in_one_line(text: str) -> str:
    """However it is broken, and without spaces that do not break."""
    return " ".join(text.split())


def misuse(context: click.Context, *words: str) -> Misuse:
    """What is said when ``words`` stand behind those of ``context``."""
    with pytest.raises(Misuse) as caught:
        run(context, *words)
    return caught.value


def run(context: click.Context, *words: str) -> None:
    found = context.command.make_context(context.info_name, list(words), parent=context.parent)
    found.command.invoke(found)


@pytest.mark.parametrize("path", ALL)
def test_every_page_of_help_is_in_the_persons_language(path: str, language: str) -> None:
    context = ALL[path]
    context.terminal_width = 10_000
    page = in_one_line(context.get_help())
    assert isinstance(context.command, (Word, Words)), "define it with cls=Word or cls=Words"
    for sentence in sentences(context.command, context):
        assert in_one_line(french(sentence) if language == "fr" else sentence) in page
    assert page.startswith(f"{'Usage :' if language == 'fr' else 'Usage:'} {path} [OPTIONS]")
    if language == "fr":
        assert not OF_CLICK.search(page)


@pytest.mark.parametrize("path", ALL)
def test_every_sentence_of_help_is_translated_and_names_the_same_words_in_capitals(path: str) -> None:
    texts = list(sentences(ALL[path].command, ALL[path]))
    names = {text for text in texts if text.isupper()}
    for text in texts:
        assert not set(text) & set("{}"), "help has no places"
        if text in names:
            assert french(text).isupper()
            continue
        assert french(text) != text, "make catalogue, then translate it"
        for name in names:
            assert bool(re.search(rf"\b{name}\b", text)) == bool(re.search(rf"\b{french(name)}\b", french(text)))


@pytest.mark.parametrize("path", ALL)
def test_whatever_is_typed_wrong_is_one_sentence_in_the_persons_language(path: str) -> None:
    context = ALL[path]
    for words in wrong(context):
        error = misuse(context, *words)
        said = {language: catalogues().translate(error.message, language) for language in ("en", "fr")}
        assert said["fr"] != said["en"]
        assert said["fr"].endswith(f"{path} --help")
        for one in said.values():
            assert not OF_CLICK.search(one)
            assert "\n" not in one


def wrong(context: click.Context) -> Iterator[list[str]]:
    """Ways to type a command wrong: each that click knows and this command leaves open."""
    command = context.command
    yield ["--no-such-option"]
    yield ["-?"]
    arguments = [one for one in command.params if isinstance(one, click.Argument)]
    if isinstance(command, click.Group):
        yield [NONSENSE]
    elif not any(one.nargs == -1 for one in arguments):
        yield ["1"] * (len(arguments) + 1)
    if any(one.required for one in arguments):
        yield ["--"]
    for one in command.params:
        if isinstance(one, click.Option):
            yield [f"{one.opts[0]}=1"] if one.is_flag else [one.opts[0]]
            if not one.is_flag and type(one.type) is not click.types.StringParamType:
                yield [one.opts[0], "/" if isinstance(one.type, click.Path) else NONSENSE]


@pytest.mark.parametrize(
    ("path", "words", "en", "fr"),
    [
        ("parvis", ["aply"], "There is no command aply. Did you mean apply?", "Vouliez-vous dire apply"),
        ("parvis", ["--verbose"], "A command is missing: one of apply,", "Il manque une commande, parmi apply,"),
        ("parvis plan", ["--jsn"], "There is no option --jsn. Did you mean --json?", "Vouliez-vous dire --json"),
        ("parvis plan", ["--json=3"], "The option --json takes no value.", "ne prend pas de valeur"),
        ("parvis plan", ["--group"], "The option --group needs a value.", "demande une valeur"),
        ("parvis init", [], "One thing is missing: FOLDER.", "Il manque ceci\u00a0: DOSSIER."),
        ("parvis init", [__file__], "For FOLDER, a folder is needed", "Pour DOSSIER, il faut un dossier"),
        ("parvis db backup", ["/"], "For FILE, a file is needed", "Pour FICHIER, il faut un fichier"),
        ("parvis apply", ["a", "b"], "There is a word too many: b.", "un mot de trop\u00a0: b."),
        ("parvis apply", ["a", "b", "c"], "There are 2 words too many: b c.", "2 mots de trop\u00a0: b c."),
        ("parvis scim token rotate", ["x", "--keep", "999"], "a whole number from 0 to 720", "entier de 0 à 720"),
        ("parvis audit search", ["--limit", "many"], "a whole number is needed", "il faut un nombre entier"),
        ("parvis audit search", ["--since", "now"], "a day such as 2027-01-31", "un jour comme 2027-01-31"),
        ("parvis audit verify", ["--heads", "/nowhere"], "a file is needed that is there", "un fichier qui existe"),
        ("parvis partner grant", ["a", "b", "--role", "king"], "member and moderator", "member et moderator"),
    ],
)
def test_the_sentence_says_what_to_do(path: str, words: list[str], en: str, fr: str) -> None:
    error = misuse(ALL[path], *words)
    assert en in catalogues().translate(error.message, "en")
    assert fr in catalogues().translate(error.message, "fr").replace("\u202f", " ")


@pytest.mark.parametrize(
    ("settings", "language"),
    [
        ({}, None),
        ({"LANG": "fr_FR.UTF-8"}, "fr"),
        ({"LANG": "de_DE.UTF-8"}, None),
        ({"LANG": "fr_FR.UTF-8", "LC_ALL": "en_GB.UTF-8"}, "en"),
        ({"LANG": "en_GB.UTF-8", "LC_MESSAGES": "fr_CA.UTF-8"}, "fr"),
        ({"LANG": "fr_FR.UTF-8", "LC_ALL": "C"}, None),
        ({"LANG": "en_GB.UTF-8", "LC_ALL": ""}, "en"),
        ({"LANG": "de_DE.UTF-8", "LANGUAGE": "de:fr:en"}, "fr"),
        ({"LANG": "C.UTF-8", "LANGUAGE": "fr"}, None),
        ({"LANG": "C", "PARVIS_LANGUAGE": "fr"}, "fr"),
        ({"LANG": "fr_FR.UTF-8", "LANGUAGE": "fr", "PARVIS_LANGUAGE": "en"}, "en"),
    ],
)
def test_the_language_is_the_one_that_other_programs_would_speak(
    monkeypatch: pytest.MonkeyPatch, settings: dict[str, str], language: str | None
) -> None:
    for name in SETTINGS:
        monkeypatch.delenv(name, raising=False)
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    assert language_of_environment() == language
