"""vCards as RFC 6350 wants them: read back line by line."""

import re
from base64 import b64decode
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from bridge.domain.cards import Field
from bridge.rules.vcard import matrix_uri, vcard

BOB = "@bob:acme.example"
WHOLE = {
    Field.NAME: ("Bob; the \\ Builder, Jr.",),
    Field.PRONOUNCED: ("bɒb",),
    Field.TITLE: ("Responsable des achats – région Île-de-France et outre-mer, équipements lourds",),
    Field.ORGANISATION: ("Acme SA",),
    Field.PHONE: ("+33 1 42 68 53 00", "+33612345678"),
    Field.EMAIL: ("bob@acme.example",),
    Field.LANGUAGES: ("fr", "en-GB"),
    Field.TIMEZONE: ("Europe/Paris",),
    Field.PLACE: ("Lyon, bâtiment B",),
    Field.TOPICS: ("pumps", "valves; seals"),
    Field.LINKS: ("https://acme.example/bob?a=1,2;3",),
}


def properties(text: str) -> list[tuple[str, str]]:
    """Name with parameters, and value: unfolded and unescaped."""
    assert text.endswith("\r\n")
    lines = text.replace("\r\n ", "").removesuffix("\r\n").split("\r\n")
    pairs = [line.partition(":")[::2] for line in lines]
    return [(name, re.sub(r"\\([\\,;n])", lambda found: "\n" if found[1] == "n" else found[1], value))
            for name, value in pairs]  # fmt: skip


def test_a_whole_card_says_everything_in_its_place() -> None:
    said = properties(vcard(BOB, WHOLE, photo=b"\xff\xd8picture", at=datetime(2026, 11, 3, 9, 5, tzinfo=UTC)))
    assert said[:2] == [("BEGIN", "VCARD"), ("VERSION", "4.0")]
    assert said[-1] == ("END", "VCARD")
    assert said[4:-1] == [
        ("FN", "Bob; the \\ Builder, Jr."),
        ("X-PRONOUNCED", "bɒb"),
        ("TITLE", "Responsable des achats – région Île-de-France et outre-mer, équipements lourds"),
        ("ORG", "Acme SA"),
        ("TEL;VALUE=uri;PREF=1", "tel:+33142685300"),
        ("TEL;VALUE=uri;PREF=2", "tel:+33612345678"),
        ("EMAIL;PREF=1", "bob@acme.example"),
        ("LANG;PREF=1", "fr"),
        ("LANG;PREF=2", "en-GB"),
        ("TZ", "Europe/Paris"),
        ("ADR", ";;;Lyon, bâtiment B;;;"),
        ("EXPERTISE", "pumps"),
        ("EXPERTISE", "valves; seals"),
        ("URL", "https://acme.example/bob?a=1,2;3"),
        ("IMPP", "matrix:u/bob:acme.example"),
        ("PHOTO", "data:image/jpeg;base64,/9hwaWN0dXJl"),
        ("REV", "20261103T090500Z"),
    ]
    assert b64decode(said[-3][1].rpartition(",")[2]) == b"\xff\xd8picture"


def test_an_empty_card_still_has_a_name_and_an_address() -> None:
    assert properties(vcard(BOB, {}))[4:-1] == [("FN", "bob"), ("IMPP", "matrix:u/bob:acme.example")]


def test_a_matrix_address_has_no_letter_that_an_uri_must_not_have() -> None:
    assert matrix_uri("@b/o#b?:acme.example:8448") == "matrix:u/b%2Fo%23b%3F:acme.example:8448"


@given(st.text(), st.sampled_from([Field.NAME, Field.TITLE, Field.PLACE, Field.TOPICS, Field.LINKS, Field.PHONE]))
def test_no_value_breaks_out_of_its_line(value: str, name: Field) -> None:
    text = vcard(BOB, {name: (value.encode("utf-8", "ignore").decode(),)})
    assert len(properties(text)) == (7 if name is Field.NAME else 8)
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    assert not re.search(r"[\x00-\x09\x0b\x0c\x0e-\x1f]", text)
