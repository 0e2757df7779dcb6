"""What everything that listens on the bridge's port answers about a hidden group; a row of ``outputs``."""

from typing import Any, Final

from bridge.config.loading import load_config
from deploy.localnet.requests import call
from tests.support.plain import Plain
from tests.support.stage import Stage

PATHS: Final = (
    "GET /_matrix/app/v1/users/{}",
    "GET /_matrix/app/v1/rooms/{}",
    "GET /_matrix/app/v1/thirdparty/location/{}",
    "POST /_matrix/app/v1/ping",
    "GET /scim/v2/Groups/{}",
    "GET /health/{}",
    "GET /{}",
)


async def paths_of_bridge(stage: Stage, _who: str) -> Any:
    """Status and body, with the homeserver's token, with a wrong one and without: the same about a hidden group and
    about none."""
    right = load_config(stage.company.folder / "config.yaml", {}).appservice.hs_token.reveal()
    found = {}
    for path in PATHS:
        method, _, rest = path.partition(" ")
        for what, token in (("right token", right), ("wrong token", "wrong"), ("no token", None)):
            urls = [f"http://127.0.0.1:{stage.company.house.port}{rest.format(word)}" for word in _asked(stage)]
            hidden, none = [await call(method, url, token=token) for url in urls]
            assert hidden == none, f"{path}, {what}"
            found[f"{path}, {what}"] = [hidden.status, Plain(stage.names()).value(hidden.content)]
    return found


def _asked(stage: Stage) -> tuple[str, str]:
    canary = stage.canaries[0]
    return canary.id, canary.near_misses[0]
