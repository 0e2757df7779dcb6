"""Phone numbers, languages and time zones as people type them."""

import pytest

from bridge.adapters.formats import WorldFormats, _own_names
from bridge.domain.messages import Text

FORMATS = WorldFormats()


@pytest.mark.parametrize(
    ("typed", "near", "kept"),
    [
        ("+33612345678", "", "+33 6 12 34 56 78"),
        ("06 12 34 56 78", "Europe/Paris", "+33 6 12 34 56 78"),
        ("0033 6.12.34.56.78", "Europe/Paris", "+33 6 12 34 56 78"),
        ("tel:+44-20-7946-0958", "", "+44 20 7946 0958"),
        ("06 12 34 56 78", "", None),
        ("06 12 34 56 78", "Nowhere/Land", None),
        ("+33 6 12", "", None),
        ("call me", "", None),
        ("+33 6 12 34 56 78" + " " * 60, "", None),
    ],
)
def test_a_number_is_international_or_refused(typed: str, near: str, kept: str | None) -> None:
    assert FORMATS.phone(typed, near=near) == kept


@pytest.mark.slow
@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("fr", "fr"),
        ("French", "fr"),
        ("francais", "fr"),
        ("Deutsch", "de"),
        ("allemand", "de"),
        ("日本語", "ja"),
        ("xx", None),
    ],
)
def test_a_language_is_known_by_code_and_by_name(typed: str, code: str | None) -> None:
    assert FORMATS.language(typed) == code


def test_english_and_french_names_are_known_without_reading_what_every_language_calls_itself() -> None:
    _own_names.cache_clear()
    assert [FORMATS.language(typed) for typed in ("fr", "Allemand", "German")] == ["fr", "de", "de"]
    assert _own_names.cache_info().currsize == 0
    assert FORMATS.language("italiano") == "it"
    assert _own_names.cache_info().currsize == 1


def test_a_language_is_called_by_its_name() -> None:
    assert FORMATS.language_name("de") == Text(en="German", fr="allemand")
    assert FORMATS.language_name("zz") == Text.same("zz")


@pytest.mark.parametrize(
    ("typed", "zone"),
    [
        ("europe/paris", "Europe/Paris"),
        ("Paris", "Europe/Paris"),
        ("new york", "America/New_York"),
        ("UTC", "UTC"),
        ("Atlantis", None),
        ("", None),
    ],
)
def test_a_time_zone_is_known_by_name_and_by_city(typed: str, zone: str | None) -> None:
    assert FORMATS.timezone(typed) == zone


@pytest.mark.parametrize(("typed", "number"), [("March", 3), ("févr.", 2), ("Sept", 9), ("août", 8), ("Marsh", None)])
def test_a_month_is_known_by_its_names(typed: str, number: int | None) -> None:
    assert FORMATS.month(typed) == number
