"""What a caller asks for and gets back, as frozen values: servers to start, accounts made on them."""

import re
from collections.abc import Callable, Mapping
from dataclasses import KW_ONLY, dataclass, field

from deploy.localnet.errors import LocalnetError

SYNAPSE_VERSION = "1.163.2"

SERVER_NAME = re.compile(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+")

Progress = Callable[[str], None]
Registration = Mapping[str, object]


def silent(_message: str) -> None:
    """The progress callback of those who do not want to hear."""


@dataclass(frozen=True)
class ServerSpec:
    """One homeserver. The defaults are what the deployment guide recommends, without rate limits."""

    server_name: str
    _: KW_ONLY
    appservices: tuple[Registration, ...] = ()
    """Registrations as Synapse wants them: id, url, as_token, hs_token, sender_localpart, namespaces, ..."""
    room_version: str = "12"
    rate_limited: bool = False
    """Synapse's own limits for clients, for tests of 429; federation stays unlimited."""
    may_publish: tuple[str, ...] | None = None
    """Globs of user ids that may list rooms in the directory; None: the app services' senders, else nobody."""
    may_make_aliases: tuple[str, ...] | None = None
    """The same for aliases; None: the app services' senders, else everybody."""
    durable: bool = False
    """Its database waits for the disk at each commit, as in production; what is killed loses nothing either way."""
    log_level: str = "INFO"
    extra: Mapping[str, object] = field(default_factory=dict)
    """Merged over the generated homeserver.yaml, mapping by mapping; other values replace."""

    def __post_init__(self) -> None:
        if not SERVER_NAME.fullmatch(self.server_name):
            raise LocalnetError(f"{self.server_name!r} is no server name: lower-case words with dots, as corp.test")


@dataclass(frozen=True, kw_only=True)
class Account:
    """A user made on one of the servers, logged in."""

    user_id: str
    access_token: str = field(repr=False)
    device_id: str
    password: str = field(repr=False)
