"""Learns the weights of the digest's ranking and writes them: ``python -m bench.digest.learn``.

Looks at nothing after week 51: the digests of weeks 8 to 50, and what their readers did in the week that followed.
``--choices`` shows how well weights that were learned without a third of the weeks do there; choices rest on that.
"""

import argparse
import json
import sys
from pathlib import Path
from typing import Final

import numpy as np

from bench.digest import data
from bench.digest.examples import Examples, Flags, Floats, Numbers, gather
from bench.digest.fitting import fit
from bridge.adapters.ranking.source import FILE
from bridge.rules.ranking.signals import KNOWN, NEW

LAST_WEEK: Final = 51
WEEKS: Final = range(8, LAST_WEEK)
"""Digests of these weeks; the first eight are there to be remembered."""
THIRDS: Final = ((8, 22), (23, 36), (37, 50))
SHRINKING: Final = (3e-4, 1e-3, 3e-3, 1e-2)
SPREADS: Final = tuple((same_group, again) for same_group in (0.0, 0.05, 0.1) for again in (0.0, 0.1, 0.2, 0.3, 0.5))
"""What another thread of the same group loses, and another one in which the reader has written."""
CHOSEN: Final = (3e-3, (0.05, 0.2))
"""Shrinking, and both losses."""
SHOWN: Final = 5
WEIGHTS: Final = data.ROOT / "bridge" / "adapters" / "ranking" / FILE


def main() -> int:
    """Learn, show, write."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--choices", action="store_true", help="show what choices do, and write nothing")
    arguments = parser.parse_args()
    folder = data.folder()
    if folder is None:
        print("The community's activity is not beside the project (PARVIS_SHARED).", file=sys.stderr)
        return 1
    judge = data.judge(folder)
    history = judge.History(judge.Events([str(folder / data.EVENTS)]), LAST_WEEK)
    examples = gather(judge, history, WEEKS)
    print(f"{len(examples.sizes)} reader-weeks, {len(examples.rows)} candidates, weeks {WEEKS[0]} to {WEEKS[-1]}")
    if arguments.choices:
        show_choices(examples)
    else:
        write(fit(examples, CHOSEN[0]), WEIGHTS)
    return 0


def show_choices(examples: Examples) -> None:
    """How each choice does on weeks that it was not learned from."""
    print("| shrinking | same group | again | hit@5 | fresh hit@5 | diversity |\n|---|---|---|---|---|---|")
    for shrinking in SHRINKING:
        scores = left_out(examples, shrinking)
        for spread in SPREADS if shrinking == CHOSEN[0] else SPREADS[:1]:
            hit, fresh, diversity = judged(examples, scores, spread)
            print(f"| {shrinking} | {spread[0]} | {spread[1]} | {hit:.3f} | {fresh:.3f} | {diversity:.2f} |")


def left_out(examples: Examples, shrinking: float) -> Floats:
    """The score of every candidate, by weights that were learned from the other two thirds of the weeks."""
    scores = np.zeros(len(examples.rows))
    for first, last in THIRDS:
        inside = (examples.weeks >= first) & (examples.weeks <= last)
        weights = fit(examples.where(~inside), shrinking)
        scores[np.repeat(inside, examples.sizes)] = examples.where(inside).rows @ weights
    return scores


def judged(examples: Examples, scores: Floats, spread: tuple[float, float]) -> tuple[float, float, float]:
    """Share of reader-weeks with a hit, with a hit in a new thread where there is one to hit, and groups shown."""
    hits, fresh, diversity = [], [], []
    fresh_relevant = examples.relevant & ~examples.known
    for start, size in zip(examples.starts, examples.sizes, strict=True):
        here = slice(start, start + size)
        shown = start + first_of(scores[here], examples.groups[here], examples.known[here], spread)
        hits.append(examples.relevant[shown].any())
        diversity.append(len(set(examples.groups[shown])))
        if fresh_relevant[here].any():
            fresh.append(fresh_relevant[shown].any())
    return float(np.mean(hits)), float(np.mean(fresh)), float(np.mean(diversity))


def first_of(scores: Floats, groups: Numbers, known: Flags, spread: tuple[float, float]) -> Numbers:
    """The places of the threads that are shown, as ``ranking.spread`` picks them."""
    left = scores.copy()
    shown: list[int] = []
    for _ in range(min(SHOWN, len(left))):
        best = int(np.argmax(left))
        shown.append(best)
        left[groups == groups[best]] -= spread[0]
        left[known & known[best]] -= spread[1]
        left[best] = -np.inf
    return np.array(shown, np.int64)


def write(weights: Floats, path: Path) -> None:
    """Put the weights into the file, which keeps what it says about them."""
    tree = json.loads(path.read_text(encoding="utf-8"))
    for part, names, values in (("new", NEW, weights[: len(NEW)]), ("known", KNOWN, weights[len(NEW) : -1])):
        tree[part] = {
            name: {"weight": round(float(value), 3), "means": tree[part][name]["means"]}
            for name, value in zip(names, values, strict=True)
        }
    tree["written"]["weight"] = round(float(weights[-1]), 3)
    tree["same_group"]["weight"], tree["again"]["weight"] = CHOSEN[1]
    path.write_text(json.dumps(tree, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
