"""Languages as people name them in words of their own."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.adapters.formats import WorldFormats
from bridge.domain.errors import InputError
from bridge.rules.spoken_languages import spoken_languages

pytestmark = pytest.mark.slow

FORMATS = WorldFormats()


@pytest.mark.parametrize(
    ("typed", "codes"),
    [
        ("English et français", "en fr"),
        ("anglais, un peu d'allemand", "en de"),
        ("un peu d’italien", "it"),
        ("I speak English and a little French", "en fr"),
        ("Français courant, anglais niveau B2", "fr en"),
        ("langue maternelle : français", "fr"),
        ("English/French bilingual", "en fr"),
        ("français-anglais", "fr en"),
        ("chinois (mandarin)", "zh"),
        ("British English", "en"),
        ("swiss german", "gsw"),
        ("en-GB, fr_CA", "en fr"),
        ("fr de en", "fr de en"),
        ("en et fr", "en fr"),
        ("et", "et"),
        ("English, anglais, en", "en"),
    ],
)
def test_languages_are_found_in_free_words_of_both_languages(typed: str, codes: str) -> None:
    assert spoken_languages(typed, FORMATS.language) == tuple(codes.split())


@pytest.mark.parametrize(
    ("typed", "strange"),
    [
        ("English, Frensh", "Frensh"),
        ("English but not German", "but not"),
        ("anglais, pas d'allemand", "pas"),
        ("un peu", "un peu"),
        ("…", "…"),
    ],
)
def test_words_that_name_no_language_are_quoted(typed: str, strange: str) -> None:
    with pytest.raises(InputError, match=f"no language called {strange}"):
        spoken_languages(typed, FORMATS.language)


@given(st.text(max_size=120))
def test_whatever_is_typed_names_languages_or_is_refused(typed: str) -> None:
    try:
        codes = spoken_languages(typed, FORMATS.language)
    except InputError:
        return
    assert codes
    assert len(set(codes)) == len(codes)
