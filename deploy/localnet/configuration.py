"""homeserver.yaml as a pure function of what was asked for: no files, no processes."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from deploy.localnet.specs import Registration, ServerSpec

UNLIMITED = {"per_second": 100_000, "burst_count": 100_000}
FLAT_LIMITS = (
    "message", "registration", "registration_token_validity", "admin_redaction", "joins_per_room", "key_requests",
    "3pid_validation", "third_party_invite", "media_create", "delayed_event_mgmt", "room_creation", "reports",
    "user_directory", "profile",
)  # fmt: skip
NESTED_LIMITS = {
    "login": ("address", "account", "failed_attempts"),
    "joins": ("local", "remote"),
    "invites": ("per_room", "per_user", "per_issuer"),
    "presence": ("per_user",),
}


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where a server lives: its folder and its two ports on 127.0.0.1."""

    folder: Path
    client_port: int
    federation_port: int

    @property
    def database(self) -> Path:
        return self.folder / "homeserver.db"

    @property
    def registration_files(self) -> Path:
        return self.folder / "appservices"


def homeserver_config(spec: ServerSpec, place: Place, secret: str) -> dict[str, object]:
    """The whole configuration; `extra` has the last word."""
    config = {
        **_identity(spec, place, secret),
        **_federation(place),
        **_rooms(spec),
        **_privacy(),
        **_limits(rate_limited=spec.rate_limited),
    }
    return merged(config, spec.extra)


def merged(base: Mapping[str, object], extra: Mapping[str, object]) -> dict[str, object]:
    """`extra` over `base`: mappings are merged at every depth, everything else is replaced."""
    result = dict(base)
    for key, value in extra.items():
        old = result.get(key)
        result[key] = merged(old, value) if isinstance(old, Mapping) and isinstance(value, Mapping) else value
    return result


def log_config(level: str) -> dict[str, object]:
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(request)s %(message)s"}},
        "filters": {"context": {"()": "synapse.logging.context.LoggingContextFilter"}},
        "handlers": {"out": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["context"]}},
        "root": {"level": level, "handlers": ["out"]},
    }


def registration_file(place: Place, registration: Registration) -> Path:
    return place.registration_files / f"{registration['id']}.yaml"


def _identity(spec: ServerSpec, place: Place, secret: str) -> dict[str, object]:
    folder = place.folder
    return {
        "server_name": spec.server_name,
        "public_baseurl": f"http://127.0.0.1:{place.client_port}/",
        "report_stats": False,
        # The client port last: once it answers, federation listens too.
        "listeners": [_listener(place.federation_port, tls=True), _listener(place.client_port, tls=False)],
        "database": {"name": "sqlite3", "args": {"database": str(place.database)}},
        "media_store_path": str(folder / "media"),
        "log_config": str(folder / "log.yaml"),
        "no_redirect_stdio": True,
        "signing_key_path": str(folder / "signing.key"),
        "registration_shared_secret": secret,
        "macaroon_secret_key": f"macaroon-{secret}",
        "form_secret": f"form-{secret}",
        "bcrypt_rounds": 4,
        "app_service_config_files": [str(registration_file(place, each)) for each in spec.appservices],
    }


def _listener(port: int, *, tls: bool) -> dict[str, object]:
    resources = [{"names": ["client", "federation"], "compress": False}]
    return {"port": port, "bind_addresses": ["127.0.0.1"], "type": "http", "tls": tls, "resources": resources}


def _federation(place: Place) -> dict[str, object]:
    return {
        "tls_certificate_path": str(place.folder / "tls.crt"),
        "tls_private_key_path": str(place.folder / "tls.key"),
        "federation_custom_ca_list": [str(place.folder / "authority.crt")],
        "serve_server_wellknown": True,
        "ip_range_whitelist": ["127.0.0.0/8", "::1"],
        "trusted_key_servers": [],
        "suppress_key_server_warning": True,
        # Synapse's own values (minutes to days) leave a peer "down" for the rest of a test run.
        "federation": {
            "client_timeout": "10s",
            "max_short_retry_delay": 500,
            "destination_min_retry_interval": "1s",
            "destination_max_retry_interval": "2s",
            "destination_retry_multiplier": 1,
        },
    }


def _rooms(spec: ServerSpec) -> dict[str, object]:
    senders = tuple(f"@{each['sender_localpart']}:{spec.server_name}" for each in spec.appservices)
    publish = senders if spec.may_publish is None else spec.may_publish
    aliases = (senders or ("*",)) if spec.may_make_aliases is None else spec.may_make_aliases
    return {
        "default_room_version": spec.room_version,
        "room_list_publication_rules": [{"user_id": glob, "action": "allow"} for glob in publish],
        "alias_creation_rules": [{"user_id": glob, "action": "allow"} for glob in aliases],
        # Both, or the bridge cannot ask whether messages are deleted.
        "retention": {"enabled": True, "purge_jobs": [{"interval": "12h"}]},
        "experimental_features": {"msc1763_enabled": True},
        "allow_public_rooms_over_federation": False,
        "allow_public_rooms_without_auth": False,
    }


def _privacy() -> dict[str, object]:
    return {
        "enable_registration": False,
        "allow_guest_access": False,
        "require_auth_for_profile_requests": True,
        "limit_profile_requests_to_users_who_share_rooms": True,
        "user_directory": {"enabled": True, "search_all_users": False},
        "presence": {"enabled": False},
        "url_preview_enabled": False,
    }


def _limits(*, rate_limited: bool) -> dict[str, object]:
    federation = {"reject_limit": 100_000, "sleep_limit": 100_000, "sleep_delay": 0, "concurrent": 1000}
    # Without it a second initial /sync within two minutes is answered from the past.
    always = {"rc_federation": federation, "caches": {"sync_response_cache_duration": "0s"}}
    if rate_limited:
        return always
    lifted: dict[str, object] = {f"rc_{name}": UNLIMITED for name in FLAT_LIMITS}
    lifted |= {f"rc_{name}": dict.fromkeys(parts, UNLIMITED) for name, parts in NESTED_LIMITS.items()}
    return {**always, **lifted}
