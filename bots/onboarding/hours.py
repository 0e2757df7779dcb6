"""In which hours people may be reminded, as the bot's part of the configuration says it, and in which zone. Called by
``bot`` and ``following``."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, time, tzinfo
from functools import partial
from typing import Any, Final, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bots.kit.settings import SettingsReader
from bridge.domain.cards import Card, Field
from bridge.domain.errors import InputError
from bridge.domain.messages import Message, say
from bridge.domain.problems import WrongSettings
from bridge.rules.facts import Facts
from bridge.rules.working import WorkingTime

DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
KEYS: Final = frozenset({"from", "to", "days", "off"})

T = TypeVar("T")


def hours_of(config: Any) -> WorkingTime:
    """Working time from ``{from: "9:00", to: "17:00", days: [mon, …], off: [2026-12-25, …]}``, all of which may
    be missing. Raises ``WrongSettings`` with everything that is wrong."""
    if config is None:
        return WorkingTime()
    if not isinstance(config, Mapping):
        raise WrongSettings([((), _parts())])
    reader, usual = SettingsReader(config), WorkingTime()
    reader.only(KEYS, lambda _: _parts())
    opens = reader.read("from", partial(_fitting, _time), usual.opens)
    closes = reader.read("to", partial(_fitting, _time), usual.closes)
    days = reader.read("days", partial(_fitting, _days), usual.days)
    off = reader.read("off", partial(_fitting, _days_off), usual.off)
    reader.refuse()
    return _fitting(lambda _: WorkingTime(opens=opens, closes=closes, days=days, off=off), config)


def _parts() -> Message:
    return say("The hours of the onboarding bot have these parts: {parts}.", parts=tuple(sorted(KEYS)))


def _fitting(understood: Callable[[Any], T], written: Any) -> T:
    """What ``understood`` makes of it, which raises ``ValueError``."""
    try:
        return understood(written)
    except ValueError as error:
        raise InputError(
            say("The hours of the onboarding bot do not fit: write times as 09:00, the end after the beginning, days "
                "as mon, tue, and days off as 2026-12-25."),
            detail=str(error),
        ) from error  # fmt: skip


def zone_of(facts: Facts, user: str, house: tzinfo, card: Card | None = None) -> tzinfo:
    """Where somebody works, as the directory says, or else their profile card; else the zone of the house."""
    person = facts.accounts.get(user)
    said = card.values.get(Field.TIMEZONE, ()) if card else ()
    name = person.timezone if person and person.timezone else next(iter(said), "")
    if not name:
        return house
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return house  # names are checked where they are read; a zone may be missing on this machine


def _time(text: Any) -> time:
    hour, _, minute = str(text).partition(":")
    return time(int(hour), int(minute or 0))


def _days(found: Any) -> frozenset[int]:
    days = frozenset(map(DAYS.index, _listed(found)))
    if not days:
        raise ValueError("no day at all")
    return days


def _days_off(found: Any) -> frozenset[date]:
    return frozenset(map(date.fromisoformat, _listed(found)))


def _listed(found: Any) -> Sequence[str]:
    if isinstance(found, str) or not isinstance(found, Sequence):
        raise ValueError("not a list")  # noqa: TRY004 - told by hours_of, like every other value that does not fit
    return [str(one) for one in found]
