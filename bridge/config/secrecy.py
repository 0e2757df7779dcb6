"""The section ``secrecy`` of config.yaml: as whom the secrecy check asks, and when. For ``settings``."""

from bridge.config.sections import SecretWord, Section, WebAddress


class ProbeAccount(Section):
    """An account that is there for the secrecy check alone, never a person's."""

    token: SecretWord
    """Its access token."""
    address: WebAddress | None = None
    """Its homeserver's client-server API; the company's when absent."""


class Secrecy(Section):
    """The secrecy check: when, and as whom it asks beside those without an account."""

    when: str = ""
    """As cron writes it; only when somebody asks for it where this is empty. It makes a room and an account each time,
    so no homeserver gets them unasked."""
    stranger: ProbeAccount | None = None
    """An account of ours that belongs to nothing; made for each run where there is an ``admin_token``."""
    colleague: ProbeAccount | None = None
    """An employee who is a member of some groups."""
    partner: ProbeAccount | None = None
    """Somebody of a partner, on the partner's own homeserver."""
    member: ProbeAccount | None = None
    """An employee who becomes a member of the hidden group that is watched, and must find it."""
