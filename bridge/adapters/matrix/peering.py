"""Requests in the name of another homeserver, signed with its key: server-server API, request authentication.

For ``probing``, where a partner lends its key; and for tests that play the partner's administrators.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from signedjson.key import decode_signing_key_base64
from signedjson.sign import sign_json

from bridge.domain.errors import InputError
from bridge.domain.messages import say

ALGORITHM: Final = "ed25519"


@dataclass(frozen=True, slots=True, kw_only=True)
class Peer:
    """The homeserver ``server``, with the line of its ``signing.key``."""

    server: str
    key: str = field(repr=False)

    def header(self, method: str, target: str, path: str, body: Mapping[str, Any] | None = None) -> str:
        """What ``Authorization`` says of a request to the homeserver ``target``; ``path`` is as it is sent, with its
        query. Raises ``InputError`` where the key is none."""
        names = {"origin": self.server, "destination": target}
        request = {"method": method, "uri": path, **names} | ({} if body is None else {"content": body})
        try:
            algorithm, version, seed = self.key.split()
            key = decode_signing_key_base64(algorithm, version, seed)
        except ValueError as error:
            sentence = say("The signing key of {server} cannot be read.", server=self.server)
            raise InputError(sentence) from error
        signature = sign_json(request, self.server, key)["signatures"][self.server][f"{algorithm}:{version}"]
        words = {**names, "key": f"{algorithm}:{version}", "sig": signature}
        return "X-Matrix " + ",".join(f'{name}="{value}"' for name, value in words.items())
