"""What people type into a card: put into one form, or refused with a sentence."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.domain.errors import InputError
from bridge.rules.card_values import email, link, one_line, several


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Bob@ACME.Example", "Bob@acme.example"),
        ("mailto:o'neil+x@é.example", "o'neil+x@é.example"),
        (" a@b-c.co ", "a@b-c.co"),
    ],
)
def test_an_address_is_kept_with_its_domain_in_small_letters(typed: str, kept: str) -> None:
    assert email(typed) == kept


@pytest.mark.parametrize(
    "typed", ["", "bob", "bob@", "@acme.example", "a..b@x.fr", ".a@x.fr", "a b@x.fr", "a@x", "a@1.2"]
)
def test_what_is_no_address_is_refused(typed: str) -> None:
    with pytest.raises(InputError, match="no e-mail address"):
        email(typed)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("acme.example/bob/", "https://acme.example/bob"),
        ("HTTPS://ACME.example:443/A?b=1#c", "https://acme.example/A?b=1#c"),
        ("<https://acme.example:8443>", "https://acme.example:8443"),
    ],
)
def test_a_link_is_https_whatever_was_typed(typed: str, kept: str) -> None:
    assert link(typed) == kept


@pytest.mark.parametrize(
    "typed",
    ["http://x.fr", "javascript:alert(1)", "https://me:pw@x.fr", "https://x", "https://x.fr:99999999",
     "https://x.fr/a b", "https://x.fr/\u202e", "ftp://x.fr", "https://[::1", ""],
)  # fmt: skip
def test_what_is_no_safe_link_is_refused(typed: str) -> None:
    with pytest.raises(InputError, match="no link"):
        link(typed)


def test_a_list_holds_each_thing_once() -> None:
    assert several("Achats, douanes;ACHATS\nDouanes ,, ") == ("Achats", "douanes")
    with pytest.raises(InputError, match="20 is the most"):
        several(",".join(map(str, range(21))))
    with pytest.raises(InputError):
        several(" , ;")


def test_a_line_keeps_nothing_that_cannot_be_seen() -> None:
    assert one_line(" Bob\u202e \t\nL\u0153b\x00 ") == "Bob L\u0153b"
    for typed in ("", " \u200e\u2066 ", "x" * 101):
        with pytest.raises(InputError):
            one_line(typed)


@given(st.text(max_size=200))
def test_whatever_is_typed_is_kept_or_refused_with_a_sentence(typed: str) -> None:
    for read in (one_line, several, email, link):
        try:
            kept = read(typed)
        except InputError:
            continue
        else:
            assert kept
            if read in (one_line, email, link):
                assert read(str(kept)) == kept
