"""The digest's ranking on a real community's activity, judged by the data's own ``evaluate.py``.

``python -m bench digest`` prints the figures with their intervals (95 %, readers resampled), and the ratios that are
promised. ``--weeks 27-50`` looks at other weeks than those that nothing was chosen by.
"""

import argparse
import sys
import time
from typing import Any, Final

from bench.digest import data
from bench.digest.ranker import Ranker

TEST_WEEKS: Final = (53, 76)
SHOWN: Final = ("hit@5", "fresh hit@5", "coverage", "diversity", "nDCG@5")
HIT_RATIO: Final = 4.5
FRESH_RATIO: Final = 2.3
COVERAGE: Final = 0.78
DIVERSITY: Final = 2.8
MILLISECONDS: Final = 3.0
LOST: Final = 0.1
"""Of hit@5, where length, flags and mentions cannot be read."""


class Timed(Ranker):
    """Ours, with the processor time of its calls: the judge's own clock counts whatever else the machine does."""

    def __init__(self) -> None:
        super().__init__()
        self._spent = 0.0
        self._calls = 0

    def rank(self, reader: int, week: int, candidates: Any, history: Any) -> list[int]:
        begun = time.process_time()
        order = super().rank(reader, week, candidates, history)
        self._spent += time.process_time() - begun
        self._calls += 1
        return order

    @property
    def milliseconds(self) -> float:
        """Of the processor, per call."""
        return 1000 * self._spent / self._calls


def main() -> int:
    """Judge ours, ours where little can be read, ours for strangers, and what others do; 1 without the data."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--weeks", default="{}-{}".format(*TEST_WEEKS), help="weeks of digests")
    first, last = map(int, parser.parse_args().weeks.split("-"))
    folder = data.folder()
    if folder is None:
        print("The community's activity is not beside the project (PARVIS_SHARED).", file=sys.stderr)
        return 1
    judge = data.judge(folder)
    ours = Timed()
    rankers = {
        "Zulip's rule": judge.ZulipRule(),
        "latest first": judge.MostRecent(),
        "own threads, then latest": judge.OwnRecent(),
        "Parvis": ours,
        "Parvis, nothing readable": Ranker(readable=False),
        "Parvis, for strangers": Ranker(stranger=True),
    }
    events = judge.Events([str(folder / data.EVENTS)])
    results, facts = judge.evaluate(events, list(range(first, last + 1)), rankers)
    figures, readers = judge.summarise(results, reference="Zulip's rule")
    print(
        f"Weeks {first} to {last}: {facts['with_relevant']} digests, {readers} readers; Lean community Zulip archive.\n"
    )
    show_table(figures)
    show_promises(figures, ours.milliseconds)
    return 0


def show_table(figures: dict[str, Any]) -> None:
    """Every ranking with its figures and intervals."""
    print(f"| | {' | '.join(SHOWN)} | ms per digest |")
    print("|---" * (len(SHOWN) + 2) + "|")
    for name, figure in figures.items():
        cells = [
            f"{figure[metric]['value']:.3f} ({figure[metric]['lo']:.3f}–{figure[metric]['hi']:.3f})" for metric in SHOWN
        ]
        print(f"| {name} | {' | '.join(cells)} | {figure['ms_per_call']:.2f} |")


def show_promises(figures: dict[str, Any], processor: float) -> None:
    """What is promised, and what it came to."""
    ours, zulip, blind = figures["Parvis"], figures["Zulip's rule"], figures["Parvis, nothing readable"]

    def times(metric: str) -> float:
        return float(ours[metric]["value"] / zulip[metric]["value"])

    lost = 1 - blind["hit@5"]["value"] / ours["hit@5"]["value"]
    print(f"\nhit@5 {times('hit@5'):.2f} times Zulip's rule (at least {HIT_RATIO})")
    print(f"fresh hit@5 {times('fresh hit@5'):.2f} times Zulip's rule (at least {FRESH_RATIO})")
    print(f"coverage {ours['coverage']['value']:.3f} (at least {COVERAGE})")
    print(f"diversity {ours['diversity']['value']:.2f} groups (at least {DIVERSITY})")
    print(f"{ours['ms_per_call']:.2f} ms per digest (at most {MILLISECONDS}), {processor:.2f} ms of the processor")
    print(f"{lost:.1%} of hit@5 lost without length, flags and mentions (at most {LOST:.0%})")


if __name__ == "__main__":
    sys.exit(main())
