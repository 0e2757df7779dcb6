"""Messages become sentences of a language, and nothing about a translation makes people see an error."""

from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from structlog.testing import capture_logs

from bridge.adapters.language import Catalogues
from bridge.domain.messages import DayOf, Text, say, say_n, shown

PO = """
msgid ""
msgstr ""
"Content-Type: text/plain; charset=utf-8\\n"
"Plural-Forms: nplurals=2; plural=(n > 1);\\n"

msgid "Hello {name}."
msgstr "Bonjour {name}."

msgid "{count} room"
msgid_plural "{count} rooms"
msgstr[0] "{count} salon"
msgstr[1] "{count} salons"

msgid "Broken {name}."
msgstr "Cassé {nom}."

#, fuzzy
msgid "Guessed."
msgstr "Deviné."

msgid "Empty."
msgstr ""
"""


@pytest.fixture
def catalogues(tmp_path: Path) -> Catalogues:
    folder = tmp_path / "fr" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / "parvis.po").write_text(PO, "utf-8")
    return Catalogues.load(tmp_path)


def test_sentences_are_translated_and_their_places_filled(catalogues: Catalogues) -> None:
    assert catalogues.translate(say("Hello {name}.", name="Ann"), "fr") == "Bonjour Ann."
    assert catalogues.translate(say("Hello {name}.", name="Ann"), "en") == "Hello Ann."


@pytest.mark.parametrize(
    ("count", "french", "english"),
    [
        (0, "0 salon", "0 rooms"),
        (1, "1 salon", "1 room"),
        (2, "2 salons", "2 rooms"),
        (1_000_000, "1\u202f000\u202f000 salons", "1,000,000 rooms"),
    ],
)
def test_numbers_decide_about_the_plural_as_each_language_does(
    catalogues: Catalogues, count: int, french: str, english: str
) -> None:
    message = say_n("{count} room", "{count} rooms", count)
    assert catalogues.translate(message, "fr") == french
    assert catalogues.translate(message, "en") == english


def test_places_speak_the_language_too(catalogues: Catalogues) -> None:
    def hello(name: object, language: str) -> str:
        return catalogues.translate(say("Hello {name}.", name=name), language)  # type: ignore[arg-type]

    assert hello(2.5, "fr") == "Bonjour 2,5."
    assert hello(Text(en="sales", fr="ventes"), "fr") == "Bonjour ventes."
    assert hello(Text(en="sales"), "fr") == "Bonjour sales."
    assert hello(say("Hello {name}.", name="x"), "fr") == "Bonjour Bonjour x.."
    assert hello(("a", "b", "c"), "fr") == "Bonjour a, b et c."
    assert hello(("a", "b", "c"), "en") == "Hello a, b, and c."
    assert hello((), "en") == "Hello ."
    assert hello("{count} {0.__class__}", "fr") == "Bonjour {count} {0.__class__}."


def test_moments_are_told_as_clocks_of_the_zone_show_them_and_so_are_their_days() -> None:
    late = datetime(2026, 12, 31, 23, 30, tzinfo=UTC)
    paris = Catalogues.load(zone=ZoneInfo("Europe/Paris"))
    assert paris.translate(shown(late), "fr") == "1 janv. 2027, 00:30 CET"
    assert paris.translate(shown(late), "en") == "1 Jan 2027, 00:30 CET"
    assert paris.translate(shown(DayOf(late)), "en") == "1 Jan 2027"
    assert Catalogues.load().translate(shown(DayOf(late)), "en") == "31 Dec 2026"


@pytest.mark.parametrize("sentence", ["Guessed.", "Empty.", "Never heard."])
def test_what_is_not_translated_is_said_in_english(catalogues: Catalogues, sentence: str) -> None:
    assert catalogues.translate(say(sentence), "fr") == sentence


def test_an_unknown_language_is_spoken_as_english(catalogues: Catalogues) -> None:
    assert catalogues.translate(say_n("{count} room", "{count} rooms", 2), "de") == "2 rooms"


def test_a_translation_with_other_places_falls_back_to_english_and_is_logged(catalogues: Catalogues) -> None:
    with capture_logs() as logs:
        assert catalogues.translate(say("Broken {name}.", name="x"), "fr") == "Broken x."
    assert [entry["msgid"] for entry in logs] == ["Broken {name}."]


@pytest.mark.parametrize("sentence", ["No {name}.", "Odd {", "Odd }", "Odd {0}", "{a.b}", "{count:z}"])
def test_a_sentence_with_wrong_places_is_said_as_it_stands(catalogues: Catalogues, sentence: str) -> None:
    with capture_logs() as logs:
        assert catalogues.translate(say(sentence, a="x", count=3), "fr") == sentence
    assert logs


def test_the_empty_sentence_is_not_the_catalogues_header() -> None:
    assert Catalogues.load().translate(say(""), "fr") == ""
