"""Entries of the audit log and what checking it found, as people read them, in chat and on the terminal."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from bridge.domain.audit import ERASED, moment
from bridge.domain.directory import GroupState
from bridge.domain.document import Block, Document, Inline, Items, Strong, document, paragraph
from bridge.domain.handover import Handover
from bridge.domain.messages import Message, Text, say, say_n, shown
from bridge.domain.rooms import RoomRef
from bridge.domain.viewers import OPEN
from bridge.ports.store import AuditEntry, Outcome
from bridge.rules.calling import all_called, called, partners_called
from bridge.rules.chain import Fault, FaultKind
from bridge.rules.decisions import LABELS, VISIBILITIES
from bridge.rules.effects import STATES, WORDED, YES_OR_NO
from bridge.rules.facts import Facts
from bridge.services.auditing import Answer
from bridge.services.cards.labels import LABELS as LABELS_OF_CARDS
from bridge.services.decided import CREATED
from bridge.services.proof import Checked
from bridge.services.showing import SETTINGS, room_name
from bridge.services.undone import COMMAND_LINE

KINDS: Final[Mapping[str, Message]] = {
    "create": say("created"),
    "set": say("set"),
    "publish": say("entry in the room directory"),
    "alias": say("address"),
    "link": say("place in a space"),
    "add": say("let in"),
    "remove": say("taken out"),
    "tell-name": say("name told inside"),
    "set-aside": say("replaced by a new room"),
    "let-go": say("let go"),
    "decide": say("decided"),
    "partner-decide": say("decided about a partner"),
    "drift": say("changed by hand"),
    "invite": say("asked to be let in, and was invited"),
    "partner-joined": say("came in"),
    "partner-left": say("went out"),
    "partner-contained": say("shut out, with a receipt"),
    "approval-asked": say("asked for somebody else’s word"),
    "approval-refused": say("refused to give the word that was asked for"),
    "approval-expired": say("nobody gave the word in time"),
    "approval-overtaken": say("the word came too late: something had changed"),
    "guest-asked": say("to be invited, once somebody else agrees"),
    "guest-invited": say("invited"),
    "identity-linked": say("account known"),
    "identity-unlinked": say("account forgotten"),
    "group-same": say("the same group under another id of the directory"),
    "group-other": say("another group than the one of before"),
    "guest-accepted": say("accepted the terms"),
    "guest-out": say("not invited any more"),
    "guest-renewed": say("may stay longer"),
    "guest-stopped": say("not to be renewed"),
    "partner-stopped": say("the agreement is not to be renewed"),
    "code-made": say("invite code made"),
    "code-revoked": say("invite code taken back"),
    "scim-token-added": say("token for a client of SCIM made"),
    "scim-token-rotated": say("token for a client of SCIM replaced"),
    "scim-token-revoked": say("client of SCIM shut out"),
    "card-changed": say("profile card changed"),
    "card-circle": say("who sees something on a profile card"),
    "card-leave": say("how widely a history may be shown"),
    "history-added": say("written into a history"),
    "history-edited": say("an entry of a history changed"),
    "history-withdrawn": say("an entry of a history taken back"),
    "history-brought-back": say("an entry of a history brought back"),
    "card-consent": say("agreed to what becomes of a profile card, or took it back"),
    "card-exported": say("profile card exported"),
    "card-erased": say("profile card erased"),
    "card-archived": say("profile card archived with the end of the agreement"),
    "card-restored": say("profile card shown again"),
    "request": say("asked to be let in"),
    "adoption-agreed": say("agreed that a room becomes that of the group"),
    "adoption": say("a room became that of the group"),
    "adoption-failed": say("a room did not become that of the group"),
    "request-refused": say("request refused"),
    "request-expired": say("request expired"),
    "person-erased": say("a person erased"),
    "audit-key": say("audit key replaced"),
    "bot-device": say("somebody had a device as a bot"),
    "glass-asked": say("glass: asked"),
    "glass-granted": say("glass: agreed"),
    "glass-refused": say("glass: refused"),
    "glass-lapsed": say("glass: not answered"),
    "glass-withdrawn": say("glass: taken back"),
    "glass-ended": say("glass: over"),
}
"""What an entry tells, by its kind; a kind without words is shown as it is called."""
PARTS: Final[Mapping[str, Message]] = {name.value: label for name, label in LABELS_OF_CARDS.items()}
"""Fields of profile cards, as records name them."""
NEW: Final = say("that it exists")
"""What a decision by which a group or partner came into being is about."""
OUTCOMES: Final[Mapping[Outcome | None, Message]] = {
    None: say("not done yet"),
    Outcome.FAILED: say("failed"),
    Outcome.UNKNOWN: say("outcome unknown"),
}
FAULTS: Final[Mapping[FaultKind, Message]] = {
    FaultKind.MISSING: say("something that stood here was removed"),
    FaultKind.GONE: say("the record that stood here was removed, or moved elsewhere"),
    FaultKind.ALTERED: say("what stands here was altered"),
    FaultKind.ADDED: say("a record was inserted, or stands here twice"),
    FaultKind.REWRITTEN: say("what stands here is not what was signed"),
    FaultKind.CUT: say("the end was removed"),
    FaultKind.BEYOND: say("it goes on after the last signed end: an older end was put back, or something was added"),
    FaultKind.FOREIGN: say("it was signed with another key"),
}


def search_document(answer: Answer, facts: Facts | None, *, narrow: Message) -> Document:
    """What was found; ``narrow`` says how to find less where there is more."""
    if not answer.entries or facts is None:
        return document(paragraph(say("The audit log holds nothing about this that I can show here.")))
    blocks: list[Block] = [
        paragraph(Strong(say("Audit log, newest first"))),
        Items(tuple(rows(answer.entries, facts))),
    ]
    if answer.more:
        blocks.append(paragraph(narrow))
    return Document(tuple(blocks))


def rows(entries: Iterable[AuditEntry], facts: Facts) -> Iterable[tuple[Inline, ...]]:
    """One line for each entry."""
    return (_row(entry, facts) for entry in entries)


def proof_document(checked: Sequence[Checked], facts: Facts | None, *, handovers: Sequence[Handover] = ()) -> Document:
    """What checking found, one line for each chain, and when the audit key was replaced."""
    if not checked:
        return document(paragraph(say("The audit log holds nothing yet that I can check here.")))
    sound = all(one.fault is None for one in checked)
    verdict = say("The audit log is as it was written.") if sound else say("The audit log was tampered with.")
    rows = tuple((Strong(_name(one, facts)), ": ", *_found(one)) for one in checked)
    return document(paragraph(Strong(verdict)), Items(rows), *(paragraph(_replaced(one)) for one in handovers))


def _replaced(handover: Handover) -> Message:
    time = _time(handover.at)
    if handover.lost:
        return say(
            "The audit key was replaced at {time}, and the one before is lost: of what stands before, only the hashes "
            "were checked.",
            time=time,
        )
    return say("The audit key was replaced at {time}; what stands before is signed with the old one.", time=time)


def _name(one: Checked, facts: Facts | None) -> str | Message | Text:
    if one.compartment is None:
        return say("a chain of which nothing is left that tells its group")
    if one.compartment == OPEN:
        return say("everything that is not hidden")
    group = facts.directory.groups.get(one.compartment) if facts else None
    return group.name if group else one.compartment


def _found(one: Checked) -> Iterable[Inline]:
    records = say_n("{count} record", "{count} records", one.records)
    if one.fault is None:
        yield records
        return
    yield from (_place(one.fault), ": ", FAULTS[one.fault.kind])


def _place(fault: Fault) -> Message:
    """Links are counted, not records: the outcome of a record is a link too."""
    time = say("about {time}", time=_time(fault.at)) if fault.at is not None else say("at the beginning")
    if fault.until is None or fault.until == fault.position:
        return say("at link {position}, {time}", position=fault.position, time=time)
    return say("from link {first} to {last}, {time}", first=fault.position, last=fault.until, time=time)


def _row(entry: AuditEntry, facts: Facts) -> tuple[Inline, ...]:
    parts: list[Inline] = [shown(entry.at), " – "]
    if subject := _subject(entry, facts):
        parts += [Strong(subject), ": "]
    parts += [KINDS.get(entry.kind, entry.kind), *_more(entry.detail, facts), " – ", _actor(entry.actor, facts)]
    if outcome := OUTCOMES.get(entry.outcome):
        parts += [" – ", Strong(outcome)]
    if entry.outcome is Outcome.FAILED and entry.outcome_detail:
        parts.append(f" ({entry.outcome_detail})")
    return tuple(parts)


def _subject(entry: AuditEntry, facts: Facts) -> str | Message | Text:
    """The room or group that an entry is about."""
    detail = entry.detail
    room = detail.get("check", {}).get("room") or detail.get("room")
    if room:
        return room_name(RoomRef.parse(str(room)), facts)
    named = str(detail.get("group", entry.compartment))
    group = facts.directory.groups.get(named)
    return group.name if group else named


def _more(detail: Mapping[str, Any], facts: Facts) -> Iterable[Inline]:
    """Whom it concerns, which field or setting, and why."""
    user = detail.get("user") or detail.get("check", {}).get("user")
    if user:
        yield f" {called(facts, str(user))}"
    if typed := detail.get("typed"):
        yield f" “{typed}”"
    if part := detail.get("part"):
        yield from (" ", PARTS.get(str(part), str(part)))
    yield from _field(detail)
    if setting := detail.get("setting"):
        yield from (" ", SETTINGS.get(setting, str(setting)))
    for sign in ("added", "removed"):
        if people := detail.get(sign):
            mark = "+" if sign == "added" else "−"
            yield from (" ", mark, _names((people,) if isinstance(people, str) else people, detail.get("field"), facts))
    if isinstance(after := detail.get("after"), str | int | list | dict):
        yield from (" → ", _value(str(detail.get("field") or ""), after, facts))
    if approved := detail.get("approved"):
        words = approved if isinstance(approved, list) else [approved]
        yield from (" ", say("with the word of {user}", user=tuple(called(facts, str(one)) for one in words)))
    if reason := detail.get("reason"):
        yield from (" (", reason if "{" in reason else Message(reason), ")")


def _field(detail: Mapping[str, Any]) -> Iterable[Inline]:
    """Which field, and that nothing is decided about it any more; or which address of a room."""
    if address := detail.get("address"):
        yield f" {address}"
    if field := detail.get("field"):
        yield from (" ", NEW if field == CREATED else LABELS.get(field, str(field)))
        if detail.keys().isdisjoint(("after", "added", "removed")):
            yield from (" → ", STATES[GroupState.ACTIVE] if field == "state" else say("nothing decided any more"))


def _value(field: str, value: str | int | list[Any] | dict[str, Any], facts: Facts) -> str | Message | Text:
    """What a field became, in words where it has some."""
    if isinstance(value, list):
        return _names(value, field, facts) if value else say("nothing")
    if isinstance(value, dict):
        return Text(en=str(value.get("en") or ""), fr=str(value.get("fr") or ""))
    if field == "visibility":
        return next((words for one, words in VISIBILITIES.items() if one == value), str(value))
    if isinstance(value, bool) and (words := YES_OR_NO.get((field, value))):
        return words
    return next((words for one, words in WORDED.get(field, {}).items() if str(one) == str(value)), str(value))


def _names(ids: Iterable[Any], field: str | None, facts: Facts) -> Message:
    """Whom a list of a group names."""
    names = tuple(map(str, ids))
    return shown(partners_called(facts, names) if field == "partners" else all_called(facts, names))


def _actor(actor: str, facts: Facts) -> Message:
    if not actor:
        return say("by the bridge itself")
    if actor == ERASED:
        return say("by somebody who was erased")
    return say("by the command line") if actor == COMMAND_LINE else say("by {user}", user=called(facts, actor))


def _time(milliseconds: int) -> datetime:
    return moment(milliseconds)
