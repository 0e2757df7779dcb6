"""What the homeserver was told of the bridge, held against what the configuration would tell it: pure. Called by
``parvis doctor``.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from bridge.domain.diagnosis import Diagnosis, Verdict
from bridge.domain.messages import Message, say
from bridge.rules.doctor.setting import AS_IT_SHOULD_BE, Tree, value_at

AGAIN: Final = "parvis registration > registration.yaml   # then restart the homeserver"

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
SLOWED: Final = frozenset({"rate_limited"})
"""What is a warning alone."""


def examine(found: Tree, wanted: Tree, place: str) -> Iterator[Diagnosis]:
    """One diagnosis for each field that matters, of the registration in ``place`` that the homeserver reads."""
    for field, sentence in OTHERWISE.items():
        check = f"registration.{field}"
        # Synapse takes an absent ``rate_limited`` for true.
        if found.get(field, field == "rate_limited") == wanted[field]:
            yield Diagnosis(check=check, place=place, verdict=Verdict.GOOD, found=AS_IT_SHOULD_BE)
            continue
        verdict = Verdict.WARNING if field in SLOWED else Verdict.FAULT
        yield Diagnosis(
            check=check, place=place, verdict=verdict, found=sentence, why=WHY.get(field), remedy=AGAIN
        )  # fmt: skip


def overlapping(others: Mapping[str, Tree], wanted: Tree, server_name: str) -> Iterator[Diagnosis]:
    """Other registrations of the same homeserver, by their places, that claim names of ours."""
    ours = {
        "users": [f"@{wanted['sender_localpart']}:{server_name}", *_samples(wanted, "users")],
        "aliases": _samples(wanted, "aliases"),
    }
    for place, other in others.items():
        claimed = [name for kind, names in ours.items() for name in names if _claims(other, kind, name)]
        if not claimed:
            yield Diagnosis(
                check="registration.overlap", place=place, verdict=Verdict.GOOD, found=AS_IT_SHOULD_BE
            )  # fmt: skip
            continue
        yield Diagnosis(
            check="registration.overlap",
            place=place,
            verdict=Verdict.FAULT,
            found=say("Another application service claims {name}, too.", name=claimed[0]),
            why=say("It receives what is said in our rooms, those of hidden groups included."),
            remedy="namespaces: {users: [{exclusive: true, regex: …}]}   # a narrower pattern, in that file",
        )


def _samples(registration: Tree, kind: str) -> list[str]:
    """One name of each namespace of ours: the pattern itself where it is a name, else with a letter for the rest."""
    patterns = [str(one["regex"]) for one in value_at(registration, f"namespaces.{kind}", ())]
    return [re.sub(r"\\(.)", r"\1", pattern.replace(".*", "x")) for pattern in patterns]


def _claims(other: Tree, kind: str, name: str) -> bool:
    spaces: Any = value_at(other, f"namespaces.{kind}", ())
    listed = spaces if isinstance(spaces, Sequence) else ()
    return any(_fits(str(one.get("regex", "")), name) for one in listed if isinstance(one, Mapping))


def _fits(pattern: str, name: str) -> bool:
    """As Synapse does it: from the beginning on. A pattern that is none fits nothing; Synapse would not start."""
    try:
        return re.match(pattern, name) is not None
    except re.error:
        return False
