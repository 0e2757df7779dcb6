"""What all tests share: property-test settings, and the rule that no test is skipped silently."""

import gc
import os
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog
from hypothesis import HealthCheck, settings

from tests.support.proving import CASES, PROOF, QUICK, examples

collect_ignore = ["e2e", "browser"] if QUICK else []
"""Nothing in there is quick: it is not even read."""

settings.register_profile(
    "test", deadline=None, derandomize=True, max_examples=examples(50), suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("proof", deadline=None, max_examples=1000, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("proof" if PROOF else "test")


@pytest.fixture(autouse=True)
def logs_are_heard() -> Iterator[None]:
    """A test that sets logs up for its process would deafen those after it that compare what is logged: they would
    agree about nothing."""
    yield
    assert not structlog.get_config()["cache_logger_on_first_use"], "This test sets up logs for those that come after."


def allowed_skips() -> list[str]:
    """The reasons of tests/skips.txt, without their explanations."""
    lines = (Path(__file__).parent / "skips.txt").read_text(encoding="utf-8").splitlines()
    return [line.partition(": ")[0] for line in lines if line.strip() and not line.startswith("#")]


def longest() -> dict[str, int]:
    """The files of ``tests/longest.txt`` with their rank."""
    lines = (Path(__file__).parent / "longest.txt").read_text(encoding="utf-8").splitlines()
    return {name: rank for rank, name in enumerate(line for line in lines if not line.startswith("#"))}


def some_of(items: list[pytest.Item]) -> list[pytest.Item]:
    """Of a test that is made for many cases some, from the first to the last."""
    families = defaultdict[str, list[pytest.Item]](list)
    for item in items:
        families[item.nodeid.partition("[")[0]].append(item)
    return [item for cases in families.values() for item in cases[:: -(-len(cases) // CASES)]]


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Quick tests first: a plain mistake shows at once. Then the longest files, so that processes end together."""
    if QUICK:
        taken = dict.fromkeys(some_of(items))
        config.hook.pytest_deselected(items=[item for item in items if item not in taken])
        items[:] = taken
    slow, ranks = ("homeserver", "postgres", "browser", "terminal"), longest()
    items.sort(
        key=lambda item: (
            any(item.get_closest_marker(name) for name in slow),
            ranks.get(str(item.path.relative_to(Path(__file__).parent)), len(ranks)),
        )
    )


def pytest_collection_finish() -> None:
    """All that collecting made stays: looking through it for garbage again and again would be a good part of a run."""
    gc.collect()
    gc.freeze()


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """A skip that tests/skips.txt does not list makes a strict run fail. How it ended is kept for
    tests/support/once_more.py."""
    if not os.environ.get("PARVIS_STRICT_SKIPS"):
        return
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if reporter is None:
        return
    reasons = [str(report.longrepr[2]) for report in reporter.stats.get("skipped", ()) if report.longrepr]
    unlisted = sorted({reason for reason in reasons if not any(known in reason for known in allowed_skips())})
    if session.config.cache is not None:
        session.config.cache.set("parvis/run", {"exit": int(exitstatus), "unlisted": unlisted})
    if unlisted:
        reporter.write_line("Skipped without being listed in tests/skips.txt: " + "; ".join(unlisted), red=True)
        session.exitstatus = exitstatus or pytest.ExitCode.TESTS_FAILED
