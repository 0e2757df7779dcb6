"""Whether the account behind an entry still counts: disabled, expired, deleted, each as some server writes it."""

import re
from datetime import UTC, datetime, timedelta
from typing import Final

from bridge.adapters.directory.ldif_text import Entry

INACTIVE: Final = frozenset({"inactive", "disabled", "terminated"})
"""Words of ``employeeType`` for people who are no longer there."""
LOCKS: Final = ("nsaccountlock", "logindisabled", "msds-useraccountdisabled", "ds-pwp-account-disabled")
"""What is ``TRUE`` of an account that is switched off (389 Directory Server, eDirectory, AD LDS, PingDirectory)."""
DISABLED: Final = 0x2
"""ACCOUNTDISABLE in ``userAccountControl``."""
WINDOWS: Final = datetime(1601, 1, 1, tzinfo=UTC)
NEVER: Final = (0, 0x7FFF_FFFF_FFFF_FFFF)
"""What ``accountExpires`` holds, in tenths of microseconds, for accounts that do not expire."""
UNIX: Final = datetime(1970, 1, 1, tzinfo=UTC)
LAST_DAY: Final = 2_900_000
"""Days after which neither of the two calendars goes on."""
FOREVER_LOCKED: Final = "000001010000Z"
"""``pwdAccountLockedTime`` of an account that somebody locked, not a wrong password."""
GENERALIZED: Final = re.compile(r"(\d{10})(?:(\d\d)(\d\d)?)?(?:[.,]\d+)?(Z|[+-]\d\d(?:\d\d)?)")
NO_PEOPLE: Final = frozenset({"computer", "contact", "nstombstone"})
"""Classes of what is no account of a person, although it may also be of the class ``person``."""
TRUSTS: Final = 0x3800
"""Of ``userAccountControl``: the account of another domain, of a machine or of a controller."""


def is_there(entry: Entry) -> bool:
    """Whether this is a living entry of a person or a group, not a tombstone and not a machine."""
    classes = {value.lower() for value in entry.all("objectclass")}
    own = classes.isdisjoint(NO_PEOPLE) and not _number(entry, "useraccountcontrol") & TRUSTS
    return own and entry.first("isdeleted").lower() != "true"


def is_active(entry: Entry, now: datetime | None) -> bool:
    """Whether a person may still sign in. Without ``now`` (UTC) no account expires."""
    locked = any(entry.first(lock).lower() == "true" for lock in LOCKS)
    if locked or entry.first("pwdaccountlockedtime") == FOREVER_LOCKED:
        return False
    if entry.first("employeetype").lower() in INACTIVE or _number(entry, "useraccountcontrol") & DISABLED:
        return False
    end = end_of(entry)
    return now is None or end is None or end > now


def end_of(entry: Entry) -> datetime | None:
    """When the account is over (UTC); None when nothing says so."""
    return min((end for end in _ends(entry) if end is not None), default=None)


def _ends(entry: Entry) -> tuple[datetime | None, ...]:
    ticks, days = _number(entry, "accountexpires"), _number(entry, "shadowexpire")
    spoken = entry.first("krbprincipalexpiration")
    return (
        None if ticks in NEVER else _after(WINDOWS, ticks // 864_000_000_000, ticks % 864_000_000_000 // 10),
        None if days <= 0 else _after(UNIX, days, 0),
        _generalized(spoken) if spoken else None,
    )


def _after(start: datetime, days: int, microseconds: int) -> datetime | None:
    return start + timedelta(days=days, microseconds=microseconds) if 0 <= days < LAST_DAY else None


def _generalized(text: str) -> datetime | None:
    """A time such as ``20270630120000Z`` or ``202706301400+0200`` (RFC 4517, section 3.3.13); None for what is none."""
    if (found := GENERALIZED.fullmatch(text)) is None:
        return None
    hour, minute, second, zone = found[1], found[2] or "00", found[3] or "00", found[4].replace("Z", "+00")
    try:
        return datetime.strptime(f"{hour}{minute}{second}{zone:0<5}", "%Y%m%d%H%M%S%z")
    except ValueError:
        return None


def _number(entry: Entry, name: str) -> int:
    text = entry.first(name)
    return int(text) if text.removeprefix("-").isdecimal() and len(text) < 20 else 0
