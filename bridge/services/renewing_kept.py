"""What is kept of renewals: questions that wait for an answer, what somebody is still to be told, and what was done.

Used by ``renewing`` and ``renewing_due``; bots read here what to tell whom.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from bridge.ports.pending import Pending
from bridge.ports.store import UnitOfWork
from bridge.rules.renewal import Term

REVIEW: Final = "renewal"
"""The kind of question: does it go on? Answered by whoever is asked, or answers for the partner."""
WORD: Final = "renewal-word"
"""Something that somebody is still to be told."""
KNOWN: Final = "renewal-known"
"""Something that was done or said, and must not be done again. Never answered, so that it is kept until it expires."""
HANDOVER: Final = f"{KNOWN}:handover:"
"""How keys begin under which it is kept who was asked to say who takes over."""
KNOWN_FOR: Final = timedelta(days=90)
"""Beyond the last day: longer than anybody is told of it."""
TELL_WITHIN: Final = timedelta(days=30)


class Told(StrEnum):
    """What somebody is told."""

    ASKED = "asked"
    CLOSED = "closed"
    """Everybody who was asked: there is nothing to answer any more."""
    OVER = "over"
    HANDOVER = "handover"
    """Who answered for a partner does not work here any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """A question as it was asked: whether the ``term`` goes on. ``to`` are the user ids of who was asked; ``pinned``
    says that no command can answer, because a file says the last day."""

    key: str
    term: Term
    to: tuple[str, ...]
    pinned: bool = False
    outcome: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """``to`` (a user id, nobody for ``CLOSED``) is told ``told``: of the question ``review``, or of ``term``, or of a
    ``partner`` whose ``sponsor`` is gone."""

    key: str
    to: str
    told: Told
    review: str = ""
    term: Term | None = None
    partner: str = ""
    sponsor: str = ""


def review_in(item: Pending) -> Review:
    """The question that an item of the kind ``REVIEW`` holds."""
    document = item.document
    return Review(
        key=item.key,
        term=term_in(document),
        to=tuple(document["to"]),
        pinned=document["pinned"],
        outcome=item.outcome,
    )


def word_in(item: Pending) -> Word:
    """What an item of the kind ``WORD`` says."""
    document = item.document
    return Word(
        key=item.key,
        to=item.asker,
        told=Told(document["told"]),
        review=document["review"],
        term=term_in(document) if "until" in document else None,
        partner=document["partner"],
        sponsor=document["sponsor"],
    )


async def ask(work: UnitOfWork, review: Review, *, now: datetime, ends: datetime) -> None:
    """Put the question, and have everybody asked; it can be answered until it ``ends``."""
    document = {**written(review.term), "to": list(review.to), "pinned": review.pinned}
    await work.pending.put(
        Pending(key=review.key, kind=REVIEW, asker="", room_id="", document=document, created_at=now, expires_at=ends)
    )
    for user in review.to:
        await tell(work, Word(key=f"{review.key}:{user}", to=user, told=Told.ASKED, review=review.key), now)


async def close(work: UnitOfWork, review: str, outcome: str, now: datetime) -> None:
    """It is answered, or there is nothing to answer any more: its cards are to say so."""
    await work.pending.settle(review, outcome, now)
    await tell(work, Word(key=f"closed:{review}", to="", told=Told.CLOSED, review=review), now)


async def tell(work: UnitOfWork, word: Word, now: datetime) -> None:
    """From now on somebody is to be told; the same key tells nothing twice."""
    document = {
        **(written(word.term) if word.term else {"partner": word.partner}),
        "told": str(word.told),
        "review": word.review,
        "sponsor": word.sponsor,
    }
    await work.pending.put(
        Pending(
            key=f"{WORD}:{word.key}",
            kind=WORD,
            asker=word.to,
            room_id="",
            document=document,
            created_at=now,
            expires_at=now + TELL_WITHIN,
        )
    )


async def remember(work: UnitOfWork, key: str, *, now: datetime, until: date) -> bool:
    """Keep that this was done, for long after the day ``until``; whether it was not before."""
    if await work.pending.get(key) is not None:
        return False
    expires = now + max(timedelta(), until - now.date()) + KNOWN_FOR
    await work.pending.put(
        Pending(key=key, kind=KNOWN, asker="", room_id="", document={}, created_at=now, expires_at=expires)
    )
    return True


def stopped_key(subject: str, until: date) -> str:
    """Under which it is kept that nobody is asked any more about a partner's agreement, or a user, until that day."""
    return f"{KNOWN}:stopped:{subject}:{until.isoformat()}"


def step_key(term: Term, step: str) -> str:
    """Under which it is kept that this step of the term was done."""
    return f"{KNOWN}:{_name(term)}:{step}"


def review_key(term: Term, step: str) -> str:
    """Of the question about a term that is asked at this step."""
    return f"{REVIEW}:{_name(term)}:{step}"


def handover_key(partner: str, sponsor: str, rung: str) -> str:
    """Under which it is kept that somebody was asked who takes over."""
    return f"{HANDOVER}{partner}:{sponsor}:{rung}"


def open_of(reviews: Iterable[Review], term: Term) -> Iterable[Review]:
    """Questions about just this: the same partner, the same last day."""
    return (one for one in reviews if _name(one.term) == _name(term))


def _name(term: Term) -> str:
    return f"{term.partner}:{'agreement' if term.agreement else 'people'}:{term.until.isoformat()}"


def written(term: Term) -> dict[str, object]:
    """A term as JSON has it, without the day on which it was said."""
    return {
        "partner": term.partner,
        "until": term.until.isoformat(),
        "agreement": term.agreement,
        "people": list(term.people),
    }


def term_in(document: Mapping[str, Any]) -> Term:
    """The term that is written so."""
    return Term(
        partner=document["partner"],
        until=date.fromisoformat(document["until"]),
        agreement=document["agreement"],
        people=tuple(document["people"]),
    )
