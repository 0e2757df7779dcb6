"""A linear score from examples: the softmax over a reader's candidates is to lie where the reader wrote next.

Called by ``bench.digest.learn``. Newton's method, halving steps that lead nowhere; convex, so there is one answer.
"""

from typing import Final

import numpy as np

from bench.digest.examples import WIDTH, Examples, Flags, Floats
from bridge.rules.ranking.signals import NEW

ENOUGH: Final = 1e-8
"""An improvement below this ends it."""


def fit(examples: Examples, shrinking: float) -> Floats:
    """A weight for every column of ``rows`` as they are; ``shrinking`` pulls them to 0, in units of their spread."""
    middle, spread = _scale(examples)
    known = examples.known
    scaled = np.where(_belongs(known), (examples.rows - middle) / spread, 0.0)
    weights = _newton(scaled, examples, shrinking) / spread
    new = len(NEW)
    weights[-1] += middle[:new] @ weights[:new] - middle[new:-1] @ weights[new:-1]
    return weights


def _belongs(known: Flags) -> Flags:
    """Which column speaks about which row."""
    column = np.arange(WIDTH)
    of_kind: Flags = np.where(known[:, None], column >= len(NEW), column < len(NEW))
    of_kind[:, -1] = True
    return of_kind


def _scale(examples: Examples) -> tuple[Floats, Floats]:
    """Mean and standard deviation of every column among the rows of its kind; the last column is left as it is."""
    new = len(NEW)
    halves = (examples.rows[~examples.known, :new], examples.rows[examples.known, new:-1])
    middle = np.concatenate([*(half.mean(axis=0) for half in halves), [0.0]])
    spread = np.concatenate([*(half.std(axis=0) for half in halves), [0.4]])
    return middle, np.where(spread > 0, spread, 1.0)


def _newton(rows: Floats, examples: Examples, shrinking: float) -> Floats:
    starts, sizes, count = examples.starts, examples.sizes, len(examples.sizes)
    wanted = examples.relevant / np.repeat(np.add.reduceat(examples.relevant.astype(float), starts), sizes)

    def loss(weights: Floats) -> tuple[float, Floats]:
        score = rows @ weights
        score -= np.repeat(np.maximum.reduceat(score, starts), sizes)
        likely = np.exp(score)
        total = np.add.reduceat(likely, starts)
        missed = -(wanted * (score - np.repeat(np.log(total), sizes))).sum() / count
        return float(missed + shrinking * weights @ weights), likely / np.repeat(total, sizes)

    weights = np.zeros(rows.shape[1])
    now, likely = loss(weights)
    while True:
        slope = rows.T @ (likely - wanted) / count + 2 * shrinking * weights
        mean = np.add.reduceat(rows * likely[:, None], starts)
        bend = (rows.T @ (rows * likely[:, None]) - mean.T @ mean) / count
        step = np.linalg.solve(bend + 2 * shrinking * np.eye(len(weights)), slope)
        before = now
        for _ in range(30):
            now, likely = loss(weights - step)
            if now <= before:
                break
            step /= 2
        weights = weights - step
        if before - now < ENOUGH:
            return weights
