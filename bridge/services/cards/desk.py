"""Everything that bots do with profile cards, behind one door. Made by ``bridge/app``, used by ``bots/cards``."""

from dataclasses import dataclass
from datetime import date, tzinfo

from bridge.ports.clock import Chance, Clock
from bridge.ports.formats import Formats
from bridge.services.cards.fillings import Fillings
from bridge.services.cards.histories import Histories
from bridge.services.cards.keeping import CardKeeper
from bridge.services.cards.reading import Reader
from bridge.services.cards.shelf import Shelf
from bridge.services.cards.views import CardViews
from bridge.services.society import Society


@dataclass(frozen=True, slots=True, kw_only=True)
class CardDesk:
    """``guide`` is the user id of the bot that goes through a card with people; empty where none is configured."""

    views: CardViews
    keeper: CardKeeper
    histories: Histories
    fillings: Fillings
    formats: Formats
    clock: Clock
    zone: tzinfo
    guide: str = ""

    @classmethod
    def of(
        cls, society: Society, formats: Formats, clock: Clock, chance: Chance, *, zone: tzinfo, guide: str = ""
    ) -> "CardDesk":
        """The desk over these services; ``zone`` is where the company is."""
        keeper = CardKeeper(society=society, reader=Reader(formats, timezone=str(zone)), clock=clock, chance=chance)
        return cls(
            views=CardViews(society=society, shelf=Shelf(society.store), formats=formats),
            keeper=keeper,
            histories=Histories(keeper=keeper),
            fillings=Fillings(keeper=keeper),
            formats=formats,
            clock=clock,
            zone=zone,
            guide=guide,
        )

    def today(self) -> date:
        """The day where the company is."""
        return self.clock.now().astimezone(self.zone).date()
