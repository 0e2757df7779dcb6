"""The account behind ``homeserver.admin_token``: whom it may not belong to. Asked at every start and by the doctor."""

from collections.abc import Set as AbstractSet
from enum import StrEnum

from bridge.domain.ids import server_of
from bridge.domain.messages import Message, say


class Unfit(StrEnum):
    """Why an account does not serve."""

    PERSON = "person"
    FOREIGN = "foreign"
    POWERLESS = "powerless"
    """It is no administrator's."""


def unfit(owner: str, server_name: str, people: AbstractSet[str], *, administrator: bool = True) -> Unfit | None:
    """What keeps ``owner`` (a user id) from serving a bridge of ``server_name``; ``people`` are the user ids of
    persons. None where nothing does."""
    if owner in people:
        return Unfit.PERSON
    if server_of(owner) != server_name.lower():
        return Unfit.FOREIGN
    return None if administrator else Unfit.POWERLESS


def objection(reason: Unfit, owner: str, server_name: str) -> Message:
    """The same as a sentence for who runs the bridge."""
    if reason is Unfit.PERSON:
        return say(
            "homeserver.admin_token belongs to {user}, who is a person. Make an administrator account for Parvis"
            " alone and use its token.",
            user=owner,
        )
    if reason is Unfit.FOREIGN:
        return say(
            "homeserver.admin_token belongs to {user}, not to an account of {server}.", user=owner, server=server_name
        )
    return say("homeserver.admin_token belongs to {user}, who is no administrator of the homeserver.", user=owner)
