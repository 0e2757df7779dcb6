"""What there is to look at: each thing once, and what is the same of many people in one line."""

from bridge.domain.document import Block, Code, Items
from bridge.domain.findings import Finding
from bridge.domain.messages import say
from bridge.services.remarks import NAMED, findings_blocks


def away(number: int, why: str = "off") -> Finding:
    user = f"@p{number}:corp.example"
    return Finding("not-done", user, say("{user} is {why}.", user=user, why=why))


def rows(blocks: list[Block]) -> list[str]:
    (_, items) = blocks
    assert isinstance(items, Items)
    return ["".join(map(str, row)) for row in items.items]


def test_the_terminal_is_told_where_something_is_odd_and_the_same_thing_once() -> None:
    odd = Finding("directory-warning", "directory.yaml:7", say("This group has no owner."))
    refused = [Finding("not-done", f"@p{number}:corp.example", say("Nobody knows them.")) for number in range(3)]
    (_, items) = findings_blocks((odd, *refused))
    assert isinstance(items, Items)
    assert items.items == (
        (Code("directory.yaml:7"), " – ", odd.text),
        (refused[0].text, " (×3)"),
    )


def test_what_is_the_same_of_many_people_is_told_of_three_and_the_others_are_named_in_one_line() -> None:
    found = [away(number) for number in range(5)]
    other = away(9, why="on leave")
    assert rows(findings_blocks([*found[:4], other, found[4]])) == [
        "@p0:corp.example is off.",
        "@p1:corp.example is off.",
        "@p2:corp.example is off.",
        "likewise 2 more: @p3:corp.example, @p4:corp.example",
        "@p9:corp.example is on leave.",
    ]


def test_four_are_told_in_full_for_that_takes_no_more_lines() -> None:
    assert rows(findings_blocks(map(away, range(4)))) == [f"@p{number}:corp.example is off." for number in range(4)]


def test_of_a_whole_company_only_some_are_named() -> None:
    (*_, last) = rows(findings_blocks(map(away, range(500))))
    assert last.startswith("likewise 497 more: @p3:corp.example, ")
    assert last.endswith("@p32:corp.example, …")
    assert last.count("@") == NAMED


def test_sentences_without_people_are_told_one_by_one() -> None:
    found = [Finding("odd", str(number), say("Group {group} is odd.", group=str(number))) for number in range(5)]
    assert len(rows(findings_blocks(found))) == 5
