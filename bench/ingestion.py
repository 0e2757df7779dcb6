"""Ingestion: from first push to durable acknowledgement, and to handled, against a floor and against the usual way.

``python -m bench.ingestion [--rounds 5] [--transactions 200]``: ours, the minimal durable loop and a bare mautrix
application service take turns; every round has new processes and databases. push_load.py plays the homeserver.
"""

import argparse
import json
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, Final

from bench.targets import TOKEN

ROOT: Final = Path(__file__).parents[1]
TARGETS: Final = {
    "ours": "bench.inbound_target",
    "recording": "bench.inbound_target",
    "minimal": "bench.minimal_loop",
    "mautrix": "bench.bare_mautrix",
}
RECORDING: Final = "recording"
"""Ours, that also records activity."""
SLICES: Final = 4
LIMIT: Final = 0.8
"""Ours against the minimal durable loop, which neither seals, nor deduplicates, nor dispatches."""
SLOWER: Final = 0.85
"""Ours that records activity against ours that does not."""

Figures = dict[str, Any]


def shared_bench() -> Path | None:
    """Where push_load.py lies: ``PARVIS_SHARED`` or beside the project; None when it is absent."""
    folder = Path(os.environ.get("PARVIS_SHARED", ROOT.parent / "shared")) / "bench"
    return folder if (folder / "push_load.py").is_file() else None


@contextmanager
def target(name: str, folder: Path) -> Iterator[tuple[int, dict[str, str]]]:
    """A target as a process of its own: its id and what it announced."""
    command = [sys.executable, "-m", TARGETS[name], str(folder), *([name] if name == RECORDING else [])]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            yield process.pid, json.loads(process.stdout.readline())
        finally:
            process.send_signal(signal.SIGTERM)


def one_round(push_load: Path, transactions: int, seed: int) -> dict[str, Figures]:
    """New processes and databases, warmed up; then slices in turn, so that the machine's moods hit all alike."""
    with ExitStack() as stack:
        commands = {}
        for name in TARGETS:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
            pid, where = stack.enter_context(target(name, folder))
            commands[name] = [sys.executable, str(push_load), "--url", where["url"], "--token", TOKEN]
            commands[name] += ["--count-url", where["count_url"], "--pid", str(pid)]
            _push(commands[name], 20, seed * 1_000)
        slices: dict[str, list[Figures]] = {name: [] for name in TARGETS}
        for number in range(1, SLICES + 1):
            for name, command in commands.items():
                slices[name].append(_push(command, transactions // SLICES, seed * 1_000 + number))
    return {name: together(parts) for name, parts in slices.items()}


def _push(command: list[str], transactions: int, seed: int) -> Figures:
    page = command[command.index("--count-url") + 1]
    begun = _told(page)["now_s"]
    done = subprocess.run(
        [*command, "--txns", str(transactions), "--seed", str(seed)], check=True, capture_output=True, text=True
    )
    figures: Figures = json.loads(done.stdout)
    return figures | {"stored_s": _told(page)["stored_s"] - begun}


def _told(page: str) -> Figures:
    with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(page, timeout=60) as answer:
        told: Figures = json.load(answer)
    return told


def together(parts: list[Figures]) -> Figures:
    """The slices of one round as if they were one."""
    total = {key: sum(part[key] for part in parts) for key in ("events", "handled", "wall_s", "drain_s", "stored_s")}
    return {
        **total,
        "events_per_s": total["events"] / total["wall_s"],
        "stored_us": 1e6 * total["stored_s"] / total["events"],
        "handled_per_s": total["handled"] / total["drain_s"],
        "ack_p50_ms": statistics.median(part["ack_p50_ms"] for part in parts),
        "ack_p99_ms": max(part["ack_p99_ms"] for part in parts),
        "cpu_us_per_event": statistics.mean(part["cpu_us_per_event"] for part in parts),
        "rss_peak_mib": max(part["rss_peak_mib"] for part in parts),
    }


def compare(push_load: Path, rounds: int, transactions: int) -> dict[str, list[Figures]]:
    """All targets, ``rounds`` times."""
    results: dict[str, list[Figures]] = {name: [] for name in TARGETS}
    for number in range(1, rounds + 1):
        for name, figures in one_round(push_load, transactions, seed=number).items():
            results[name].append(figures)
            print(f"round {number} {name:8} {figures['events_per_s']:8,.0f} events/s", file=sys.stderr)
    return results


def report(results: dict[str, list[Figures]]) -> str:
    """Medians, and the ratios that the limits speak of; µs are the processor's, per event."""
    columns = ("events/s", "handled/s", "ack p50 ms", "ack p99 ms", "lost", "µs to stored", "µs in all", "peak MiB")
    lines = [" " * 10 + "".join(f"{column:>14}" for column in columns)]
    for name, rounds in results.items():
        lost = sum(figures["events"] - figures["handled"] for figures in rounds)
        cells = [
            f"{_median(rounds, 'events_per_s'):,.0f}",
            f"{_median(rounds, 'handled_per_s'):,.0f}",
            f"{_median(rounds, 'ack_p50_ms'):.2f}",
            f"{_median(rounds, 'ack_p99_ms'):.2f}",
            str(lost),
            f"{stored:.1f}" if (stored := _median(rounds, "stored_us")) > 0 else "–",
            f"{_median(rounds, 'cpu_us_per_event'):.1f}",
            f"{_median(rounds, 'rss_peak_mib'):.0f}",
        ]
        lines.append(f"{name:10}" + "".join(f"{cell:>14}" for cell in cells))
    ratio = ratios(results, "ours", "minimal")
    verdict = "held" if ratio >= LIMIT else "MISSED"
    lines.append(f"ours / minimal durable loop: {ratio:.2f} (limit {LIMIT}: {verdict})")
    lines.append(f"the same by the processor: {ratios(results, 'minimal', 'ours', 'stored_us'):.2f}")
    lines.append(f"ours / bare mautrix: {ratios(results, 'ours', 'mautrix'):.2f}")
    slower = ratios(results, RECORDING, "ours")
    verdict = "held" if slower >= SLOWER else "MISSED"
    lines.append(f"recording activity / without: {slower:.2f} (limit {SLOWER}: {verdict})")
    lines.append(f"the same by the processor: {ratios(results, 'ours', RECORDING, 'stored_us'):.2f}")
    return "\n".join(lines)


def ratios(results: dict[str, list[Figures]], one: str, other: str, key: str = "events_per_s") -> float:
    """The median over the rounds of one target against another: in events acknowledged per second, or what ``key``
    names."""
    pairs = zip(results[one], results[other], strict=True)
    return statistics.median(float(these[key] / those[key]) for these, those in pairs)


def _median(rounds: list[Figures], key: str) -> float:
    return statistics.median(float(figures[key]) for figures in rounds)


def main(arguments: list[str] | None = None) -> int:
    """Run and print; 2 when the load generator is absent."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--transactions", type=int, default=1600, help="of 100 events each, in four floods")
    chosen = parser.parse_args(arguments)
    folder = shared_bench()
    if folder is None:
        print("push_load.py is not there: PARVIS_SHARED names the folder above bench/push_load.py", file=sys.stderr)
        return 2
    print(report(compare(folder / "push_load.py", chosen.rounds, chosen.transactions)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
