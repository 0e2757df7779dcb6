"""Tokens that must not be used, and tokens that stand where they do not belong."""

from collections.abc import Iterator
from typing import Final

from bridge.config.directories import KeycloakDirectory, LdapDirectory
from bridge.config.secret import Secret
from bridge.config.settings import Config
from bridge.domain.messages import say
from bridge.domain.problems import Problem, Spot
from bridge.files.spelling import looks_like_token
from bridge.files.trees import Listing, Path, Scalar, Table, Tree, path_text, spot_in

SHIPPED_AS_TOKEN: Final = "example-as-token-never-use-this-one"  # noqa: S105 - refused by run
SHIPPED_HS_TOKEN: Final = "example-hs-token-never-use-this-one"  # noqa: S105 - refused by run
"""The tokens of the shipped registration.yaml: everybody knows them."""

SHORTEST: Final = 32

ACCOUNTS: Final = tuple(("secrecy", name, "token") for name in ("member", "colleague", "partner", "stranger"))
"""Of those as whom the secrecy check asks."""
SECRET_PATHS: Final = {
    ("homeserver", "admin_token"),
    ("appservice", "as_token"),
    ("appservice", "hs_token"),
    ("database", "url"),
    ("directory", "password"),
    ("directory", "client_secret"),
    ("mail", "password"),
    ("secrets", "data_key"),
    ("secrets", "audit_key"),
    ("secrecy", "federation", "key"),
    *ACCOUNTS,
}


def refuse_weak_tokens(config: Config) -> list[Problem]:
    """Why ``run`` must not start with these tokens: shipped with the program, or shorter than 32 characters."""
    problems = []
    for key, token in (("as_token", config.appservice.as_token), ("hs_token", config.appservice.hs_token)):
        spot = Spot(str(config.file), path=path_text(("appservice", key)))
        if token.same_as(SHIPPED_AS_TOKEN) | token.same_as(SHIPPED_HS_TOKEN):
            message = say("{key} is the one that everybody gets with the program: make one with parvis init.", key=key)
            problems.append(Problem(spot, message))
        elif len(token) < SHORTEST:
            message = say("{key} has fewer than {count} characters: it could be guessed.", key=key, count=SHORTEST)
            problems.append(Problem(spot, message))
    return problems


def misplaced_tokens(tree: Tree, file: str) -> Iterator[Problem]:
    """Values that look like tokens outside the settings for secrets. What bots are told is their own."""
    for path, text in _words(tree, ()):
        known_place = _of_one(path) in SECRET_PATHS or path[:1] == ("bots",)
        if not known_place and looks_like_token(text):
            message = say("This looks like an access token; tokens belong in as_token, hs_token or admin_token only.")
            yield Problem(spot_in(file, tree, path), message)


def repeated_secrets(config: Config, tree: Tree) -> Iterator[Problem]:
    """Secrets of the configuration that stand in a setting that is not secret, or serve two purposes."""
    hs_token = config.appservice.hs_token
    if config.homeserver.admin_token == hs_token:
        spot = spot_in(str(config.file), tree, ("homeserver", "admin_token"))
        yield Problem(spot, say("admin_token and hs_token are the same: they have nothing to do with each other."))
    if config.secrets.data_key == config.secrets.audit_key:
        spot = spot_in(str(config.file), tree, ("secrets", "audit_key"))
        yield Problem(spot, say("data_key and audit_key are the same: each needs random bytes of its own."))
    yield from _accounts_told_twice(config, tree)
    known = {secret.reveal() for secret in _secrets(config)}
    for path, text in _words(tree, ()):
        if _of_one(path) not in SECRET_PATHS and text in known:
            yield Problem(spot_in(str(config.file), tree, path), say("One of the secrets stands here, in the open."))


def _accounts_told_twice(config: Config, tree: Tree) -> Iterator[Problem]:
    """Who asks for the secrecy check are different people, and neither the bridge nor an administrator."""
    owned = (("appservice", "as_token"), ("homeserver", "admin_token"), *ACCOUNTS)
    tokens = {path: token for path in owned if (token := _secret_at(config, path)) is not None}
    for path, token in tokens.items():
        first = next(other for other, one in tokens.items() if one == token)
        if path[0] == "secrecy" and first != path:
            yield Problem(
                spot_in(str(config.file), tree, path),
                say("This token is also {other}: each account is somebody else's.", other=path_text(first)),
            )


def _secret_at(config: Config, path: tuple[str, ...]) -> Secret | None:
    value: object = config
    for step in path:
        value = getattr(value, step, None)
    return value if isinstance(value, Secret) else None


def _of_one(path: Path) -> Path:
    """The path as it would be if there were only one source."""
    return (path[0], *path[2:]) if path[:1] == ("directory",) and isinstance(path[1], int) else path


def _secrets(config: Config) -> Iterator[Secret]:
    yield config.appservice.as_token
    yield config.appservice.hs_token
    yield config.secrets.data_key
    yield config.secrets.audit_key
    if config.homeserver.admin_token:
        yield config.homeserver.admin_token
    if config.mail and config.mail.password:
        yield config.mail.password
    servers = [one for one in config.sources.values() if isinstance(one, LdapDirectory)]
    yield from (one.password for one in servers if one.password)
    yield from (one.client_secret for one in config.sources.values() if isinstance(one, KeycloakDirectory))


def _words(tree: Tree, path: Path) -> Iterator[tuple[Path, str]]:
    """Every value of a document with its path."""
    match tree:
        case Scalar(text=text):
            yield path, text
        case Listing(items=items):
            for index, item in enumerate(items):
                yield from _words(item, (*path, index))
        case Table(entries=entries):
            for key, value in entries.items():
                yield from _words(value, (*path, key))
