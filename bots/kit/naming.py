"""The name of a group or a partner in several words is one argument, without quotation marks, wherever further
arguments follow it.

Called by ``answering`` before arguments are bound. Only names that the viewer may know count, so that one that does not
exist and one that is not for them are cut in the same way, with the same work.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final, TypeAlias

import click

from bots.kit.commands import Command, Status
from bots.kit.table import fold
from bots.kit.tokens import Quoted
from bridge.domain.ids import is_user_id

GROUP: Final = "group"
"""What an argument is called that names a group."""
PARTNER: Final = "partner"
"""What an argument is called that names a partner."""
PERSON: Final = "person"
"""What an argument is called that names somebody."""
PEOPLE: Final = (PERSON, "sponsor")
"""What arguments are called that name somebody of the company by name."""
NAMED: Final = (GROUP, PARTNER)
"""What arguments are called that may be names of several words."""
LONGEST: Final = 8
"""Words of a name that are tried."""

Names: TypeAlias = Callable[[str], bool]
"""Whether a text names a group or a partner for whoever reads the answer."""


def with_name(command: Command, words: Sequence[str], names: Names) -> tuple[str, ...]:
    """The words, those that name the command's group or partner as one: as many of them as name one, as long as enough
    are left for what must follow. Where nothing may follow, all of them. A part in quotation marks is one word
    already."""
    places = [one.declaration for one in command.parameters if isinstance(one.declaration, click.Argument)]
    number = next((at for at, one in enumerate(places) if one.name in NAMED and one.nargs == 1), None)
    if number is None:
        return tuple(words)
    found = _positions(command, words)[number:]
    run = _in_a_row(words, found)
    further = places[number + 1 :]
    needed = sum(1 for one in further if one.required)
    for length in range(min(len(run), len(found) - needed, LONGEST), 1, -1):
        name = " ".join(words[at] for at in run[:length])
        if names(name):
            return _joined(words, run[:length], name)
    if further or len(run) < len(found):
        return tuple(words)
    return _joined(words, run, " ".join(words[at] for at in run))


def several(words: Sequence[str], names: Names) -> list[str]:
    """The words cut into names: the longest run that names something, each time. What names nothing stands alone."""
    found, rest = list[str](), list(words)
    while rest:
        lengths = range(min(LONGEST, len(rest)), 1, -1)
        length = next((one for one in lengths if names(" ".join(rest[:one]).rstrip(","))), 1)
        found.append(" ".join(rest[:length]).rstrip(","))
        rest = rest[length:]
    return found


def doubtful(status: Status, arguments: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """What of the arguments may have been misspelt after such an answer: what it should name, and the text."""
    if status is Status.USAGE:
        yield from ((PERSON, arguments[name]) for name in PEOPLE if arguments.get(name))
    if status is not Status.DENIED:
        return
    if arguments.get("code") is True and arguments.get(PERSON):  # then the partner stands in the place of somebody
        yield PARTNER, arguments[PERSON]
    for what, name in ((PARTNER, PARTNER), (GROUP, GROUP), (GROUP, "groups")):
        asked = arguments.get(name) or ()
        words = [asked] if isinstance(asked, str) else [word for word in asked if not is_user_id(word)]
        if words:
            yield what, " ".join(words)
        if len(words) > 1:
            yield from ((what, word) for word in words)


def with_room(command: Command, words: Sequence[str], room_id: str, names: Names) -> tuple[str, ...]:
    """The words, with the room where they are said as the group where the command needs that alone and none is named:
    in a group's own room that group is meant."""
    places = [one.declaration for one in command.parameters if isinstance(one.declaration, click.Argument)]
    if [one.name for one in places] != [GROUP] or not places[0].required or _positions(command, words):
        return tuple(words)
    return (*words, room_id) if names(room_id) else tuple(words)


def with_person(command: Command, words: Sequence[str]) -> tuple[str, ...]:
    """The words, those at the end that name a person as one, where nothing else may follow: nobody's name is one word
    only. Called once the group's name is one."""
    places = [one.declaration for one in command.parameters if isinstance(one.declaration, click.Argument)]
    found = _positions(command, words)
    if not places or places[-1].name != PERSON or places[-1].nargs != 1 or len(found) <= len(places):
        return tuple(words)
    run = _in_a_row(words, found[len(places) - 1 :])
    return _joined(words, run, " ".join(words[at] for at in run))


def _positions(command: Command, words: Sequence[str]) -> list[int]:
    """Where arguments stand: neither options nor what belongs to these."""
    taking = {
        fold(name)
        for one in command.parameters
        if isinstance(one.declaration, click.Option) and not one.declaration.is_flag
        for name in one.declaration.opts
    }
    found: list[int] = []
    value_of_option = False
    for at, word in enumerate(words):
        if value_of_option:
            value_of_option = False
        elif word.startswith("-") and len(word) > 1:
            value_of_option = fold(word) in taking
        else:
            found.append(at)
    return found


def _in_a_row(words: Sequence[str], found: Sequence[int]) -> list[int]:
    """The first of these, and those that follow it without an option or a quoted part between."""
    run: list[int] = []
    for at in found:
        if run and (at != run[-1] + 1 or isinstance(words[at], Quoted) or isinstance(words[run[0]], Quoted)):
            break
        run.append(at)
    return run


def _joined(words: Sequence[str], run: Sequence[int], name: str) -> tuple[str, ...]:
    return (*words[: run[0]], name, *words[run[-1] + 1 :]) if run else tuple(words)
