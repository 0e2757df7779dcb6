"""Directory sources, judged: can each be read, is what it says as much as it was, whose clock is wrong. Pure.

Called by ``parvis doctor``; a source that is well has no finding.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Final

from bridge.domain.diagnosis import Diagnosis, Verdict
from bridge.domain.messages import Message, say
from bridge.domain.soundings import Counts, Sounding, Step
from bridge.rules.doctor.certificates import STOPS, of_files, of_server
from bridge.rules.doctor.running import SKEW
from bridge.rules.doctor.setting import AS_IT_SHOULD_BE

ORDER: Final = tuple(Step)
SOME: Final = 5
"""Fewer come and go on any day."""
SHARE: Final = 10
"""Of so many, one may."""


def examine(soundings: Sequence[Sounding], now: datetime) -> Iterator[Diagnosis]:
    """All findings about all sources, as of ``now`` (UTC)."""
    for one in soundings:
        prefix = f"directory.{one.name}" if one.name else "directory"
        yield from of_files(one, prefix, now)
        if one.handshake is not None:
            yield of_server(one, one.handshake, f"{prefix}.{Step.TLS}", now)
        yield from _steps(one, prefix)
        yield from (_absent(one, prefix, key, names) for key, names in one.absent)
        yield from _clock(one, prefix)
        if one.tokens == 0:
            why = say("No provider can say who there is.")
            yield _warning(
                f"{prefix}.tokens", one, say("Nobody has a token for SCIM."), why, "parvis scim token add NAME"
            )
        if one.counts is not None and one.waiting is None:
            yield from _counted(one, one.counts, prefix)


def _steps(one: Sounding, prefix: str) -> Iterator[Diagnosis]:
    """Which of them went well, and the one that did not."""
    steps = (Step.CONNECT, Step.BIND, Step.READ) if one.look else (Step.READ,)
    for step in steps:
        check = f"{prefix}.{step}"
        if one.failed is step and one.error is not None:
            remedy = one.look if step is not Step.READ else _mended(one)
            yield Diagnosis(check=check, place=one.place, verdict=Verdict.FAULT, found=one.error, why=STOPS,
                            remedy=remedy)  # fmt: skip
        if one.failed is not None and ORDER.index(one.failed) <= ORDER.index(step):
            return
        if step is Step.READ and one.waiting is not None:
            yield Diagnosis(check=check, place=one.place, verdict=Verdict.UNKNOWN, found=one.waiting)
        else:
            yield _good(check, one)


def _mended(one: Sounding) -> str:
    """Empty where one thing is written wrongly: what is found says where, and what is right."""
    if one.missing:
        entry = f"{{name: {one.name}, {one.missing}: …}}" if one.name else f"{{{one.missing}: …}}"
        return f"directory: {f'[{entry}]' if one.name else entry}   # config.yaml"
    if one.problems:
        return f"parvis directory check{_named(one)}" if one.problems > 1 else ""
    return one.look


def _absent(one: Sounding, prefix: str, key: str, names: str) -> Diagnosis:
    return Diagnosis(
        check=f"{prefix}.{key}",
        place=one.place,
        verdict=Verdict.WARNING,
        found=say("No entry has the attribute {names}, which {key} stands for.", names=names, key=key),
        why=say("It is misspelt, or the account may not read it; what it should tell is not known of anybody."),
        remedy=one.look,
    )


def _clock(one: Sounding, prefix: str) -> Iterator[Diagnosis]:
    if one.ahead is None:
        return  # most servers do not tell, and that is no fault
    check = f"{prefix}.clock"
    if abs(one.ahead) <= SKEW:
        yield _good(check, one)
        return
    yield Diagnosis(
        check=check,
        place=one.place,
        verdict=Verdict.WARNING,
        found=say("The clocks of {server} and of the bridge are {seconds} seconds apart.",
                  server=one.place, seconds=abs(round(one.ahead))),
        why=say("Accounts end at the wrong time, and tickets and certificates are refused."),
        remedy="timedatectl set-ntp true",
    )  # fmt: skip


def _counted(one: Sounding, counts: Counts, prefix: str) -> Iterator[Diagnosis]:
    """What a whole reading holds, by itself and beside the last good one."""
    yield from _nobody(one, counts, prefix)
    before = one.before or counts
    yield _fewer(one, f"{prefix}.people", fewer_people(before, counts))
    yield _fewer(one, f"{prefix}.groups", fewer_groups(before, counts))
    named = counts.memberships + one.lost
    if one.lost >= SOME and one.lost * SHARE >= named:
        found = say("{lost} of {all} names of members lead nowhere.", lost=one.lost, all=named)
        why = say("Those people were deleted, the account may not read them, or people.base or people.filter does not"
                  " find them: they are in no room.")  # fmt: skip
        yield _warning(f"{prefix}.members", one, found, why, f"parvis directory check{_named(one)}")
    else:
        yield _good(f"{prefix}.members", one)


def _nobody(one: Sounding, counts: Counts, prefix: str) -> Iterator[Diagnosis]:
    if counts.people and not counts.active:
        why = say("Everybody would be taken out of all rooms.")
        yield _warning(f"{prefix}.active", one, say("Everybody is switched off."), why, one.look)
    if one.alone and counts.people and not counts.groups:
        why = say("No room comes from it.")
        yield _warning(f"{prefix}.empty", one, say("There are people, and no group."), why, "parvis directory show")


def fewer_people(before: Counts, now: Counts) -> Message | None:
    """That many more of them are gone than come and go on a day; None when they are not."""
    gone, all_ = before.people - now.people, before.people
    found = say("{gone} of {all} people are gone since the last good reading.", gone=gone, all=all_)
    return found if _is_much(gone, all_) else None


def fewer_groups(before: Counts, now: Counts) -> Message | None:
    """The same of groups."""
    gone, all_ = before.groups - now.groups, before.groups
    found = say("{gone} of {all} groups are gone since the last good reading.", gone=gone, all=all_)
    return found if _is_much(gone, all_) else None


def _is_much(gone: int, before: int) -> bool:
    return gone >= SOME and gone * SHARE >= before


def _fewer(one: Sounding, check: str, found: Message | None) -> Diagnosis:
    if found is None:
        return _good(check, one)
    why = say("Rights of the account, a filter or a base that were changed look the same as people who left.")
    return _warning(check, one, found, why, f"parvis directory diff{_named(one)}")


def _named(one: Sounding) -> str:
    return f" --source {one.name}" if one.name else ""


def _warning(check: str, one: Sounding, found: Message, why: Message, remedy: str) -> Diagnosis:
    return Diagnosis(check=check, place=one.place, verdict=Verdict.WARNING, found=found, why=why, remedy=remedy)


def _good(check: str, one: Sounding) -> Diagnosis:
    return Diagnosis(check=check, place=one.place, verdict=Verdict.GOOD, found=AS_IT_SHOULD_BE)
