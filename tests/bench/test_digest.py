"""Learning the digest's weights: what is fitted, and that it picks as the product does."""

from collections.abc import Iterable

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from bench.digest.examples import WIDTH, Examples
from bench.digest.fitting import fit
from bench.digest.learn import first_of
from bridge.domain.activity import Post
from bridge.rules.ranking.ranking import Judged, spread
from bridge.rules.ranking.signals import NEW
from bridge.rules.ranking.threads import Thread
from bridge.rules.ranking.weights import Weights


def test_signals_that_say_what_readers_do_next_get_the_weight() -> None:
    chance = np.random.default_rng(5)
    rows = np.zeros((400, WIDTH))
    known = chance.random(400) < 0.3
    rows[~known, : len(NEW)] = chance.normal(size=(int((~known).sum()), len(NEW)))
    rows[known, len(NEW) : -1] = chance.normal(size=(int(known.sum()), WIDTH - len(NEW) - 1))
    rows[known, -1] = 1.0
    wanted = 3 * rows[:, 2] - 3 * rows[:, len(NEW) + 1] + 2 * rows[:, -1]
    best = wanted.reshape(40, 10).argmax(axis=1) + np.arange(40) * 10
    examples = Examples(rows, np.isin(np.arange(400), best), np.zeros(400, int), np.full(40, 10), np.arange(40))

    weights = fit(examples, 1e-3)

    assert set(np.argsort(-np.abs(weights))[:3]) == {2, len(NEW) + 1, WIDTH - 1}
    assert weights[2] > 0 > weights[len(NEW) + 1]


candidates = st.lists(
    st.tuples(st.integers(0, 40), st.integers(0, 3), st.booleans()), max_size=12, unique_by=lambda one: one[0]
)


@given(candidates, st.sampled_from([0.0, 0.25, 1.75]), st.sampled_from([0.0, 0.5, 3.25]))
def test_choices_are_made_by_lists_such_as_the_product_shows(
    rows: list[tuple[int, int, bool]], same_group: float, again: float
) -> None:
    rows = sorted(rows, reverse=True)
    weights = Weights(
        of_thread=(), of_group=(), of_reader=(), known=(), written=0.0, same_group=same_group, again=again
    )
    judged = [
        Judged(str(place), Thread(Post(minute=0, group=str(group), thread=str(place), sender="")), known, score)
        for place, (score, group, known) in enumerate(rows)
    ]
    scores, groups, known = (np.array([row[column] for row in rows]) for column in range(3))

    shown: Iterable[int] = (
        first_of(scores.astype(float), groups, known.astype(bool), (same_group, again)) if rows else ()
    )

    assert [one.id for one in spread(judged, weights, 5)[:5]] == [str(place) for place in shown]
