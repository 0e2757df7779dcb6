"""What people may ask of their card besides its fields: photo, consents, export, erasing. Used by ``bots/cards``.

Made by ``bridge/app`` for each bot, because files belong to the bot that made them.
"""

from collections.abc import Callable
from dataclasses import dataclass

from bridge.ports.clock import Chance, Clock
from bridge.ports.media import Media, Pictures
from bridge.services.cards.consents import Consents
from bridge.services.cards.exports import Exports
from bridge.services.cards.files import Files
from bridge.services.cards.photos import Photos
from bridge.services.cards.rights import Rights
from bridge.services.society import Society


@dataclass(frozen=True, slots=True, kw_only=True)
class CardOffice:
    """``publishes`` says that Matrix profiles of people of ours can be written, ``deletes`` that files can be. ``wake``
    has the next round come soon, which does both."""

    society: Society
    photos: Photos
    exports: Exports
    consents: Consents
    rights: Rights
    publishes: bool
    deletes: bool
    wake: Callable[[], None]

    @classmethod
    def of(
        cls,
        society: Society,
        media: Media,
        pictures: Pictures,
        clock: Clock,
        chance: Chance,
        *,
        publishes: bool,
        wake: Callable[[], None],
    ) -> "CardOffice":
        """The office over these services."""
        store = society.store
        files = Files(store=store, media=media, clock=clock)
        return cls(
            society=society,
            photos=Photos(store=store, files=files, pictures=pictures, clock=clock, chance=chance),
            exports=Exports(society=society, files=files, clock=clock, chance=chance),
            consents=Consents(store=store, clock=clock, chance=chance),
            rights=Rights(store=store, clock=clock, chance=chance),
            publishes=publishes,
            deletes=media.deletes,
            wake=wake,
        )

    def is_employee(self, user: str) -> bool:
        """Whether they are of the company, so that their Matrix profile is on our homeserver."""
        world = self.society.world()
        return world is not None and user in world.facts.employees
