"""How far people are, in words. Pure; called by ``commands``."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from math import ceil
from typing import Final

from bots.onboarding.standing import Standing, Walker
from bridge.domain.document import Block, Code, Document, Heading, Inline, Items, Strong, paragraph
from bridge.domain.messages import Language, Message, Text, say, say_n
from bridge.domain.onboarding import Stage
from bridge.rules.looking_after import Tie

SHOWN: Final = 30
"""People in one answer: it is read on a phone, too."""

STATUS: Final = {"en": "!onboarding status", "fr": "!accueil état"}

STAGES: Final[Mapping[Stage, Message]] = {
    Stage.UNDER_WAY: say("under way"),
    Stage.LATER: say("paused"),
    Stage.STOPPED: say("stopped by them"),
    Stage.DONE: say("done"),
    Stage.UNREACHABLE: say("cannot be reached"),
}
TIES: Final[Mapping[Tie, Message]] = {
    Tie.REPORT: say("Your team"),
    Tie.PARTNER: say("People of partners for whom you answer"),
    Tie.GROUP: say("People in groups that you own"),
    Tie.ADMIN: say("All others, whom you see as an administrator"),
}
"""Why the asker is told of them."""


def status_document(standing: Standing, page: int = 1, language: Language = "en") -> Document:
    """How many there are; those who are not through, by why the asker is told of them, so many on a page; and who is.
    Instead of a page that there is not, the last one."""
    left = [one for one in standing.people if one.stage is not Stage.DONE]
    through = [one for one in standing.people if one.stage is Stage.DONE]
    pages = max(1, ceil(len(left) / SHOWN), 1 + ceil(max(0, len(through) - SHOWN) / SHOWN))
    number = min(max(page, 1), pages)
    start = (number - 1) * SHOWN
    people = say_n("You look after {count} person who is or was being welcomed.",
                   "You look after {count} people who are or were being welcomed.",
                   len({one.user for one in standing.people}))  # fmt: skip
    blocks: list[Block] = [paragraph(people), *_sections(left[start : start + SHOWN])]
    if names := tuple(one.name for one in through[start : start + SHOWN]):
        blocks.append(paragraph(_through(standing.through, names)))
    if more := max(0, len(left) - start - SHOWN):
        words = say_n("{count} person more is not through yet.", "{count} people more are not through yet.", more)
        blocks.append(paragraph(words))
    if number < pages:
        blocks.append(paragraph(say("Further ones:"), " ", Code(f"{STATUS[language]} --page {number + 1}")))
    return Document(tuple(blocks))


def _sections(people: Sequence[Walker]) -> Iterator[Block]:
    for tie, some in groupby(people, key=lambda one: one.tie):
        yield Heading(TIES[tie])
        yield Items(tuple(map(_row, some)))


def _through(count: int, names: tuple[str | Text, ...]) -> Message:
    if len(names) < count:
        return say_n("{count} person is through, among them {names}.",
                     "{count} people are through, among them {names}.", count, names=names)  # fmt: skip
    return say_n("{count} person is through: {names}.", "{count} people are through: {names}.", count, names=names)


def _row(one: Walker) -> tuple[Inline, ...]:
    if one.silent:
        far = say("invited on {day}, no answer yet", day=one.moved_at.date())
    else:
        far = say("steps done: {done} of {all}, {stage}, last heard of on {day}", done=one.done, all=one.steps,
                  stage=STAGES[one.stage], day=one.moved_at.date())  # fmt: skip
    buddy = (" ", say("({buddy} accompanies them)", buddy=one.buddy)) if one.buddy else ()
    return (Strong(one.name), " – ", far, " – ", say("path “{path}”", path=one.path), *buddy)
