"""Threads that were put away come back as they were: no list changes, whatever was asleep."""

from random import Random

import pytest

from bridge.adapters.ranking.source import shipped_weights
from bridge.domain.activity import DAY, WEEK, Post
from bridge.rules.ranking import threads as module
from bridge.rules.ranking.memory import Memory
from bridge.rules.ranking.ranking import Ranking
from bridge.rules.ranking.threads import Thread, Threads

NOW = 60 * WEEK
PEOPLE = [f"p{number}" for number in range(12)]


def posts(seed: int) -> list[Post]:
    """A year of a company: some threads come back after months."""
    chance = Random(seed)
    made = []
    for _ in range(600):
        thread = chance.randrange(90)
        made.append(
            Post(
                minute=chance.randrange(NOW - 50 * WEEK, NOW),
                group=f"g{thread % 4}",
                thread=f"t{thread}",
                sender=chance.choice(PEOPLE),
                calls=(chance.choice(PEOPLE),) if chance.random() < 0.1 else (),
                answers=(chance.choice(PEOPLE),) if chance.random() < 0.1 else (),
                length=chance.randrange(500),
                question=chance.random() < 0.2,
                code=chance.random() < 0.1,
            )
        )
    return sorted(made, key=lambda post: post.minute)


def lists(seed: int) -> list[object]:
    """What everybody would get, twice, because reading wakes threads up."""
    memory = Memory(NOW)
    memory.remember(posts(seed))
    ranking, every = Ranking(memory, shipped_weights()), [f"t{number}" for number in range(90)]
    return [ranking.pick(ranking.reader(user, ["g0", "g1", "g2"]), every, 8) for user in PEOPLE * 2]


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_no_list_changes_when_threads_are_put_away(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    before = lists(seed)
    put_away, row = [], Threads._row

    def counted(self: Threads, thread: Thread) -> bytes:
        put_away.append(thread)
        return row(self, thread)

    monkeypatch.setattr(module, "AWAKE", 3)
    monkeypatch.setattr(Threads, "_row", counted)
    assert lists(seed) == before
    assert len(put_away) > 50


def test_a_thread_that_sleeps_comes_back_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "AWAKE", 0)
    threads = Threads()
    threads._awake_at_most = 0
    every = [Post(minute=at * DAY, group="g", thread="a", sender=who, question=at == 1)
             for at, who in ((1, "ann"), (9, "bob"), (30, "ann"))]  # fmt: skip
    for post in every:
        number, thread = threads.to_write(post)
        thread.add(post, NOW - post.minute)
    shape = shape_of(threads.at(number))
    threads.to_write(Post(minute=60 * DAY, group="g", thread="b", sender="eve"))
    assert threads.get("a") is not thread
    assert shape_of(threads["a"]) == shape
    assert threads.get("c") is None
    with pytest.raises(KeyError):
        threads["c"]


def shape_of(thread: Thread) -> object:
    people = {name: (one.first, one.last, one.posts, one.before) for name, one in thread.people.items()}
    return (thread.group, thread.starter, thread.asked, thread.begun, thread.last, thread.posts, thread.weeks,
            list(people.items()))  # fmt: skip
