"""What is not as it should be, for chat and the terminal in the same words. Shows only what it is given."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Final

from bridge.domain.document import Block, Code, Inline, Items, Strong, paragraph
from bridge.domain.findings import Finding
from bridge.domain.messages import Message, Place, Text, in_english, say, say_n
from bridge.planning.finding import ADDRESS_STAYS
from bridge.rules.facts import Facts
from bridge.rules.merging import HIDDEN_ONCE
from bridge.services.applying.results import STOPPED

Row = tuple[Inline, ...]

UNREADABLE_KIND: Final = "directory-unreadable"
UNREAD: Final = frozenset({UNREADABLE_KIND, "directory-unreached"})
"""The kinds of the finding that the directory cannot be read: for what it says, or because it does not answer."""
UNREADABLE: Final = say("The directory cannot be read, its last good reading stays in force; parvis check says why.")
NAMELESS: Final = frozenset(
    {"not-ours", "bot-out", "vanished", "encrypted", "not-federated", "banned", ADDRESS_STAYS, STOPPED}
)
"""Kinds of findings whose words do not name the group that they are about."""
OF_FILES: Final = frozenset({"directory-warning", "policy-warning"})
"""Kinds of findings about a place in a file or an entry of a server."""
PASSING: Final = "unread"
"""So is every room that was made just now; what cannot be read is told as such."""
ALIKE: Final = 3
"""So many sentences that differ in the person alone are told in full; of more, the others are named in one line."""
NAMED: Final = 30
"""How many people are named there."""


def for_chat(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Findings without what the directory's own text says, which may concern hidden groups: `parvis check` says it."""
    return tuple(
        replace(one, text=UNREADABLE) if one.kind == UNREADABLE_KIND else one
        for one in findings
        if one.kind not in OF_FILES | {PASSING, HIDDEN_ONCE}
    )


def findings_blocks(findings: Iterable[Finding], called: Mapping[str, Text] | None = None) -> list[Block]:
    """What is not as it should be, or nothing. What a group is ``called`` stands before words that do not name it, and
    where a file says it before what is odd in one."""
    return blocks_of(rows_of(findings, called))


def blocks_of(rows: tuple[Row, ...]) -> list[Block]:
    """These rows below their heading, or nothing."""
    return [paragraph(Strong(say("To look at"))), Items(rows)] if rows else []


def rows_of(findings: Iterable[Finding], called: Mapping[str, Text] | None = None) -> tuple[Row, ...]:
    """Each thing once, and what is the same of many people together."""
    told = dict.fromkeys(one for one in findings if one.kind != PASSING)
    often = Counter((_about(one, called), one.text) for one in told)
    alike: dict[object, list[tuple[Row, Message]]] = {}
    for (about, text), n in often.items():
        row: Row = (*about, text) if n == 1 else (*about, text, f" (×{n})")
        alike.setdefault((about, _but_for_the_person(text)), []).append((row, text))
    return tuple(row for several in alike.values() for row in _together(several))


def _but_for_the_person(text: Message) -> object:
    places = {name: in_english(place) for name, place in text.places.items() if name != "user"}
    return (text.text, text.count, *sorted(places.items())) if "user" in text.places else text


def _together(several: list[tuple[Row, Message]]) -> Iterable[Row]:
    if len(several) == ALIKE + 1:  # a line all the same
        return (row for row, _ in several)
    rows = [row for row, _ in several[:ALIKE]]
    if people := [text.places["user"] for _, text in several[ALIKE:]]:
        named = (*map(_name, people[:NAMED]), *(["…"] if len(people) > NAMED else []))
        rows.append(
            (say_n("likewise {count} more: {people}", "likewise {count} more: {people}", len(people), people=named),)
        )
    return rows


def _name(place: Place) -> str | Text | Message:
    return place if isinstance(place, str | Text | Message) else in_english(place)


def names_of(findings: Iterable[Finding], facts: Facts) -> Mapping[str, Text]:
    """What the groups are called that these findings are about."""
    groups = facts.directory.groups
    return {one.group: groups[one.group].name for one in findings if one.group and one.group in groups}


def _about(finding: Finding, called: Mapping[str, Text] | None) -> tuple[Inline, ...]:
    if finding.kind in OF_FILES:
        return Code(finding.subject), " – "
    if called is None or finding.group is None or finding.kind not in NAMELESS:
        return ()
    return Strong(called.get(finding.group, finding.group)), " – "
