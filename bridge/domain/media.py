"""Files as Matrix names them, and the limits of what is taken from people. Used by adapters and ``services/cards``."""

import re
from typing import Final

from bridge.domain.errors import InputError
from bridge.domain.ids import is_server_name
from bridge.domain.messages import say

ADDRESS: Final = re.compile(r"mxc://([^/]+)/([A-Za-z0-9_-]+)")


def media_of(uri: str) -> tuple[str, str]:
    """Server and id of an ``mxc://`` (specification, content repository). Raises ``InputError`` for anything else."""
    found = ADDRESS.fullmatch(uri)
    if found is None or not is_server_name(found[1]):
        raise InputError(say("This file has no address where I could fetch it."))
    return found[1], found[2]
