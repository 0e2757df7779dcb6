"""Which attributes of an entry say what: one dialect for LDIF files, one for each kind of LDAP server."""

from dataclasses import dataclass
from typing import Final

from bridge.adapters.directory.states import LOCKS
from bridge.domain.directory import Visibility
from bridge.domain.sources import MemberStyle, Preset

Names = tuple[str, ...]
"""Attributes, in small letters; the first that an entry has counts."""

OF_STATE: Final = (
    "objectclass", "isdeleted", "employeetype", *LOCKS, "useraccountcontrol", "accountexpires",
    "shadowexpire", "krbprincipalexpiration", "pwdaccountlockedtime",
)  # fmt: skip
"""What is read of a person beside what the dialect names: whether the account still counts (``states``)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """How entries are understood. Without ``group_id``, a group's id is a word made of its name.

    ``further`` are attributes of groups that only rules ask about. ``visibility`` is what all groups get: entries
    cannot say it.
    """

    id: Names = ("uid", "samaccountname", "cn")
    login: Names = ("uid", "samaccountname", "cn")
    account: Names = ()
    name: Names = ("displayname", "cn")
    given: Names = ("givenname",)
    email: Names = ("mail",)
    language: Names = ("preferredlanguage",)
    department: Names = ("departmentnumber", "ou")
    title: Names = ("title",)
    manager: Names = ("manager",)
    group_id: Names = ()
    group_name: Names = ("cn",)
    purpose: Names = ("description",)
    owners: Names = ("owner",)
    styles: tuple[MemberStyle, ...] = (MemberStyle.MEMBER, MemberStyle.UNIQUE_MEMBER, MemberStyle.MEMBER_UID)
    further: Names = ("businesscategory", "ou", "mail", "info", "grouptype")
    visibility: Visibility = Visibility.INVITE_ONLY

    @property
    def of_rules(self) -> frozenset[str]:
        """Every attribute of groups that the policy file may ask about."""
        return frozenset((*self.group_name, *self.purpose, *self.further))

    @property
    def needed(self) -> frozenset[str]:
        """What tells who somebody is, and who is where: of these every value counts."""
        named = (self.id, self.login, self.account, self.name, self.group_id, self.group_name)
        return frozenset((*self.styles_read, *(name for names in named for name in names)))

    @property
    def styles_read(self) -> tuple[str, ...]:
        """The attributes of groups that name members."""
        return tuple(style.lower() for style in self.styles if style is not MemberStyle.PRIMARY_GROUP_ID)

    @property
    def of_people(self) -> frozenset[str]:
        """Every attribute that is read of people."""
        named = (self.id, self.login, self.account, self.name, self.given, self.email, self.language, self.department,
                 self.title, self.manager)  # fmt: skip
        primary = ("primarygroupid", "objectsid") if MemberStyle.PRIMARY_GROUP_ID in self.styles else ()
        number = ("gidnumber",) if MemberStyle.GID_NUMBER in self.styles else ()
        return frozenset((*OF_STATE, *primary, *number, *(name for names in named for name in names)))

    @property
    def of_groups(self) -> frozenset[str]:
        """Every attribute that is read of groups."""
        named = (self.group_id, self.group_name, self.purpose, self.owners, self.further)
        primary = ("objectsid",) if MemberStyle.PRIMARY_GROUP_ID in self.styles else ()
        plain = (name for names in named for name in names)
        return frozenset(("objectclass", "isdeleted", *self.styles_read, *primary, *plain))


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """A kind of server: its dialect, and the filters that find its people and its groups (RFC 4515)."""

    dialect: Dialect
    people: str
    groups: str


PRESETS: Final = {
    Preset.OPENLDAP: Server(
        dialect=Dialect(id=("entryuuid",), group_id=("entryuuid",), login=("uid",)),
        people="(objectClass=person)",
        groups="(|(objectClass=groupOfNames)(objectClass=groupOfUniqueNames)(objectClass=posixGroup))",
    ),
    Preset.DS389: Server(
        dialect=Dialect(
            id=("nsuniqueid",),
            group_id=("nsuniqueid",),
            login=("uid",),
            styles=(MemberStyle.MEMBER, MemberStyle.UNIQUE_MEMBER),
        ),
        people="(&(objectClass=person)(!(objectClass=nsTombstone)))",
        groups="(&(|(objectClass=groupOfNames)(objectClass=groupOfUniqueNames))(!(objectClass=nsTombstone)))",
    ),
    Preset.AD: Server(
        dialect=Dialect(
            id=("objectguid",),
            group_id=("objectguid",),
            login=("samaccountname",),
            department=("department",),
            owners=("managedby",),
            styles=(MemberStyle.MEMBER, MemberStyle.PRIMARY_GROUP_ID),
        ),
        people="(&(objectCategory=person)(objectClass=user))",
        groups="(objectCategory=group)",
    ),
}
