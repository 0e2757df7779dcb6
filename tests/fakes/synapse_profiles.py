"""The profile fields of the Synapse of tests/fakes/synapse.py: who may write them, and what an absent one answers."""

from typing import TYPE_CHECKING, Any

from bridge.adapters.matrix.calls import Request
from tests.fakes.synapse_rooms import No, forbidden

if TYPE_CHECKING:
    from tests.fakes.synapse import FakeSynapse


def whole(server: "FakeSynapse", _user: str, _request: Request, who: str) -> Any:
    if who in server.nobodies:
        raise No(404, "M_NOT_FOUND", "Profile was not found")
    if who not in server.names and who not in server.fields:
        raise forbidden("Profile isn't available")
    named = {"displayname": server.names[who]} if who in server.names else {}
    return {**named, **server.fields.get(who, {})}


def write(server: "FakeSynapse", user: str, request: Request, who: str, name: str) -> Any:
    if user != who and user not in server.admins:
        raise forbidden("Cannot set another user's profile")
    if name not in request.content:
        raise No(400, "M_MISSING_PARAM", f"Missing key '{name}'")
    server.fields.setdefault(who, {})[name] = request.content[name]
    return {}


def remove(server: "FakeSynapse", user: str, _: Request, who: str, name: str) -> Any:
    if user != who and user not in server.admins:
        raise forbidden("Cannot set another user's profile")
    server.fields.get(who, {}).pop(name, None)
    return {}
