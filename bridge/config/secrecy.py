"""The section ``secrecy`` of config.yaml: as whom the secrecy check asks, and when. For ``settings``."""

from base64 import b64decode
from typing import Annotated, Final

from pydantic import AfterValidator, BeforeValidator, ValidationInfo

from bridge.config import values
from bridge.config.secret import Secret
from bridge.config.sections import Password, SecretWord, Section, WebAddress, sources_of, text
from bridge.config.wrong import Wrong
from bridge.domain.messages import say

WORDS: Final = 3
"""Of the line in a ``signing.key``: algorithm, version, seed."""
SEED: Final = 32
"""Bytes."""


def _signing_key(line: Secret, info: ValidationInfo) -> Secret:
    words = line.reveal().split()
    if not sources_of(info).stand_ins and (len(words) != WORDS or words[0] != "ed25519" or not _is_seed(words[-1])):
        raise Wrong(say("This is no signing key of a homeserver: ed25519, a version and the key are expected."))
    return line


def _is_seed(text: str) -> bool:
    """Whether these are 32 bytes in base64 without padding, as homeservers write it."""
    try:
        return len(b64decode(text + "=" * (-len(text) % 4), validate=True)) == SEED
    except ValueError:
        return False


class ProbeAccount(Section):
    """An account that is there for the secrecy check alone, never a person's."""

    token: SecretWord
    """Its access token."""
    address: WebAddress | None = None
    """Its homeserver's client-server API; the company's when absent."""


class PeerServer(Section):
    """Another homeserver that its administrators lend: ours is asked in its name."""

    server: Annotated[str, BeforeValidator(text(values.server_name))]
    """What it is called."""
    key: Annotated[Password, AfterValidator(_signing_key)]
    """The line of its ``signing.key``, such as ``ed25519 a_AbCd …``."""
    address: WebAddress | None = None
    """Where our federation API is; ``homeserver.address`` when absent."""


class Secrecy(Section):
    """The secrecy check: when, and as whom it asks beside those without an account."""

    when: str = ""
    """As cron writes it; only when somebody asks for it where this is empty. It makes a room and an account each time,
    so no homeserver gets them unasked."""
    stranger: ProbeAccount | None = None
    """An account of ours that belongs to nothing; made for each run where there is an ``admin_token``."""
    colleague: ProbeAccount | None = None
    """An employee who is a member of some groups that are not hidden."""
    partner: ProbeAccount | None = None
    """Somebody of a partner, on the partner's own homeserver."""
    member: ProbeAccount | None = None
    """An employee who becomes a member of the hidden group that is watched, and must find it."""
    federation: PeerServer | None = None
    """A homeserver of a partner's, in whose name ours is asked as other homeservers ask."""
    gateway: Annotated[values.Listen, BeforeValidator(text(values.listen))] | None = None
    """Where the check listens for what homeservers push to telephones, as they reach it; 127.0.0.1 and a free port when
    absent, which Synapse goes to only with an ``ip_range_whitelist``."""
