"""What is kept of how something was said."""

import pytest

from bridge.domain.activity import PLAIN, Form
from bridge.domain.rooms import Content
from bridge.rules.activity.forms import CALLED, form_of, unwritten

ANA, LUC = "@ana:corp.example", "@luc:acme.example"


def form(body: str, **content: object) -> Form:
    return form_of({"msgtype": "m.text", "body": body, **content}, ANA)


@pytest.mark.parametrize(
    ("body", "asks"),
    [
        ("Who knows?", True),
        ("Qui sait ?", True),
        ("谁知道？", True),
        ("I do.", False),
        ("see https://wiki.example/search?q=1", False),
        ("Did you see https://wiki.example/search?q=1?", True),
        ("`x ? y : z`", False),
        ("```\nx ? y : z\n```", False),
        ("> Who knows?\n\nI do.", False),
    ],
)
def test_a_question_is_a_mark_in_what_somebody_says_themselves(body: str, asks: bool) -> None:
    assert form(body).question is asks


def test_the_length_is_that_of_what_is_not_quoted() -> None:
    assert form("> <@luc:acme.example> long and old\n> and longer\n\nshort").length == len("short")
    assert form("  été ").length == 3


def test_a_link_leads_out_of_matrix() -> None:
    assert form("see https://wiki.example/page").link
    assert not form("see https://matrix.to/#/!room:corp.example and `http://localhost`").link


def test_code_is_a_block() -> None:
    assert form("```\nplan\n```").code
    assert form("plan", formatted_body="<pre><code>plan</code></pre>").code
    assert not form("`plan`", formatted_body="<code>plan</code>").code


def test_whoever_says_whom_they_mention_mentions_these_alone() -> None:
    pill = f'<a href="https://matrix.to/#/{LUC}">Luc</a>'
    said = form("Luc: @room", formatted_body=pill, **{"m.mentions": {"user_ids": [ANA, "@eve:x.example", 7, "eve"]}})
    assert (said.calls, said.calls_all) == (("@eve:x.example",), False)
    assert form("all", **{"m.mentions": {"room": True}}) == Form(length=3, calls_all=True)
    assert form("all", formatted_body=pill, **{"m.mentions": {}}).calls == ()


@pytest.mark.parametrize("address", [LUC, "%40luc%3Aacme.example", f"{LUC}?via=acme.example"])
def test_of_older_clients_links_to_people_are_mentions(address: str) -> None:
    pill = f"<a href='https://matrix.to/#/{address}'>Luc</a>"
    assert form("Luc: hello @room", formatted_body=f"{pill}: hello {pill}") == Form(
        length=16, calls=(LUC,), calls_all=True
    )
    assert form("hello", formatted_body=f"<mx-reply><blockquote>{pill}</blockquote></mx-reply>hello").calls == ()


def test_recipients_are_cut_off() -> None:
    users = [f"@u{number}:corp.example" for number in range(CALLED + 5)]
    assert len(form("all", **{"m.mentions": {"user_ids": users}}).calls) == CALLED


@pytest.mark.parametrize(
    "content",
    [{}, {"body": 7}, {"body": None, "m.mentions": []}, {"body": "", "formatted_body": {}}, {"body": ["x"]}],
)
def test_what_is_not_as_specified_says_nothing(content: Content) -> None:
    assert form_of(content, ANA) == PLAIN


def test_a_picture_has_a_form_if_it_has_a_caption() -> None:
    assert unwritten({"body": "holiday?.jpg", "m.mentions": {"user_ids": [LUC]}}, ANA) == Form(calls=(LUC,))
    assert unwritten({"body": "IMG.jpg", "filename": "IMG.jpg"}, ANA) == PLAIN
    assert unwritten({"body": "Where is this?", "filename": "IMG.jpg"}, ANA) == Form(length=14, question=True)


@pytest.mark.parametrize("piece", ["`", "> ", "<a ", "<mx-reply>", "https://", "```", "@room", "<a href='https://"])
def test_long_and_odd_texts_end(piece: str) -> None:
    form(piece * 100_000, formatted_body=piece * 100_000)
