"""Planning: wall time and peak memory for directories of four sizes, against a floor that only compares plain sets.

``python -m bench.planning [--rounds 3] [--sizes 200/30,5000/600,…]``: both take turns, each time in a process of its
own. Two situations: no room exists yet, and everything is in step but for a hundred changes.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any, Final

from bench.directories import to_parvis

ROOT: Final = Path(__file__).parents[1]
SIZES: Final = "200/30,5000/600,100000/10000,200000/30000"
SITUATIONS: Final = ("first", "typical")
TIME_LIMIT: Final = 3.0
"""Ours against the floor, at the largest size. On a busy machine the ratio of processor time is the one to believe."""
MEMORY_LIMIT_MIB: Final = 1024

Figures = dict[str, Any]


def generator() -> Path | None:
    """Where make_directory.py lies: under ``PARVIS_SHARED`` or beside the project; None when it is absent."""
    path = Path(os.environ.get("PARVIS_SHARED", ROOT.parent / "shared")) / "bench" / "make_directory.py"
    return path if path.is_file() else None


def make(size: str, folder: Path, script: Path) -> Path:
    """The directory of this size in our own format, and the rooms of both situations beside it."""
    subprocess.run([sys.executable, script, size, "--formats", "json", "--out", folder, "--quiet"], check=True)
    raw = folder / "directory.json"
    target = folder / "parvis.json"
    target.write_text(json.dumps(to_parvis(json.loads(raw.read_text())), ensure_ascii=False, separators=(",", ":")))
    raw.unlink()
    run("bench.planning_worker", "prepare", target, folder)
    return target


def run(module: str, *arguments: object) -> str:
    """A module as a process of its own: what it printed."""
    command = [sys.executable, "-m", module, *map(str, arguments)]
    return subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True).stdout


def compare(directory: Path, folder: Path, situation: str, rounds: int) -> dict[str, list[Figures]]:
    """Both sides in turn, so that a busy machine is busy for both."""
    figures: dict[str, list[Figures]] = {"floor": [], "ours": []}
    for _ in range(rounds):
        floor = run("bench.floor_planning", directory, folder / f"floor-{situation}.pickle")
        ours = run("bench.planning_worker", "measure", directory, folder / f"ours-{situation}.pickle")
        figures["floor"].append(json.loads(floor))
        figures["ours"].append(json.loads(ours))
    return figures


def median(figures: list[Figures], key: str) -> float:
    """The median of one figure over the rounds."""
    return float(statistics.median(one[key] for one in figures))


def report(size: str, situation: str, figures: dict[str, list[Figures]]) -> Figures:
    """One line for people; the figures for whoever writes them down."""
    ours, floor = median(figures["ours"], "seconds"), median(figures["floor"], "seconds")
    line = {
        "size": size,
        "situation": situation,
        "memberships": figures["ours"][0]["memberships"],
        "actions": figures["ours"][0]["actions"],
        "seconds": round(ours, 3),
        "floor_seconds": round(floor, 3),
        "ratio": round(ours / floor, 2),
        "cpu_ratio": round(median(figures["ours"], "cpu") / median(figures["floor"], "cpu"), 2),
        "mib": round(median(figures["ours"], "mib")),
        "floor_mib": round(median(figures["floor"], "mib")),
        "steps": figures["ours"][0]["steps"],
    }
    print(json.dumps(line), flush=True)
    return line


def main() -> int:
    """Measure all sizes; 1 when the largest breaks a limit, 2 when make_directory.py is not there."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--sizes", default=SIZES)
    options = parser.parse_args()
    script = generator()
    if script is None:
        print("make_directory.py not found: set PARVIS_SHARED", file=sys.stderr)
        return 2
    lines: list[Figures] = []
    for size in options.sizes.split(","):
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            directory = make(size, folder, script)
            lines += [report(size, one, compare(directory, folder, one, options.rounds)) for one in SITUATIONS]
    worst = lines[-len(SITUATIONS) :]
    within = all(line["ratio"] <= TIME_LIMIT and line["mib"] <= MEMORY_LIMIT_MIB for line in worst)
    print(f"limits (ratio {TIME_LIMIT}, {MEMORY_LIMIT_MIB} MiB): {'kept' if within else 'BROKEN'}")
    return 0 if within else 1


if __name__ == "__main__":
    sys.exit(main())
