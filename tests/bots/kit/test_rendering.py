"""Documents as Matrix shows them: escaped once, readable everywhere, never too large for an event."""

import json
from collections.abc import Callable
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bots.kit.paging import MAX_PAGES, PAGE_BYTES
from bots.kit.rendering import Renderer, is_safe_url, message_content
from bots.kit.texts import isolated
from bridge.adapters.language import Catalogues
from bridge.domain.document import (
    Block,
    Code,
    CodeBlock,
    Document,
    Heading,
    Items,
    Link,
    Paragraph,
    Strong,
    Table,
    document,
    paragraph,
)
from bridge.domain.messages import Text, say

RENDERER = Renderer(Catalogues.load())
TAGS = {"p", "h4", "ul", "ol", "li", "pre", "code", "strong", "em", "a"}
TAGS |= {"table", "thead", "tbody", "tr", "th", "td"}


def only(content: Document, language: str = "en") -> tuple[str, str]:
    [page] = RENDERER.pages(content, language)
    return page.body, page.html


def test_a_paragraph_is_escaped_once() -> None:
    body, html = only(document(paragraph("a < b & c ", Strong("<b>"), " ", Code("x>y"))))
    assert body == "a < b & c <b> x>y"
    assert html == "<p>a &lt; b &amp; c <strong>&lt;b&gt;</strong> <code>x&gt;y</code></p>"


@pytest.mark.parametrize(("language", "line"), [("en", "!status"), ("fr", "!état")])
def test_a_command_is_called_as_in_the_readers_language(language: str, line: str) -> None:
    assert only(document(paragraph(Code(Text(en="!status", fr="!état")))), language)[0] == line


def test_blocks_follow_one_another_and_a_heading_stays_close() -> None:
    body, html = only(document(Heading("Groups"), Items((("one",), ("two",))), CodeBlock("a\n  b")))
    assert body == "Groups\n• one\n• two\n\na\n  b"
    assert html == "<h4>Groups</h4><ul><li>one</li><li>two</li></ul><pre><code>a\n  b</code></pre>"


def test_ordered_items_carry_their_numbers() -> None:
    assert only(document(Items((("a",), ("b",)), ordered=True))) == (
        "1. a\n2. b",
        '<ol><li value="1">a</li><li value="2">b</li></ol>',
    )


def test_a_narrow_table_is_a_table_in_html_and_a_list_in_plain_text() -> None:
    table = Table(head=("Group", "Visibility"), rows=(("sales", "public"), ("deal", "hidden")))
    body, html = only(document(table))
    assert body == "• sales · Visibility: public\n• deal · Visibility: hidden"
    assert html.startswith("<table><thead><tr><th>Group</th>\n<th>Visibility</th></tr></thead><tbody>")


def test_a_wide_table_is_a_list_everywhere() -> None:
    table = Table(head=("Group", "Purpose"), rows=(("sales", "x" * 80),))
    _, html = only(document(table))
    assert html == f"<ul><li><strong>sales</strong> · Purpose: {'x' * 80}</li></ul>"


def test_the_colon_of_a_listed_table_is_set_as_the_language_does() -> None:
    body, _ = only(document(Table(head=("Groupe", "Visibilité"), rows=(("ventes", "publique"),))), "fr")
    assert body == "• ventes · Visibilité\u00a0: publique"
    assert only(document(paragraph(Strong("Nom"), ": ", "Ventes")), "fr")[0] == "Nom\u00a0: Ventes"


@pytest.mark.parametrize(
    "url",
    [
        "http://corp.example",
        "javascript:alert(1)",
        "https://corp.example@evil.example",
        'https://x"onclick=1',
        "https://",
        "https://a b",
        "data:text/html,x",
        "https://[",
        "https://x\u202e",
    ],
)
def test_links_that_could_harm_are_shown_as_words(url: str) -> None:
    assert not is_safe_url(url)
    assert only(document(paragraph(Link("here", url)))) == ("here", "<p>here</p>")


def test_links_lead_to_https_and_say_where_in_plain_text() -> None:
    body, html = only(document(paragraph(Link("the room", "https://matrix.to/#/!a?via=b&via=c"))))
    assert body == "the room (https://matrix.to/#/!a?via=b&via=c)"
    assert html == '<p><a href="https://matrix.to/#/!a?via=b&amp;via=c">the room</a></p>'


def test_names_of_others_cannot_turn_our_words_around() -> None:
    evil = "\u202eevil\u202c"
    assert only(document(paragraph("x ", Text.same(evil))))[0] == "x evil"
    assert only(document(paragraph(say("{user} is not in the room.", user=evil))))[0] == "evil is not in the room."
    assert isolated("שלום") == "\u2068שלום\u2069"


def test_nor_can_those_in_sentences_of_a_list() -> None:
    other = say("{name} (without {names})", name="\u202eevil\u202c", names=(say("{who}", who="שלום"), "<b>"))
    body, html = only(document(paragraph(say("Otherwise: {fields}.", fields=(other, "plain")))))
    assert body == "Otherwise: evil (without \u2068שלום\u2069 and <b>) and plain."
    assert "<b>" not in html


def test_names_of_others_cannot_begin_a_new_line() -> None:
    assert only(document(paragraph("a\n• b")))[0] == "a • b"


def test_nobody_is_mentioned_by_a_name() -> None:
    [page] = RENDERER.pages(document(paragraph("@room @ann:corp.example")), "en")
    assert message_content(page)["m.mentions"] == {}


def test_an_empty_document_still_says_something() -> None:
    assert only(document())[0]
    assert only(document(paragraph("")))[0]


def test_long_lists_go_on_on_further_pages_between_rows() -> None:
    rows = tuple((f"row {number} & <more>",) for number in range(4000))
    pages = RENDERER.pages(document(Heading("All"), Items(rows)), "en")
    assert len(pages) > 1
    assert pages[0].body.endswith(f"(page 1 of {len(pages)})")
    lines = [line for page in pages for line in page.body.splitlines() if line.startswith("• ")]
    assert lines == [f"• row {number} & <more>" for number in range(4000)]


@given(st.integers(2_000, 2_200), st.integers(1, 40), st.sampled_from([paragraph, Heading, CodeBlock]))
def test_pages_filled_to_the_brim_keep_to_their_limit(limit: int, letters: int, block: Callable[[str], Block]) -> None:
    for page in RENDERER.pages(document(*(block("x" * letters) for _ in range(300))), "en", limit=limit):
        assert len(json.dumps({"body": page.body, "formatted_body": page.html}).encode()) <= limit


def test_a_heading_goes_with_what_it_heads() -> None:
    filler = [paragraph("x" * 100) for _ in range(8)]
    pages = RENDERER.pages(document(*filler, Heading("Title"), paragraph("y" * 500)), "en", limit=2500)
    assert any(page.body.startswith("Title\ny") for page in pages)


def test_one_text_larger_than_a_page_loses_nothing() -> None:
    text = '"<&' * 10_000
    pages = RENDERER.pages(document(paragraph(text)), "en")
    assert "".join(page.body.rsplit("\n\n(page", 1)[0] for page in pages).replace("\n\n", "") == text


@pytest.mark.slow
def test_what_would_bury_a_conversation_is_left_out_and_said_so() -> None:
    pages = RENDERER.pages(document(Items(tuple((f"row {number}",) for number in range(100_000)))), "en")
    assert len(pages) == MAX_PAGES
    assert pages[-1].body.endswith(f"(page {MAX_PAGES} of {MAX_PAGES}) The rest is left out: ask for less at a time.")


texts = st.text(max_size=200) | st.sampled_from(["<script>", "&amp;", "\u202e\u2066", "\ud800", "שלום", '"' * 50])
inlines = st.one_of(
    texts,
    texts.map(Text.same),
    texts.map(Strong),
    texts.map(Code),
    texts.map(Text.same).map(Code),
    st.builds(Link, texts, texts | texts.map(lambda text: "https://" + text)),
    texts.map(lambda text: say("{name} is there.", name=text, others=(text, text))),
)
rows = st.lists(inlines, max_size=5).map(tuple)
blocks = st.one_of(
    st.builds(Paragraph, rows),
    st.builds(Heading, texts),
    st.builds(Items, st.lists(rows, max_size=30).map(tuple), st.booleans()),
    st.builds(Table, rows, st.lists(rows, max_size=20).map(tuple)),
    st.builds(CodeBlock, texts),
)
documents = st.builds(Document, st.lists(blocks, max_size=12).map(tuple))


class _Tags(HTMLParser):
    """Which tags are open; closes must match, attributes must be ours."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in TAGS
        assert all((tag, name) in {("a", "href"), ("li", "value")} for name, _ in attrs)
        assert all(is_safe_url(value or "") for name, value in attrs if name == "href")
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@given(documents, st.sampled_from(["en", "fr"]), st.sampled_from([2_000, 6_000, PAGE_BYTES]))
def test_any_document_gives_whole_pages_of_our_html_alone(content: Document, language: str, limit: int) -> None:
    for page in RENDERER.pages(content, language, limit=limit):
        both = json.dumps({"body": page.body, "formatted_body": page.html}, ensure_ascii=False).encode()
        assert len(both) <= limit
        assert page.body
        reader = _Tags()
        reader.feed(page.html)
        reader.close()
        assert reader.open == []
