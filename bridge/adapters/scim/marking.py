"""By what resources are found without opening them: marks of what clients ask for, and filters that marks answer."""

import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import reduce
from typing import Any, Final

from scim2_models.path import AttrPath, CompareOperator, Comparison, FilterNode, LogicalExpr, LogicalOperator

from bridge.domain.scim import account

EXACT: Final = frozenset({"id", "externalid"})
"""Attributes whose letter case counts (RFC 7643 section 3.1)."""
SINGLE: Final = ("userName", "displayName", "externalId")
EMAILS: Final = "emails.value"
ACCOUNT: Final = "account"
"""What nobody asks for: by it we find out whether an account is taken."""
MARKED: Final = {"id": "id", "emails": EMAILS} | {name.lower(): name.lower() for name in (*SINGLE, EMAILS)}
"""What a filter may call them, in small letters, and what the mark is called."""
MEMBERS: Final = frozenset({"members", "members.value"})


def marks_of(resource_id: str, document: Mapping[str, Any]) -> frozenset[str]:
    """The marks of a resource."""
    values = [("id", resource_id), *((name.lower(), document.get(name)) for name in SINGLE)]
    values += [(EMAILS, one.get("value")) for one in document.get("emails", ())]
    if "userName" in document:
        values.append((ACCOUNT, account(document)))
    return frozenset(mark(name, value) for name, value in values if isinstance(value, str))


def mark(name: str, value: str) -> str:
    """One mark; ``name`` in small letters."""
    return f"{name}={value if name in EXACT else _folded(value)}"


@dataclass(frozen=True, slots=True)
class Narrowing:
    """What resources have to have that a filter lets through. ``whole`` says that this is all that the filter asks."""

    marks: frozenset[str] = frozenset()
    member: str = ""
    whole: bool = True


def narrowing(node: FilterNode) -> Narrowing:
    """What marks can answer of a filter; the rest is to be judged one by one."""
    if isinstance(node, LogicalExpr) and node.op is LogicalOperator.and_:
        return reduce(_both, map(narrowing, node.terms))
    if isinstance(node, Comparison) and node.op is CompareOperator.eq and isinstance(node.value, str) and node.value:
        name = _name(node.attr_path)
        if name in MARKED:
            return Narrowing(frozenset({mark(MARKED[name], node.value)}))
        if name in MEMBERS:
            return Narrowing(member=node.value)
    return Narrowing(whole=False)


def _both(one: Narrowing, other: Narrowing) -> Narrowing:
    if one.member and other.member:  # of two members the second is looked for in what the first one leaves
        return replace(one, marks=one.marks | other.marks, whole=False)
    return Narrowing(one.marks | other.marks, one.member or other.member, one.whole and other.whole)


def _name(path: AttrPath) -> str:
    return ".".join(part.lower() for part in _parts(path))


def _parts(path: AttrPath) -> Iterator[str]:
    yield path.attr
    if path.sub_attr:
        yield path.sub_attr


def _folded(text: str) -> str:
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", text).lower())
