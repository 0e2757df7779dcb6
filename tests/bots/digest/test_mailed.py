"""A digest as a letter: the words of the chat, a foot by which letters end, and every group that it tells of."""

from dataclasses import replace

import pytest

from bots.digest.mailed import groups_of, letter_of
from bots.digest.picture import Drawn
from bridge.domain.mail import Enclosure
from bridge.domain.messages import Language, say
from bridge.ports.media import Chart
from tests.bots.digest.test_words import DIGEST, ENGLISH, FRENCH, RENDERER

LINK = f"https://parvis.corp.example/mail/unsubscribe/{'k' * 90}"
FEET = {
    "en": f"You get this letter because you asked me for it in Matrix. No more e-mails ({LINK})",
    "fr": f"Vous recevez ce courriel parce que vous me l’avez demandé dans Matrix. Ne plus en recevoir ({LINK})",
}


@pytest.mark.parametrize(("language", "chat"), [("en", ENGLISH), ("fr", FRENCH)], ids=["English", "French"])
def test_a_letter_says_what_the_chat_says_and_ends_with_the_way_out(language: Language, chat: str) -> None:
    letter = letter_of(DIGEST, language, RENDERER, unsubscribe=LINK)
    said, _, _ = chat.rpartition("\n\n")
    assert letter.text == f"{said}\n\n{FEET[language]}\n"
    assert letter.subject == chat.partition("\n")[0]
    assert f'<a href="{LINK}">' in letter.html
    assert "👍" not in letter.text


def test_a_picture_is_shown_above_the_foot_with_its_words_for_who_does_not_see_it() -> None:
    picture = Drawn(Chart(data=b"PNG", width=640, height=200), say("Messages in “{group}”", group="A & B"))
    letter = letter_of(DIGEST, "en", RENDERER, unsubscribe=LINK, picture=picture)
    assert '<img src="cid:week" alt="Messages in “A &amp; B”"' in letter.html
    assert letter.html.index("<img") < letter.html.index(LINK)
    assert letter.enclosures == (Enclosure("week", b"PNG"),)
    assert replace(letter, html="", enclosures=()) == replace(
        letter_of(DIGEST, "en", RENDERER, unsubscribe=LINK), html=""
    )


def test_a_letter_knows_every_group_that_it_tells_of() -> None:
    letter = letter_of(DIGEST, "en", RENDERER, unsubscribe=LINK)
    assert letter.groups == groups_of(DIGEST) == {"sales", "deal", "garden", "run"}
