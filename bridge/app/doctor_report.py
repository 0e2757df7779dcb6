"""What ``parvis doctor`` found, as people read it on the terminal. For ``doctoring``."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

from bridge.domain.diagnosis import Diagnosis, Verdict
from bridge.domain.document import Block, Code, CodeBlock, Inline, Strong, paragraph
from bridge.domain.messages import Message, say, say_n

MARKS: Final[Mapping[Verdict, str]] = {Verdict.FAULT: "✗", Verdict.WARNING: "!"}
UNSEEN: Final = "?"


def remedy_of(one: Diagnosis, words: Callable[[Message], str]) -> str:
    """The lines to paste, in the reader's ``words``."""
    return f"{one.remedy}   # {words(one.note)}" if one.note else one.remedy


def report(found: Sequence[Diagnosis], files: Sequence[Path], words: Callable[[Message], str]) -> Iterator[Block]:
    """What is to be done first, then what could not be looked at, then how much is well. ``files`` are those of the
    homeserver's configuration that were named, ``words`` are the reader's."""
    for verdict, mark in MARKS.items():
        for one in (one for one in found if one.verdict is verdict):
            why: tuple[str | Message, ...] = (" ", one.why) if one.why else ()
            yield paragraph(Strong(mark), " ", Code(one.check), " – ", one.found, *why, f" ({one.place})")
            if one.remedy:
                yield CodeBlock(remedy_of(one, words))
    yield from _unseen([one for one in found if one.verdict is Verdict.UNKNOWN])
    well = sum(one.verdict is Verdict.GOOD for one in found)
    yield paragraph(say_n("{count} thing is as it should be.", "{count} things are as they should be.", well))
    yield paragraph(say("What real clients see of a hidden group is asked by: "), Code("parvis audit secrecy"))
    if not files:
        yield paragraph(say("Most of what keeps groups closed stands in the homeserver's own configuration: name it"
                            " with {option}.", option="--homeserver homeserver.yaml"))  # fmt: skip


def _unseen(found: Sequence[Diagnosis]) -> Iterator[Block]:
    """What has the same reason is said once."""
    reasons: dict[str, list[Diagnosis]] = {}
    for one in found:
        reasons.setdefault(str(one.found), []).append(one)
    for together in reasons.values():
        checks: list[Inline] = [part for one in together for part in (Code(one.check), ", ")]
        places = ", ".join(dict.fromkeys(one.place for one in together))
        yield paragraph(Strong(UNSEEN), " ", *checks[:-1], " – ", together[0].found, f" ({places})")
