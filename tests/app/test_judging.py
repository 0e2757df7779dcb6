"""What is wrong with bots, with what they are told, and with schedules: ``check`` and ``run`` say the same of it."""

from pathlib import Path
from typing import Final

import pytest

from bridge.app.judging import what_cannot_run
from bridge.config.loading import load_config
from tests.app.lines import DONE, MISUSED, call, project, sentences

CRON: Final = "0 25 * * LUN"
OTHERS: Final = """
from bridge.domain.errors import InputError
from bridge.domain.messages import say


class Tea:
    localpart = "tea"

    @classmethod
    def check(cls, config, judging):
        judging.schedule.check(config.get("when", "0 16 * * *"))
        if not (judging.folder / config.get("leaves", "leaves.txt")).exists():
            raise InputError(say("There are no leaves."))


class GreenTea(Tea):
    localpart = "green"


class Coffee:
    localpart = "coffee"
"""
BOTS: Final = (
    {"module": "bots.admin.bot.AdminBot", "config": {"lang": "fr"}},
    {"module": "bots.digest.bot.DigestBot", "config": {"when": CRON, "length": "99"}},
    {"module": "bots.nosuch.bot.NoBot"},
    {"module": "bots.onboarding.bot.OnboardingBot", "config": {"paths": "nowhere", "hours": {"from": "soon"}}},
    {"module": "bots.admin.bot.HELP"},
)


def line_of(folder: Path, words: str) -> int:
    """On which line of the configuration these words stand."""
    lines = (folder / "config.yaml").read_text().splitlines()
    return next(number for number, line in enumerate(lines, start=1) if words in line)


@pytest.mark.terminal
async def test_check_and_run_say_the_same_of_everything_at_once_each_with_its_place(tmp_path: Path) -> None:
    folder = project(tmp_path, bots=list(BOTS), secrecy={"when": "weekly"}, appservice={"as_token": "short"})
    file = folder / "config.yaml"
    checked = await call(folder, "check")
    assert checked.code == MISUSED
    for place, told in (
        (f"{line_of(folder, 'lang: ')}: bots[0].config.lang", "The admin bot has no settings, but lang is set for it."),
        (f"{line_of(folder, CRON)}: bots[1].config.when", f"{CRON} is no schedule: write it as cron does"),
        (f"{line_of(folder, '99')}: bots[1].config.length", "A digest has 1 to 10 conversations."),
        (f"{line_of(folder, 'NoBot')}: bots[2].module", "There is no bot bots.nosuch.bot.NoBot"),
        (f"{line_of(folder, 'soon')}: bots[3].config.hours.from", "The hours of the onboarding bot do not fit"),
        (f"{line_of(folder, 'HELP')}: bots[4].module", "bots.admin.bot.HELP is not a bot."),
        (f"{line_of(folder, 'weekly')}: secrecy.when", "weekly is no schedule"),
    ):
        assert f"✗ {file}:{place}: {told}" in checked.err
    for told in (
        f"✗ {folder / 'nowhere'}: This folder does not exist.",
        "appservice.as_token: as_token has fewer than",
    ):
        assert told in checked.err
    assert "9 problems found" in checked.err
    ran = await call(folder, "run")
    assert (ran.code, ran.err) == (MISUSED, checked.err)
    doctor = await call(folder, "doctor", "--offline")  # which reads no tokens
    assert (doctor.code, "8 problems found" in doctor.err) == (MISUSED, True)
    assert set(doctor.err.splitlines()[:-1]) < set(checked.err.splitlines())


@pytest.mark.terminal
async def test_a_schedule_that_is_none_is_one_sentence_in_the_persons_language_and_no_line_of_the_log(
    tmp_path: Path,
) -> None:
    folder = project(tmp_path, bots=[{"module": "bots.digest.bot.DigestBot", "config": {"when": CRON}}])
    told = f"✗ {folder / 'config.yaml'}:{line_of(folder, CRON)}: bots[0].config.when: {CRON} n’est pas un calendrier"
    for verb in ("check", "run"):
        outcome = await call(folder, verb, language="fr")
        [line] = outcome.err.splitlines()
        assert (outcome.code, line.startswith(told)) == (MISUSED, True), outcome.err


@pytest.mark.terminal
async def test_the_schedule_of_the_secrecy_check_is_named_by_run(tmp_path: Path) -> None:
    folder = project(tmp_path, secrecy={"when": CRON})
    outcome = await call(folder, "run")
    assert outcome.err.startswith(f"✗ {folder / 'config.yaml'}:{line_of(folder, CRON)}: secrecy.when: {CRON} is no")
    assert len(sentences(outcome.err)) == 1


@pytest.mark.terminal
async def test_every_word_names_the_place_of_a_bot_that_is_not_there(tmp_path: Path) -> None:
    folder = project(tmp_path, bots=[{"module": "bots.admin.bot.Adminbot"}])
    for verb in ("run", "plan"):
        outcome = await call(folder, verb)
        assert (outcome.code, len(outcome.err.splitlines())) == (MISUSED, 1)
        assert ": bots[0].module: There is no bot bots.admin.bot.Adminbot" in outcome.err


def test_bots_of_others_tell_what_they_can_and_need_not(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "kitchen_of_others.py").write_text(OTHERS)
    (tmp_path / "cellar_of_others.py").write_text("import wine_of_others")
    monkeypatch.syspath_prepend(tmp_path)
    bots = [
        {"module": "kitchen_of_others.Tea", "config": {"leaves": "none.txt"}},
        {"module": "kitchen_of_others.GreenTea", "config": {"when": CRON}},
        {"module": "kitchen_of_others.Coffee", "config": {"sugar": "2"}},
        {"module": "kitchen_of_others.Cocoa"},
        {"module": "cellar_of_others.Bot"},
    ]
    folder = project(tmp_path / "project", bots=bots)
    problems = list(what_cannot_run(load_config(folder / "config.yaml", {})))
    assert [(one.spot.path, str(one.message).partition(":")[0]) for one in problems] == [
        ("bots[0].config", "There are no leaves."),
        ("bots[1].config", f"{CRON} is no schedule"),
        ("bots[3].module", "There is no bot kitchen_of_others.Cocoa"),
        ("bots[4].module", "The bot cellar_of_others.Bot needs wine_of_others, which is not installed here."),
    ]
    assert all(one.spot.line for one in problems)


@pytest.mark.terminal
async def test_check_warns_where_the_database_has_no_folder(tmp_path: Path) -> None:
    folder = project(tmp_path, database={"url": "sqlite:///nowhere/parvis.db"})
    outcome = await call(folder, "check")
    told = f"database.url: The folder {folder / 'nowhere'} for the database does not exist."
    assert (outcome.code, told in outcome.err, "with 1 warning" in outcome.out) == (DONE, True, True)


@pytest.mark.parametrize(
    ("bots", "service", "user"),
    [
        (["admin.bot.AdminBot", "admin.bot.AdminBot"], "parvis", "parvis"),
        (["admin.bot.AdminBot", "digest.bot.DigestBot"], "parvis_digest", "parvis_digest"),
    ],
    ids=["the same bot twice", "a prefix that says so"],
)
def test_two_bots_that_would_be_the_same_user_are_told(
    tmp_path: Path, bots: list[str], service: str, user: str
) -> None:
    named = [{"module": f"bots.{name}"} for name in bots]
    config = load_config(project(tmp_path, bots=named, appservice={"bot": service}) / "config.yaml", {})
    [problem] = what_cannot_run(config)
    assert problem.spot.path == "bots[1].module"
    told = f"@{user}:{config.homeserver.server_name} is bots.admin.bot.AdminBot already"
    assert str(problem.message).startswith(told)
