"""How far people are, in words. Pure; called by ``commands``."""

from collections.abc import Mapping
from math import ceil
from typing import Final

from bots.onboarding.standing import Standing, Walker
from bridge.domain.document import Block, Code, Document, Inline, Items, Strong, paragraph
from bridge.domain.messages import Language, Message, say, say_n
from bridge.domain.onboarding import Stage

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


def status_document(standing: Standing, page: int = 1, language: Language = "en") -> Document:
    """Those who are not through, one by one and so many on a page, and who is. Instead of a page that there is not, the
    last one."""
    left = [one for one in standing.people if one.stage is not Stage.DONE]
    through = [one for one in standing.people if one.stage is Stage.DONE]
    pages = max(1, ceil(len(left) / SHOWN), 1 + ceil(max(0, len(through) - SHOWN) / SHOWN))
    number = min(max(page, 1), pages)
    start = (number - 1) * SHOWN
    blocks: list[Block] = []
    if rows := tuple(map(_row, left[start : start + SHOWN])):
        blocks.append(Items(rows))
    if names := tuple(one.name for one in through[start : start + SHOWN]):
        blocks.append(paragraph(_through(standing.through, names)))
    if more := max(0, len(left) - start - SHOWN):
        words = say_n("{count} person more is not through yet.", "{count} people more are not through yet.", more)
        blocks.append(paragraph(words))
    if number < pages:
        blocks.append(paragraph(say("Further ones:"), " ", Code(f"{STATUS[language]} --page {number + 1}")))
    return Document(tuple(blocks))


def _through(count: int, names: tuple[str, ...]) -> Message:
    if len(names) < count:
        return say_n("{count} person is through, among them {names}.",
                     "{count} people are through, among them {names}.", count, names=names)  # fmt: skip
    return say_n("{count} person is through: {names}.", "{count} people are through: {names}.", count, names=names)


def _row(one: Walker) -> tuple[Inline, ...]:
    if one.silent:
        far = say("{path}, invited on {day}, no answer yet", path=one.path, day=one.moved_at.date())
    else:
        far = say("{path}, steps done: {done} of {all}, {stage}, last heard of on {day}", path=one.path, done=one.done,
                  all=one.steps, stage=STAGES[one.stage], day=one.moved_at.date())  # fmt: skip
    buddy = (" ", say("({buddy} accompanies them)", buddy=one.buddy)) if one.buddy else ()
    return (Strong(one.name), ": ", far, *buddy)
