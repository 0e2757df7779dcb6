"""Whatever is typed: no exception, no HTML that is not ours, no event that is too large; huge lines are read at once.

Lines are pushed as JSON, as a homeserver pushes them, at a bot that repeats its arguments and at the real one.
"""

import json
from html.parser import HTMLParser
from typing import Any, Final

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bots.kit.rendering import is_safe_url
from bridge.domain.events import Event
from bridge.services.dispatching.decoding import NotAnEvent, event_of
from tests.bots.admin.asking import Asking
from tests.bots.kit.conversation import ANN, INES, NOW, Bot
from tests.services.test_finding import company
from tests.world import user

MAX_EVENT: Final = 65_536
AROUND: Final = 2_000
"""Bytes that a homeserver adds to an event: ids, hashes, signatures, names of servers."""
OURS: Final = {"p", "h4", "ul", "ol", "li", "pre", "code", "strong", "em", "a", "br"}
TABLES: Final = {"table", "thead", "tbody", "tr", "th", "td"}
HTML: Final = "org.matrix.custom.html"

COMMANDS: Final = (
    "!group show ", "!groupe montrer ", "!find ", "!why ", "!join ", "!help ", "!group create ",
    "!group set sales ", "!plan ", "!apply ", "!undo ", "!status ", "!language ", "!group rename sales ",
    "!join accept ", "! ", "", "!gruop ", "!group archive ", "!group set Deal room ", "!group visibility Deal ",
)  # fmt: skip
ODD: Final = (
    '"', "“", "”", "«\u00a0", " »", "'", "‘", "’", "--", "—all", "--page ", "--yes ", "--visibility=hidden ",
    "\u202e", "\u2066", "\u2069", "\u200f", "\u200b", "\u200d", "\ufeff", "\x00", "\x1b[31m", "\x85", "\u2028",
    "\n", "\t", "\ufffe", "<b>", "</b>", "<script>alert(1)</script>", "<img src=x onerror=y>", "<mx-reply>",
    "</mx-reply>", "<a href='", "&lt;", "&#x202e;", "mxc://corp.example/x",
    "[x](https://matrix.to/#/@ann:corp.example)", "https://matrix.to/#/%40a%22b",
    "https://matrix.to/#/!abc/$event?via=x", "matrix:roomid/abc", "javascript:alert(1)", "@ann:corp.example ",
    "#sales ", "@room", "{text}", "{0}", "%s", "\\", "`", "sales ", "Ventes ", "🦄", "👩\u200d🔬", "e\u0301\u0323",
    "ﷺ", "שלום", "\ud800", "\udc00",
)  # fmt: skip

pieces = st.text(max_size=20) | st.sampled_from(ODD)
bodies = st.tuples(st.sampled_from(COMMANDS), st.lists(pieces, max_size=12).map("".join)).map("".join)
huge = st.tuples(st.sampled_from(COMMANDS), st.sampled_from(ODD) | st.text(min_size=1, max_size=3)).map(
    lambda two: (two[0] + two[1] * 30_000)[:30_000]
)
quoted = bodies.map(lambda text: f"> <@ann:corp.example> {text}\n> > {text}\n\n{text}")
contents = st.fixed_dictionaries(
    {"msgtype": st.just("m.text"), "body": bodies | huge | quoted},
    optional={
        "format": st.just(HTML) | st.none(),
        "formatted_body": bodies
        | huge
        | bodies.map(lambda text: f'{text}<a href="https://matrix.to/#/@a:b">{text}</a>'),
        "m.relates_to": st.sampled_from(
            [None, 7, "x", {}, {"m.in_reply_to": {"event_id": "$x"}}, {"rel_type": "m.thread", "event_id": "$root"}]
        ),
        "m.mentions": st.just({"user_ids": [7]}),
    },
)
many = settings(suppress_health_check=list(HealthCheck), deadline=None)


def pushed(content: dict[str, Any], number: int, *, room: str, sender: str) -> Event | None:
    """The event as dispatch reads it, or None where it cannot be read: half a character is no text for JSON."""
    raw = {
        "event_id": f"$fuzz{number}",
        "room_id": room,
        "sender": sender,
        "type": "m.room.message",
        "content": content,
    }
    try:
        return event_of(json.dumps({**raw, "origin_server_ts": int(NOW.timestamp() * 1000)}).encode())
    except NotAnEvent:
        return None


class Tags(HTMLParser):
    """Every tag and attribute of a formatted body."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.feed(html)
        self.close()
        assert self.open == [], html

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.open.append(tag)
        assert tag in OURS | TABLES
        for name, value in attrs:
            assert (tag, name) in {("a", "href"), ("li", "value")}
            assert name != "href" or is_safe_url(value or "")

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_comment(self, data: str) -> None:
        raise AssertionError(data)

    def handle_decl(self, decl: str) -> None:
        raise AssertionError(decl)

    unknown_decl = handle_pi = handle_comment


def is_sound(reply: dict[str, Any]) -> None:
    """What every reply must be."""
    assert len(json.dumps(reply, ensure_ascii=False).encode()) + AROUND < MAX_EVENT
    assert reply["msgtype"] == "m.notice"
    assert reply["m.mentions"] == {}
    assert reply["body"]
    told = reply["io.parvis.reply"]
    assert told["status"] != "error" or told["reference"] is None, "a command broke"
    Tags(reply["formatted_body"])


@many
@given(contents, st.sampled_from(["!dm", "!room"]), st.sampled_from(["en", "fr"]))
async def test_a_bot_that_repeats_what_it_is_told_stays_sound(
    content: dict[str, Any], room: str, language: str
) -> None:
    bot = Bot(languages={ANN: language}, echo=True)
    bot.messenger.room("!dm", ANN)
    bot.messenger.room("!room", ANN, INES)
    if event := pushed(content, 1, room=room, sender=ANN):
        await bot.hear(event)
    for _, reply in bot.messenger.sent:
        is_sound(reply)


@pytest.fixture(scope="module")
def asking() -> list[Asking]:
    return []


@many
@given(contents, st.sampled_from(["en", "fr"]))
async def test_the_administrators_bot_stays_sound(asking: list[Asking], content: dict[str, Any], language: str) -> None:
    if not asking:
        asking.append(await Asking.of(company()))
    [here] = asking
    before = len(here.messenger.sent)
    if event := pushed(content, here.asked, room="", sender=user("ines")):
        await here.hear(event, language=language)
    for _, reply in here.messenger.sent[before:]:
        is_sound(reply)


async def test_the_lines_that_are_made_here_are_answered() -> None:
    here = await Asking.of(company())
    for command in COMMANDS:
        is_sound(dict(await here.ask(command + "<b>sales</b>")))


@pytest.mark.parametrize("html", ["<script>x</script>", "<b>x</b>", '<p class="x">x</p>', "<p>x", "<!-- x -->"])
def test_html_that_is_not_ours_would_be_noticed(html: str) -> None:
    with pytest.raises(AssertionError):
        Tags(html)
