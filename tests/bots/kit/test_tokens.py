"""Lines of chat become words, whatever keyboards and clients make of them."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bots.kit.tokens import as_typed, text_of, tokenise
from bridge.domain.errors import InputError

HTML = "org.matrix.custom.html"


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("groupe ajouter l'équipe Données", ("groupe", "ajouter", "l'équipe", "Données")),
        ("groupe montrer « l’équipe »", ("groupe", "montrer", "l’équipe")),
        ("group show “EMEA sales”", ("group", "show", "EMEA sales")),
        ("group show „EMEA sales“ ‹x y›", ("group", "show", "EMEA sales", "x y")),
        ('group rename x ""', ("group", "rename", "x", "")),
        ("plan —all –all --all", ("plan", "--all", "--all", "--all")),
        ("a — b", ("a", "—", "b")),
        ("group\u00a0show\u202fsales", ("group", "show", "sales")),
        ("group show sales.", ("group", "show", "sales")),
        ("groupe montrer ventes !", ("groupe", "montrer", "ventes")),
        ("help?", ("help",)),
        ("invite @ann:corp.example, @bob:corp.example", ("invite", "@ann:corp.example", "@bob:corp.example")),
        ("@ann:corp.example: hello", ("@ann:corp.example", "hello")),
        ("show #sales:corp.example", ("show", "#sales:corp.example")),
        ("show https://matrix.to/#/%23sales%3Acorp.example", ("show", "#sales:corp.example")),
        ("show https://matrix.to/#/!abc/$event?via=corp.example", ("show", "!abc")),
        ("show matrix:u/ann:corp.example?action=chat", ("show", "@ann:corp.example")),
        ("show https://matrix.to/#/%40a%22b", ("show", "https://matrix.to/#/%40a%22b")),
        ("show \u2068שלום\u2069", ("show", "שלום")),
        ('a"b c"d', ("ab cd",)),
        ("group show 'EMEA sales'", ("group", "show", "EMEA sales")),
        ("group show ‘EMEA sales’.", ("group", "show", "EMEA sales")),
        ("group show 'l’équipe Données' --all", ("group", "show", "l’équipe Données", "--all")),
        ("l'équipe d'Ann et l'accueil", ("l'équipe", "d'Ann", "et", "l'accueil")),
        ("the dogs' room's 'n roll", ("the", "dogs'", "room's", "'n", "roll")),
        ("plan ––all ‑‑all −−all -–all ―all", ("plan", "--all", "--all", "--all", "--all", "--all")),
        ("move –3 −5", ("move", "–3", "−5")),
        ("group\u2009show\u3000sales\u2026", ("group", "show", "sales")),
        ("gr\u200boup sh\u00adow sa\u200dles\ufeff", ("group", "show", "sales")),
        ("show 👩\u200d🔬", ("show", "👩\u200d🔬")),
        ("show matrix.to/#/@ann:corp.example", ("show", "@ann:corp.example")),
        ("show https://matrix.to/#/!abc:corp.example?via=corp.example.", ("show", "!abc:corp.example")),
        ("show https://app.element.io/#/room/#sales:corp.example", ("show", "#sales:corp.example")),
        ("show https://chat.corp.example/web/#/user/@ann:corp.example", ("show", "@ann:corp.example")),
        ("show https://elsewhere.example/#/room/nothing", ("show", "https://elsewhere.example/#/room/nothing")),
        ("", ()),
        ("...", ()),
    ],
)
def test_lines_are_cut_into_words(line: str, words: tuple[str, ...]) -> None:
    assert tokenise(line) == words


def test_an_open_quotation_mark_is_a_mistake_that_is_explained() -> None:
    with pytest.raises(InputError, match="never closed"):
        tokenise('group show "sales')


def test_pills_become_user_ids_and_aliases() -> None:
    pill = '!group add <a href="https://matrix.to/#/@claire:corp.example">Claire Martin</a>: to <b>it</b>'
    content = {"body": "!group add Claire Martin: to it", "format": HTML, "formatted_body": pill}
    assert tokenise(text_of(content)) == ("!group", "add", "@claire:corp.example", "to", "it")


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ("!group add sales [Ann B.](https://matrix.to/#/@ann:corp.example)", "!group add sales @ann:corp.example"),
        ("!group show <https://matrix.to/#/!abc?via=corp.example>", "!group show !abc"),
        ("!group show [it](https://elsewhere.example)", "!group show [it](https://elsewhere.example)"),
        ("\u200b!status", "!status"),
    ],
)
def test_clients_that_send_no_formatting_write_mentions_as_links(body: str, text: str) -> None:
    assert text_of({"body": body}) == text


def test_formatting_without_pills_leaves_the_plain_text_alone() -> None:
    content = {"body": "!group show **x**", "format": HTML, "formatted_body": "!group show <b>x</b>"}
    assert text_of(content) == "!group show **x**"


def test_what_a_reply_quotes_is_no_command() -> None:
    quotation = '<mx-reply><a href="https://matrix.to/#/@a:b">a</a> !plan</mx-reply>'
    pill = '<a href="https://matrix.to/#/@c:d">c</a>'
    assert text_of({"body": "> x", "format": HTML, "formatted_body": f"{quotation}!why {pill}"}) == "!why @c:d"
    reply = {"m.in_reply_to": {"event_id": "$e"}}
    assert text_of({"body": "> <@a:b> !plan\n> more\n\n!status", "m.relates_to": reply}) == "!status"


@pytest.mark.parametrize("content", [{}, {"body": None}, {"body": ["x"]}, {"body": {}, "formatted_body": "x"}])
def test_odd_messages_say_nothing(content: dict[str, Any]) -> None:
    assert text_of(content) == ""


odd = st.sampled_from(['"', "“", "«\u00a0", "\u202e", "<a href='https://matrix.to/#/@a:b'>", "</a>", "—x", "'", "\x00"])
lines = st.lists(st.text() | odd, max_size=8).map("".join)


@given(lines)
def test_any_line_gives_words_or_a_sentence_and_words_stay_words(line: str) -> None:
    try:
        words = tokenise(line)
    except InputError:
        return
    assert tokenise(" ".join(f'"{word}"' for word in words)) == words


@given(lines, lines, st.booleans())
def test_any_content_is_read_without_complaint(body: str, formatted: str, reply: bool) -> None:
    relation: dict[str, Any] = {"m.relates_to": {"m.in_reply_to": {}}} if reply else {}
    assert isinstance(text_of({"body": body, "format": HTML, "formatted_body": formatted, **relation}), str)


def test_a_line_as_long_as_an_event_is_cut_at_once() -> None:
    assert len(tokenise("a " * 30_000)) == 30_000
    assert len(tokenise('"' * 60_000)) == 1
    assert text_of({"body": "> x\n" * 15_000, "m.relates_to": {"m.in_reply_to": {}}}) == ""


def test_formatting_that_would_take_seconds_to_read_is_passed_over() -> None:
    pill = '<a href="https://matrix.to/#/@a:b">a</a>'
    assert text_of({"body": "x", "format": HTML, "formatted_body": pill}) == "@a:b"
    for many in ("<b>" * 300, "b" * 9_000, "<a matrix <" * 5_000):
        assert text_of({"body": "x", "format": HTML, "formatted_body": pill + many}) == "x"


@pytest.mark.parametrize(
    ("line", "text"),
    [
        ("Bienvenue à tous !", "Bienvenue à tous !"),
        ("Bonjour, entrez.", "Bonjour, entrez."),
        ("Qui vient ?", "Qui vient ?"),
        ('"Bienvenue" !', "Bienvenue"),
    ],
)
def test_a_text_keeps_the_punctuation_that_a_name_is_forgiven(line: str, text: str) -> None:
    assert as_typed(tokenise(line)) == text
