"""Times as the tables hold them: milliseconds since 1970, in UTC."""

from datetime import UTC, datetime, timedelta
from typing import Final

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
MILLISECOND: Final = timedelta(milliseconds=1)


def to_ms(moment: datetime) -> int:
    """Milliseconds of a moment that has a zone; fractions of a millisecond are dropped."""
    return (moment - EPOCH) // MILLISECOND


def from_ms(milliseconds: int) -> datetime:
    """The moment, in UTC."""
    return EPOCH + milliseconds * MILLISECOND


def from_ms_or_none(milliseconds: int | None) -> datetime | None:
    """The moment, or None where there is none."""
    return None if milliseconds is None else from_ms(milliseconds)
