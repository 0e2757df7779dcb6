"""``parvis digest``: what somebody would get, and sending what is due now. Called by the command line.

The bot is the one that the configuration names; the bridge knows of it only that it has digests (``SendsDigests``).
"""

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import fields, is_dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from bridge.adapters.matrix.accounts import ensure_registered
from bridge.app.bots import bot_classes, names_of, users_of
from bridge.app.doors import Doors, Signals
from bridge.app.terminal import Terminal
from bridge.app.verbs import DONE, FAILED
from bridge.app.wiring import Assembly, assembly
from bridge.config.settings import Config
from bridge.domain.digest import Digest, Week
from bridge.domain.document import document, paragraph
from bridge.domain.errors import InputError
from bridge.domain.ids import is_user_id
from bridge.domain.messages import Message, say, say_n
from bridge.services.botapi import SendsDigests
from bridge.services.rounds import Rounds
from bridge.services.watch import Watch
from bridge.services.world import World

ONCE: Final = timedelta(days=1)
"""How often the directory would be read, by a command that ends in seconds."""


async def preview(config: Config, terminal: Terminal, user: str, *, week: str | None, as_machine: bool) -> int:
    """What somebody would get for a week (``2026-W47``), or for the last seven days; nothing is sent or kept."""
    if not is_user_id(user):
        raise InputError(say("{user} is not a user id such as @claire:corp.example.", user=user))
    wanted = week_named(week)
    async with _sender(config) as (_, bot):
        found = await bot.preview(user, wanted)
    if as_machine:
        terminal.raw(json.dumps(digest_as_json(found[0]) if found else None, ensure_ascii=False, indent=2))
    elif found is None:
        terminal.show(document(paragraph(nothing_for(user))))
    else:
        terminal.raw(found[1])
    return DONE


def nothing_for(user: str) -> Message:
    """What is said where there is no digest."""
    return say("Nothing would be sent to {user}: there is nothing to tell, or nobody of that name gets digests.",
               user=user)  # fmt: skip


async def send_due(config: Config, terminal: Terminal) -> int:
    """Send what is due now, also beside a running bridge: everybody gets theirs once."""
    async with _sender(config) as (parts, bot):
        await parts.prepare()
        for user, name in names_of(config).items():
            await ensure_registered(parts.calls, user, display_name=name)
        with terminal.progress(say("Digests")) as report:
            turns, waiting = await bot.send_due(report)
    terminal.say(say_n("{count} digest was due.", "{count} digests were due.", turns))
    for error in waiting[:1]:
        terminal.fail(error)
    return FAILED if waiting else DONE


def week_named(text: str | None) -> Week | None:
    """The week of a name. Raises ``InputError``."""
    if text is None:
        return None
    try:
        return Week.parse(text)
    except ValueError as error:
        raise InputError(say("A week is written like 2026-W47.")) from error


def digest_as_json(digest: Digest) -> dict[str, Any]:
    """A digest for scripts: its fields, sentences in English, names in both languages."""
    return {**_plain(digest), "week": str(digest.week)}


def _plain(value: Any) -> Any:
    """What JSON can hold."""
    if isinstance(value, Message | StrEnum):
        return str(value)
    if isinstance(value, date | datetime):
        return value.isoformat()
    if is_dataclass(value):
        return {one.name: _plain(getattr(value, one.name)) for one in fields(value)}
    if isinstance(value, Mapping):
        return {str(name): _plain(one) for name, one in value.items()}
    return [_plain(one) for one in value] if isinstance(value, list | tuple) else value


@asynccontextmanager
async def _sender(config: Config) -> AsyncIterator[tuple[Assembly, SendsDigests]]:
    """The bot that has digests, over the world as it is known. Raises ``InputError`` where there is none."""
    users = users_of(config)
    async with assembly(config, bots=users) as parts:
        watch = Watch(reconciler=parts.reconciler, clock=parts.clock, every=ONCE, seen=_nobody_listens)
        signals = Signals(
            watch=watch,
            rounds=Rounds(clock=parts.clock),
            slow_rounds=Rounds(clock=parts.clock),
            far_rounds=Rounds(clock=parts.clock),
            changed=_nothing,
            contained=_nothing,
        )
        doors = Doors(parts, users, signals)
        bots = doors.bots(bot_classes(config))
        bot = next((one for one in bots if isinstance(one, SendsDigests)), None)
        if bot is None:
            raise InputError(say("The configuration names no bot that sends digests: bots.digest.bot.DigestBot."))
        watch.looked(await parts.reconciler.glance())
        try:
            yield parts, bot
        finally:
            if doors.mailing is not None:
                await doors.mailing.close()


def _nobody_listens(_: World) -> None:
    """The command line looks once."""


def _nothing() -> None:
    """Nobody waits for news."""
