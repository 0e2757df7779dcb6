"""The pure step function: one input at a time, and always a way out."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bots.onboarding.hint_words import listed
from bots.onboarding.library import shipped
from bots.onboarding.stepping import step
from bots.onboarding.understanding import Control, Meaning, goes_on, understand
from bridge.domain.onboarding import EffectKind, Input, InputKind, Stage, Word
from tests.bots.onboarding.walks import NOON, SMALL, Walker


def test_the_first_step_is_said_on_arrival_and_only_once() -> None:
    walker = Walker()
    assert walker.said == [(Word.STEP, "hello")]
    assert not walker.does(InputKind.BEGIN).heeded


def test_an_answer_leads_on_whether_by_word_number_or_emoji() -> None:
    for answer in ("yes", "Yes!", "1", "1.", "show me", "ok yes please", "yess"):
        assert Walker().writes(answer) == [(Word.STEP, "groups")], answer
    for emoji in ("1️⃣", "✅", "👍🏽"):
        walker = Walker()
        walker.does(InputKind.REACTION, emoji)
        assert walker.said[-1] == (Word.STEP, "groups"), emoji


def test_a_step_whose_condition_fails_is_passed_over() -> None:
    assert Walker().writes("yes", "next") == [(Word.STEP, "help")]
    assert Walker(known=frozenset({"manager"})).writes("yes", "next") == [(Word.STEP, "boss")]


def test_an_effect_goes_with_its_answer() -> None:
    walker = Walker()
    walker.writes("yes", "next", "gladly")
    assert [one.kind for one in walker.effects] == [EffectKind.VOLUNTEER]
    assert walker.progress.doing == tuple(walker.effects)


def test_a_step_that_waits_is_said_when_its_time_has_come_or_when_they_ask_for_it() -> None:
    walker = Walker()
    assert walker.writes("yes", "next", "2") == []
    assert walker.progress.due == NOON + timedelta(days=1)
    assert not walker.does(InputKind.TIME).heeded
    assert walker.writes("hm?") == [(Word.WAITING, "tomorrow")]
    impatient = replace(walker.progress)
    walker.now += timedelta(days=1)
    walker.does(InputKind.TIME)
    assert walker.said[-1] == (Word.STEP, "tomorrow")
    walker.progress = impatient
    assert walker.writes("next") == [(Word.STEP, "tomorrow")]


def test_skip_back_later_and_stop_work_at_every_step_in_both_languages() -> None:
    assert Walker().writes("skip") == [(Word.STEP, "groups")]
    assert Walker().writes("skip", "back") == [(Word.STEP, "hello")]
    assert Walker().writes("back") == [(Word.FIRST, ""), (Word.STEP, "hello")]
    for words, language in (("later", "en"), ("plus tard", "fr"), ("latr", "en")):
        walker = Walker(language=language)
        assert walker.writes(words) == [(Word.PAUSED, "")]
        assert walker.stage is Stage.LATER
    for word in ("stop", "STOP!", "sotp"):
        walker = Walker()
        assert walker.writes(word) == [(Word.STOPPED, "")]
        assert walker.stage is Stage.STOPPED


def test_after_a_pause_they_go_on_where_they_were_and_an_answer_counts_as_well() -> None:
    assert Walker().writes("later", "start") == [(Word.STEP, "hello")]
    assert Walker().writes("later", "ok") == [(Word.STEP, "hello")]
    assert Walker().writes("later", "yes") == [(Word.STEP, "groups")]
    assert Walker().writes("yes", "stop", "start") == [(Word.STEP, "groups")]


def test_what_is_not_understood_gets_the_answers_and_then_the_ways_out() -> None:
    walker = Walker()
    assert walker.writes("blue") == [(Word.UNCLEAR, "hello")]
    assert walker.writes("green") == [(Word.WAYS, "hello")]
    assert walker.writes("yes") == [(Word.STEP, "groups")]
    assert walker.progress.misses == 0


def test_do_not_stop_is_no_stop() -> None:
    assert Walker().writes("please don't stop") == [(Word.UNCLEAR, "hello")]


def test_stickers_get_one_answer_and_not_five() -> None:
    walker = Walker()
    for _ in range(5):
        walker.does(InputKind.ODD)
    assert walker.said == [(Word.STEP, "hello"), (Word.ODD, "hello")]
    walker = Walker()
    walker.writes("blue", "green")
    walker.does(InputKind.ODD)
    assert walker.said[-1] == (Word.ODD, "hello"), "also after words that were not understood"


def test_an_answer_in_the_other_language_is_kept_until_the_language_is_settled() -> None:
    walker = Walker()
    assert walker.writes("oui") == [(Word.OFFER, "fr")]
    assert walker.writes("oui") == [(Word.STEP, "groups")]
    assert walker.language == "fr"
    walker = Walker()
    assert walker.writes("montrez", "no") == [(Word.STEP, "groups")]
    assert walker.language == "en"
    assert walker.writes("suite") == [(Word.STEP, "help")], "they are asked once"


@pytest.mark.parametrize("word", ["plus tard", "suite", "retour", "stop", "passer", "liste"])
def test_words_that_always_work_are_obeyed_in_the_other_language_too(word: str) -> None:
    walker = Walker()
    walker.writes("yes")
    assert (Word.OFFER, "fr") not in walker.writes(word)
    assert not walker.progress.offer


def test_a_sentence_in_the_other_language_leads_to_the_same_question() -> None:
    walker = Walker()
    assert walker.writes("je ne comprends pas l’anglais") == [(Word.OFFER, "fr")]
    assert walker.writes("oui") == [(Word.STEP, "hello")]
    assert walker.language == "fr"


def test_an_offer_that_was_passed_over_is_put_once_more_and_never_a_third_time() -> None:
    walker = Walker()
    french = "je ne comprends pas ce que vous dites"
    assert walker.writes(french) == [(Word.OFFER, "fr")]
    assert walker.writes("blue") == [(Word.UNCLEAR, "hello")]
    assert walker.writes(french) == [(Word.OFFER, "fr")]
    assert walker.writes("green", french)[-1] == (Word.WAYS, "hello")


def test_an_offer_that_was_refused_is_not_put_again() -> None:
    walker = Walker()
    french = "je ne comprends pas ce que vous dites"
    assert walker.writes(french, "non") == [(Word.STEP, "hello")]
    assert walker.writes(french) == [(Word.UNCLEAR, "hello")]


def test_an_event_that_comes_again_changes_nothing() -> None:
    walker = Walker()
    walker.does(InputKind.LINE, "yes", event="$a")
    walker.does(InputKind.LINE, "next", event="$b")
    before = walker.progress
    assert walker.does(InputKind.LINE, "yes", event="$a").progress == before


def test_at_most_as_many_reminders_as_the_path_says_and_then_one_hint() -> None:
    walker = Walker()
    assert not walker.does(InputKind.HINT).heeded
    heeded = [walker.does(InputKind.REMIND).heeded for _ in range(4)]
    assert heeded == [True, True, False, False]
    assert [walker.does(InputKind.HINT).heeded for _ in range(2)] == [True, False]
    walker.writes("start over")
    assert not walker.does(InputKind.REMIND).heeded, "beginning anew is no reason to be reminded again"


@pytest.mark.parametrize("stage", [Stage.STOPPED, Stage.DONE, Stage.UNREACHABLE])
def test_who_is_not_on_the_way_is_not_reminded(stage: Stage) -> None:
    progress = replace(Walker().progress, stage=stage)
    assert not step(SMALL, progress, Input(kind=InputKind.REMIND), NOON).heeded


def test_the_end_is_the_end_and_thanks_are_answered() -> None:
    walker = Walker()
    assert walker.writes("no") == [(Word.STEP, "last")]
    assert walker.stage is Stage.DONE
    assert walker.writes("merci") == [(Word.WELCOME, "")]
    assert walker.writes("whatever") == [(Word.OVER, "")]
    assert walker.writes("whatever") == [(Word.LOST, "")]
    assert walker.writes("whatever", "phone groups") == [], "twice is enough for a while"
    walker.now += timedelta(hours=1)
    assert walker.writes("whatever") == [(Word.LOST, "")]


def test_who_was_through_and_would_go_on_is_told_so_and_begins_anew_by_a_word_of_its_own() -> None:
    walker = Walker()
    walker.writes("no")
    for word, about in (("start", ""), ("reprendre", ""), ("hello", "hello")):
        assert walker.writes(word) == [(Word.THROUGH, about)]
        assert walker.stage is Stage.DONE
    assert walker.writes("start over") == [(Word.STEP, "hello")]


@pytest.mark.parametrize("leaves", ["later", "stop"])
def test_nonsense_after_a_pause_is_told_how_to_go_on_and_goes_nowhere(leaves: str) -> None:
    walker = Walker()
    assert walker.writes(leaves, "some idea") == [(Word.LOST, "")]
    assert walker.writes("blue") == [(Word.LOST, "")]
    assert walker.writes("green", "red") == []
    assert walker.writes("start") == [(Word.STEP, "hello")]


def test_the_word_that_ends_a_card_is_no_misspelt_yes() -> None:
    assert Walker().writes("fini") == [(Word.UNCLEAR, "hello")]


def test_an_edit_of_what_was_acted_upon_is_told_to_change_nothing() -> None:
    walker = Walker()
    walker.does(InputKind.LINE, "yes", event="$a")
    walker.does(InputKind.EDIT, "$a", event="$edit")
    assert walker.said[-1] == (Word.EDITED, "")
    assert not walker.does(InputKind.EDIT, "$other").heeded


def test_where_the_path_was_changed_meanwhile_they_go_on_with_what_they_have_not_seen() -> None:
    walker = Walker()
    walker.progress = replace(walker.progress, step="gone", trail=("hello",))
    assert walker.writes("skip")[-1] in {(Word.STEP, "hello"), (Word.STEP, "groups")}


def test_who_cannot_be_reached_is_owed_nothing_and_can_come_back_by_themselves() -> None:
    walker = Walker()
    walker.does(InputKind.REFUSED)
    assert walker.progress.owed == ()
    assert walker.writes("start") == [(Word.STEP, "hello")]


def test_a_greeting_or_an_ok_after_stop_is_no_change_of_mind() -> None:
    for word in ("hello", "bonjour", "ok", "yes"):
        walker = Walker()
        assert walker.writes("stop", word) == [(Word.GREETED, "")], word
        assert walker.stage is Stage.STOPPED
    assert Walker().writes("later", "hello") == [(Word.STEP, "hello")]


def test_an_edit_of_what_nobody_understood_counts_as_said() -> None:
    walker = Walker()
    walker.does(InputKind.LINE, "blue", event="$a")
    walker.does(InputKind.EDIT, "$a", instead="yes", event="$edit")
    assert walker.said[-1] == (Word.STEP, "groups")
    walker.does(InputKind.EDIT, "$a", instead="no", event="$again")
    assert walker.said[-1] == (Word.EDITED, "")


def test_a_language_is_changed_by_its_name_and_the_question_is_put_again() -> None:
    walker = Walker()
    assert walker.writes("français") == [(Word.STEP, "hello")]
    assert walker.language == "fr"
    assert walker.writes("English") == [(Word.STEP, "hello")]
    assert walker.language == "en"


def test_volunteering_is_confirmed() -> None:
    assert Walker().writes("yes", "next", "1") == [(Word.VOLUNTEERED, "")]


def test_a_word_that_goes_on_means_what_ok_means_but_commits_nobody() -> None:
    employee = {path.id: path for path in shipped()}["employee"]
    for phrase in ("next", "suite", "siute", "continue"):
        meaning = understand(phrase, employee.steps["hello"])
        assert meaning is not None
        assert meaning.control is Control.NEXT
    assert goes_on(employee.steps["hello"]) == 0
    assert goes_on(employee.steps["card"]) == 0
    assert goes_on(employee.steps["volunteer"]) is None
    assert understand("Show me around please", employee.steps["hello"]) == Meaning(answer=0, language="en")


def test_the_checklist_holds_no_step_that_was_never_offered_and_ends_full() -> None:
    employee = {path.id: path for path in shipped()}["employee"]
    walker = Walker()
    through = replace(walker.progress, step="help", trail=("hello", "purpose", "people"), stage=Stage.DONE)
    assert [(one.id, passed) for one, passed in listed(employee, through)] == [
        ("hello", True),
        ("people", True),
        ("help", True),
    ]
    begun = replace(walker.progress, step="hello", trail=())
    assert [one.id for one, _ in listed(employee, begun, frozenset({"contacts"}))] == ["hello", "people", "help"]


def test_the_card_is_ticked_when_something_stands_on_it_and_not_for_a_yes() -> None:
    employee = {path.id: path for path in shipped()}["employee"]
    through = replace(Walker().progress, step="card", trail=("hello",), answered=("card",), stage=Stage.DONE)
    assert {one.id: done for one, done in listed(employee, through, frozenset({"cards"}))}["card"] is False
    assert {one.id: done for one, done in listed(employee, through, frozenset({"card"}))}["card"] is True


@pytest.mark.parametrize("path", ["employee", "partner"])
@pytest.mark.parametrize("word", ["later", "plus tard"])
def test_later_is_a_pause_at_the_question_about_the_card_as_everywhere(path: str, word: str) -> None:
    shown = next(one for one in shipped() if one.id == path)
    card = replace(Walker().progress, path=path, step="card")
    given = Input(kind=InputKind.LINE, text=word, known=frozenset({"cards"}))
    taken = step(shown, card, given, NOON)
    assert [one.word for one in taken.replies] == [Word.PAUSED]
    assert taken.progress.stage is Stage.LATER


@pytest.mark.parametrize("line", ["what is a room?", "what is this group?", "c'est quoi un salon ?"])
def test_what_else_is_asked_is_no_question_who_speaks(line: str) -> None:
    assert Walker().writes(line) != [(Word.WHO, "hello")]


@pytest.mark.parametrize("line", ["what is this?", "who are you?", "Hello, who are you?", "what can you do"])
def test_who_asks_who_speaks_is_told_and_the_question_stays(line: str) -> None:
    walker = Walker()
    assert walker.writes(line) == [(Word.WHO, "hello")]
    assert walker.writes("yes") == [(Word.STEP, "groups")]


@pytest.mark.parametrize("line", ["bjr ! vous etes qui ?", "C’est quoi ?", "Qui êtes-vous ?", "qu’est-ce que c’est ?"])
def test_who_asks_who_speaks_in_french_is_told_too(line: str) -> None:
    assert Walker(language="fr").writes(line) == [(Word.WHO, "hello")]


def test_a_question_that_nobody_can_answer_leads_to_people() -> None:
    walker = Walker()
    assert walker.writes("when is lunch?") == [(Word.ASKED, "hello")]
    assert walker.writes("when is lunch?") == [(Word.WAYS, "hello")]


def test_a_question_during_a_pause_does_not_end_it() -> None:
    walker = Walker(language="fr")
    assert walker.writes("plus tard", "quoi de neuf") == [(Word.LOST, "")]
    assert walker.stage is Stage.LATER


@pytest.mark.parametrize("line", ["1 please", "the first", "number 1, please", "1 svp"])
def test_a_number_counts_among_words_of_courtesy(line: str) -> None:
    assert Walker().writes(line) == [(Word.STEP, "groups")]
