"""The memory of event ids, held against a plain set of everything ever accepted."""

from hypothesis import given
from hypothesis import strategies as st

from bridge.adapters.sql.backend import Arrivals
from bridge.adapters.sql.remembering import Remembered, marker

KEY = bytes(32)
batches = st.lists(st.lists(st.integers(0, 30), max_size=12), max_size=12)


def arrivals(numbers: list[int]) -> Arrivals:
    ids = [f"${number}" for number in numbers]
    return Arrivals(marker(KEY)(ids), ids, ["!room"] * len(ids), [b""] * len(ids))


@given(batches)
def test_an_event_is_fresh_once_and_in_its_order(numbers: list[list[int]]) -> None:
    remembered, seen = Remembered(), list[str]()
    for seq, batch in enumerate(numbers, 1):
        fresh = remembered.fresh(arrivals(batch))
        expected = [f"${number}" for number in dict.fromkeys(batch) if f"${number}" not in seen]
        assert list(fresh.ids) == expected
        seen += expected
        remembered.learn(seq, remembered.last + len(fresh), fresh.marks)
        assert remembered.last == len(seen)


@given(batches)
def test_what_others_stored_is_caught_up_with(numbers: list[list[int]]) -> None:
    writer, reader = Remembered(), Remembered()
    for seq, batch in enumerate(numbers, 1):
        fresh = writer.fresh(arrivals(batch))
        writer.learn(seq, writer.last + len(fresh), fresh.marks)
        reader.catch_up([(seq, writer.last, fresh.marks.tobytes())])
        assert (reader.newest, reader.last) == (writer.newest, writer.last)
        assert len(reader.fresh(arrivals(batch))) == 0


def test_nothing_is_forgotten_while_the_oldest_stays_and_everything_when_it_changes() -> None:
    remembered = Remembered()
    remembered.learn(4, 10, arrivals([1]).marks)
    remembered.forget_unless(4)
    assert len(remembered.fresh(arrivals([1]))) == 0
    remembered.forget_unless(5)
    assert (remembered.newest, remembered.last) == (0, 0)
    assert len(remembered.fresh(arrivals([1]))) == 1


def test_marks_depend_on_the_key() -> None:
    assert marker(KEY)(["$a"]) == marker(KEY)(["$a"])
    assert marker(KEY)(["$a"]) != marker(b"x" * 32)(["$a"])
