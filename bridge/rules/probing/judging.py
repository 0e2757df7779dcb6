"""What an exchange over a channel proves: pure. Called by ``services.probing``.

A probe whose control finds nothing proves nothing: it would not have found the group either.
"""

import json
from collections.abc import Collection
from typing import Final

from bridge.domain.secrecy import BLANK, READ, Asker, Exchange, Outcome, Probed, Seen, Verdict
from bridge.rules.probing.channels import LIMITS
from bridge.rules.probing.shape import Channel, Proof

CLOSED: Final = "unfederatable"
"""Synapse's word for a room that no other homeserver comes into (``m.federate: false``)."""
ILL: Final = 500
"""From this status on an answer is about the homeserver, and not about what was asked."""
LONG: Final = 80
"""Letters of a refusal that a cell of a table has place for."""
APART: Final = {Outcome.TOLD_APART, Outcome.BY_ID, Outcome.BY_ID_CLOSED, Outcome.HANDED}
"""Where two answers are another one."""
VERDICTS = {
    Outcome.NOTHING: Verdict.HELD,
    Outcome.NAMED: Verdict.LEAKS,
    Outcome.TOLD_APART: Verdict.LEAKS,
    Outcome.COUNTED: Verdict.LEAKS,
    Outcome.AS_LONG: Verdict.HELD,
    Outcome.LONGER: Verdict.LEAKS,
    Outcome.COARSE: Verdict.UNPROVEN,
    Outcome.MOVED: Verdict.UNPROVEN,
    Outcome.BLIND: Verdict.UNPROVEN,
    Outcome.NOBODY: Verdict.UNPROVEN,
    Outcome.MUTE: Verdict.UNPROVEN,
    Outcome.UNASKED: Verdict.UNPROVEN,
    Outcome.UNREAD: Verdict.UNPROVEN,
    Outcome.UNANSWERED: Verdict.UNPROVEN,
    Outcome.NO_MEMBER: Verdict.UNPROVEN,
    Outcome.UNKEPT: Verdict.ABSENT,
    Outcome.BY_ID: Verdict.LIMIT,
    Outcome.HANDED: Verdict.LIMIT,
    Outcome.BY_ID_CLOSED: Verdict.LIMIT,
    Outcome.BY_ID_PEOPLE: Verdict.LIMIT,
    Outcome.CARRIED: Verdict.LIMIT,
    Outcome.BY_NATURE: Verdict.LIMIT,
}


def judge(channel: Channel, asker: Asker, exchange: Exchange, *, words: Collection[str], shows: str = "") -> Probed:
    """The line about this exchange. ``words`` betray the group; ``shows`` is what the control has to hold."""
    outcome = _outcome(channel, exchange, words, shows)
    return Probed(
        channel=channel.name, asker=asker, outcome=outcome, verdict=VERDICTS[outcome], seen=_seen(exchange, outcome)
    )


def limits() -> tuple[Probed, ...]:
    """The lines about what shows whatever is done."""
    outcome = Outcome.BY_NATURE
    return tuple(
        Probed(channel=name, asker=Asker.SERVER, outcome=outcome, verdict=VERDICTS[outcome]) for name in LIMITS
    )


def unasked(channel: Channel, asker: Asker) -> Probed:
    """The line where there is nobody to ask as."""
    return judge(channel, asker, Exchange(), words=())


def _outcome(channel: Channel, exchange: Exchange, words: Collection[str], shows: str) -> Outcome:
    about, nothing = exchange.about, exchange.nothing
    if about is None:
        return Outcome.UNASKED
    if not about.status:
        return Outcome.UNREAD if channel.question.method == READ else Outcome.UNANSWERED
    if any(word in about.text for word in words):
        return Outcome.CARRIED if channel.carries else Outcome.NAMED
    if channel.steady and (nothing is None or not nothing.status):
        return Outcome.UNANSWERED
    if channel.steady and nothing is not None and (about != nothing or _names_people(exchange)):
        return _other(channel, exchange, about, nothing)
    if _found(channel, exchange, shows):
        return Outcome.NOTHING
    return Outcome.UNKEPT if _keeps_none(channel, exchange) else Outcome.BLIND


def _keeps_none(channel: Channel, exchange: Exchange) -> bool:
    """Whether what may be seen, and was made a moment ago, is not kept by the homeserver."""
    control = exchange.control
    return (
        bool(channel.unkept)
        and control is not None
        and 200 <= control.status < 300
        and (control.text == channel.unkept)
    )


def _other(channel: Channel, exchange: Exchange, about: Seen, nothing: Seen) -> Outcome:
    """Two answers differ, and the first holds no word of the group."""
    if channel.proof is Proof.LIST:
        return Outcome.COUNTED if exchange.after == nothing else Outcome.MOVED
    if channel.limit is not None:
        status, word = channel.limit
        if about.status == status and word in about.text:
            return Outcome.HANDED if word == BLANK else _by_id(exchange, about)
    return Outcome.TOLD_APART


def _by_id(exchange: Exchange, about: Seen) -> Outcome:
    """What who knows the id of the room learns of it."""
    if _names_people(exchange):
        return Outcome.BY_ID_PEOPLE
    return Outcome.BY_ID_CLOSED if CLOSED in about.text else Outcome.BY_ID


def _names_people(exchange: Exchange) -> bool:
    """Whether who is in the room is answered otherwise than who is not. A homeserver that is ill says nothing by it."""
    about, beside = exchange.about, exchange.beside
    return about != beside and all(one is not None and 0 < one.status < ILL for one in (about, beside))


def _found(channel: Channel, exchange: Exchange, shows: str) -> bool:
    """Whether what may be seen was seen, in the same way."""
    control = exchange.control
    if control is None or not control.status:
        return False
    given = 200 <= control.status < 300
    if channel.proof is Proof.LIST:
        return given and bool(shows) and shows in control.text
    return shows in control.text if channel.shows else given and control != exchange.nothing


def _seen(exchange: Exchange, outcome: Outcome) -> str:
    """How the answers look, where it is of use."""
    if exchange.about is None:
        return ""
    if outcome is Outcome.BY_ID_PEOPLE and exchange.beside is not None:
        return _beside(exchange.about, exchange.beside)
    if outcome in APART and exchange.nothing is not None:
        return _beside(exchange.about, exchange.nothing)
    if outcome is Outcome.BLIND and exchange.control is not None:
        return f"{exchange.about.short} / {exchange.control.short}"
    return exchange.about.short


def _beside(about: Seen, nothing: Seen) -> str:
    """Both in short; where that is the same, what two refusals say. Of what was granted nothing is told: it may name
    what others than the reader may see."""
    if about.short != nothing.short:
        return f"{about.short} / {nothing.short}"
    if not about.errcode or about.status < 400 or _reason(about) == _reason(nothing):
        return about.short
    return f"{about.short}: {_cut(_reason(about))} / {_cut(_reason(nothing))}"


def _reason(seen: Seen) -> str:
    """The sentence of a refusal, which homeservers give beside its code."""
    try:
        content = json.loads(seen.text)
    except ValueError:
        return seen.text
    return str(content.get("error", "")) if isinstance(content, dict) else seen.text


def _cut(sentence: str) -> str:
    """In quotation marks, as it is somebody else's."""
    return f"“{sentence}”" if len(sentence) <= LONG else f"“{sentence[:LONG].rstrip()}…”"
