"""Conversations of a week, and which of them are chosen: examples that one can follow by hand."""

from datetime import timedelta
from itertools import count

from bridge.domain.activity import Form, Happening, Pick, Reacted, Reason, Why
from bridge.domain.activity import Kind as Sort
from bridge.domain.digest import Health, Kind, Taste, Week
from bridge.rules.digest.choosing import by_taste, candidates, chosen_thread, questions
from bridge.rules.digest.figures import days_of, health_of
from bridge.rules.digest.talks import Talk, Talks, marked
from tests.fakes.clock import START

WEEK = Week.before(START)
LONG = Form(length=200)
ASKS = Form(question=True, length=30)
numbers = count()


def said(sender: str, hours: float, *, thread: str = "", room: str = "!sales", form: Form = LONG,
         kind: Sort = Sort.TEXT) -> Happening:  # fmt: skip
    """A message so many hours into the week."""
    event = f"$e{next(numbers)}" if thread.startswith("$") or not thread else f"${thread}"
    root = thread if thread.startswith("$") else event
    return Happening(event=event, room=room, group=room[1:], sender=sender, at=WEEK.start + timedelta(hours=hours),
                     thread=root, form=form, kind=kind)  # fmt: skip


def talks(*happenings: Happening, machines: tuple[str, ...] = ()) -> dict[str, Talk]:
    found = Talks(machines)
    found.add(sorted(happenings, key=lambda one: one.at))
    return found.by_thread


def test_a_thread_holds_who_wrote_in_it_in_their_order() -> None:
    found = talks(said("luc", 1, thread="plan"), said("ann", 2, thread="$plan"), said("luc", 3, thread="$plan"))
    talk = found["$plan"]
    assert (list(talk.lasts), talk.posts, talk.begun_by) == (["luc", "ann"], 3, "luc")


def test_what_machines_write_is_nobodys_conversation() -> None:
    assert not talks(said("bot", 1), said("hook", 2, kind=Sort.NOTICE), machines=("bot",))


def test_a_question_waits_until_somebody_else_writes() -> None:
    asked = said("ann", 1, thread="key", form=ASKS)
    assert talks(asked)["$key"].unanswered
    assert talks(asked, said("ann", 5, thread="$key"))["$key"].unanswered
    assert not talks(asked, said("luc", 20, thread="$key"))["$key"].unanswered


def test_who_writes_in_the_room_soon_after_a_question_is_taken_to_answer_it() -> None:
    asked = said("ann", 1, thread="key", form=ASKS)
    assert not talks(asked, said("luc", 1.5))["$key"].unanswered
    assert talks(asked, said("luc", 4))["$key"].unanswered
    assert talks(asked, said("luc", 1.5, room="!deal"))["$key"].unanswered
    assert talks(asked, said("ann", 1.5))["$key"].unanswered


def test_a_word_in_passing_is_no_conversation_unless_it_calls_the_reader() -> None:
    thanks = said("luc", 1, thread="thanks", form=Form(length=6))
    call = said("luc", 2, thread="call", form=Form(length=6, calls=("ann",)))
    assert candidates(talks(thanks, call).values(), "ann") == ["$call"]
    assert candidates(talks(thanks, said("eve", 2, thread="$thanks")).values(), "ann") == ["$thanks"]


def test_who_wrote_last_has_no_news() -> None:
    mine = (said("luc", 1, thread="plan"), said("ann", 2, thread="$plan"))
    assert candidates(talks(*mine).values(), "ann") == []
    assert candidates(talks(*mine, said("luc", 3, thread="$plan")).values(), "ann") == ["$plan"]


def test_what_was_shown_comes_again_only_when_it_moved() -> None:
    one = said("luc", 10, thread="plan")
    told = {"$plan": WEEK.start + timedelta(hours=20)}
    assert candidates(talks(one).values(), "ann", told) == []
    assert candidates(talks(one, said("eve", 30, thread="$plan")).values(), "ann", told) == ["$plan"]


def test_a_mark_counts_where_its_author_leads() -> None:
    def star(sender: str, to: str, group: str = "sales", key: str = "⭐") -> Reacted:
        return Reacted(event=f"$r{next(numbers)}", room="!r", group=group, sender=sender, at=START, to=to, key=key)

    reactions = [star("luc", "$a"), star("eve", "$a"), star("luc", "$b", group="deal"), star("luc", "$c", key="👍"),
                 star("ann", "$a"), star("luc", "$a")]  # fmt: skip
    assert marked(reactions, ("⭐",), {"sales": {"luc", "ann"}}) == {"$a": ("luc", "ann")}


def test_questions_of_the_groups_where_somebody_writes_come_first_then_the_latest() -> None:
    found = talks(
        said("luc", 1, thread="old", form=ASKS),
        said("luc", 40, thread="new", form=ASKS),
        said("luc", 20, thread="home", room="!deal", form=ASKS),
        said("ann", 30, thread="mine", room="!deal", form=ASKS),
        said("luc", 166, thread="hasty", form=ASKS),
    )
    chosen = questions(found.values(), "ann", until=WEEK.end, homes={"deal": 0.9})
    assert [one.event for one in chosen] == ["$home", "$new", "$old"]
    chosen = questions(found.values(), "ann", until=WEEK.end, homes={})
    assert [one.event for one in chosen] == ["$new", "$home", "$old"]


def test_thumbs_move_what_ranking_picked() -> None:
    found = talks(said("luc", 1, thread="a"), said("luc", 2, thread="b", room="!deal"))
    picks = [
        Pick(thread=talk.thread, group=talk.group, score=score, known=False, reason=Reason(Why.RECENT))
        for talk, score in ((found["$a"], 2.0), (found["$b"], 1.5))
    ]

    def order(taste: Taste) -> list[str]:
        return [pick.thread for pick in by_taste(picks, found, taste)]

    assert order(Taste()) == ["$a", "$b"]
    assert order(Taste(favours={"group:sales": -1.0})) == ["$b", "$a"]
    assert order(Taste(favours={"thread": -1.0})) == ["$a", "$b"]


def test_a_question_that_ranking_picked_is_shown_as_one() -> None:
    talk = talks(said("luc", 1, thread="key", form=ASKS))["$key"]
    pick = Pick(thread="$key", group="sales", score=1, known=False, reason=Reason(Why.PEOPLE, ("luc",)))
    shown = chosen_thread(pick, talk, moved=False)
    assert (shown.kind, shown.reason) == (Kind.QUESTION, Reason(Why.UNANSWERED))


def test_the_health_of_a_group_in_figures() -> None:
    week = talks(said("luc", 1, thread="a", form=ASKS), said("ann", 2, thread="$a"), said("eve", 50, form=ASKS))
    figures = health_of(7, week=week.values(), before={"luc"})
    assert figures == Health(members=7, active=3, before=1, questions=2, answered=1)


def test_messages_are_counted_by_day() -> None:
    assert days_of([{"sales": 2}, {}, {"board": 1, "sales": 1}]) == {"sales": (2, 0, 1), "board": (0, 0, 1)}
