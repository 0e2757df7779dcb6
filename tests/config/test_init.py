import stat
from pathlib import Path

import pytest
import yaml

from bridge.adapters.directory.source import directory_source
from bridge.config.directories import FileDirectory
from bridge.config.init import write_project
from bridge.config.loading import load_config
from bridge.config.registration import registration_of
from bridge.config.tokens import refuse_weak_tokens
from bridge.domain.errors import InputError, ParvisError


class CountingChance:
    """Words that differ, in an order that tests know."""

    def __init__(self) -> None:
        self._count = 0

    def token(self) -> str:
        self._count += 1
        return f"{self._count:022}"


def test_what_is_written_passes_every_check(tmp_path: Path) -> None:
    write_project(tmp_path / "new", CountingChance(), "Corp.Example")
    config = load_config(tmp_path / "new/config.yaml", {})
    assert config.warnings == ()
    assert refuse_weak_tokens(config) == []
    assert isinstance(config.sources[""], FileDirectory)
    source = directory_source("yaml", config.sources[""].path, server_name=config.homeserver.server_name)
    reading = source.file.read_now()
    assert len(reading.directory.groups) == 3
    assert reading.warnings == ()
    assert yaml.safe_load((tmp_path / "new/registration.yaml").read_text()) == registration_of(config)


def test_only_the_owner_can_read_what_is_written(tmp_path: Path) -> None:
    files = write_project(tmp_path, CountingChance())
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}
    assert stat.S_IMODE((tmp_path / "keys").stat().st_mode) == 0o700


def test_every_secret_is_another(tmp_path: Path) -> None:
    write_project(tmp_path, CountingChance())
    assert len({file.read_text() for file in (tmp_path / "keys").iterdir()}) == 4


@pytest.mark.parametrize("name", ["config.yaml", "registration.yaml", "directory.yaml", "keys/hs_token"])
def test_nothing_is_overwritten_and_nothing_is_half_written(tmp_path: Path, name: str) -> None:
    (tmp_path / "keys").mkdir()
    (tmp_path / name).write_text("mine")
    with pytest.raises(InputError, match="is already there: nothing was written") as caught:
        write_project(tmp_path, CountingChance())
    assert name in str(caught.value)
    assert [file for file in tmp_path.rglob("*") if file.is_file()] == [tmp_path / name]


def test_a_server_name_that_is_none_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="is not a server name"):
        write_project(tmp_path, CountingChance(), "corp example")


def test_a_folder_that_cannot_be_made_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ParvisError, match=r"cannot be written: a part of the path is no folder\."):
        write_project(tmp_path / "file/inside", CountingChance())
