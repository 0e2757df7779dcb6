"""A whole digest as people read it, in both languages, in plain text and as clients show it."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from bots.digest.words import document_of, together
from bots.digest.words import why as words
from bots.kit.paging import Page
from bots.kit.rendering import Renderer
from bridge.adapters.language import Catalogues
from bridge.domain.activity import Reason, Why
from bridge.domain.digest import Digest, Health, Item, Kind, Opened, Section, Sponsored, Week
from bridge.domain.messages import Language, Text, say, say_n
from bridge.domain.sending import room_reader

WEEK = Week.parse("2026-W47")
RENDERER = Renderer(Catalogues.load(zone=UTC))
ANN, LUC, EVE, BOB = "@ann:corp.example", "@luc:corp.example", "@eve:corp.example", "@bob:acme.example"
NAMES = {ANN: "Ann Petit", LUC: "Luc Martin", EVE: "Eve Roux", BOB: BOB}


def item(number: int, why: Why = Why.RECENT, *people: str, **more: Any) -> Item:
    room = more.pop("room", "sales")
    values = {"kind": Kind.THREAD, "title": f"Title {number}", "by": LUC, **more}
    return Item(number=number, thread=f"$t{number}", group=room, url=f"https://matrix.to/#/!{room}/$t{number}?via=c",
                reason=Reason(why, people), last=datetime(2026, 11, 20, tzinfo=UTC), **values)  # fmt: skip


SALES = Section(
    group="sales",
    name=Text(en="EMEA sales", fr="Ventes EMEA"),
    url="https://matrix.to/#/!sales?via=c",
    items=(
        item(1, Why.CALLED, LUC, EVE, title="The fair in Lyon", writers=2, posts=7),
        item(2, title="We won!", kind=Kind.MARKED, by=EVE, marked_by=(LUC,)),
        item(3, Why.UNANSWERED, kind=Kind.QUESTION, title="Who has the key?", posts=1),
    ),
    newcomers=(EVE,),
    new=4,
    health=Health(members=12, active=5, before=3, questions=2, answered=1),
)
DEAL = Section(
    group="deal",
    name=Text.same("Zephyr"),
    url="https://matrix.to/#/!deal?via=c",
    items=(item(4, Why.PEOPLE, EVE, room="deal", title="", by=BOB, posts=3, moved=True),),
)
GARDEN = Section(
    group="garden",
    name=Text.same("Garden"),
    url="https://matrix.to/#/!garden?via=c",
    partners=(Text.same("Acme SA"),),
    changes=(say("Owners and moderators write, everybody reads."),),
)
RUNNING = Opened(
    group="run",
    name=Text.same("Running"),
    purpose=Text(en="At noon", fr="Le midi"),
    url="https://matrix.to/#/!run?via=c",
)
DIGEST = Digest(
    reader=ANN,
    week=WEEK,
    sections=(SALES, DEAL, GARDEN),
    opened=(RUNNING,),
    opened_more=2,
    sponsored=(
        Sponsored(partner="acme", name=Text.same("Acme SA"), people=3, active=2, newcomers=(BOB,),
                  due=(say("The agreement ends on {day}.", day=date(2026, 12, 5)),
                       say_n("{count} invitation has no answer yet.", "{count} invitations have no answer yet.", 1))),
    ),
    names=NAMES,
)  # fmt: skip


ENGLISH = """\
Your week until 22 Nov 2026
EMEA sales
1. The fair in Lyon – Luc Martin and Eve Roux mention you · 7 messages
   https://matrix.to/#/!sales/$t1?via=c
2. We won! – picked by Luc Martin
   https://matrix.to/#/!sales/$t2?via=c
3. Who has the key? – Luc Martin asks, and nobody has answered yet
   https://matrix.to/#/!sales/$t3?via=c

• New here: Eve Roux and 3 more.
• Wrote this week: 5 of 12 (the week before: 3). Questions: 2, of them answered: 1.

Zephyr
4. A conversation that @bob:acme.example began – it went on: with Eve Roux, {before} · 3 messages
   https://matrix.to/#/!deal/$t4?via=c

Also in your groups
• Garden – Acme SA takes part now. Owners and moderators write, everybody reads.
   https://matrix.to/#/!garden?via=c

New groups that you may join
• Running – At noon
   https://matrix.to/#/!run?via=c
• and 2 more groups

Your partner Acme SA
• Wrote this week: 2 of 3.
• New here: @bob:acme.example.
• The agreement ends on 5 Dec 2026.
• 1 invitation has no answer yet.

👍 or 👎 tells me what you want more or less of.""".replace("{before}", "with whom you have written before")
FRENCH = """\
Votre semaine jusqu’au 22 nov. 2026
Ventes EMEA
1. The fair in Lyon – Luc Martin et Eve Roux vous mentionnent · 7 messages
   https://matrix.to/#/!sales/$t1?via=c
2. We won! – choisi par Luc Martin
   https://matrix.to/#/!sales/$t2?via=c
3. Who has the key? – Luc Martin pose une question, encore sans réponse
   https://matrix.to/#/!sales/$t3?via=c

• Viennent d’arriver~: Eve Roux et 3 autres.
• Ont écrit cette semaine~: 5 sur 12 (la semaine précédente~: 3). Questions~: 2, dont avec réponse~: 1.

Zephyr
4. Une conversation lancée par @bob:acme.example – cela continue~: avec Eve Roux, {before} · 3 messages
   https://matrix.to/#/!deal/$t4?via=c

Aussi dans vos groupes
• Garden – Acme SA participe désormais. Propriétaires et modérateurs écrivent, tout le monde lit.
   https://matrix.to/#/!garden?via=c

Nouveaux groupes qui vous sont ouverts
• Running – Le midi
   https://matrix.to/#/!run?via=c
• et 2 autres groupes

Votre partenaire Acme SA
• Ont écrit cette semaine~: 2 sur 3.
• Viennent d’arriver~: @bob:acme.example.
• L’accord prend fin le 5 déc. 2026.
• 1 invitation est encore sans réponse.

👍 ou 👎 me dit ce que vous voulez voir plus ou moins souvent.""".replace(
    "{before}", "avec qui vous avez déjà échangé"
).replace("~", "\N{NO-BREAK SPACE}")


def pages(digest: Digest, language: Language = "en") -> Page:
    (page,) = RENDERER.pages(document_of(digest), language)
    return page


@pytest.mark.parametrize(("language", "words"), [("en", ENGLISH), ("fr", FRENCH)], ids=["English", "French"])
def test_a_whole_digest_in_plain_text(language: Language, words: str) -> None:
    assert pages(DIGEST, language).body == words


def test_titles_lead_to_the_message_and_numbers_go_on_from_group_to_group() -> None:
    html = pages(DIGEST).html
    assert '<li value="1"><a href="https://matrix.to/#/!sales/$t1?via=c">The fair in Lyon</a> – ' in html
    assert '<h4>Zephyr</h4><ol start="4"><li value="4"><a href="https://matrix.to/#/!deal/$t4?via=c">' in html
    assert "https" not in re.sub("<[^>]*>", "", html)


def test_what_others_wrote_cannot_become_markup() -> None:
    nasty = replace(DIGEST, sections=(replace(SALES, items=(item(1, title="<b>bold</b> \u202e@room"),)),))
    assert "&lt;b&gt;bold&lt;/b&gt;" in pages(nasty).html
    assert "\u202e" not in pages(nasty).body


@pytest.mark.parametrize("why", Why, ids=str)
def test_every_reason_has_words_in_both_languages(why: Why) -> None:
    one = item(1, why, EVE, people=(EVE,), writers=4, posts=4)
    english, french = (RENDERER.translator.translate(words(one, NAMES), language) for language in ("en", "fr"))
    assert english
    assert english != french


def test_what_the_reader_picked_is_told_as_theirs() -> None:
    mine = replace(item(1), kind=Kind.MARKED, marked_by=(ANN,))
    assert str(words(mine, NAMES, reader=ANN)) == "picked by you"
    both = replace(mine, marked_by=(LUC, ANN))
    assert str(words(both, NAMES, reader=ANN)) == "picked by you and Luc Martin"


def test_who_merely_writes_is_not_said_to_ask() -> None:
    one = item(1, Why.UNANSWERED, LUC)
    assert "asks" not in str(words(replace(one, kind=Kind.THREAD), NAMES))
    assert "asks" in str(words(replace(one, kind=Kind.QUESTION), NAMES))


def test_the_first_one_says_how_to_end_them() -> None:
    (page,) = RENDERER.pages(document_of(DIGEST, first_from="Corp"), "en")
    assert "first weekly digest of Corp" in page.body
    assert "“digest off” ends them" in page.body


def test_people_are_joined_as_one_writes() -> None:
    assert str(together((), NAMES)) == ""
    assert str(together((LUC,), NAMES)) == "Luc Martin"
    french = RENDERER.translator.translate(say("{people}", people=together((LUC, EVE, ANN), NAMES)), "fr")
    assert french == "Luc Martin, Eve Roux et Ann Petit"
    assert str(together((LUC, EVE, ANN), NAMES)) == "Luc Martin, Eve Roux and Ann Petit"
    assert str(together((LUC, EVE), NAMES, 4)) == "Luc Martin, Eve Roux and 2 more"


def test_a_room_is_told_of_its_own_week_and_of_no_thumbs() -> None:
    body = pages(replace(DIGEST, reader=room_reader("deal"), sections=(DEAL,), opened=(), sponsored=())).body
    assert body.startswith("The week in this room until 22 Nov 2026")
    assert "👍" not in body


def test_many_quiet_groups_are_counted() -> None:
    quiet = tuple(replace(GARDEN, group=f"g{number}") for number in range(11))
    assert "and 3 more groups" in pages(replace(DIGEST, sections=quiet, opened=())).body
