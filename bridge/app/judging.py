"""What is wrong with config.yaml that its own sections cannot know: bots, what each of them is told, and schedules.

For ``parvis check``, for ``parvis run`` before it begins, and for the doctor.
"""

from collections.abc import Iterator

from bridge.adapters.schedule import CronSchedule
from bridge.app.bots import bot_at
from bridge.config.loading import spot_of
from bridge.config.settings import Config
from bridge.domain.errors import InputError
from bridge.domain.problems import InvalidInput, Problem, WrongSettings
from bridge.services.botapi import JudgesSettings, Judging


def refuse_what_cannot_run(config: Config) -> None:
    """Raises ``InvalidInput`` with everything that is wrong."""
    if problems := list(what_cannot_run(config)):
        raise InvalidInput(problems)


def what_cannot_run(config: Config) -> Iterator[Problem]:
    """All of it, each with its place."""
    judging = Judging(folder=config.file.parent, schedule=CronSchedule())
    for number, entry in enumerate(config.bots):
        try:
            bot: object = bot_at(config, number)
            if isinstance(bot, JudgesSettings):
                bot.check(entry.config, judging)
        except InputError as error:
            yield from wrong_with_bot(config, number, error)
    try:
        check_schedule(config)
    except InvalidInput as invalid:
        yield from invalid.problems


def wrong_with_bot(config: Config, number: int, error: InputError) -> Iterator[Problem]:
    """What a bot, counted from 0, says of its part of the configuration, with the place of each."""
    if isinstance(error, InvalidInput):
        yield from error.problems
    elif isinstance(error, WrongSettings):
        yield from error.problems
        for keys, message in error.faults:
            yield Problem(spot_of(config.file, ("bots", number, "config", *keys)), message)
    else:
        yield Problem(spot_of(config.file, ("bots", number, "config")), error.message)


def check_schedule(config: Config) -> None:
    """Raises ``InvalidInput`` where what is written as the schedule of the secrecy check is none."""
    if config.secrecy.when:
        try:
            CronSchedule().check(config.secrecy.when)
        except InputError as error:
            raise InvalidInput([Problem(spot_of(config.file, ("secrecy", "when")), error.message)]) from error
