"""What is kept about a person as they read it, and as scripts do; what erasing them would do, and did. For ``app``."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, fields
from typing import Any, Final

from bridge.domain.cards import Card, Entry, Field
from bridge.domain.document import Block, Code, Document, Heading, Inline, Items, paragraph
from bridge.domain.mail import Posted
from bridge.domain.messages import DayOf, Message, say, say_n, shown
from bridge.domain.onboarding import Progress
from bridge.domain.partners import Guest
from bridge.ports.activity import Kept
from bridge.ports.pending import Pending
from bridge.ports.store import AuditEntry, Run
from bridge.rules.facts import Facts
from bridge.services.cards.exports import as_json as card_as_json
from bridge.services.cards.exports import entry_as_json
from bridge.services.digest_traces import traces_as_json, traces_rows
from bridge.services.erasing import Foreseen, Statement
from bridge.services.person import MEMBER, MODERATOR, OWNER, Dossier
from bridge.services.recounting import rows
from bridge.services.showing import room_name

AS: Final[Mapping[str, Message]] = {
    OWNER: say("owner"),
    MODERATOR: say("moderator"),
    MEMBER: say("member"),
}
STANDING: Final[Mapping[str, Message]] = {
    "join": say("in the room"),
    "invite": say("invited"),
    "knock": say("knocks"),
    "ban": say("banned"),
    "leave": say("left by themselves"),
    "blocked": say("cannot be invited"),
    "lapsed": say("did not answer the invitation"),
}


def as_json(dossier: Dossier) -> dict[str, Any]:
    """Everything, as JSON holds it."""
    person = dossier.person
    return {
        "user": dossier.named.user,
        "also": sorted((*dossier.named.ids, *dossier.named.texts)),
        "directory": {one.name: getattr(person, one.name) for one in fields(person)} if person else None,
        "administrator": dossier.admin,
        "groups": [{"group": id_, "as": list(words)} for id_, words in sorted(dossier.groups.items())],
        "rooms": [{"room": str(ref), "membership": word} for ref, word in sorted(dossier.rooms.items())],
        "named_in_state": sorted(map(str, dossier.stated)),
        "decisions": [
            {"group": one.group, "by": one.by, "at": one.at.isoformat(), "values": dict(one.values)}
            for one in dossier.decisions
        ],
        "invitation": _guest(dossier.guest) if dossier.guest else None,
        "card": card_as_json(dossier.card, dossier.history) if dossier.card else None,
        "history": [entry_as_json(one) for one in dossier.history],
        "written": [entry_as_json(one) for one in dossier.wrote],
        "onboarding": [_progress(one) for one in dossier.paths],
        "letters": [
            {"week": one.week, "outcome": one.outcome, "attempts": one.attempts, "at": one.at.isoformat()}
            for one in dossier.letters
        ],
        "digests": traces_as_json(dossier.digests),
        "identities": [
            {"person": one.person, "user": one.user, "how": one.how, "at": one.at.isoformat()}
            for one in dossier.identities
        ],
        "activity": [
            {**asdict(one), "first": one.first.isoformat(), "last": one.last.isoformat()} for one in dossier.activity
        ],
        "choices": dict(dossier.choices),
        "questions": [_question(item) for item in dossier.questions],
        "runs": [_run(run) for run in dossier.runs],
        "records": [_record(entry) for entry in dossier.records],
    }


def _guest(guest: Guest) -> dict[str, Any]:
    """What is kept of an invitation; the proof that they accepted terms with it."""
    accepted = guest.accepted
    return {
        "partner": guest.partner,
        "standing": str(guest.standing),
        "since": guest.since.isoformat(),
        "until": guest.until.isoformat() if guest.until else None,
        "invited_by": guest.invited_by,
        "approved_by": list(guest.approved_by),
        "reason": guest.reason,
        "code": guest.code,
        "terms": f"{accepted.version}, {accepted.at.isoformat()}, {accepted.event}" if accepted else None,
    }


def dossier_document(dossier: Dossier, facts: Facts) -> Document:
    """Everything, in words."""
    blocks: list[Block] = [Heading(say("What is kept about {user}", user=dossier.named.user))]
    for title, items in _sections(dossier, facts):
        if items:
            blocks += [Heading(title), Items(tuple(items))]
    if len(blocks) == 1:
        blocks.append(paragraph(say("Nothing.")))
    return Document(tuple(blocks))


def _sections(dossier: Dossier, facts: Facts) -> Iterator[tuple[Message, list[tuple[Inline, ...]]]]:
    person, groups = dossier.person, facts.directory.groups
    said = [(one.name, str(getattr(person, one.name))) for one in fields(person)] if person else []
    yield say("In the directory"), [(Code(name), f": {value}") for name, value in said if value]
    yield (
        say("Groups"),
        [
            (groups[id_].name, ": ", *_list([AS[word] for word in words]))
            for id_, words in sorted(dossier.groups.items())
        ],
    )
    yield say("Rooms"), [(room_name(ref, facts), ": ", STANDING[word]) for ref, word in sorted(dossier.rooms.items())]
    yield say("Rooms whose state names them"), [(room_name(ref, facts),) for ref in sorted(dossier.stated)]
    yield (
        say("Decisions about groups that they made or that name them"),
        [
            (groups[one.group].name if one.group in groups else one.group, " – ", shown(DayOf(one.at)))
            for one in dossier.decisions
        ],
    )
    if guest := dossier.guest:
        told = [(Code(name), f": {value}") for name, value in _guest(guest).items() if value]
        yield say("Their invitation"), [*told]
    if card := dossier.card:
        yield say("On their profile card"), list(_fields(card))
        yield (
            say("What they agreed to"),
            [(Code(one.purpose.value), " – ", shown(DayOf(one.at))) for one in card.consents],
        )
    yield say("History of the relationship with them"), [*map(_entry, dossier.history)]
    yield say("Written by them about others, or naming them"), [*map(_entry, dossier.wrote)]
    walked = [(Code(one.path), " – ", one.stage.value, " – ", shown(DayOf(one.moved_at))) for one in dossier.paths]
    yield say("Paths of their welcome, and of those whom they accompany"), [*walked]
    yield say("What they wrote in rooms, without a word of it"), [_activity(one, facts) for one in dossier.activity]
    yield say("Letters to them by e-mail"), [*map(_letter, dossier.letters)]
    yield say("Their weekly digests"), [*traces_rows(dossier.digests)]
    links = [(Code(one.person), " – ", Code(one.user), " – ", shown(DayOf(one.at))) for one in dossier.identities]
    yield say("As whom of the directory their account is known"), [*links]
    yield say("Chosen by them"), [(Code(key), f": {value}") for key, value in dossier.choices.items()]
    asked = [(Code(item.kind), " – ", shown(DayOf(item.created_at))) for item in dossier.questions]
    yield say("Questions and notices"), [*asked]
    yield (
        say("Applications of plans that they asked for"),
        [(Code(run.id), " – ", shown(DayOf(run.started_at))) for run in dossier.runs],
    )
    yield say("In the audit log, oldest first"), list(rows(dossier.records, facts))


def foreseen_document(foreseen: Foreseen) -> Document:
    """What would be erased, what would not and why, and what stands against it."""
    user = foreseen.dossier.named.user
    blocks: list[Block] = []
    if foreseen.empty and not foreseen.obstacles:
        blocks.append(paragraph(say("Nothing is kept about {user} that could be erased.", user=user)))
    elif not foreseen.empty:
        blocks += [Heading(say("Erasing {user}", user=user)), Items(tuple((one,) for one in _goes(foreseen)))]
        blocks += [Heading(say("What stays, and why")), Items(tuple((one,) for one in foreseen.stays))]
    if foreseen.obstacles:
        blocks += [Heading(say("Not before this is done")), Items(tuple((one,) for one in foreseen.obstacles))]
    blocks += [_proof(one) for one in foreseen.earlier]
    return Document(tuple(blocks))


def statement_document(statement: Statement, head: str) -> Document:
    """The proof, to be kept by whoever has to show it: ``head`` is the signed end of the chain that holds it."""
    return Document((
        paragraph(say("Erased. This is the proof; it holds nothing about the person, and parvis audit verify --heads "
                      "checks it.")),
        _proof(statement),
        paragraph(Code(head)),
    ))  # fmt: skip


def _goes(foreseen: Foreseen) -> Iterator[Message]:
    records, decisions, choices, questions, runs, rooms = foreseen.erasable
    if foreseen.begun:
        yield say("It was begun before and did not come to its end: it is completed.")
    counted = (
        say_n("{count} record of the audit log is told without them.",
              "{count} records of the audit log are told without them.", records),
        say_n("{count} decision about a group is told without them.",
              "{count} decisions about groups are told without them.", decisions),
        say_n("{count} thing that they chose goes.", "{count} things that they chose go.", choices),
        say_n("{count} question or notice goes.", "{count} questions or notices go.", questions),
        say_n("{count} application of a plan is told without them.",
              "{count} applications of plans are told without them.", runs),
        say_n("That they are out of {count} room goes.", "That they are out of {count} rooms goes.", rooms),
    )  # fmt: skip
    yield from (sentence for sentence in counted if sentence.count)
    if foreseen.dossier.card is not None or foreseen.dossier.history:
        yield say("Their profile card goes, with the photo and the history of the relationship with them.")
    if foreseen.dossier.wrote:
        yield say("What they wrote about others is told without them.")
    if foreseen.dossier.paths:
        yield say("Where they are in their welcome goes.")
    if foreseen.dossier.activity:
        yield say("When and to whom they wrote in rooms goes; what they wrote is the homeserver's.")
    if foreseen.dossier.letters:
        yield say("What became of letters to them goes.")
    if foreseen.dossier.digests:
        yield say("What they chose about weekly digests, were sent and thought of it goes.")
    if foreseen.dossier.identities:
        yield say("As whom of the directory their account is known goes.")
    if foreseen.dossier.guest is not None:
        yield say("What is kept of their invitation goes, with the proof that they accepted the terms.")


def _activity(one: Kept, facts: Facts) -> tuple[Inline, ...]:
    group = facts.directory.groups.get(one.group)
    counts = say("{messages} messages, {reactions} reactions, {mentions} mentions by others, from {first} to {last}",
                 messages=one.messages, reactions=one.reactions, mentions=one.mentions, first=DayOf(one.first),
                 last=DayOf(one.last))  # fmt: skip
    return (group.name if group else one.group, ": ", counts)


def _letter(one: Posted) -> tuple[Inline, ...]:
    return (one.week, ": ", Code(one.outcome.value), " – ", shown(DayOf(one.at)))


def _progress(one: Progress) -> dict[str, Any]:
    return {
        "user": one.user,
        "path": one.path,
        "about": one.subject,
        "step": one.step,
        "stage": one.stage.value,
        "begun": one.begun_at.isoformat(),
        "moved": one.moved_at.isoformat(),
        "answered": list(one.answered),
        "reminders": one.reminders,
        "buddy": one.buddy,
    }


def _fields(card: Card) -> Iterator[tuple[Inline, ...]]:
    for name, values in card.values.items():
        yield Code(name.value), f": {', '.join(values)}"
    if card.photo:
        yield Code(Field.PHOTO.value), f": {card.photo.uri}"


def _entry(entry: Entry) -> tuple[Inline, ...]:
    return (Code(entry.id), " – ", shown(entry.current.day), " – ", entry.current.text)


def _proof(statement: Statement) -> Block:
    sentence = say_n(
        "On {day}, {token} was erased from {count} open record (statement {id}).",
        "On {day}, {token} was erased from {count} open records (statement {id}).",
        statement.records,
        day=DayOf(statement.at),
        token=statement.token,
        id=statement.id,
    )
    return paragraph(sentence)


def _question(item: Pending) -> dict[str, Any]:
    shape = {"kind": item.kind, "asker": item.asker, "asked": item.created_at.isoformat(), "outcome": item.outcome}
    return shape | {"document": dict(item.document)}


def _run(run: Run) -> dict[str, Any]:
    return {"run": run.id, "started": run.started_at.isoformat(), "groups": list(run.groups)}


def _record(entry: AuditEntry) -> dict[str, Any]:
    shape = {"id": entry.id, "at": entry.at.isoformat(), "actor": entry.actor, "kind": entry.kind, "run": entry.run}
    outcome = str(entry.outcome) if entry.outcome else None
    return shape | {"compartment": entry.compartment, "detail": dict(entry.detail), "outcome": outcome}


def _list(words: Sequence[Message]) -> Iterator[Inline]:
    for number, word in enumerate(words):
        yield from (", ", word) if number else (word,)
