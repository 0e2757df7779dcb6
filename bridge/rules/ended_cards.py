"""What becomes of the cards of people whose partner's agreement is over. Pure; for ``services/cards/closing``."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import Enum, auto
from typing import Final

from bridge.domain.ids import server_of
from bridge.domain.partners import AfterEnd, Partner, PartnerState
from bridge.rules.facts import Facts
from bridge.rules.partners import belonging, is_over, partner_of

SECOND_THOUGHTS: Final = timedelta(days=30)
"""An end may be a mistake in a date: until then everything comes back when the agreement goes on."""


class Fate(Enum):
    """What is to be done with a card."""

    RESTORE = auto()
    ARCHIVE = auto()
    ERASE = auto()


@dataclass(frozen=True, slots=True)
class Ends:
    """Who is here, and whose agreement is over, on one day."""

    facts: Facts
    today: date

    @property
    def any(self) -> bool:
        """Whether the agreement with some partner is over."""
        return any(is_over(partner, self.today) for partner in self.facts.directory.partners.values())

    def fates(self, archived: Iterable[tuple[str, datetime | None]], now: datetime) -> Iterator[tuple[str, str, Fate]]:
        """User, partner (empty where it is gone) and what is to be done, for those with whom something is; given are
        users and since when their card is archived. A partner that is suspended or begins later changes nothing."""
        partners = self.facts.directory.partners
        known, doubtful = belonging(partners.values(), own_server=self.facts.server_name)
        for user, since in archived:
            if server_of(user) == self.facts.server_name.lower() or doubtful & {user, server_of(user)}:
                continue
            here = partner_of(user, self.facts.claims)
            id_ = here or partner_of(user, known) or ""
            fate = Fate.RESTORE if here else self._fate(partners.get(id_), since, now)
            if fate is not None and (fate is Fate.ERASE or (since is None) is (fate is Fate.ARCHIVE)):
                yield user, id_, fate

    def _fate(self, partner: Partner | None, since: datetime | None, now: datetime) -> Fate | None:
        if partner and (partner.state is PartnerState.SUSPENDED or not is_over(partner, self.today)):
            return None
        erased = partner is not None and partner.cards is AfterEnd.ERASE
        return Fate.ERASE if erased and since and since + SECOND_THOUGHTS <= now else Fate.ARCHIVE
