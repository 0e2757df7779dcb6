"""Makes the secrecy check, with the accounts of the configuration. Called by ``doors`` and by ``secrecy``."""

from typing import Final

from bridge.adapters.leavings import Leavings, LogEar
from bridge.adapters.matrix.gateway import Gateway
from bridge.adapters.matrix.media import MatrixMedia
from bridge.adapters.matrix.peering import Peer
from bridge.adapters.matrix.probing import Account, MatrixProbes
from bridge.adapters.matrix.probing_rooms import Workshop
from bridge.adapters.schedule import CronSchedule
from bridge.app.bots import bot_classes, bot_user
from bridge.app.judging import check_schedule
from bridge.app.kept import database_files
from bridge.app.logs import EAR
from bridge.app.wiring import Assembly
from bridge.config.settings import Config
from bridge.domain.secrecy import Asker
from bridge.services.policies import Policies
from bridge.services.probing.running import Probing
from bridge.services.probing.watching import SecrecyWatch

SETTING: Final = "homeserver.admin_token"
"""Where the token of an administrator stands."""


def probing_of(parts: Assembly, policies: Policies, log: LogEar | None = None) -> Probing:
    """One that asks the bridge which listens as the configuration says; ``log`` is its, if it runs in this process."""
    config = parts.config
    homeserver, appservice, token = config.homeserver, config.appservice, config.homeserver.admin_token
    gateway = config.secrecy.gateway
    workshop = Workshop(
        me=parts.calls.user(parts.homeserver.bot),
        bot=parts.homeserver.bot,
        server=homeserver.server_name,
        media=MatrixMedia(parts.calls, parts.homeserver.bot, admin_token=token.reveal() if token else None),
        admin=parts.calls.owner(token.reveal(), SETTING) if token else None,
    )
    probes = MatrixProbes(
        address=homeserver.address,
        server=homeserver.server_name,
        bots=_bots(config),
        bridge=Account(address=f"http://{appservice.listen}", token=appservice.hs_token.reveal()),
        given=_accounts(config),
        workshop=workshop,
        gateway=Gateway(gateway.host, gateway.port) if gateway else Gateway(),
        leavings=Leavings(copy=parts.store.backup, database=database_files(config.database.url), log=log),
        clock=parts.clock,
        chance=parts.chance,
    )
    return Probing(
        policies=policies,
        probes=probes,
        bot=parts.homeserver.bot,
        server=homeserver.server_name,
        aliases=appservice.aliases,
        file=str(config.file),
    )


def watch_of(parts: Assembly, policies: Policies) -> SecrecyWatch:
    """The same by schedule. Raises ``InputError`` where that is none."""
    config = parts.config
    check_schedule(config)
    return SecrecyWatch(
        probing=probing_of(parts, policies, EAR),
        schedule=CronSchedule(),
        when=config.secrecy.when,
        zone=config.timezone,
    )


def _bots(config: Config) -> dict[str, str]:
    """Who answers, by the localpart of its class: that of administrators in any case, by none."""
    return {name: bot_user(config, name) for name in ("", *(one.localpart for one, _ in bot_classes(config)))}


def _accounts(config: Config) -> dict[Asker, Account]:
    given = {
        Asker.STRANGER: config.secrecy.stranger,
        Asker.COLLEAGUE: config.secrecy.colleague,
        Asker.PARTNER: config.secrecy.partner,
        Asker.MEMBER: config.secrecy.member,
    }
    accounts = {
        asker: Account(address=one.address or config.homeserver.address, token=one.token.reveal())
        for asker, one in given.items()
        if one is not None
    }
    if (lent := config.secrecy.federation) is not None:
        peer = Peer(server=lent.server, key=lent.key.reveal())
        accounts[Asker.PEER] = Account(address=lent.address or config.homeserver.address, peer=peer)
    return accounts
