"""What the fields of a profile card are called, in chat and in the audit log."""

from collections.abc import Mapping
from typing import Final

from bridge.domain.cards import Field
from bridge.domain.messages import Message, say

LABELS: Final[Mapping[Field, Message]] = {
    Field.PHOTO: say("Photo"),
    Field.NAME: say("Name"),
    Field.PRONOUNCED: say("Pronounced"),
    Field.TITLE: say("Title"),
    Field.ORGANISATION: say("Organisation"),
    Field.PHONE: say("Phone"),
    Field.EMAIL: say("E-mail"),
    Field.LANGUAGES: say("Languages"),
    Field.TIMEZONE: say("Time zone"),
    Field.PLACE: say("Place"),
    Field.TOPICS: say("Ask me about"),
    Field.LINKS: say("Links"),
    Field.HISTORY: say("History"),
}
