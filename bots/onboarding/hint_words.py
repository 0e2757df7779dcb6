"""What is told about somebody's onboarding to whoever looks after them, and to their buddy. Pure; for ``hints``."""

from collections.abc import Sequence
from urllib.parse import quote

from bots.onboarding.paths import Fact, Path, Step
from bridge.domain.document import Document, Link, document, paragraph
from bridge.domain.messages import Message, say, say_n
from bridge.domain.onboarding import EffectKind, Progress, Stage
from bridge.rules.calling import called
from bridge.rules.facts import Facts


def hint(facts: Facts, path: Path, progress: Progress) -> Document:
    """To a manager or sponsor: that somebody does not go on, and what helps."""
    who, since = called(facts, progress.user), progress.moved_at.date()
    if progress.absent:
        return document(
            paragraph(
                say("I have invited {who} to a conversation in which I show people around; they have not come in since "
                    "{day}.", who=who, day=since), " ",
                say("Perhaps they have not seen it, or their client shows invitations elsewhere: "
                    "a word from you helps."),
            ),
            paragraph(_link(progress.user, say("Write to {who}", who=who))),
        )  # fmt: skip
    return document(
        paragraph(
            say("{who} has begun “{path}” here and has not gone on since {day}.", who=who, path=path.name, day=since),
            " ", how_far(path, progress), *((" ", _reminded(progress)) if progress.reminders else ()),
        ),
        paragraph(
            say("Perhaps a word from you helps, or there is something that does not work. They can go on at any time: "
                "it is enough to write to me."),
        ),
        paragraph(_link(progress.user, say("Write to {who}", who=who))),
    )  # fmt: skip


def to_buddy(facts: Facts, newcomer: str) -> Document:
    """To a volunteer: whom they accompany from now on."""
    person = facts.accounts.get(newcomer)
    who = called(facts, newcomer)
    place = person.department if person else ""
    arrived = (
        say("{who} has just arrived in {department}, and you are their buddy.", who=who, department=place)
        if place
        else say("{who} has just arrived, and you are their buddy.", who=who)
    )
    return document(
        paragraph(
            arrived, " ", say("I have told them that they may ask you anything; a word of welcome would please.")
        ),
        paragraph(_link(newcomer, say("Write to {who}", who=who))),
    )


def how_far(path: Path, progress: Progress) -> Message:
    """In one sentence."""
    done, all_steps = counted(path, progress)
    return say("Steps done: {done} of {all}.", done=done, all=all_steps)


def listed(path: Path, progress: Progress, known: frozenset[str] | None = None) -> Sequence[tuple[Step, bool]]:
    """The steps of the checklist that are theirs, and whether these are behind them: what they were never led to and
    what cannot come any more is none of theirs. The card counts where it is known whether there is one."""
    behind = {*progress.trail, *progress.answered}
    behind |= {progress.step} if progress.stage is Stage.DONE else set()
    coming = path.onward(progress.step, known) if progress.stage is not Stage.DONE else frozenset[str]()
    return [
        (step, step.id in behind and not _is_undone(step, known)) for step in path.listed if step.id in behind | coming
    ]


def _is_undone(step: Step, known: frozenset[str] | None) -> bool:
    """Whether a step is about a card on which nothing stands: to agree to fill it in fills in nothing."""
    begins = any(answer.effect and answer.effect.kind is EffectKind.CARD for answer in step.ask)
    return begins and known is not None and Fact.CARD not in known


def counted(path: Path, progress: Progress) -> tuple[int, int]:
    """How many steps of their checklist somebody has behind them, and how many there are."""
    steps = listed(path, progress)
    return sum(passed for _, passed in steps), len(steps)


def _reminded(progress: Progress) -> Message:
    return say_n(
        "I have reminded them {count} time and will not do so again.",
        "I have reminded them {count} times and will not do so again.",
        progress.reminders,
    )


def _link(user: str, label: Message) -> Link:
    return Link(label, f"https://matrix.to/#/{quote(user, safe='@:')}")
