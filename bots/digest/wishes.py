"""What a reader wants of their digest, read and changed. Called by ``commands``; every change may be repeated."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Final

from bots.digest.settings import length_in
from bridge.domain.errors import InputError
from bridge.domain.messages import Message, Text, say
from bridge.domain.sending import Choices
from bridge.files.spelling import closest
from bridge.ports.clock import Clock
from bridge.ports.store import Store
from bridge.rules.naming import folded

DAYS: Final = (
    Text(en="Monday", fr="lundi"), Text(en="Tuesday", fr="mardi"), Text(en="Wednesday", fr="mercredi"),
    Text(en="Thursday", fr="jeudi"), Text(en="Friday", fr="vendredi"), Text(en="Saturday", fr="samedi"),
    Text(en="Sunday", fr="dimanche"),
)  # fmt: skip
SHORTEST: Final = 3
"""Letters by which a day is known: mon, lun."""
YES: Final = frozenset({"yes", "on", "oui", "y", "o", "true"})
NO: Final = frozenset({"no", "off", "non", "n", "false"})
USUAL: Final = frozenset({"usual", "default", "habituel", "habituelle", "defaut"})
"""Words that take a choice back."""


@dataclass(frozen=True, slots=True)
class Wishing:
    """Keeps choices."""

    store: Store
    clock: Clock

    async def of(self, reader: str) -> Choices:
        """What a reader chose; nothing yet is a choice, too."""
        async with self.store.view() as view:
            return await view.digests.choices(reader) or Choices(reader=reader)

    async def change(self, reader: str, change: Callable[[Choices], Choices], *, anew: bool = False) -> Choices:
        """Change it, in one unit of work. ``anew``: what was due before is not sent any more."""
        async with self.store.work() as work:
            before = await work.digests.choices(reader) or Choices(reader=reader)
            after = change(before)
            if anew and after != before:
                after = replace(after, since=self.clock.now())
            await work.digests.put_choices(after)
            return after


def day_in(text: str) -> int | None:
    """A day of the week in either language, from 0 for Monday; None for the usual one. Raises ``InputError``."""
    word = folded(text)
    if word in USUAL:
        return None
    for number, day in enumerate(DAYS):
        if len(word) >= SHORTEST and any(folded(name).startswith(word) for name in (day.en, day.fr)):
            return number
    if near := closest(word, [folded(name) for day in DAYS for name in (day.en, day.fr)]):
        raise InputError(say("A day is written like Monday, or mon: did you mean {near}?", near=near), detail=text)
    raise InputError(say("A day is written like Monday, or mon."), detail=text)


def hour_in(text: str) -> int | None:
    """An hour such as 8, 8h, 08:00; None for the usual one. Raises ``InputError``."""
    word = folded(text)
    if word in USUAL:
        return None
    number = word.removesuffix(":00").removesuffix("h00").removesuffix("h")
    if not number.isdecimal() or int(number) > 23:
        raise InputError(say("An hour is a whole number from 0 to 23."), detail=text)
    return int(number)


def threads_in(text: str) -> int | None:
    """How many threads; None for as many as usual. Raises ``InputError``."""
    return None if folded(text) in USUAL else length_in(text)


def truth_in(text: str) -> bool:
    """Yes or no in either language. Raises ``InputError``."""
    word = folded(text)
    if word in YES | NO:
        return word in YES
    near = closest(word, sorted(YES | NO))
    sentence: Message = say("Say yes or no.") if not near else say("Say yes or no: did you mean {near}?", near=near)
    raise InputError(sentence, detail=text)


def setting(name: str, value: Any) -> Callable[[Choices], Choices]:
    """The change that sets one of them."""
    return lambda choices: replace(choices, **{name: value})


def muting(group: str, *, mute: bool) -> Callable[[Choices], Choices]:
    """The change that mutes a group, or lets it be heard again."""
    return lambda one: replace(one, muted=one.muted | {group} if mute else one.muted - {group})
