"""Whom words name without quotation marks: a person before a group for ``why`` and ``audit``, several for ``set``."""

from collections.abc import Sequence
from typing import Final

from bots.kit.answering import Misnamed, the_one
from bots.kit.tokens import Quoted, as_typed
from bridge.domain.directory import GROUP_REFERENCE
from bridge.domain.ids import is_user_id
from bridge.domain.viewers import Viewer
from bridge.services.finding import Finding

LONGEST: Final = 5
"""Words of a person's name that are tried."""


async def whom(
    finding: Finding, viewer: Viewer, words: Sequence[str], *, alone: bool = False
) -> tuple[str | None, list[str]]:
    """The user id of the person with whom the words begin, and the rest of the words: all of them where they name a
    group, or nobody. A person may stand there ``alone``; one who is switched off counts where nobody else is
    called so. Raises ``InputError`` where several bear the name."""
    if not words or is_user_id(words[0]):
        return (words[0] if words else None), list(words[1:])
    if finding.society.names_group(viewer, " ".join(words)):
        return None, list(words)
    for length in range(min(len(words) - (not alone), LONGEST), 0, -1):
        name = " ".join(words[:length])
        if people := await finding.named(viewer, name) or finding.switched_off(viewer, name):
            return the_one(people, name), list(words[length:])
    return None, list(words)


async def everybody(finding: Finding, viewer: Viewer, words: Sequence[str]) -> list[str]:
    """Whom the words name one after the other, with or without commas: user ids, ids of the directory and nested groups
    as they are, names of several words by their user ids. Raises ``InputError`` where several bear a name, and
    ``Misnamed`` where nobody does."""
    found: list[str] = []
    rest, before = list(words), ""
    while rest:
        run = _until_comma(rest)
        taken, user = await _first(finding, viewer, run)
        if not user:
            # The first name of somebody is not meant where nobody is called by what follows it.
            raise Misnamed(" ".join([*filter(None, [before]), *run]).rstrip(","))
        found += [user] if user != "-" else []
        before = rest[0] if taken == 1 < len(run) else ""
        rest = rest[taken:]
    return found


async def _first(finding: Finding, viewer: Viewer, words: Sequence[str]) -> tuple[int, str]:
    """How many of the words name the first one, and whom; nobody where they name none."""
    plain = words[0].rstrip(",") or "-"
    if plain == "-" or is_user_id(plain) or plain.startswith(GROUP_REFERENCE):
        return 1, plain
    for length in range(min(len(words), LONGEST), 0, -1):
        name = " ".join(words[:length]).rstrip(",")
        if people := await finding.named(viewer, name):
            return length, the_one(people, name)
    if finding.society.in_directory(plain):
        return 1, plain
    return 1, ""


def _until_comma(words: Sequence[str]) -> Sequence[str]:
    """What may be one name: up to a comma, and a part in quotation marks for itself."""
    for at, word in enumerate(words):
        if isinstance(word, Quoted) or as_typed([word]).endswith((",", ";")):
            return words[: at or 1] if isinstance(word, Quoted) else words[: at + 1]
    return words
