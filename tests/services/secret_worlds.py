"""Random companies around one hidden group that is tangled up with the others, and each the same without it.

Groups nest one another and it, it nests them; it has a parent and is one; it admits partners and shares members and
names with what everybody sees.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

from hypothesis import strategies as st

from bridge.domain.directory import Directory, Group, Person, Visibility
from bridge.domain.messages import Text
from bridge.domain.partners import Partner
from bridge.domain.viewers import Viewer, alone
from bridge.rules.access import Access
from tests.world import SERVER, user

PEOPLE = tuple(f"p{number}" for number in range(8))
OUTSIDERS = tuple(f"@x{number}:{name}.example" for name in ("acme", "globex") for number in range(2))
STRANGER = "@stray:evil.example"
PARTNERS = ("acme", "globex")
GROUPS = ("g0", "g1", "g2", "g3", "g4")
SECRET = "quartz"
CALLED = "Opération Basalte"
ASKED = (SECRET, CALLED, "quart", "g1")

several = st.integers(0, 2**8 - 1)


def employed(source: Directory) -> Directory:
    """The same people, each in a department and, save the first, with somebody who answers for them."""
    people = {
        one.id: replace(one, department=("Sales", "Research")[place % 2], manager=PEOPLE[place // 2] if place else "")
        for place, one in enumerate(source.people.values())
    }
    return replace(source, people=people)


def chosen(items: tuple[str, ...], bits: int) -> tuple[str, ...]:
    return tuple(item for place, item in enumerate(items) if bits >> place & 1)


class Twins(NamedTuple):
    """The same company with the secret group and without it."""

    with_it: Directory
    without: Directory

    def __repr__(self) -> str:
        return f"Twins({self.with_it.groups!r})"


@st.composite
def groups(draw: st.DrawFn, group_id: str) -> Group:
    secret = group_id == SECRET
    nested = [f"group:{inner}" for inner in chosen((SECRET, *GROUPS), draw(several) & draw(several))]
    # A parent that comes later: parents never go round in a circle.
    above = (
        (SECRET, *GROUPS)[(SECRET, *GROUPS).index(group_id) + 1 :]
        if secret
        else (SECRET, *GROUPS[GROUPS.index(group_id) + 1 :])
    )
    place = draw(st.integers(0, 7))
    visibility = Visibility.HIDDEN if secret else tuple(Visibility)[draw(st.integers(0, 5)) % 3]
    people = chosen(PEOPLE, draw(several) & draw(several))
    return Group(
        id=group_id,
        name=Text.same(CALLED if secret or place == 0 else f"Group {group_id}"),
        visibility=visibility,
        mandatory=bool(place & 1),
        parent=above[place] if place < len(above) else "",
        owners=chosen(PEOPLE, draw(several) & draw(several) & draw(several)),
        delegates=chosen(PEOPLE, draw(several) & draw(several) & draw(several)),
        members=(*people, *chosen(OUTSIDERS, draw(several)), *nested),
        partners=chosen(PARTNERS, draw(several)),
    )


@st.composite
def directories(draw: st.DrawFn) -> Directory:
    active = draw(several) | draw(several) | 3
    return employed(
        Directory(
            people={
                name: Person(id=name, user=user(name), name=name.title(), active=bool(active >> place & 1))
                for place, name in enumerate(PEOPLE)
            },
            groups={group_id: draw(groups(group_id)) for group_id in (*GROUPS, SECRET)},
            partners={
                name: Partner(id=name, name=Text.same(name), servers=(f"{name}.example",), sponsor=PEOPLE[place])
                for place, name in enumerate(PARTNERS)
            },
        )
    )


def twins(with_it: Directory) -> Twins:
    """``with_it``, and the same without the secret group: not nested anywhere, and above nothing."""
    secret = with_it.groups[SECRET]
    rest = {
        group.id: replace(
            group,
            members=tuple(one for one in group.members if one != f"group:{SECRET}"),
            parent=secret.parent if group.parent == SECRET else group.parent,
        )
        for group in with_it.groups.values()
        if group.id != SECRET
    }
    return Twins(with_it, replace(with_it, groups=rest))


def others(access: Access) -> Iterator[Viewer]:
    """Everybody alone, and rooms of several, as far as the secret group is hidden from them."""
    seated = access.facts.people_of(SECRET)
    everybody = (*map(user, PEOPLE), *OUTSIDERS, STRANGER, f"@nobody:{SERVER}")
    alone_with_the_bot = [alone(who) for who in everybody]
    together = [
        viewer
        for who in (user("p0"), user("p2"), OUTSIDERS[1])
        for viewer in (
            Viewer(asker=who, readers=frozenset({who}), everyone=True),
            Viewer(asker=who, readers=frozenset({who, user("p1")})),
            Viewer(asker=who, readers=frozenset({who}), everyone=True, partners=frozenset({"acme"})),
        )
    ]
    for viewer in (*alone_with_the_bot, *together):
        if viewer.everyone or not viewer.readers <= seated:
            yield viewer
