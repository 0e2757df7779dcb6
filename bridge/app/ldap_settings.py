"""What config.yaml says of an LDAP server, as the adapter wants it: the preset, and what is written. For ``wiring``."""

from dataclasses import replace
from typing import Any, Final

from bridge.adapters.directory.dialects import PRESETS, Dialect
from bridge.adapters.directory.ldap import LdapPlace, Search
from bridge.adapters.directory.ldap_calls import Access
from bridge.config.directories import LdapDirectory

BY_NAME: Final = "name"
"""Written as the id of groups: a word is made of their name."""


def ldap_place(directory: LdapDirectory, server_name: str) -> LdapPlace:
    """The server, what to look for there, and how to understand it."""
    preset, people, groups = PRESETS[directory.preset], directory.people, directory.groups
    url = directory.url
    return LdapPlace(
        access=Access(
            host=url.host,
            port=url.port,
            tls=url.tls,
            start_tls=directory.start_tls,
            ca_file=directory.ca_file,
            bind_dn=directory.bind_dn,
            password=directory.password.reveal() if directory.password else "",
            sasl=directory.sasl,
            certificate=directory.client_certificate,
            key=directory.client_key,
            page=directory.page,
            timeout=int(directory.timeout.total_seconds()),
        ),
        people=Search(base=people.base or directory.base, filter=people.filter or preset.people),
        groups=Search(base=groups.base or directory.base, filter=groups.filter or preset.groups),
        dialect=_dialect(directory, preset.dialect),
        server_name=server_name,
    )


def _dialect(directory: LdapDirectory, dialect: Dialect) -> Dialect:
    of_people = directory.people.attributes.model_dump(exclude_none=True)
    of_groups = directory.groups.attributes.model_dump(exclude_none=True)
    changes: dict[str, Any] = {name: (attribute.lower(),) for name, attribute in of_people.items()}
    changes |= {
        name if name in ("purpose", "owners") else f"group_{name}": (attribute.lower(),)
        for name, attribute in of_groups.items()
    }
    if changes.get("group_id") == (BY_NAME,):
        changes["group_id"] = ()
    styles = directory.groups.style or dialect.styles
    further = (*dialect.further, *(name.lower() for name in directory.groups.further))
    return replace(dialect, **changes, further=further, styles=styles, visibility=directory.visibility)
