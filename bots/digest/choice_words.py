"""What ``!digest`` says about choices. Pure; called by ``commands``."""

from collections.abc import Collection, Sequence
from typing import Final

from bots.digest.wishes import DAYS
from bridge.domain.directory import Group
from bridge.domain.document import Code, Document, Inline, Items, Strong, document, paragraph
from bridge.domain.messages import Language, Message, Text, say, say_n
from bridge.domain.sending import Choices

ON: Final = {"en": "!digest on", "fr": "!résumé activer"}
HELP: Final = {"en": "!help digest", "fr": "!aide résumé"}
MUTE: Final = {"en": "!digest groups mute …", "fr": "!résumé groupes taire …"}
CRON_DAYS: Final = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN")
"""By the number that cron gives them: Sunday has two."""


def choice_document(
    choices: Choices,
    language: Language,
    *,
    wanted: bool,
    when: str,
    length: int,
    zone: str,
    mailable: bool,
    muted: Sequence[Text],
) -> Document:
    """Everything that somebody chose, or that holds without a choice of theirs; how to change it."""
    if not wanted:
        return document(paragraph(say("You get no weekly digest. To get it: "), Code(ON[language])))
    number = choices.length or length
    rows: list[tuple[Inline, ...]] = [
        (_time(choices, when, zone),),
        (say_n("At most {count} conversation.", "At most {count} conversations.", number),),
        (_mail(choices, mailable=mailable),),
    ]
    if muted:
        rows.append((say("Nothing of: {groups}.", groups=tuple(muted)),))
    return document(
        paragraph(Strong(say("Your weekly digest"))),
        Items(tuple(rows)),
        paragraph(say("To change it: "), Code(HELP[language])),
    )


def groups_document(
    groups: Sequence[Group], muted: Collection[str], language: Language, *, posted: Collection[str] = ()
) -> Document:
    """Of which groups the reader's digest may tell; of those that are ``posted`` there is one in the room, too."""
    if not groups:
        return document(paragraph(say("There is no group of which your digest could tell.")))
    quiet, also = say("muted"), say("one is posted in its room, too")
    rows: tuple[tuple[Inline, ...], ...] = tuple(
        (
            group.name,
            *((" – ", quiet) if group.id in muted else ()),
            *((" – ", also) if group.id in posted else ()),
        )
        for group in groups
    )
    return document(
        paragraph(Strong(say("Groups of which your digest tells"))),
        Items(rows),
        paragraph(say("To hear nothing of one: "), Code(MUTE[language])),
    )


def _time(choices: Choices, when: str, zone: str) -> Message:
    minute, hour, _, _, weekday = when.split()
    day = choices.weekday if choices.weekday is not None else _weekday_of(weekday)
    known = str(choices.hour) if choices.hour is not None else hour
    if day is None or not (known.isdecimal() and minute.isdecimal()):
        return say("When the schedule {when} says ({zone}).", when=when, zone=zone)
    time = f"{int(known):02}:{int(minute):02}"
    return say("On {day} at {time} ({zone}).", day=DAYS[day], time=time, zone=zone)


def _weekday_of(field: str) -> int | None:
    """The one day that a schedule names, from 0 for Monday; None where it names none, or several."""
    name = CRON_DAYS[int(field)] if field in "01234567" and len(field) == 1 else field.upper()[:3]
    return CRON_DAYS.index(name, 1) - 1 if name in CRON_DAYS and len(field) <= len("MON") else None


def _mail(choices: Choices, *, mailable: bool) -> Message:
    if choices.mail and mailable:
        return say("Here, and by e-mail.")
    return say("Here alone, not by e-mail.")
