"""Which fields of a card are copied to the public Matrix profile of somebody of ours. Pure; for ``services/cards``.

A profile is read by whoever reaches the homeserver, so only what its owner shows to their whole network goes there,
never the history, and never the photo: a new avatar is an event in every room of a person, hidden ones too.
"""

from collections.abc import Mapping
from typing import Any, Final

from bridge.domain.cards import Card, Circle, Field, Purpose
from bridge.rules.cards import Pin, circle_of

SINGLE: Final[Mapping[Field, str]] = {
    Field.TITLE: "io.parvis.title",
    Field.ORGANISATION: "io.parvis.organisation",
    Field.TIMEZONE: "m.tz",
    Field.PLACE: "io.parvis.place",
}
"""Fields of one value; ``m.tz`` is the specification's (MSC4175)."""
SEVERAL: Final[Mapping[Field, str]] = {
    Field.PHONE: "io.parvis.phone",
    Field.EMAIL: "io.parvis.email",
    Field.LANGUAGES: "io.parvis.languages",
    Field.LINKS: "io.parvis.links",
}
PUBLISHED: Final = (*SINGLE, *SEVERAL)
"""What a business card has."""


def profile_of(card: Card | None, pinned: Mapping[Field, Pin]) -> dict[str, Any]:
    """The profile fields by name, as the card has them; none without consent. What is ``pinned`` goes there only where
    the person themselves said who sees it."""
    if card is None or card.archived or card.consent(Purpose.PUBLISH) is None:
        return {}
    said = {name: values for name, values in card.values.items() if name not in pinned}
    said |= {name: (str(pin.value),) for name, pin in pinned.items() if name in card.circles}
    shown = {name: values for name, values in said.items() if values and circle_of(card, name) is Circle.NETWORK}
    return {
        **{key: shown[name][0] for name, key in SINGLE.items() if name in shown},
        **{key: list(shown[name]) for name, key in SEVERAL.items() if name in shown},
    }
