"""Who may be written to by e-mail, about what, and when a letter is tried again. Called by ``services.mailing``."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from bridge.domain.mail import is_address
from bridge.domain.viewers import alone
from bridge.rules.access import Access
from bridge.rules.facts import is_hidden

FIRST_PAUSE: Final = timedelta(minutes=5)
"""Greylisting lets the second attempt pass after about this time."""
LONGER: Final = 3
"""How many times longer each pause is than the one before."""
ATTEMPTS: Final = 8
"""The last one comes not quite four days after the first: a week's digest is of no use much later."""


def address_of(access: Access, user: str) -> str:
    """Where an employee is written to: the address that the directory gives them, or else nowhere. What people say of
    themselves, as in their cards, was verified by nobody."""
    person = access.facts.accounts.get(user)
    address = person.email.strip() if person else ""
    return address if is_address(address) else ""


def name_of(access: Access, user: str) -> str:
    """What the directory calls them."""
    person = access.facts.accounts.get(user)
    return person.name if person else ""


def may_tell(access: Access, user: str, groups: Iterable[str], *, hidden: bool) -> bool:
    """Whether a letter to this person may tell of these groups: all that they may know, hidden ones with ``hidden``."""
    viewer, known = alone(user), access.facts.directory.groups
    return all(access.may_know(viewer, one) and (hidden or not is_hidden(known[one])) for one in groups)


def next_try(attempts: int, now: datetime) -> datetime | None:
    """When a letter that was tried so often is tried again; None when it is not worth it any more."""
    return None if attempts >= ATTEMPTS else now + FIRST_PAUSE * LONGER ** (attempts - 1)
