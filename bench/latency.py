"""How long a person waits for a reply: Parvis against a raw application service, by turns on one real Synapse.

``python -m bench.latency [--questions 60] [--short]``: from the sending of a message until the sender's
sync shows the reply, while nothing else happens and while the bridge applies a plan of some thousand memberships.
"""

import argparse
import asyncio
import json
import statistics
import sys
import tempfile
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import Any, Final

from bench.company import Size
from bench.office import Office, office
from bridge.app.logs import configure_logs

LINES: Final = ("!help", "!group list", "!status")
LIMITS: Final = {"idle": 1.10, "applying": 1.50}
"""Of the ratio of medians, all lines together."""
LARGE: Final = Size(people=800, groups=100, memberships=8000)
"""Takes longer to apply than all questions take."""
SHORT: Final = Size(people=200, groups=25, memberships=1200)
WARMING: Final = 10

Figures = dict[str, Any]


@dataclass
class Times:
    """Seconds of every question, by line: of both when they were asked one after the other."""

    ours: dict[str, list[float]] = field(default_factory=lambda: {line: [] for line in LINES})
    raw: dict[str, list[float]] = field(default_factory=lambda: {line: [] for line in LINES})

    def figures(self) -> Figures:
        """All lines together, then one by one."""
        together = {"all": compared(list(chain(*self.ours.values())), list(chain(*self.raw.values())))}
        return together | {line: compared(self.ours[line], self.raw[line]) for line in LINES}


def compared(ours: list[float], raw: list[float]) -> Figures:
    """Medians and 95th percentiles in milliseconds, and the ratio of the medians."""
    if min(len(ours), len(raw)) < 2:
        raise SystemExit("the application ended before enough questions were asked")
    figures: Figures = {"questions": len(ours), "ratio": statistics.median(ours) / statistics.median(raw)}
    for name, times in (("parvis", ours), ("raw", raw)):
        figures[f"{name}_p50"] = statistics.median(times) * 1000
        figures[f"{name}_p95"] = statistics.quantiles(times, n=20)[-1] * 1000
    return figures


async def play(place: Office, questions: int, going: Callable[[], Awaitable[bool]]) -> Times:
    """So many of each line for as long as ``going`` says; whoever was asked first is second the next time."""
    times = Times()
    for number in range(questions):
        if not await going():
            break
        for line in LINES:
            turns = [(place.parvis, times.ours), (place.raw, times.raw)]
            for room_id, kept in turns if number % 2 else turns[::-1]:
                kept[line].append((await place.asker.ask(room_id, line))[0])
    return times


async def always() -> bool:
    """Nothing ends."""
    return True


async def warm_up(place: Office) -> None:
    """What Parvis says is what the raw one will say; the first answers of a process are slow, and do not count."""
    said = {line: (await place.asker.ask(place.parvis, line))[1] for line in LINES}
    place.answers.write_text(json.dumps(said), encoding="utf-8")
    await play(place, WARMING, always)


async def measure(size: Size, questions: int) -> dict[str, Figures]:
    """Both situations."""
    with tempfile.TemporaryDirectory(prefix="parvis-bench-") as name:
        async with office(Path(name), size) as place:
            await warm_up(place)
            idle = (await play(place, questions, always)).figures()
            await place.bulk.begin()
            applying = (await play(place, questions, place.bulk.going)).figures()
            return {"idle": idle, "applying": applying | {"memberships_per_s": {"speed": place.bulk.speed()}}}


def report(measured: dict[str, Figures]) -> str:
    """A table for each situation, in milliseconds, with the verdict."""
    lines = []
    for situation, figures in measured.items():
        ratio, limit = figures["all"]["ratio"], LIMITS[situation]
        verdict = "held" if ratio <= limit else "MISSED"
        lines.append(f"{situation}: {ratio:.2f} times the raw service (limit {limit}: {verdict})")
        for name, row in figures.items():
            lines.append(f"  {name:12} " + "  ".join(f"{key} {value:8.2f}" for key, value in row.items()))
    return "\n".join(lines)


def main() -> int:
    """Measure and print; 1 when a limit was missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--questions", type=int, default=60, help="of each line, in each situation")
    parser.add_argument("--short", action="store_true", help="a small company and few questions: to see that it works")
    arguments = parser.parse_args()
    configure_logs(verbose=False)
    size, questions = (SHORT, 12) if arguments.short else (LARGE, arguments.questions)
    measured = asyncio.run(measure(size, questions))
    print(report(measured))
    return int(any(measured[name]["all"]["ratio"] > limit for name, limit in LIMITS.items()))


if __name__ == "__main__":
    sys.exit(main())
