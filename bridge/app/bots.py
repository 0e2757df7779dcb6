"""The bots that the configuration names: their classes, found by dotted path, and their users."""

from collections.abc import Mapping
from importlib import import_module
from typing import Any, TypeAlias

from bridge.config.loading import spot_of
from bridge.config.settings import Config
from bridge.domain.messages import NOTHING, Message, say
from bridge.domain.problems import InvalidInput, Problem, Spot
from bridge.ports.messenger import Called, Calling
from bridge.services.botapi import Bot
from bridge.services.society import Society

Named: TypeAlias = tuple[type[Bot], Mapping[str, Any]]
"""A bot's class and its part of the configuration."""


def bot_classes(config: Config) -> tuple[Named, ...]:
    """The classes in the order of the configuration. Raises ``InvalidInput`` with all that cannot be found."""
    found, problems = list[Named](), list[Problem]()
    for number, entry in enumerate(config.bots):
        try:
            found.append((bot_at(config, number), entry.config))
        except InvalidInput as invalid:
            problems += invalid.problems
    if problems:
        raise InvalidInput(problems)
    return tuple(found)


def bot_at(config: Config, number: int) -> type[Bot]:
    """The class of a bot, counted from 0. Raises ``InvalidInput`` when it cannot be found."""
    dotted = config.bots[number].module
    module, _, name = dotted.rpartition(".")
    try:
        found = getattr(import_module(module), name)
    except (ImportError, AttributeError) as error:
        raise InvalidInput([Problem(_module(config, number), _why_missing(dotted, error))]) from error
    if not isinstance(found, type) or not hasattr(found, "localpart"):
        raise InvalidInput([Problem(_module(config, number), say("{path} is not a bot.", path=dotted))])
    return found


def _module(config: Config, number: int) -> Spot:
    return spot_of(config.file, ("bots", number, "module"))


def _why_missing(dotted: str, error: Exception) -> Message:
    """That there is no such class; or what it imports itself and is not here."""
    lacking = error.name if isinstance(error, ModuleNotFoundError) else None
    if lacking and not f"{dotted}.".startswith(f"{lacking}."):
        return say("The bot {path} needs {module}, which is not installed here.", path=dotted, module=lacking)
    return say("There is no bot {path}: check how it is written, and whether it is installed here.", path=dotted)


def bot_user(config: Config, localpart: str = "") -> str:
    """The user id of a bot: the application service's own user, or one under its prefix."""
    name = f"{config.appservice.prefix}{localpart}" if localpart else config.appservice.bot
    return f"@{name}:{config.homeserver.server_name}"


def names_of(config: Config) -> dict[str, str]:
    """What further bots are called in people's clients, by user id, where their classes say it (``title``)."""
    titles = ((one.localpart, getattr(one, "title", NOTHING)) for one, _ in bot_classes(config) if one.localpart)
    return {bot_user(config, localpart): title.in_language(config.language) for localpart, title in titles if title}


def called_by(bot: type[Bot], society: Society) -> Called:
    """How this bot invites people to a conversation: under its ``title`` where their language is another than the
    default, and with its ``purpose`` as the reason; both where its class says them."""
    title, purpose = getattr(bot, "title", NOTHING), getattr(bot, "purpose", NOTHING)

    async def called(user: str) -> Calling:
        language = await society.language_of(user)
        name = title.in_language(language) if language != society.default_language else ""
        return Calling(name=name, reason=purpose.in_language(language))

    return called


def users_of(config: Config) -> frozenset[str]:
    """The user ids of all bots, the application service's own user included."""
    return frozenset({bot_user(config), *(bot_user(config, one.localpart) for one, _ in bot_classes(config))})
