from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.adapters.directory.cycles import circles

graphs = st.dictionaries(st.sampled_from("abcdef"), st.lists(st.sampled_from("abcdef"), max_size=4), max_size=6)


def test_a_circle_is_told_as_a_chain() -> None:
    assert circles({"a": ["b"], "b": ["c"], "c": ["a"]}) == [("a", "b", "c", "a")]


def test_what_leads_into_a_circle_is_not_in_the_chain() -> None:
    assert circles({"x": ["a"], "a": ["b"], "b": ["a"]}) == [("a", "b", "a")]


def test_meeting_twice_is_no_circle() -> None:
    assert circles({"a": ["b", "c"], "b": ["d"], "c": ["d"], "d": []}) == []


@pytest.mark.slow
def test_a_chain_of_a_hundred_thousand_exhausts_nothing() -> None:
    assert circles({str(number): [str(number + 1)] for number in range(100_000)}) == []


@given(graphs)
def test_every_chain_is_made_of_references_and_cutting_them_ends_all_circles(graph: dict[str, list[str]]) -> None:
    while found := circles(graph):
        for chain in found:
            assert chain[0] == chain[-1]
            assert all(after in graph[before] for before, after in pairwise(chain))
        cut = {(chain[-2], chain[-1]) for chain in found}
        graph = {start: [end for end in ends if (start, end) not in cut] for start, ends in graph.items()}
