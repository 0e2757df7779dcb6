"""A receipt as people read it, in chat and on the terminal, and as JSON for scripts. Shows only what it is given."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any, Final

from bridge.domain.document import Block, Document, Inline, Items, Strong, paragraph
from bridge.domain.messages import Message, Text, say, say_n
from bridge.domain.partners import PartnerState
from bridge.domain.rooms import RoomRef
from bridge.rules.facts import Facts
from bridge.services.parting import Parted, Toll
from bridge.services.receipts import Emptied, Receipt
from bridge.services.showing import room_name
from bridge.services.undone import COMMAND_LINE

SHOWN: Final = 30
"""Rooms that are told one by one; whoever wants all asks for JSON."""
REMAINS: Final = say(
    "What was said while they were in the rooms stays on their homeserver, which keeps its own copy: nobody can recall"
    " it. Nothing that is said from now on reaches it."
)
RESUMED: Final = say("The rooms that were granted invite everybody again; each person has to accept by themselves.")
READ_BACK: Final = "the state of each room, read back from the homeserver after the last change"


def toll_words(toll: Toll) -> Message:
    """What it takes, in one sentence."""
    people = say_n("{count} person", "{count} people", toll.people)
    rooms = say_n("{count} room", "{count} rooms", toll.rooms)
    invitations = say_n("invitations of {count} person", "invitations of {count} people", toll.invited)
    return say("At once: {people} taken out of {rooms}, {invitations} withdrawn, and their servers shut out.",
               people=people, rooms=rooms, invitations=invitations)  # fmt: skip


def receipt_document(receipt: Receipt, facts: Facts, *, waiting: tuple[str, ...] = ()) -> Document:
    """What was removed when, what remains, how it was verified."""
    partner = facts.directory.partners.get(receipt.partner)
    name = partner.name if partner else Text.same(receipt.partner)
    done = (
        say("The agreement with {partner} has ended.", partner=name)
        if receipt.state is PartnerState.ENDED
        else say("{partner} is suspended.", partner=name)
    )
    blocks: list[Block] = [
        paragraph(Strong(done)),
        paragraph(_asked(receipt, facts)),
        paragraph(_sum(receipt)),
    ]
    minute = _minute_of_all(receipt)
    if minute:
        blocks.append(paragraph(say("All of it at {time}:", time=minute)))
    if receipt.rooms:
        blocks.append(Items(tuple(_rows(receipt, facts, timed=minute is None))))
    blocks += [paragraph(_verified(receipt)), paragraph(REMAINS)]
    if waiting:
        text = say("Invited again since, and not back yet: {people}.", people=waiting)
        blocks.append(paragraph(text))
    return Document(tuple(blocks))


def overtaken_document(partner_id: str, facts: Facts) -> Document:
    """That it was taken back meanwhile."""
    partner = facts.directory.partners.get(partner_id)
    said = say(
        "Shutting {partner} out was taken back before it was finished, so there is no receipt. Whoever was taken out"
        " until then is invited again.",
        partner=partner.name if partner else Text.same(partner_id),
    )
    return Document((paragraph(said),))


def _asked(receipt: Receipt, facts: Facts) -> Message:
    if not receipt.by:
        return say("The directory says so; found at {time}.", time=receipt.asked)
    by = say("the command line") if receipt.by == COMMAND_LINE else called(receipt.by, facts)
    if receipt.reason:
        return say("Asked for by {by} at {time}: {reason}", by=by, time=receipt.asked, reason=receipt.reason)
    return say("Asked for by {by} at {time}.", by=by, time=receipt.asked)


def called(user: str, facts: Facts) -> str:
    """The name of somebody of ours, or the user id where none is known."""
    account = facts.accounts.get(user)
    return account.name if account and account.name else user


def _sum(receipt: Receipt) -> Message:
    people = say_n("{count} person", "{count} people", len(receipt.people))
    left = sum(1 for room in receipt.rooms.values() if room.removed)  # the others only invited somebody, or shut a door
    rooms = say_n("{count} room", "{count} rooms", left)
    invitations = say_n("invitations of {count} person", "invitations of {count} people", len(receipt.invited))
    return say("{people} taken out of {rooms}, {invitations} withdrawn.",
               people=people, rooms=rooms, invitations=invitations)  # fmt: skip


def _minute_of_all(receipt: Receipt) -> datetime | None:
    """The minute in which everything was done; None where it took longer, or nothing was to do."""
    minutes = {at.replace(second=0, microsecond=0) for room in receipt.rooms.values() for at in _times(room)}
    return minutes.pop() if len(minutes) == 1 else None


def _times(room: Emptied) -> Iterator[datetime]:
    yield from room.removed.values()
    yield from room.withdrawn.values()
    if room.closed:
        yield room.closed


def _rows(receipt: Receipt, facts: Facts, *, timed: bool) -> Iterator[tuple[Inline, ...]]:
    for number, (ref, room) in enumerate(receipt.rooms.items()):
        if number == SHOWN:
            more = len(receipt.rooms) - SHOWN
            yield (say_n("and {count} more", "and {count} more", more),)
            return
        yield (Strong(room_name(ref, facts)), " – ", *_joined(_said(room, timed=timed)))


def _said(room: Emptied, *, timed: bool) -> Iterator[Message]:
    if room.removed and timed:
        yield say_n("{count} person out at {time}", "{count} people out, the last at {time}", len(room.removed),
                    time=max(room.removed.values()))  # fmt: skip
    elif room.removed:
        yield say_n("{count} person out", "{count} people out", len(room.removed))
    if room.withdrawn:
        yield say_n("{count} invitation withdrawn", "{count} invitations withdrawn", len(room.withdrawn))
    if room.closed:
        yield say("their servers shut out at {time}", time=room.closed) if timed else say("their servers shut out")
    if room.remaining:
        yield say("not taken out: {people}", people=room.remaining)
    if room.open_still:
        yield say("its door is not closed yet")


def _joined(said: Iterable[Message]) -> Iterator[Inline]:
    for number, one in enumerate(said):
        if number:
            yield ", "
        yield one


def _verified(receipt: Receipt) -> Message:
    time = receipt.verified
    if receipt.complete:
        return say("Verified at {time}: every room was read back from the homeserver, and nobody of the partner is in "
                   "any.", time=time)  # fmt: skip
    return say("As of {time} not everything could be done: what is named above remains, and is tried again.", time=time)


def receipt_json(parted: Parted) -> dict[str, Any]:
    """The receipt for scripts; times are ISO 8601 in UTC."""
    receipt = parted.receipt
    if receipt is None:
        return {"partner": parted.partner.id, "state": parted.partner.state.value, "receipt": None}
    return {
        "partner": receipt.partner,
        "state": parted.partner.state.value,
        "receipt": {
            "state": receipt.state.value,
            "asked_by": receipt.by,
            "asked_at": receipt.asked.isoformat(),
            "reason": receipt.reason,
            "rooms": [_room_json(ref, room) for ref, room in receipt.rooms.items()],
            "complete": receipt.complete,
            "verified_at": receipt.verified.isoformat(),
            "verified_by": READ_BACK,
            "remains": [REMAINS.text],
        },
        "waiting": list(parted.waiting),
    }


def _room_json(ref: RoomRef, room: Emptied) -> dict[str, Any]:
    return {
        "room": str(ref),
        "removed": [{"user": user, "at": at.isoformat()} for user, at in room.removed.items()],
        "invitations_withdrawn": [{"user": user, "at": at.isoformat()} for user, at in room.withdrawn.items()],
        "servers_shut_out_at": room.closed.isoformat() if room.closed else None,
        "not_removed": list(room.remaining),
        "still_open": room.open_still,
    }
