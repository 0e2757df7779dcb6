"""Whom words begin with that may name a person and then a group, neither in quotation marks: for ``why``, ``audit``."""

from collections.abc import Sequence
from typing import Final

from bots.kit.answering import the_one
from bridge.domain.ids import is_user_id
from bridge.domain.viewers import Viewer
from bridge.services.finding import Finding

LONGEST: Final = 5
"""Words of a person's name that are tried."""


async def whom(
    finding: Finding, viewer: Viewer, words: Sequence[str], *, alone: bool = False
) -> tuple[str | None, list[str]]:
    """The user id of the person with whom the words begin, and the rest of the words: all of them where they name a
    group, or nobody. A person may stand there ``alone``. Raises ``InputError`` where several bear the name."""
    if not words or is_user_id(words[0]):
        return (words[0] if words else None), list(words[1:])
    if finding.society.names_group(viewer, " ".join(words)):
        return None, list(words)
    for length in range(min(len(words) - (not alone), LONGEST), 0, -1):
        name = " ".join(words[:length])
        if people := await finding.named(viewer, name):
            return the_one(people, name), list(words[length:])
    return None, list(words)
