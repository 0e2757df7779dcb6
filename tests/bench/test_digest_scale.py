"""The large company of the bench, small: digests are made of what is made up as of anything else."""

from pathlib import Path

import pytest

from bench.digest.company import Size, write
from bench.digest.scale import judge

pytestmark = pytest.mark.slow


async def test_everybody_in_a_made_up_company_gets_a_digest(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "company.db"
    await write(path, Size(messages=3_000, groups=10, people=60))
    assert await judge(path, 0) == 0
    said = capsys.readouterr().out
    assert "for each of 60 readers" in said
    assert "0.0 items" not in said
