"""The constant answers of the inbound endpoint; used by its server."""

from typing import Final

from aiohttp import web

JSON: Final = "application/json"
OWN_HEADERS: Final = {"Server": "parvis"}
"""Without it, aiohttp tells everybody its version and Python's."""


def done() -> web.Response:
    """200: the homeserver may forget the transaction."""
    return reply(200, b"{}")


def reply(status: int, body: bytes, content_type: str = JSON) -> web.Response:
    """Any answer; responses cannot be sent twice, so each is made anew."""
    return web.Response(status=status, body=body, content_type=content_type, headers=OWN_HEADERS)


def refusal(status: int, errcode: str, sentence: str) -> web.Response:
    """An error as Matrix writes it; both texts are ours and need no escaping."""
    return reply(status, f'{{"errcode":"{errcode}","error":"{sentence}"}}'.encode())


def missing_token() -> web.Response:
    return refusal(401, "M_MISSING_TOKEN", "The Authorization header carries no token.")


def wrong_token() -> web.Response:
    return refusal(403, "M_FORBIDDEN", "This is not the homeserver's token.")


def not_json() -> web.Response:
    return refusal(400, "M_NOT_JSON", "The body is not JSON.")


def not_a_transaction() -> web.Response:
    return refusal(400, "M_BAD_JSON", "The body is not a transaction.")


def too_large() -> web.Response:
    return refusal(413, "M_TOO_LARGE", "No legal transaction is that large.")


def not_found() -> web.Response:
    """The same for every user and every alias: it tells nobody what exists."""
    return refusal(404, "M_NOT_FOUND", "Not found.")


def unknown_path() -> web.Response:
    return refusal(404, "M_UNRECOGNIZED", "There is nothing at this path.")


def wrong_method(allowed: str) -> web.Response:
    answer = refusal(405, "M_UNRECOGNIZED", "This path has no such method.")
    answer.headers["Allow"] = allowed
    return answer


def try_again() -> web.Response:
    answer = refusal(503, "M_UNKNOWN", "The transaction could not be stored. Send it again.")
    answer.headers["Retry-After"] = "1"
    return answer


def broken() -> web.Response:
    return refusal(500, "M_UNKNOWN", "Something went wrong here. Send it again.")
