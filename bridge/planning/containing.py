"""The part of a plan that shuts one partner out, to be done before everything else. Used by ``services.containing``."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from bridge.domain.desired import Setting
from bridge.planning.actions import Action, Phase, RemoveMembers, SetState
from bridge.planning.fingerprint import fingerprint_of
from bridge.planning.plan import Plan, PlanPart
from bridge.rules.partners import partner_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Outsiders:
    """Who is shut out: ``claims`` as ``rules.partners.belonging`` gives them of this partner alone, ``people`` whom
    it brought before and may not claim any more, the ``servers`` that go (``acl_names``), the room id of its
    ``space``, empty where there is none."""

    claims: Mapping[str, str]
    people: frozenset[str] = field(default_factory=frozenset)
    servers: frozenset[str]
    space: str = ""

    def brought(self, user: str) -> bool:
        """Whether the user is one of them."""
        return user in self.people or partner_of(user, self.claims) is not None


def containment(plan: Plan, outsiders: Outsiders) -> Plan:
    """What of ``plan`` takes these people out, and closes the doors through which they could come back.

    In the order of every plan: first nobody comes in any more through the partner's space, then everybody goes, and the
    server ACL closes last, because an ACL alone does not stop what is sent to a server that still has members. All of
    it takes and closes, so that no brake holds it.
    """
    parts = (_part(part, outsiders) for part in plan.parts)
    return Plan.of(part for part in parts if part.actions)


def _part(part: PlanPart, outsiders: Outsiders) -> PlanPart:
    actions = tuple(_urgent(part, outsiders))
    return replace(part, actions=actions, findings=(), held=None, fingerprint=fingerprint_of(actions))


def _urgent(part: PlanPart, outsiders: Outsiders) -> Iterator[Action]:
    for action in part.actions:
        match action:
            case RemoveMembers():
                if users := tuple(filter(outsiders.brought, action.users)):
                    yield replace(action, users=users)
            case SetState(setting=Setting.ACL, phase=Phase.SHRINK):
                if _lost(action.before, action.after) & outsiders.servers or action.before is None:
                    yield action
            case SetState(setting=Setting.JOIN_RULE, phase=Phase.TIGHTEN):
                if outsiders.space in _lost(_admitted(action.before), _admitted(action.after)):
                    yield action
            case _:
                pass


def _lost(before: Any, after: Any) -> frozenset[str]:
    """What is in a list of names and will not be."""
    was, will_be = (value if isinstance(value, list | tuple) else () for value in (before, after))
    return frozenset(one for one in was if isinstance(one, str)).difference(will_be)


def _admitted(entrance: Any) -> Any:
    """The rooms whose members a join rule lets in, as it is shown."""
    return entrance.get("allow") if isinstance(entrance, dict) else ()
