"""Broken glass at the gate: one administrator alone sees one group more, and may do nothing more."""

from dataclasses import replace
from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bridge.domain.directory import Directory
from bridge.domain.viewers import Viewer, alone
from bridge.rules.access import Access
from bridge.rules.facts import gather
from bridge.rules.glass import GlassLimits, may_agree, others
from tests.fakes.clock import START
from tests.services.secret_worlds import ASKED, SECRET, directories
from tests.services.secret_worlds import others as everybody_else
from tests.world import SERVER, TODAY, directory, group, user, users

ADMINS = users("p0", "p1")


def answers(gate: Access, viewer: Viewer) -> list[object]:
    """All that the gate says of every group."""
    groups = sorted(gate.facts.directory.groups)
    may = (gate.may_know, gate.may_read, gate.may_inspect, gate.may_join, gate.may_govern, gate.may_delegate)
    told = [gate.find(viewer, asked) for asked in ASKED]
    return [gate.compartments(viewer), told, *([one(viewer, name) for one in may] for name in groups)]


@given(directories())
def test_it_shows_the_one_group_to_an_administrator_alone_and_nothing_to_anybody_else(source: Directory) -> None:
    gate = Access(gather(source, today=TODAY, server_name=SERVER), admins=ADMINS)
    for viewer in everybody_else(gate):
        through = replace(viewer, glass=frozenset({SECRET}))
        if not (viewer.personal and gate.is_admin(viewer.asker)):
            assert answers(gate, through) == answers(gate, viewer)
            continue
        assert gate.may_know(through, SECRET)
        assert gate.compartments(through) == gate.compartments(viewer) | {SECRET}
        shown = [one.id for one in gate.visible_groups(through) if one.id != SECRET]
        assert shown == [one.id for one in gate.visible_groups(viewer)]


@given(directories())
def test_whoever_sees_through_it_may_do_nothing_that_they_might_not_before(source: Directory) -> None:
    gate = Access(gather(source, today=TODAY, server_name=SERVER), admins=ADMINS)
    for viewer in everybody_else(gate):
        through = replace(viewer, glass=frozenset({SECRET}))
        for name in gate.facts.directory.groups:
            for may in (gate.may_join, gate.may_govern, gate.may_delegate):
                assert may(through, name) is may(viewer, name)


def test_what_may_be_meant_is_every_hidden_group_that_is_called_so() -> None:
    source = directory(
        group("board").hidden().called("Comité"), group("amber").hidden().called("Board"), group("bid").called("Board")
    )
    gate = Access(
        gather(source, today=TODAY, server_name=SERVER), group_at=lambda text: "amber" if text == "!room" else ""
    )
    assert gate.behind_glass(" board ") == ("board", "amber")
    assert gate.behind_glass("comite") == ("board",)
    assert gate.behind_glass("!room") == ("amber",)
    assert gate.behind_glass("bid") == gate.behind_glass("nothing") == gate.behind_glass("") == ()


def test_another_administrator_who_still_is_one_agrees() -> None:
    source = directory(group("sales"), people=("ines", "ann"), gone=("gus",))
    gate = Access(gather(source, today=TODAY, server_name=SERVER), admins=users("ines", "gus", "root"))
    for by, may in (("root", True), ("ines", False), ("gus", False), ("ann", False)):
        assert may_agree(gate, user("ines"), user(by)) is may
    assert not may_agree(gate, user("gus"), user("ines"))
    assert others(gate, user("ines"))
    assert not others(replace(gate, admins=users("ines", "gus")), user("ines"))


@given(st.lists(st.timedeltas(timedelta(0), timedelta(days=3))))
def test_requests_count_for_as_long_as_the_limit_says(ago: list[timedelta]) -> None:
    limits, now = GlassLimits(requests=2, within=timedelta(hours=24)), START
    earlier: list[datetime] = [now - one for one in ago]
    assert limits.spent(earlier, now) is (sum(one < timedelta(hours=24) for one in ago) >= 2)
    assert GlassLimits(requests=0).spent((), now)


def test_only_somebody_alone_sees_through_it() -> None:
    assert alone(user("p0")).personal
    assert not Viewer(asker=user("p0"), readers=users("p0", "p1")).personal
    assert not Viewer(asker=user("p0"), readers=users("p0"), everyone=True).personal
    assert not Viewer(asker=user("p0"), readers=users("p0"), partners=frozenset({"acme"})).personal
