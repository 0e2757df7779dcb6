"""What people write in files and commands for values that the rules name in English: in French and English, with or
without accents. For readers of files, ``rules.fields`` and bots.
"""

import unicodedata
from collections.abc import Mapping
from typing import Final

from bridge.domain.directory import Visibility
from bridge.domain.messages import Text

FLAGS: Final[Mapping[str, bool]] = {
    **dict.fromkeys(("true", "yes", "on", "oui", "vrai"), True),
    **dict.fromkeys(("false", "no", "off", "non", "faux"), False),
}
VISIBILITIES: Final[Mapping[str, str]] = {
    "publique": "public",
    **dict.fromkeys(("invitation", "sur-invitation"), "invite-only"),
    **dict.fromkeys(("cache", "cachee", "masque", "masquee"), "hidden"),
}
"""Folded words by the rules' own, which stand for themselves."""
VISIBLE: Final = (
    Text(en="public", fr="publique"),
    Text(en="invite-only", fr="sur invitation"),
    Text(en="hidden", fr="cachée"),
)
"""What is offered to whoever wrote something else."""


def folded(text: str) -> str:
    """Without capitals and accents, hyphens between the words."""
    letters = unicodedata.normalize("NFKD", text.casefold().replace("_", " "))
    return "-".join("".join(one for one in letters if not unicodedata.combining(one)).split())


def visibility_of(text: str) -> Visibility | None:
    """The visibility that is meant; None where the word is none."""
    word = VISIBILITIES.get(folded(text), folded(text))
    return next((one for one in Visibility if one.value == word), None)
