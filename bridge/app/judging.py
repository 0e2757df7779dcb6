"""What is wrong with config.yaml that its own sections cannot know: bots, what each of them is told, schedules, and
where the database is to be.

For ``parvis check``, for ``parvis run`` before it begins, and for the doctor.
"""

from collections.abc import Iterator

from bridge.adapters.schedule import CronSchedule
from bridge.app.bots import bot_at, bot_user
from bridge.app.kept import database_files
from bridge.config.loading import spot_of
from bridge.config.settings import Config
from bridge.domain.errors import InputError
from bridge.domain.messages import Message, say
from bridge.domain.problems import InvalidInput, Problem, WrongSettings
from bridge.services.botapi import JudgesSettings, Judging


def refuse_what_cannot_run(config: Config) -> None:
    """Raises ``InvalidInput`` with everything that is wrong."""
    if problems := list(what_cannot_run(config)):
        raise InvalidInput(problems)


def what_cannot_run(config: Config) -> Iterator[Problem]:
    """All of it, each with its place."""
    judging = Judging(folder=config.file.parent, schedule=CronSchedule())
    users: dict[str, int] = {}
    for number, entry in enumerate(config.bots):
        try:
            found = bot_at(config, number)
            user = bot_user(config, found.localpart)
            if (other := users.setdefault(user, number)) != number:
                yield Problem(spot_of(config.file, ("bots", number, "module")), _twice(config, other, user))
            bot: object = found
            if isinstance(bot, JudgesSettings):
                bot.check(entry.config, judging)
        except InputError as error:
            yield from wrong_with_bot(config, number, error)
    try:
        check_schedule(config)
    except InvalidInput as invalid:
        yield from invalid.problems


def _twice(config: Config, other: int, user: str) -> Message:
    return say("{user} is {path} already: each bot has a user of its own.", user=user, path=config.bots[other].module)


def without_a_folder(config: Config) -> Iterator[Problem]:
    """A warning where the database has no folder to be in: ``parvis run`` needs it, and may be at home elsewhere."""
    for file in database_files(config.database.url)[:1]:
        if not file.parent.is_dir():
            message = say("The folder {folder} for the database does not exist.", folder=str(file.parent))
            yield Problem(spot_of(config.file, ("database", "url")), message, warning=True)


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
