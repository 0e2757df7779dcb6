"""The bots that the configuration names: their classes, found by dotted path, and their users."""

from collections.abc import Mapping
from importlib import import_module
from typing import Any, TypeAlias

from bridge.config.settings import Config
from bridge.domain.errors import InputError
from bridge.domain.messages import NOTHING, say
from bridge.ports.messenger import Called, Calling
from bridge.services.botapi import Bot
from bridge.services.society import Society

Named: TypeAlias = tuple[type[Bot], Mapping[str, Any]]
"""A bot's class and its part of the configuration."""


def bot_classes(config: Config) -> tuple[Named, ...]:
    """The classes in the order of the configuration. Raises ``InputError`` when one cannot be found."""
    return tuple((bot_class(entry.module), entry.config) for entry in config.bots)


def bot_class(dotted: str) -> type[Bot]:
    """The class that a dotted path names."""
    module, _, name = dotted.rpartition(".")
    try:
        found = getattr(import_module(module), name)
    except (ImportError, AttributeError) as error:
        raise InputError(
            say("There is no bot {path}: check bots in the configuration.", path=dotted), detail=repr(error)
        ) from error
    if not isinstance(found, type) or not hasattr(found, "localpart"):
        raise InputError(say("{path} is not a bot: check bots in the configuration.", path=dotted))
    return found


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
