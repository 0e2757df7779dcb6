"""The channels over which a hidden group could be noticed, and what each of them must not tell: data for
``services.probing``.

Their order counts: what is asked before ``join`` is asked by who is in no room at all, and what is left in
files is looked at when all else was asked.
"""

from collections.abc import Collection, Mapping
from typing import Final

from bridge.domain.messages import Message, say
from bridge.rules.probing.clients import BY_ADDRESS, BY_ID, FILES, INVITATION, LISTS, NOTIFIED, PERSON
from bridge.rules.probing.deeds import DEEDS
from bridge.rules.probing.ours import BOT, BRIDGE, DIGEST, LEFT
from bridge.rules.probing.peers import PEERS
from bridge.rules.probing.shape import Channel

CHANNELS: Final[tuple[Channel, ...]] = (
    INVITATION, *BY_ADDRESS, *BY_ID, *DEEDS, *LISTS, *PERSON, *FILES, *PEERS, *BOT, *DIGEST, *BRIDGE, *NOTIFIED,
    *LEFT,
)  # fmt: skip
"""Those that are asked."""
LIMITS: Final[Mapping[str, Message]] = {
    "administrators": say("lists of rooms and members, for administrators of a homeserver that is in the room"),
    "traffic": say("who talks with which homeserver and when, for who watches the network"),
    "timing": say("how long a homeserver takes to answer about an id, for who asks very often"),
    "push-cover": say("the cover name of the room, for services that carry notifications to telephones"),
}
"""What shows by the nature of Matrix and is not asked; never counted as held."""


def channels_with(bots: Collection[str]) -> tuple[Channel, ...]:
    """Those that there are where these bots run, beside that of administrators."""
    return tuple(channel for channel in CHANNELS if channel.question.bot in {"", *bots})
