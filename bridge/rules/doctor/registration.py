"""What the homeserver was told of the bridge, held against what the configuration would tell it: pure. Called by
``parvis doctor``.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from bridge.domain.diagnosis import Diagnosis, Verdict
from bridge.domain.messages import Message, say
from bridge.rules.doctor.setting import AS_IT_SHOULD_BE, Tree, value_at

AGAIN: Final = "parvis registration > registration.yaml"
RESTART: Final = say("then restart the homeserver")

OTHERWISE: Final[Mapping[str, Message]] = {
    "id": say("The registration has another name than config.yaml."),
    "url": say("The homeserver sends events to another address than config.yaml says."),
    "as_token": say("The homeserver knows another as_token than config.yaml."),
    "hs_token": say("The homeserver shows another hs_token than config.yaml."),
    "sender_localpart": say("The registration names another bot than config.yaml."),
    "rate_limited": say("The bot is slowed down like a person."),
    "namespaces": say("The registration keeps other names for the bridge than config.yaml."),
}
"""By what differs. Tokens are compared and never shown."""
WHY: Final[Mapping[str, Message]] = {
    "url": say("No event arrives: commands stay without an answer."),
    "as_token": say("The homeserver refuses everything that the bridge asks."),
    "hs_token": say("The bridge refuses what the homeserver sends."),
    "rate_limited": say("A large directory takes hours, and replies wait behind it."),
    "namespaces": say("Others may take the names of bots and groups, and the homeserver refuses ours."),
}
OVERLAP: Final = "registration.overlap"
READS: Final = say("It receives what is said in our rooms, those of hidden groups included.")
KEEPS: Final = say(
    "It receives what is said in our rooms, those of hidden groups included, and we may be refused the name."
)
SPEAKS: Final = say("Whoever has its token reads and writes wherever our bots are, in hidden groups, too.")
PLAIN: Final = re.compile(r"(?:\\[^\w]|[^\\.^$*+?{}\[\]|()])*")
ENDINGS: Final = ("", "x", "1")
ANY_ROOMS: Final = ("!T7rzYQ0oYpP8mQ3kXc1vZb5nWd2sLf9gHjKtRu4eAxM", "!QmWnEbRvTcYxUzIaOl:corp.example")
"""Ids as rooms of version 12 and of older ones have them."""
LISTED: Final = "app_service_config_files: [/etc/parvis/registration.yaml]"
THERE: Final = say("files that are there")
SLOWED: Final = frozenset({"rate_limited"})
"""What is a warning alone."""


def examine(found: Tree, wanted: Tree, place: str) -> Iterator[Diagnosis]:
    """One diagnosis for each field that matters, of the registration in ``place`` that the homeserver reads."""
    for field, sentence in OTHERWISE.items():
        check = f"registration.{field}"
        # Synapse takes a ``rate_limited`` that is neither true nor false for true, an absent one, too.
        same = found.get(field) is False if field == "rate_limited" else found.get(field) == wanted[field]
        if same:
            yield Diagnosis(check=check, place=place, verdict=Verdict.GOOD, found=AS_IT_SHOULD_BE)
            continue
        verdict = Verdict.WARNING if field in SLOWED else Verdict.FAULT
        yield Diagnosis(
            check=check, place=place, verdict=verdict, found=sentence, why=WHY.get(field), remedy=AGAIN,
            note=RESTART,
        )  # fmt: skip


def unread(place: str, reason: Message, *, missing: bool) -> Diagnosis:
    """A registration that could not be read, for ``reason``; ``missing`` where there is no such file."""
    if not missing:
        return Diagnosis(check="registration", place=place, verdict=Verdict.UNKNOWN, found=reason)
    why = say("The homeserver does not start without it. Where this is another machine than the homeserver's, copy the"
              " file to the same place here.")  # fmt: skip
    return Diagnosis(
        check="registration", place=place, verdict=Verdict.FAULT, found=reason, why=why, remedy=LISTED, note=THERE
    )


def nowhere(places: Sequence[str]) -> Diagnosis:
    """That no file in these places, all of which could be read, is the bridge's registration."""
    return Diagnosis(
        check="registration",
        place=", ".join(places),
        verdict=Verdict.FAULT,
        found=say("Other application services are registered; the bridge is not."),
        why=say("The homeserver sends the bridge nothing and refuses its bots."),
        remedy=LISTED,
        note=THERE,
    )


def overlapping(others: Mapping[str, Tree], wanted: Tree, server_name: str) -> Iterator[Diagnosis]:
    """Other registrations of the same homeserver, by their places, that claim names of ours, or every room."""
    for place, other in others.items():
        yield _every_room(other, place) or _claimed(other, wanted, server_name, place)


def _every_room(other: Tree, place: str) -> Diagnosis | None:
    """Rooms of ours are known by none but ids of chance: a pattern that fits two of those fits them all."""
    if not all(any(fits(one, room) for one, _ in _patterns(other, "rooms")) for room in ANY_ROOMS):
        return None
    found = say("The application service {service} asks for every room.", service=str(other.get("id", "?")))
    note = say("in that file; then restart the homeserver")
    return replace(_overlap(place, found, READS, "namespaces: {rooms: []}"), note=note)


def _claimed(other: Tree, wanted: Tree, server_name: str, place: str) -> Diagnosis:
    for kind in ("users", "aliases"):
        ours = [one for one, _ in _patterns(wanted, kind)]
        for pattern, exclusive in _patterns(other, kind):
            name = next((both for one in ours if (both := _of_both(one, pattern, server_name))), None)
            if name is None:
                continue
            spared = json.dumps(f"(?!{'|'.join(ours)}){pattern}", ensure_ascii=False)
            whether = "true" if exclusive else "false"
            remedy = f"namespaces:\n  {kind}:\n    - {{exclusive: {whether}, regex: {spared}}}"
            if kind == "users" and not other.get("url"):  # it is sent nothing, and has a token all the same
                service = str(other.get("id", "?"))
                found = say("The application service {service} may speak as {name}.", service=service, name=name)
                return _overlap(place, found, SPEAKS, remedy)
            found = say("Another application service claims {name}, too.", name=name)
            return _overlap(place, found, KEEPS if exclusive else READS, remedy)
    return Diagnosis(check=OVERLAP, place=place, verdict=Verdict.GOOD, found=AS_IT_SHOULD_BE)


def _overlap(place: str, found: Message, why: Message, remedy: str) -> Diagnosis:
    return Diagnosis(check=OVERLAP, place=place, verdict=Verdict.FAULT, found=found, why=why, remedy=remedy)


def _patterns(registration: Tree, kind: str) -> list[tuple[str, bool]]:
    """What it claims of one kind, each with whether for itself alone."""
    spaces: Any = value_at(registration, f"namespaces.{kind}", ())
    listed = spaces if isinstance(spaces, Sequence) else ()
    return [(str(one.get("regex", "")), bool(one.get("exclusive"))) for one in listed if isinstance(one, Mapping)]


def _of_both(ours: str, theirs: str, server_name: str) -> str | None:
    """A name that both patterns fit; None where none is found.

    Tried is what either of them begins with, ended in a few ways: enough for a name, or for a prefix with anything
    behind it, as application services claim them; not for what begins with a choice of words.
    """
    for beginning in (_beginning(ours), _beginning(theirs)):
        for more in ENDINGS:
            name = f"{beginning.partition(':')[0]}{more}:{server_name}"
            if fits(ours, name) and fits(theirs, name):
                return name
    return None


def _beginning(pattern: str) -> str:
    """What stands before the first sign of a pattern that does not stand for itself."""
    found = PLAIN.match(pattern.removeprefix("^"))
    return re.sub(r"\\(.)", r"\1", found.group()) if found else ""


def fits(pattern: str, name: str) -> bool:
    """As Synapse does it: from the beginning on. A pattern that is none fits nothing; Synapse would not start."""
    try:
        return re.match(pattern, name) is not None
    except re.error:
        return False
