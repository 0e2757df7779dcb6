"""No sentence without its translation: catalogues are complete, fit their places and hold nothing that is gone."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import pytest
from babel.messages.catalog import Catalog, Message

from deploy.catalogue import PACKAGES, ROOT, TRANSLATED, path_of, read, sentences, untranslated, written

HINT = "run `make catalogue`, then translate what it lists"
BREAKING_SPACE = re.compile(r"[ \w»)}][:;!?](?:\s|$)|« | »")
"""In French, a space that does not break stands before these marks and inside quotation marks."""


@pytest.fixture(scope="module", params=TRANSLATED)
def catalog(request: pytest.FixtureRequest) -> Catalog:
    return read(request.param)


def forms(message: Message) -> list[tuple[str, str]]:
    """Each sentence beside its translation, by number."""
    if isinstance(message.id, (tuple, list)):
        return list(zip(message.id, message.string or (), strict=True))
    return [(message.id, str(message.string))]


def places(sentence: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(sentence) if name is not None}


def test_every_sentence_of_the_code_is_in_the_catalogue_and_nothing_else(catalog: Catalog) -> None:
    in_code = {message.id for message in sentences() if message.id}
    in_catalogue = {message.id for message in catalog if message.id}
    assert in_code - in_catalogue == set(), HINT
    assert in_catalogue - in_code == set(), HINT
    assert not catalog.obsolete, HINT


def test_every_sentence_is_translated_in_all_its_numbers(catalog: Catalog) -> None:
    assert [message.id for message in untranslated(catalog)] == [], HINT
    assert [message.id for message in catalog if message.id and message.fuzzy] == []
    assert catalog.plural_expr == "(n > 1)"
    assert all(len(forms(message)) == 2 for message in catalog if isinstance(message.id, (tuple, list)))


def test_translations_have_the_places_of_their_sentences(catalog: Catalog) -> None:
    said = [pair for message in catalog if message.id for pair in forms(message) if pair[1]]
    assert [pair for pair in said if places(pair[0]) != places(pair[1])] == []


def test_places_are_plain_names(catalog: Catalog) -> None:
    parsed = [
        part for message in catalog if message.id for pair in forms(message) for part in Formatter().parse(pair[0])
    ]
    assert [part for part in parsed if part[1] is not None and (part[2] or part[3] or not part[1].isidentifier())] == []


def test_french_is_set_with_its_own_apostrophes_and_spaces() -> None:
    translations = [words for message in read("fr") if message.id for _, words in forms(message)]
    assert [words for words in translations if "'" in words or '"' in words] == []
    assert [words for words in translations if BREAKING_SPACE.search(without_places(words))] == []


def without_places(words: str) -> str:
    """The sentence without what is typed or machine-read: urls, times, options."""
    return re.sub(r"https?://\S+|--\w+|\d:\d|\b(?:env|file|rate_limited|nom|start_tls):", "", words)


def test_the_catalogue_file_is_as_the_tool_writes_it() -> None:
    assert [language for language in TRANSLATED if written(read(language)) != path_of(language).read_bytes()] == [], (
        HINT
    )


@pytest.mark.slow
def test_sentences_are_written_out_where_they_are_said() -> None:
    loose = [spot for package in PACKAGES for file in (ROOT / package).rglob("*.py") for spot in loose_sentences(file)]
    assert loose == []


def loose_sentences(file: Path) -> Iterator[str]:
    """Calls of ``say`` and ``say_n`` whose sentence Babel cannot collect because it is put together at run time."""
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in {"say", "say_n"}:
            wanted = node.args[:1] if node.func.id == "say" else node.args[:2]
            if not wanted or not all(isinstance(arg, ast.Constant) and isinstance(arg.value, str) for arg in wanted):
                yield f"{file.relative_to(ROOT)}:{node.lineno}"
