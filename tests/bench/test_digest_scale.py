"""The large company of the bench, small: what is made up is read and ranked like any other."""

import asyncio
from pathlib import Path

import pytest

from bench.digest.company import Size, write
from bench.digest.large import group_id
from bench.digest.scale import judge, remembered


async def test_a_made_up_company_is_remembered(tmp_path: Path) -> None:
    path = tmp_path / "company.db"
    await write(path, Size(messages=3_000, groups=10, people=60))
    memory, lively = await remembered(path)
    assert 200 < len(memory.threads) < 1_000
    assert set(lively) <= {group_id(number) for number in range(1, 11)}
    assert all(memory.threads[thread].written for threads in lively.values() for thread in threads)


def test_everybody_in_it_is_ranked_for(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "company.db"
    asyncio.run(write(path, Size(messages=3_000, groups=10, people=60)))
    assert judge(path, 0) == 0
    assert "threads for each" in capsys.readouterr().out
