"""Making a group by command: who may, what it is called, who owns it. Called by commands and the command line.

Its id is its name with some letters that nobody chose, so that a group of that name that its founder may not know of
changes nothing.
"""

from base64 import b32encode
from hashlib import sha256
from typing import Final

from bridge.domain.directory import Group, GroupState, Visibility
from bridge.domain.errors import InputError
from bridge.domain.ids import slug
from bridge.domain.messages import say
from bridge.domain.policy import GroupPolicy, Value
from bridge.domain.viewers import Viewer
from bridge.rules.policy import read_value
from bridge.rules.references import References
from bridge.services.decided import NotAllowed, Proposal
from bridge.services.policies import Policies, refuse_standing

LETTERS: Final = 5
"""One in 33 million for two groups of one name; the longest slug leaves room for them in an alias."""
MAX_SLUG: Final = 60


async def propose_new(
    policies: Policies, viewer: Viewer, *, values: dict[str, Value], origin: str, granted: bool = False
) -> Proposal:
    """A group with these values by field, owned by the asker; ``origin`` is the event that asks for it, ``granted``
    that administrators allowed it.

    Raises ``BadValue`` and ``NotAllowed``, also as ``Reserved``; ``InputError`` when there is one of this name already
    that they know, and where a hidden group would be made while others read along.
    """
    name = read_value("name", values.get("name"))
    access, id_ = policies.society.access(), id_of(name.en or name.fr, origin)
    for text in filter(None, dict.fromkeys((name.en, name.fr))):
        found = access.find(viewer, text) if access else None
        if found is not None and found.id != id_ and found.state is not GroupState.RETIRED:
            raise InputError(say("There is a group called {name} already.", name=text))
    if not viewer.cleared and (access is None or viewer.asker not in access.insiders):
        raise NotAllowed(say("Groups are made by the people of the company."))
    founder: dict[str, Value] = {"owners": [viewer.asker], "members": [viewer.asker]} if viewer.asker else {}
    if parent := read_value("parent", values.get("parent")):
        newcomer = Group(id=id_, name=name)
        if access:
            above = References(access, viewer, newcomer).parent(parent)
            refuse_standing(access, viewer, above)
            values = {**values, "parent": above}
    policy = GroupPolicy(
        group=id_, values={**founder, **values}, created=True, by=viewer.asker, at=policies.clock.now()
    )
    proposal = await policies.foresee_new(viewer, policy)
    if proposal.after.visibility is Visibility.HIDDEN and not viewer.cleared and not viewer.personal:
        raise InputError(say("Others read along here. Ask me for a hidden group in a conversation with me alone."))
    if not granted:
        policies.refuse_creating(viewer, proposal)
    return proposal


def id_of(name: str, origin: str) -> str:
    """The id of the group that the event ``origin`` makes: the same whenever it is repeated."""
    letters = b32encode(sha256(f"{origin} {name}".encode(errors="replace")).digest())[:LETTERS].decode().lower()
    return f"{slug(name)[:MAX_SLUG]}-{letters}"
