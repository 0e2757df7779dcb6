"""The digest's ranking: examples that one can follow by hand, and what always holds."""

from collections.abc import Collection, Iterable, Sequence
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from bridge.adapters.ranking.source import shipped_weights
from bridge.domain.activity import DAY, WEEK, Pick, Post, Reason, Why
from bridge.rules.ranking.memory import Memory
from bridge.rules.ranking.ranking import Ranking

NOW = 30 * WEEK
GROUPS = ("sales", "support", "quartz")


def said(thread: str, sender: str, days_ago: float, group: str = "sales", **more: object) -> Post:
    return Post(minute=NOW - int(days_ago * DAY), group=group, thread=thread, sender=sender, **more)  # type: ignore[arg-type]


def remembered(posts: Iterable[Post], until: int = NOW) -> Memory:
    memory = Memory(until)
    memory.remember(sorted(posts, key=lambda post: post.minute))
    return memory


def picked(
    posts: Iterable[Post],
    candidates: Sequence[str],
    user: str = "ann",
    groups: Collection[str] = GROUPS,
    count: int = 5,
) -> tuple[Pick, ...]:
    ranking = Ranking(remembered(posts), shipped_weights())
    return ranking.pick(ranking.reader(user, groups), candidates, count)


def together(*people: str, times: int = 6) -> list[Post]:
    """Threads of some weeks ago in which these people wrote one after the other."""
    return [
        said(f"old-{number}-{'-'.join(people)}", person, 30 + number - place / 10)
        for number in range(times)
        for place, person in enumerate(people)
    ]


def test_whoever_is_mentioned_is_shown_that_first_and_told_by_whom() -> None:
    posts = [said("busy", who, 0.2) for who in ("bob", "leo", "sam", "gus")] + [said("call", "eve", 1, calls=("ann",))]
    first = picked(posts, ["busy", "call"])[0]
    assert (first.thread, first.reason) == ("call", Reason(Why.CALLED, ("eve",)))


def test_an_answer_to_the_reader_is_a_reason() -> None:
    posts = [*together("ann", "bob"), said("talk", "bob", 1, answers=("ann",))]
    assert picked(posts, ["talk"])[0].reason == Reason(Why.ANSWERED, ("bob",))


def test_a_thread_in_which_the_reader_wrote_before_is_theirs() -> None:
    posts = [said("plan", "ann", 10), said("plan", "bob", 2)]
    (only,) = picked(posts, ["plan"])
    assert (only.known, only.reason) == (True, Reason(Why.YOURS))


def test_people_whom_the_reader_often_meets_are_named_the_nearest_first() -> None:
    posts = [*together("ann", "bob", times=9), *together("ann", "leo", times=3)]
    posts += [said("met", who, 1) for who in ("leo", "bob", "max")]
    posts += [said("strangers", who, 1) for who in ("sam", "gus", "eve")]
    first = picked(posts, ["strangers", "met"])[0]
    assert (first.thread, first.reason) == ("met", Reason(Why.PEOPLE, ("bob", "leo")))


def test_a_question_that_nobody_answered_says_so() -> None:
    posts = [said("joined", "max", 20), said("joined", "ann", 19.9), said("lonely", "sam", 1, question=True)]
    posts += [said("crowd", who, 3) for who in ("gus", "eve", "leo")]
    reasons = {one.thread: one.reason.why for one in picked(posts, ["lonely", "crowd"])}
    assert reasons == {"lonely": Why.UNANSWERED, "crowd": Why.LIVELY}


def test_groups_in_which_the_reader_joins_in_come_before_others() -> None:
    posts = [
        said(f"{group}-{number}", "max", 20 + number, group) for group in ("sales", "support") for number in range(8)
    ]
    posts += [said(f"support-{number}", "ann", 19.9 + number, "support") for number in range(8)]
    posts += [said(f"new-{group}", who, 1, group) for group in ("sales", "support") for who in ("sam", "gus")]
    first = picked(posts, ["new-sales", "new-support"])[0]
    assert (first.thread, first.reason.why) == ("new-support", Why.GROUP)


def test_a_newcomer_gets_what_goes_on_now_with_a_reason() -> None:
    posts = [said("lively", who, 0.1) for who in ("bob", "leo", "sam", "max")] + [
        said("stale", "gus", 6),
        said("stale", "bob", 5.9),
    ]
    lively, stale = picked(posts, ["stale", "lively"], user="new")
    assert (lively.thread, lively.reason.why, stale.reason.why) == ("lively", Why.LIVELY, Why.RECENT)


def test_a_small_company_gets_everything_there_is() -> None:
    assert [one.thread for one in picked([said("one", "bob", 1)], ["one"])] == ["one"]
    assert picked([], ["one"]) == ()


def test_equals_stand_in_the_order_of_time_and_then_of_ids() -> None:
    posts = [said(thread, f"author-{thread}", 3) for thread in "bca"] + [said("late", "author-late", 2.9)]
    assert [one.thread for one in picked(posts, list("abc"))] == ["a", "b", "c"]
    assert picked(posts, [*"abc", "late"])[0].thread == "late"


def test_threads_of_one_group_do_not_fill_the_list_when_another_has_as_good_ones() -> None:
    posts = [said(f"{group}-{number}", f"{group}-{number}", 3, group) for group in GROUPS[:2] for number in range(5)]
    shown = picked(posts, sorted({post.thread for post in posts}), count=4)
    assert sorted(one.group for one in shown) == ["sales", "sales", "support", "support"]


def test_what_was_silent_this_week_and_other_peoples_groups_are_passed_over() -> None:
    posts = [said("silent", "bob", 9), said("closed", "bob", 1, "quartz"), said("open", "bob", 1)]
    shown = picked(posts, ["silent", "closed", "open", "unheard-of"], groups={"sales"})
    assert [one.thread for one in shown] == ["open"]


PEOPLE = ("ann", "bob", "leo", "sam", "max")
someone = st.sampled_from(PEOPLE)
worlds = st.lists(
    st.builds(
        lambda number, minute, sender, answers, calls, question: Post(
            minute=minute,
            group=GROUPS[number % 3],
            thread=f"thread-{number}",
            sender=sender,
            answers=tuple(answers),
            calls=tuple(calls),
            question=question,
        ),
        st.integers(0, 11),
        st.one_of(st.integers(NOW - 40 * WEEK, NOW - 1), st.integers(NOW - WEEK, NOW - 1)),
        someone,
        st.lists(someone, max_size=2),
        st.lists(someone, max_size=1),
        st.booleans(),
    ),
    max_size=60,
)
THREADS = [f"thread-{number}" for number in range(12)]


@given(worlds, st.randoms(use_true_random=False))
def test_the_order_of_candidates_changes_nothing(posts: list[Post], random: Random) -> None:
    shuffled = random.sample(THREADS, len(THREADS)) + THREADS[:3]
    assert picked(posts, shuffled) == picked(posts, THREADS)


@given(worlds)
def test_nothing_enters_but_candidates_of_the_readers_groups_and_each_once(posts: list[Post]) -> None:
    shown = picked(posts, THREADS[:7], groups={"sales", "support"}, count=20)
    assert len({one.thread for one in shown}) == len(shown)
    assert {one.thread for one in shown} <= set(THREADS[:7])
    assert {one.group for one in shown} <= {"sales", "support"}


@given(worlds, st.integers(0, 6))
def test_what_is_shown_is_the_head_of_the_whole_order(posts: list[Post], count: int) -> None:
    ranking = Ranking(remembered(posts), shipped_weights())
    whole = ranking.order(ranking.reader("ann", GROUPS), THREADS, count)
    assert [one.thread for one in picked(posts, THREADS, count=count)] == whole[:count]


@given(worlds, worlds)
def test_what_is_done_in_groups_of_others_changes_no_list_and_no_reason(posts: list[Post], hidden: list[Post]) -> None:
    elsewhere = [
        Post(minute=post.minute, group="hidden", thread=f"hidden-{post.thread}", sender=post.sender, calls=("ann",))
        for post in hidden
    ]
    assert picked([*posts, *elsewhere], THREADS) == picked(posts, THREADS)


@given(worlds)
def test_posts_after_the_digest_change_nothing(posts: list[Post]) -> None:
    later = [said("thread-1", "bob", -1), said("thread-2", "ann", 0)]
    assert picked([*posts, *later], THREADS) == picked(posts, THREADS)


@given(worlds)
def test_every_reason_is_true(posts: list[Post]) -> None:
    week = [post for post in posts if NOW - post.minute <= WEEK]
    for one in picked(posts, THREADS, count=20):
        writers = {post.sender for post in week if post.thread == one.thread}
        mine = [post.thread for post in posts if post.sender == "ann"]
        assert one.known == (one.thread in mine)
        assert len(one.reason.people) <= 3
        match one.reason.why:
            case Why.CALLED | Why.ANSWERED | Why.PEOPLE:
                assert one.reason.people
                assert set(one.reason.people) <= writers
            case Why.YOURS:
                assert one.known
            case Why.UNANSWERED:
                assert len({post.sender for post in posts if post.thread == one.thread}) == 1
            case Why.GROUP:
                assert any(post.group == one.group for post in posts if post.sender == "ann")
            case Why.LIVELY:
                assert len(writers) >= 3
            case Why.RECENT:
                assert writers
