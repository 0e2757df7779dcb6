"""The conversation in which a card is filled in: every way through it, and that it always ends."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bots.cards.asking import ASKED, Sheet, Turn
from bots.cards.dialogue import MOST_MISSES, Dialogue
from bots.kit.rendering import Renderer
from bridge.adapters.formats import WorldFormats
from bridge.domain.cards import Card, Change, Circle, Field, Photo, Point, Stage
from bridge.domain.document import Document, Items, Paragraph
from bridge.domain.messages import Message, shown
from bridge.rules.cards import AGREEMENT, Pin
from bridge.services.cards.reading import Reader
from tests.services.talking import CATALOGUES

NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)
READER = Reader(WorldFormats())
PINNED = {Field.ORGANISATION: Pin("Acme", AGREEMENT)}
CONTROLS = ("skip", "passer", "back", "retour", "later", "plus tard", "stop", "done", "fini", "clear", "1", "2", "3")


def told(_: Field, values: tuple[str, ...]) -> Message:
    return shown(values)


@dataclass
class Talk:
    """One person who fills in their card."""

    card: Card = field(default_factory=lambda: Card(user="@bob:acme.example", at=NOW))
    photos: bool = True
    turn: Turn = field(init=False)

    def __post_init__(self) -> None:
        self.turn = self.dialogue().begin()

    def dialogue(self) -> Dialogue:
        sheet = Sheet(card=self.card, pins=PINNED, told=told, partner=True, photos=self.photos)
        return Dialogue(sheet, READER.read)

    @property
    def point(self) -> Point:
        return self.turn.point

    def say(self, *lines: str) -> "Talk":
        for line in lines:
            self.turn = self.dialogue().hear(self.point, line)
            self._keep(self.turn.change)
        return self

    def send_picture(self) -> "Talk":
        photo = Photo(uri="mxc://x/1", mimetype="image/jpeg", size=1, width=1, height=1, at=NOW)
        self.card = replace(self.card, photo=photo)
        self.turn = self.dialogue().pictured(self.point)
        return self

    def _keep(self, change: Change | None) -> None:
        self.card = change.made_in(self.card, NOW) if change else self.card

    def heard(self, language: str = "en") -> str:
        return plain(self.turn.said, language)


def plain(document: Document, language: str) -> str:
    return "\n".join(page.body for page in Renderer(CATALOGUES).pages(document, language)).replace("\u00a0", " ")


def at(field_: Field, stage: Stage = Stage.VALUE) -> Point:
    return Point(stage=stage, field=field_)


ANSWERS = (
    "Bob Lœb", "bob LEUB", "Buyer", "+33 6 12 34 56 78", "2", "bob@acme.example", "skip", "English, French", "Paris",
    "skip", "Lyon", "skip", "customs, purchasing", "acme.example/bob",
)  # fmt: skip


def test_the_whole_card_is_filled_in_from_the_first_question_to_the_thanks() -> None:
    talk = Talk().say(*ANSWERS)
    assert talk.point == at(Field.PHOTO)
    assert talk.send_picture().point.stage is Stage.REVIEW
    assert "This is your card" in talk.heard()
    assert "Thank you" in talk.say("done").heard()
    assert talk.point.stage is Stage.DONE
    assert talk.card.values == {
        Field.NAME: ("Bob Lœb",),
        Field.PRONOUNCED: ("bob LEUB",),
        Field.TITLE: ("Buyer",),
        Field.PHONE: ("+33 6 12 34 56 78",),
        Field.EMAIL: ("bob@acme.example",),
        Field.LANGUAGES: ("en", "fr"),
        Field.TIMEZONE: ("Europe/Paris",),
        Field.PLACE: ("Lyon",),
        Field.TOPICS: ("customs", "purchasing"),
        Field.LINKS: ("https://acme.example/bob",),
    }
    assert talk.card.circles == {Field.PHONE: Circle.GROUPS}


def test_what_others_declare_is_not_asked_for() -> None:
    assert Field.ORGANISATION not in Talk().dialogue().sheet.asked
    assert Field.PHOTO not in Talk(photos=False).dialogue().sheet.asked
    employee = Sheet(card=Talk().card, pins={}, told=told, partner=False)
    assert Field.ORGANISATION not in employee.asked
    assert Field.ORGANISATION in replace(employee, partner=True).asked


def test_it_begins_where_something_is_missing() -> None:
    card = Card(user="@bob:acme.example", values={Field.NAME: ("Bob",), Field.PRONOUNCED: ("b",)}, at=NOW)
    assert Talk(card).point == at(Field.TITLE)
    full: dict[Field, tuple[str, ...]] = {one: ("x",) for one in ASKED if one is not Field.PHOTO}
    assert Talk(replace(card, values=full), photos=False).point.stage is Stage.REVIEW


def test_one_can_go_back_and_forth_in_both_languages() -> None:
    talk = Talk().say("passer", "skip")
    assert talk.point == at(Field.TITLE)
    assert talk.say("Retour").point == at(Field.PRONOUNCED)
    assert talk.say("back", "back", "back").point == at(Field.NAME)


def test_later_leads_out_of_everywhere_and_keeps_what_was_said() -> None:
    for lines in ((), ("Bob",), ("Bob", "x", "y", "+33 6 12 34 56 78")):
        for word in ("later", "Plus tard !", "stop"):
            talk = Talk().say(*lines, word)
            assert talk.point.stage is Stage.DONE
            assert "kept" in talk.heard()
            assert "profil remplir" in talk.heard("fr")


def test_what_does_not_fit_is_said_and_left_after_three_times() -> None:
    talk = Talk().say("a", "b", "c", "not a number")
    assert "no phone number" in talk.heard()
    assert talk.point == Point(stage=Stage.VALUE, field=Field.PHONE, missed=1)
    assert "leave that" in talk.say("hm", "no idea").heard()
    assert talk.point == at(Field.EMAIL)


def test_a_misspelt_word_counts_where_no_free_text_is_asked_for() -> None:
    talk = Talk().say("a", "b", "c", "skpi")
    assert talk.point == at(Field.EMAIL)
    assert Talk().say("skpi").card.values == {Field.NAME: ("skpi",)}
    to_languages = Talk().say(*(["skip"] * 5))
    assert to_languages.point == at(Field.LANGUAGES)
    assert to_languages.say("Finnish").card.values == {Field.LANGUAGES: ("fi",)}


def test_who_sees_it_is_asked_for_phone_and_address_and_said_for_all() -> None:
    talk = Talk().say("a", "b", "c", "+33612345678")
    assert talk.point == at(Field.PHONE, Stage.CIRCLE)
    assert "3. your sponsor and you alone (as it is now)" in talk.heard()
    assert talk.say("réseau").card.circles == {Field.PHONE: Circle.NETWORK}
    assert "Seen by everyone in your network." in talk.heard()
    assert talk.say("bob@x.fr", "nobody").point == Point(stage=Stage.CIRCLE, field=Field.EMAIL, missed=1)
    assert talk.say("skip").point == at(Field.LANGUAGES)


def test_whatever_is_not_for_the_whole_network_is_followed_by_who_may_see_it() -> None:
    talk = Talk().say(*["skip"] * 6, "Paris")
    assert talk.point == at(Field.TIMEZONE, Stage.CIRCLE)
    assert "2. people who share a group with you (as it is now)" in talk.heard()
    assert talk.say("skip", "Lyon").point == at(Field.PLACE, Stage.CIRCLE)
    assert talk.say("1").card.circles == {Field.PLACE: Circle.NETWORK}


def test_a_field_and_who_sees_it_are_understood_at_every_question_as_at_the_end() -> None:
    talk = Talk().say("Bob", "phone network", "nom groupes")
    assert talk.point == at(Field.PRONOUNCED)
    assert talk.card.values == {Field.NAME: ("Bob",)}
    assert talk.card.circles == {Field.PHONE: Circle.NETWORK, Field.NAME: Circle.GROUPS}
    assert talk.say("phone groups").point == at(Field.PRONOUNCED)


def test_the_name_of_another_field_leads_there_where_no_free_text_is_asked_for() -> None:
    assert Talk().say(*["skip"] * 5, "photo").point == at(Field.PHOTO)


@pytest.mark.parametrize("word", ["list", "liste", "checklist"])
def test_the_checklist_is_never_taken_for_an_answer(word: str) -> None:
    talk = Talk().say("Bob", word)
    assert talk.point == at(Field.PRONOUNCED)
    assert "✅ Name" in talk.heard()
    assert talk.card.values == {Field.NAME: ("Bob",)}


@pytest.mark.parametrize("lines", [["skip"], ["0699887766x", "no", "idea"], ["+33612345678", "2"], ["back"], ["clear"]])
def test_who_changes_one_thing_at_the_end_is_back_there_afterwards(lines: list[str]) -> None:
    talk = Talk().say(*ANSWERS, "skip", "phone", *lines)
    assert talk.point.stage is Stage.REVIEW
    assert "If all is well" in talk.heard()


def test_each_thing_is_asked_for_with_a_question() -> None:
    talk = Talk()
    assert "What are you called every day? For example: Bob Martin" in talk.heard()
    for one in talk.dialogue().sheet.asked:
        assert "?" in plain(talk.dialogue().sheet.ask(one).said, "en"), one


def test_at_the_end_one_line_changes_a_field_or_who_sees_it() -> None:
    talk = Talk().say(*ANSWERS, "skip")
    assert talk.say("téléphone réseau").card.circles[Field.PHONE] is Circle.NETWORK
    assert talk.say("place: Brest").card.values[Field.PLACE] == ("Brest",)
    assert talk.point.stage is Stage.REVIEW
    assert talk.say("email").point == replace(at(Field.EMAIL), alone=True)
    assert talk.say("clear").card.values.get(Field.EMAIL) is None


def test_a_change_at_the_end_is_told_in_one_line_and_yes_is_the_end() -> None:
    talk = Talk().say(*ANSWERS, "skip", "phone network")
    assert talk.heard() == "Phone – Seen by everyone in your network.\n\nIf all is well: done"
    assert talk.say("oui").point.stage is Stage.DONE


def test_done_is_the_end_also_where_one_is_asked_who_may_see_it() -> None:
    talk = Talk().say("a", "b", "c", "+33612345678", "fini")
    assert talk.point.stage is Stage.REVIEW


def test_the_checklist_is_no_answer() -> None:
    talk = Talk().say("Bob", "checklist")
    assert talk.point == at(Field.PRONOUNCED)
    assert "✅ Name" in talk.heard()
    assert "▫️ Phone" in talk.heard()
    assert talk.card.values == {Field.NAME: ("Bob",)}


@pytest.mark.parametrize("line", ["help", "aide", "?"])
def test_who_asks_for_help_hears_which_words_there_are_and_the_question_again(line: str) -> None:
    talk = Talk().say("Bob", line)
    assert talk.point == at(Field.PRONOUNCED)
    assert "These words always work: skip, back, later, done" in talk.heard()
    assert talk.card.values == {Field.NAME: ("Bob",)}


def test_what_is_said_of_another_field_is_taken_and_the_question_stays() -> None:
    talk = Talk().say("a", "b", "c", "hm", "no idea", "1")
    assert "To return to it: back" in talk.heard()
    assert talk.say("phone 01 23 45 67 89", "Phone: +33 6 12 34 56 78").point == at(Field.EMAIL)
    assert talk.card.values[Field.PHONE] == ("+33 6 12 34 56 78",)


def test_a_picture_counts_whenever_it_comes() -> None:
    talk = Talk().send_picture()
    assert talk.point == at(Field.NAME)
    assert "Your photo is on your card now." in talk.heard()
    assert "no picture" in Talk().say(*ANSWERS, "here it is").heard()
    assert Talk().say(*ANSWERS, "delet", "delet", "delet").point.stage is Stage.REVIEW


def test_a_line_heard_again_on_what_it_changed_is_answered_in_the_same_words() -> None:
    for count in range(len(ANSWERS)):
        talk = Talk().say(*ANSWERS[:count])
        before, line = talk.point, ANSWERS[count]
        first = talk.say(line).turn
        assert talk.dialogue().hear(before, line) == first


@given(st.lists(st.sampled_from(CONTROLS) | st.sampled_from(ANSWERS) | st.text(min_size=1, max_size=30), max_size=60))
def test_whatever_is_said_it_ends_and_never_asks_the_same_thing_for_ever(lines: list[str]) -> None:
    talk, same = Talk(), 0
    for line in lines:
        before = talk.point
        talk.say(line)
        same = same + 1 if talk.point.field is before.field and talk.point.missed else 0
        assert same < MOST_MISSES
        for language in ("en", "fr"):
            assert talk.heard(language)
        if talk.point.stage is Stage.DONE:
            break
    assert talk.say("later").point.stage is Stage.DONE


def test_nothing_is_shown_twice() -> None:
    document = Talk().say(*ANSWERS, "skip").turn.said
    blocks = [block for block in document.blocks if isinstance(block, Items | Paragraph)]
    assert len(set(map(str, blocks))) == len(blocks)


def test_thanks_and_greetings_are_no_answers() -> None:
    talk = Talk().say("Bob", "hello")
    asked = talk.point
    assert (asked.field, asked.missed) == (Field.PRONOUNCED, 0)
    assert "Hello!" in str(talk.turn.said)
    assert "You are welcome!" in str(talk.say("merci !").turn.said)
    assert talk.point == asked
    talk.say("done", "thank you")
    assert talk.point.stage is Stage.REVIEW
    assert "This is your card" not in str(talk.turn.said)
    assert "This is your card" in str(talk.say("ma fiche").turn.said)


def test_employees_read_who_answers_for_them_in_their_own_words() -> None:
    sheet = Sheet(card=Card(user="@ann:corp.example", at=NOW), pins={}, told=told, partner=False)
    assert "'manager'" in str(sheet.review().said)
    assert "'sponsor'" not in str(sheet.review().said)
    assert "'sponsor'" in str(replace(sheet, partner=True).review().said)
