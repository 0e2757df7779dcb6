"""What real homeservers and broken ones send, as ../shared/bench/push_load.py plays it, on the real store."""

import subprocess
import sys
from pathlib import Path

import pytest

from bench.ingestion import shared_bench, target
from bench.targets import TOKEN

pytestmark = pytest.mark.slow


def test_every_check_of_the_load_generator_passes(tmp_path: Path) -> None:
    folder = shared_bench()
    if folder is None:
        pytest.skip("PARVIS_SHARED: the load generator is not here")
    with target("recording", tmp_path) as (_, where):
        command = [sys.executable, str(folder / "push_load.py"), "--checks", "--url", where["url"], "--token", TOKEN]
        done = subprocess.run(
            [*command, "--count-url", where["count_url"]], capture_output=True, text=True, check=False, timeout=300
        )
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count("ok  ") >= 13
