"""Finding whose account is whose, over an assembly. For ``doors`` and the command line."""

from collections.abc import Callable
from functools import partial

from mautrix.api import ClientPath, SynapseAdminPath

from bridge.adapters.matrix.everybody import MatrixAccounts
from bridge.app.wiring import Assembly
from bridge.domain.directory import Directory
from bridge.domain.errors import HomeserverError
from bridge.services.identities import Identifying
from bridge.services.linking import Linking

DirectoryNow = Callable[[], Directory | None]


def identifying_of(
    parts: Assembly, directory: DirectoryNow, bots: frozenset[str], changed: Callable[[], None]
) -> Identifying | None:
    """Who looks for accounts; None where the configuration does not ask for it."""
    config, token = parts.config, parts.config.homeserver.admin_token
    if token is None or not config.identities.strategies:
        return None

    return Identifying(
        store=parts.store,
        accounts=MatrixAccounts(parts.calls.owner(token.reveal(), "homeserver.admin_token")),
        directory=directory,
        strategies=config.identities.strategies_now(),
        clock=parts.clock,
        chance=parts.chance,
        changed=changed,
        besides=_nobodys(parts, bots),
        server_name=config.homeserver.server_name,
    )


def _nobodys(parts: Assembly, bots: frozenset[str]) -> Callable[[], frozenset[str]]:
    """Accounts that are no person's; whose the admin token is is learned after the start."""

    def now() -> frozenset[str]:
        service = parts.homeserver.service_user
        return bots | {parts.homeserver.bot} | ({service} if service else set())

    return now


def linking_of(parts: Assembly, directory: DirectoryNow, bots: frozenset[str], changed: Callable[[], None]) -> Linking:
    """Links by hand."""
    return Linking(
        store=parts.store,
        directory=directory,
        server_name=parts.config.homeserver.server_name,
        clock=parts.clock,
        chance=parts.chance,
        changed=changed,
        besides=_nobodys(parts, bots),
        exists=partial(_exists, parts),
    )


async def _exists(parts: Assembly, user: str) -> bool | None:
    """Asked once: the command line links people also while the homeserver is down. A profile is shown by a homeserver
    that is set up well only to who shares a room with them, so an administrator's word is better."""
    token = parts.config.homeserver.admin_token
    try:
        if token is not None:
            owner = parts.calls.owner(token.reveal(), "homeserver.admin_token")
            await owner.call("account", "GET", SynapseAdminPath.v2.users[user], patience=0)
        else:
            bot = parts.calls.user(parts.homeserver.bot)
            await bot.call("profile", "GET", ClientPath.v3.profile[user], patience=0)
    except HomeserverError as error:
        return False if error.errcode == "M_NOT_FOUND" else None
    return True
