"""The registration that the homeserver needs, from the configuration: printed by ``parvis registration``."""

import re
from typing import Any, Final

import yaml

from bridge.config.settings import Config

MEANINGFUL: Final = re.compile(r"[.+\[\]]")
"""What may stand in server names and localparts and means something else in a pattern. Homeservers differ in what
they make of more backslashes than that."""

HEADER: Final = (
    "# Made from config.yaml by `parvis registration`. For Synapse: app_service_config_files in homeserver.yaml.\n"
)


def registration_of(config: Config) -> dict[str, Any]:
    """The application service's registration (application-service API, section 2.1).

    ``receive_ephemeral`` is off: nobody handles typing and receipts, and each would be pushed and stored.
    """
    service, server = config.appservice, _escaped(config.homeserver.server_name)
    return {
        "id": service.id,
        "url": service.address,
        "as_token": service.as_token.reveal(),
        "hs_token": service.hs_token.reveal(),
        "sender_localpart": service.bot,
        "rate_limited": False,
        "receive_ephemeral": False,
        "io.element.msc4190": False,
        "namespaces": {
            "users": [
                {"exclusive": True, "regex": f"@{_escaped(service.bot)}:{server}"},
                {"exclusive": True, "regex": f"@{_escaped(service.prefix)}.*:{server}"},
            ],
            "aliases": [{"exclusive": True, "regex": f"#{_escaped(service.aliases)}.*:{server}"}],
            "rooms": [],
        },
    }


def registration_text(config: Config) -> str:
    """The same as the text of registration.yaml."""
    return HEADER + yaml.safe_dump(registration_of(config), sort_keys=False, allow_unicode=True, width=120)


def _escaped(text: str) -> str:
    return MEANINGFUL.sub(lambda found: "\\" + found.group(), text)
