"""What profile cards need besides their fields: files, profiles, and what rounds do with them. Used by ``doors``."""

from bridge.adapters.matrix.media import MatrixMedia
from bridge.adapters.matrix.profiles import MatrixProfiles
from bridge.adapters.pictures import PillowPictures
from bridge.app.wiring import Assembly
from bridge.services.cards.closing import Closing
from bridge.services.cards.files import Files
from bridge.services.cards.office import CardOffice
from bridge.services.cards.publishing import Publishing
from bridge.services.cards.rights import Rights
from bridge.services.cards.shelf import Shelf
from bridge.services.rounds import Rounds
from bridge.services.society import Society


class Carding:
    """Photos of all bots are made one at a time."""

    def __init__(self, parts: Assembly, society: Society, rounds: Rounds) -> None:
        token = parts.config.homeserver.admin_token
        self._parts, self._society, self._rounds = parts, society, rounds
        self._admin_token = token.reveal() if token else None
        self._pictures = PillowPictures()
        self._profiles = MatrixProfiles(parts.calls, parts.homeserver.bot, admin_token=self._admin_token)

    def office(self, bot: str) -> CardOffice:
        """The office that keeps its files as this bot (a user id)."""
        parts = self._parts
        return CardOffice.of(
            self._society,
            self._media(bot),
            self._pictures,
            parts.clock,
            parts.chance,
            publishes=self._profiles.writes,
            wake=self._rounds.wake,
        )

    def go_round(self, shelf: Shelf) -> None:
        """Delete files, copy to profiles, follow the ends of agreements from now on, in rounds."""
        parts, society, rounds = self._parts, self._society, self._rounds
        store, clock = parts.store, parts.clock
        rights = Rights(store=store, clock=clock, chance=parts.chance)
        zone = parts.reconciler.timezone
        rounds.add(Files(store=store, media=self._media(parts.homeserver.bot), clock=clock).go)
        rounds.add(Publishing(society=society, shelf=shelf, profiles=self._profiles, clock=clock).go)
        rounds.add(Closing(society=society, shelf=shelf, rights=rights, clock=clock, timezone=zone).go)

    def _media(self, bot: str) -> MatrixMedia:
        return MatrixMedia(self._parts.calls, bot, admin_token=self._admin_token)
