"""What the company's homeserver looks like from outside, judged: where ``.well-known`` leads other homeservers and
clients (server-server API, resolving server names; client-server API, well-known URI). Pure; for ``parvis doctor``.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from bridge.domain.diagnosis import Diagnosis, Outside, Verdict
from bridge.domain.messages import say
from bridge.rules.doctor.setting import AS_IT_SHOULD_BE

UNSEEN: Final = say("Not looked at: with --offline nobody is asked.")
UNREACHED: Final = say("It cannot be reached from here; ask from a machine outside.")
CHECKS: Final = ("outside.server", "outside.client", "outside.administration", "outside.room_ids")
REFUSED: Final = 401
"""Without a token Synapse answers so where the administration is; a proxy that closes it answers 403 or 404."""
UNKNOWN_ROOM: Final = "M_NOT_FOUND"
"""Synapse's word there for an id that no room has; a proxy that closes the way says none of Matrix'."""
NO_ADMINISTRATION: Final = 'if ($uri ~ "^/_synapse/admin") { return 403; }   # nginx, in the server block'
NO_ROOM_IDS: Final = """\
# nginx, in the server block
if ($uri ~ "^/_matrix/client/(api/)?[^/]+/(directory/list/room|room_summary|im\\.nheko\\.summary)/") { return 403; }
set $asked "$request_method $uri";
if ($asked ~ "^(PUT|DELETE) /_matrix/client/(api/)?[^/]+/directory/room/") { return 403; }"""
"""Decided before nginx looks for a location, and so whatever stands before or after. Also closes giving an address to a
room, which tells the same."""
LOST: Final = say("Other homeservers do not find ours: partners can be neither invited nor reached.")
BY_HAND: Final = say("Clients that know the server's name alone do not find it: people have to type its address.")
TOKENS: Final = say("People would sign in somewhere else, and hand over their passwords.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Meant:
    """``server_name`` as config.yaml says it, ``base_url`` as the homeserver's ``public_baseurl``; empty: not known."""

    server_name: str
    base_url: str = ""


def unseen(server_name: str) -> Iterator[Diagnosis]:
    """One diagnosis for each question that was not asked."""
    for check in CHECKS:
        yield Diagnosis(check=check, place=f"https://{server_name}", verdict=Verdict.UNKNOWN, found=UNSEEN)


def examine(seen: Outside, meant: Meant) -> Iterator[Diagnosis]:
    """One diagnosis for each question."""
    yield _server(seen, meant)
    yield _client(seen, meant)
    yield _administration(seen, meant)
    yield _room_ids(seen, meant)


def _server(seen: Outside, meant: Meant) -> Diagnosis:
    check, name, said = CHECKS[0], meant.server_name, seen.server
    place = f"https://{name}/.well-known/matrix/server"
    remedy = f'location /.well-known/matrix/server {{ return 200 \'{{"m.server": "matrix.{name}:443"}}\'; }}   # nginx'
    if said.status.answered and not said.leads_to:
        return Diagnosis(
            check=check,
            place=place,
            verdict=Verdict.FAULT,
            found=say("It is not what homeservers can read."),
            why=LOST,
            remedy=remedy,
        )
    if seen.answers_to == name:
        return _good(check, place)
    if seen.answers_to:
        found = say("It leads to {place}, which answers as {name}.", place=seen.destination, name=seen.answers_to)
        return Diagnosis(check=check, place=place, verdict=Verdict.FAULT, found=found, why=LOST, remedy=remedy)
    if not said.status.code:
        return _unreached(check, place)
    found = say("It leads to {place}, where no homeserver answers.", place=seen.destination)
    return Diagnosis(check=check, place=place, verdict=Verdict.WARNING, found=found, why=LOST, remedy=remedy)


def _client(seen: Outside, meant: Meant) -> Diagnosis:
    check, name, said = CHECKS[1], meant.server_name, seen.client
    place = f"https://{name}/.well-known/matrix/client"
    url = meant.base_url or f"https://matrix.{name}"
    remedy = (
        "location /.well-known/matrix/client {\n"
        "  add_header Access-Control-Allow-Origin *;\n"
        f'  return 200 \'{{"m.homeserver": {{"base_url": "{url}"}}}}\';\n'
        "}   # nginx"
    )
    if not said.status.code:
        return _unreached(check, place)
    if not said.status.answered:
        return Diagnosis(
            check=check,
            place=place,
            verdict=Verdict.WARNING,
            found=say("There is nothing."),
            why=BY_HAND,
            remedy=remedy,
        )
    if not said.leads_to:
        return Diagnosis(
            check=check,
            place=place,
            verdict=Verdict.FAULT,
            found=say("It is not what clients can read."),
            why=BY_HAND,
            remedy=remedy,
        )
    if meant.base_url and _bare(said.leads_to) != _bare(meant.base_url):
        found = say("It leads to {place}, and public_baseurl of the homeserver says {other}.",
                    place=said.leads_to, other=meant.base_url)  # fmt: skip
        return Diagnosis(check=check, place=place, verdict=Verdict.FAULT, found=found, why=TOKENS, remedy=remedy)
    if not said.for_browsers:
        found = say("Clients in browsers may not read it: Access-Control-Allow-Origin is missing.")
        return Diagnosis(check=check, place=place, verdict=Verdict.WARNING, found=found, why=BY_HAND, remedy=remedy)
    if not seen.clients.answered:
        found = say("It leads to {place}, where no homeserver answers.", place=said.leads_to)
        return Diagnosis(check=check, place=place, verdict=Verdict.WARNING, found=found, why=BY_HAND, remedy=remedy)
    return _good(check, place)


def _administration(seen: Outside, meant: Meant) -> Diagnosis:
    check = CHECKS[2]
    place = seen.client.leads_to or f"https://{meant.server_name}"
    if not seen.administration.code:
        return _unreached(check, place)
    if seen.administration.code != REFUSED and not seen.administration.answered:
        return _good(check, place)
    found = say("The administration of the homeserver can be reached there.")
    why = say("Whoever gets hold of an administrator's token sees every room.")
    return Diagnosis(
        check=check,
        place=place,
        verdict=Verdict.WARNING,
        found=found,
        why=why,
        remedy=NO_ADMINISTRATION,
    )


def _room_ids(seen: Outside, meant: Meant) -> Diagnosis:
    """Whether anybody is told that no room has an id: then one hears of every id whether there is a room."""
    check = CHECKS[3]
    place = seen.client.leads_to or f"https://{meant.server_name}"
    told = [way for way, status in seen.room_ids.items() if status.errcode == UNKNOWN_ROOM or status.answered]
    if not told and not (seen.room_ids and all(status.code for status in seen.room_ids.values())):
        return _unreached(check, place)
    if not told:
        return _good(check, place)
    return Diagnosis(
        check=check,
        place=place,
        verdict=Verdict.WARNING,
        found=say("Anybody asks there whether there is a room with a certain id: by {ways}.",
                  ways=", ".join(f"/_matrix/client/{way}" for way in told)),
        why=say("Whoever comes by the id of a hidden room learns that it exists."),
        remedy=NO_ROOM_IDS,
    )  # fmt: skip


def _bare(url: str) -> str:
    return url.rstrip("/").lower()


def _good(check: str, place: str) -> Diagnosis:
    return Diagnosis(check=check, place=place, verdict=Verdict.GOOD, found=AS_IT_SHOULD_BE)


def _unreached(check: str, place: str) -> Diagnosis:
    return Diagnosis(check=check, place=place, verdict=Verdict.UNKNOWN, found=UNREACHED)
