"""The bot's part of the configuration: what it may say, and what is said of anything else."""

from pathlib import Path
from typing import Any

import pytest

from bots.onboarding.bot import OnboardingBot
from bots.onboarding.settings import settings_of
from bridge.adapters.schedule import CronSchedule
from bridge.domain.errors import InputError
from bridge.domain.problems import WrongSettings
from bridge.services.botapi import Judging


def judging(folder: Path) -> Judging:
    return Judging(folder=folder, schedule=CronSchedule())


def test_without_settings_everyone_is_welcomed_on_the_shipped_paths(tmp_path: Path) -> None:
    settings = settings_of({}, tmp_path)
    assert settings.everyone
    assert set(settings.library.paths) == {"employee", "partner", "owner"}


@pytest.mark.parametrize(
    ("config", "told"),
    [
        ({"path": "x"}, "no setting path; it may be paths"),
        ({"welcome": "nobody"}, "everyone, newcomers"),
        ({"paths": ["x"]}, "the name of a folder"),
        ({"paths": "nowhere"}, "does not exist"),
        ({"hours": {"from": "soon"}}, "hours of the onboarding bot"),
    ],
)
def test_whatever_else_is_said_is_refused_with_its_reason(config: dict[str, Any], told: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=told):
        OnboardingBot.check(config, judging(tmp_path))


def test_everything_that_is_wrong_is_told_at_once_with_its_keys(tmp_path: Path) -> None:
    config = {"welcom": "all", "welcome": "all", "paths": "nowhere", "hours": {"from": "soon", "days": [], "til": "9"}}
    with pytest.raises(WrongSettings, match="6 problems") as refused:
        OnboardingBot.check(config, judging(tmp_path))
    keys = [keys for keys, _ in refused.value.faults]
    assert keys == [("welcom",), ("welcome",), ("hours", "til"), ("hours", "from"), ("hours", "days")]
    assert [one.spot.file for one in refused.value.problems] == [str(tmp_path / "nowhere")]


def test_paths_are_found_beside_the_configuration_and_their_problems_are_told_with_their_lines(tmp_path: Path) -> None:
    folder = tmp_path / "onboarding"
    folder.mkdir()
    (folder / "own.yaml").write_text(
        "id: own\nname: {en: A, fr: B}\naudience: {who: owner}\nsteps:\n  - {id: a, say: {en: A, fr: B}, to: z}\n"
    )
    with pytest.raises(WrongSettings) as refused:
        OnboardingBot.check({"paths": "onboarding/"}, judging(tmp_path))
    [problem] = refused.value.problems
    assert str(problem) == f"{folder}/own.yaml:5: steps[0].to: z is not known here; it may be a, end."
