"""Chains of any content check; whatever is done to one is noticed where it was done, or before."""

from hashlib import sha256
from typing import Any, Final

from hypothesis import given
from hypothesis import strategies as st

from bridge.domain.audit import BEGINNING, Head, Link, Part, link_hash, words_of
from bridge.rules.chain import Fault, FaultKind, Walk

CHAIN: Final = sha256(b"board").digest()
WORD: Final = st.text(max_size=8)
TIME: Final = st.integers(min_value=0, max_value=2**40)
RECORDS: Final = st.lists(
    st.tuples(WORD, WORD, WORD, TIME, st.none() | st.sampled_from(["done", "failed"])), max_size=8
)

Said = tuple[str, str, str, int, str | None]


def chain(records: list[Said]) -> list[Link]:
    """A sound chain: each record, and right behind it its outcome if it has one."""
    links: list[Link] = []
    for entry, (id_, kind, run, at, outcome) in enumerate(records, 1):
        for part in (Part.RECORD, Part.OUTCOME) if outcome else (Part.RECORD,):
            committed = sha256(f"{entry} {part}".encode()).digest()
            link = Link(
                position=len(links) + 1,
                part=part,
                entry=entry,
                at=at,
                commitment=committed,
                hash=b"",
                signature=None,
                record=id_,
                record_at=at,
                kind=kind,
                run=run,
                outcome=outcome,
                outcome_at=at if outcome else None,
                opened=committed,
            )
            links.append(link._replace(hash=hashed(link, links[-1].hash if links else BEGINNING)))
    return links


def hashed(link: Link, previous: bytes) -> bytes:
    words = words_of(link.part, link.record, kind=link.kind, run=link.run, outcome=link.outcome)
    return link_hash(
        previous,
        CHAIN,
        position=link.position,
        part=link.part,
        at=link.at,
        words=words,
        committed=link.commitment,
    )


def head(links: list[Link]) -> list[Head]:
    if not links:
        return []
    last = links[-1]
    return [Head(chain=CHAIN, length=last.position, hash=last.hash, at=last.at, signature=b"")]


def checked(links: list[Link], heads: list[Head]) -> Fault | None:
    walk = Walk(chain=CHAIN, heads=heads)
    return next((fault for link in links if (fault := walk.take(link))), None) or walk.end()


@given(RECORDS)
def test_what_was_written_checks(records: list[Said]) -> None:
    links = chain(records)
    assert checked(links, head(links)) is None


@given(RECORDS.filter(bool), st.data())
def test_any_field_that_is_another_is_noticed_at_its_link(records: list[Said], data: st.DataObject) -> None:
    links = chain(records)
    place = data.draw(st.integers(0, len(links) - 1))
    name = data.draw(st.sampled_from(["at", "commitment", "hash", "record", "opened", "part"]))
    link = links[place]
    others: dict[str, Any] = {
        "at": link.at + 1,
        "commitment": bytes(32),
        "hash": bytes(32),
        "record": f"{link.record}x",
        "opened": None,
        "part": 1 - link.part,
    }
    changed = [*links[:place], link._replace(**{name: others[name]}), *links[place + 1 :]]
    fault = checked(changed, head(links))
    assert fault is not None
    assert fault.position == place + 1


@given(RECORDS.filter(bool), st.data())
def test_any_link_that_is_missing_or_moved_is_noticed_at_its_place(records: list[Said], data: st.DataObject) -> None:
    links = chain(records)
    place = data.draw(st.integers(0, len(links) - 1))
    fault = checked([*links[:place], *links[place + 1 :]], head(links))
    assert fault is not None
    assert fault.position <= place + 1
    other = data.draw(st.integers(0, len(links) - 1))
    if other != place:
        moved = list(links)
        moved[place], moved[other] = moved[other], moved[place]
        fault = checked(moved, head(links))
        assert fault is not None
        assert fault.position == min(place, other) + 1


@given(RECORDS.filter(bool), st.data())
def test_a_chain_that_was_hashed_anew_is_not_the_one_that_was_signed(records: list[Said], data: st.DataObject) -> None:
    links = chain(records)
    others = list(records)
    others.insert(data.draw(st.integers(0, len(others))), ("forged", "add", "r", 0, None))
    longer, shorter = chain(others), chain(records[:-1])
    assert checked(longer, head(links)) is not None
    found = checked(shorter, head(links))
    assert found is not None
    assert (found.kind, found.position, found.until) == (FaultKind.CUT, len(shorter) + 1, len(links))


@given(st.lists(WORD, min_size=3, max_size=3), st.lists(WORD, min_size=3, max_size=3))
def test_different_words_never_give_the_same_hash(one: list[str], other: list[str]) -> None:
    hashes = [
        link_hash(BEGINNING, CHAIN, position=1, part=0, at=0, words=tuple(words), committed=bytes(32))
        for words in (one, other)
    ]
    assert (hashes[0] == hashes[1]) == (one == other)
