"""How far people are, in words. Pure; called by ``commands``."""

from collections.abc import Mapping
from typing import Final

from bots.onboarding.standing import Standing, Walker
from bridge.domain.document import Block, Document, Inline, Items, Strong, paragraph
from bridge.domain.messages import Message, say, say_n
from bridge.domain.onboarding import Stage

SHOWN: Final = 30
"""People in one answer: it is read on a phone, too."""

STAGES: Final[Mapping[Stage, Message]] = {
    Stage.UNDER_WAY: say("under way"),
    Stage.LATER: say("paused"),
    Stage.STOPPED: say("stopped by them"),
    Stage.DONE: say("done"),
    Stage.UNREACHABLE: say("cannot be reached"),
}


def status_document(standing: Standing) -> Document:
    """Those who are not through, one by one, and who is."""
    left = [one for one in standing.people if one.stage is not Stage.DONE]
    blocks: list[Block] = [Items(tuple(map(_row, left[:SHOWN])))] if left else []
    if len(left) > SHOWN:
        more = say_n("{count} person more is not through yet.", "{count} people more are not through yet.",
                     len(left) - SHOWN)  # fmt: skip
        blocks.append(paragraph(more))
    if standing.through:
        names = tuple(one.name for one in standing.people if one.stage is Stage.DONE)[:SHOWN]
        through = say_n("{count} person is through: {names}.", "{count} people are through: {names}.",
                        standing.through, names=names)  # fmt: skip
        if len(names) < standing.through:
            through = say_n("{count} person is through, among them {names}.",
                            "{count} people are through, among them {names}.",
                            standing.through, names=names)  # fmt: skip
        blocks.append(paragraph(through))
    return Document(tuple(blocks))


def _row(one: Walker) -> tuple[Inline, ...]:
    if one.silent:
        far = say("{path}, invited on {day}, no answer yet", path=one.path, day=one.moved_at.date())
    else:
        far = say("{path}, steps done: {done} of {all}, {stage}, last heard of on {day}", path=one.path, done=one.done,
                  all=one.steps, stage=STAGES[one.stage], day=one.moved_at.date())  # fmt: skip
    buddy = (" ", say("({buddy} accompanies them)", buddy=one.buddy)) if one.buddy else ()
    return (Strong(one.name), ": ", far, *buddy)
