"""A builder of little worlds that reads like the sentence: ``group("finance").hidden().members("ann", "bob")``.

People need no line of their own: whoever is named exists, as ``@ann:corp.example``. Names with a colon are user ids of
partner members (``bob:acme.example``).
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from bridge.domain.desired import Desired
from bridge.domain.directory import Directory, Group, Person, Visibility
from bridge.domain.messages import Text
from bridge.domain.partners import Partner
from bridge.planning.desiring import desire

SERVER = "corp.example"
BOT = f"@parvis:{SERVER}"
TODAY = date(2026, 11, 22)


def user(name: str) -> str:
    """The user id behind a short name."""
    return f"@{name}" if ":" in name else f"@{name}:{SERVER}"


def users(*names: str) -> frozenset[str]:
    return frozenset(map(user, names))


@dataclass(frozen=True, slots=True)
class AGroup:
    """A group in the making; each word gives a new one."""

    value: Group

    def public(self) -> "AGroup":
        return AGroup(replace(self.value, visibility=Visibility.PUBLIC))

    def listed(self) -> "AGroup":
        return AGroup(replace(self.value, visibility=Visibility.PUBLIC, listed=True))

    def hidden(self) -> "AGroup":
        return AGroup(replace(self.value, visibility=Visibility.HIDDEN))

    def mandatory(self) -> "AGroup":
        return AGroup(replace(self.value, mandatory=True))

    def called(self, name: str, purpose: str = "") -> "AGroup":
        return AGroup(replace(self.value, name=Text.same(name), purpose=Text.same(purpose)))

    def having(self, **fields: Any) -> "AGroup":
        """With any other fields of a group."""
        return AGroup(replace(self.value, **fields))

    def members(self, *names: str) -> "AGroup":
        declared = tuple(user(name) if ":" in name and not name.startswith("group:") else name for name in names)
        return AGroup(replace(self.value, members=declared))

    def owners(self, *names: str) -> "AGroup":
        return AGroup(replace(self.value, owners=names))

    def admits(self, *partners: str) -> "AGroup":
        return AGroup(replace(self.value, partners=partners))


def group(group_id: str) -> AGroup:
    """An invite-only group without members, called by its id in capitals."""
    return AGroup(Group(id=group_id, name=Text.same(group_id.title())))


def partner(
    partner_id: str,
    *,
    servers: Iterable[str] = (),
    named: Iterable[str] = (),
    sponsor: str = "",
    until: date | None = None,
) -> Partner:
    """A partner, on its own server unless it says otherwise."""
    return Partner(
        id=partner_id,
        name=Text.same(partner_id.title()),
        servers=tuple(servers) or ((f"{partner_id}.example",) if not named else ()),
        users=tuple(map(user, named)),
        sponsor=sponsor,
        until=until,
    )


def directory(
    *groups: AGroup, partners: Iterable[Partner] = (), people: Iterable[str] = (), gone: Iterable[str] = ()
) -> Directory:
    """A directory of these groups. ``people`` are further employees; those in ``gone`` are inactive."""
    declared = {partner.id: partner for partner in partners}
    names = {*people, *gone, *(partner.sponsor for partner in declared.values() if partner.sponsor)}
    for one in groups:
        named = (*one.value.owners, *one.value.moderators, *one.value.delegates, *one.value.members)
        names.update(name for name in named if not name.startswith(("@", "group:")))
    inactive = set(gone)
    return Directory(
        people={name: Person(id=name, user=user(name), active=name not in inactive) for name in sorted(names)},
        groups={one.value.id: one.value for one in groups},
        partners=declared,
    )


def desired(source: Directory, *, today: date = TODAY, service_user: str | None = None) -> Desired:
    """The world that the directory asks for."""
    return desire(source, today=today, server_name=SERVER, bot=BOT, service_user=service_user)


@dataclass(slots=True)
class Numbers:
    """Opaque markers and room ids that no two rooms share."""

    given: int = field(default=0)

    def next(self, prefix: str) -> str:
        self.given += 1
        return f"{prefix}{self.given:04d}"
