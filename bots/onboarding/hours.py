"""In which hours people may be reminded, as the bot's part of the configuration says it, and in which zone. Called by
``bot`` and ``following``."""

from collections.abc import Mapping, Sequence
from datetime import date, time, tzinfo
from typing import Any, Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bridge.domain.cards import Card, Field
from bridge.domain.errors import InputError
from bridge.domain.messages import say
from bridge.rules.facts import Facts
from bridge.rules.working import WorkingTime

DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
KEYS: Final = frozenset({"from", "to", "days", "off"})


def hours_of(config: Any) -> WorkingTime:
    """Working time from ``{from: "9:00", to: "17:00", days: [mon, …], off: [2026-12-25, …]}``, all of which may
    be missing. Raises ``InputError`` with what is wrong."""
    if config is None:
        return WorkingTime()
    if not isinstance(config, Mapping) or not KEYS.issuperset(config):
        raise InputError(say("The hours of the onboarding bot have these parts: {parts}.", parts=tuple(sorted(KEYS))))
    usual = WorkingTime()
    try:
        return WorkingTime(
            opens=_time(config.get("from"), usual.opens),
            closes=_time(config.get("to"), usual.closes),
            days=frozenset(map(DAYS.index, _listed(config.get("days"), DAYS[:5]))),
            off=frozenset(map(date.fromisoformat, _listed(config.get("off"), ()))),
        )
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


def _time(text: Any, usual: time) -> time:
    if text is None:
        return usual
    hour, _, minute = str(text).partition(":")
    return time(int(hour), int(minute or 0))


def _listed(found: Any, usual: Sequence[str]) -> Sequence[str]:
    if found is None:
        return usual
    if isinstance(found, str) or not isinstance(found, Sequence):
        raise ValueError("not a list")  # noqa: TRY004 - told by hours_of, like every other value that does not fit
    return [str(one) for one in found]
