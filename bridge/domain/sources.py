"""How directory servers differ: words that configuration and adapters share."""

from enum import StrEnum


class Preset(StrEnum):
    """Which attributes and filters a kind of server wants."""

    OPENLDAP = "openldap"
    DS389 = "389ds"
    """389 Directory Server, and FreeIPA, which is made of it."""
    AD = "ad"
    """Active Directory, and Samba in its place."""


class Sasl(StrEnum):
    """How an account is told to a server without a password (RFC 4422)."""

    EXTERNAL = "external"
    """By the client's certificate."""
    GSSAPI = "gssapi"
    """By a Kerberos ticket of whoever runs the bridge."""


class MemberStyle(StrEnum):
    """Where a server writes who belongs to a group."""

    MEMBER = "member"
    """The group names distinguished names, of people and of groups."""
    UNIQUE_MEMBER = "uniqueMember"
    """The same, perhaps with bits after a ``#`` (RFC 4517, section 3.3.21)."""
    MEMBER_UID = "memberUid"
    """The group names logins (RFC 2307)."""
    GID_NUMBER = "gidNumber"
    """The person says the number of one group, their first, that does not name them (RFC 2307)."""
    PRIMARY_GROUP_ID = "primaryGroupID"
    """The person says the number of one group that does not name them (Active Directory)."""
