"""Mistakes that somebody could make in rules and planning, each as one replaced name. Every one must break a property.

A mistake that no property notices shows that a property is missing, not that the mistake is harmless.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

import pytest

from bridge.domain.desired import JoinRule, RoomSettings
from bridge.domain.directory import Directory
from bridge.domain.ids import host_of
from bridge.domain.rooms import COMPANY, HistoryVisibility
from bridge.planning import braking, drifting, linking, ordering, peopling, planner
from bridge.planning.actions import Action, LinkChild, Phase, Publish, SetState
from bridge.planning.ordering import Key
from bridge.rules import facts, lineage, membership, powers, settings, state
from bridge.rules.membership import Members
from tests.world import SERVER

Patch = Callable[[pytest.MonkeyPatch], None]
MUTANTS: Final[dict[str, Patch]] = {}


def mutant(patch: Patch) -> Patch:
    """Its name says what is wrong."""
    MUTANTS[patch.__name__.replace("_", " ")] = patch
    return patch


def after(original: Callable[..., Any], change: Callable[[Any], Any]) -> Callable[..., Any]:
    """The original, with its answer changed."""
    return lambda *args, **kwargs: change(original(*args, **kwargs))


@mutant
def the_acl_forgets_our_own_server(monkeypatch: pytest.MonkeyPatch) -> None:
    def forget(content: dict[str, Any]) -> dict[str, Any]:
        return {**content, "allow": [server for server in content["allow"] if server != host_of(SERVER)]}

    for module in (state, drifting):
        monkeypatch.setattr(module, "acl_content", after(state.acl_content, forget))


@mutant
def the_acl_lets_in_partners_that_are_not_admitted(monkeypatch: pytest.MonkeyPatch) -> None:
    every = ("acme.example", "corp.example", "globex.example", "initech.example")
    monkeypatch.setattr(settings, "_with_us", lambda servers, house: every)


@mutant
def rooms_are_opened_before_they_are_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    order = ordering.order

    def closed_last(action: Action) -> Key:
        phase, *rest = order(action)
        closes = isinstance(action, SetState | Publish) and phase == Phase.TIGHTEN
        return (Phase.LOOSEN + 0.5 if closes else phase, *rest)  # type: ignore[return-value]

    monkeypatch.setattr(planner, "order", closed_last)


@mutant
def actions_are_in_no_fixed_order(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(planner, "order", after(ordering.order, lambda key: key[:1]))


@mutant
def settings_that_open_and_close_are_written_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drifting, "narrower_entrance", lambda was, wanted: wanted)


@mutant
def a_hidden_room_is_listed_in_the_company_space(monkeypatch: pytest.MonkeyPatch) -> None:
    hidden = after(settings._hidden, lambda found: replace(found, parents=(COMPANY,)))
    monkeypatch.setattr(settings, "_hidden", hidden)


@mutant
def a_hidden_room_has_the_real_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(state, "room_name", lambda settings, frame: settings.told_name or settings.name)


@mutant
def a_hidden_room_shows_its_past_to_newcomers(monkeypatch: pytest.MonkeyPatch) -> None:
    hidden = after(settings._hidden, lambda found: replace(found, history=HistoryVisibility.SHARED))
    monkeypatch.setattr(settings, "_hidden", hidden)


@mutant
def a_hidden_group_gives_its_members_to_others(monkeypatch: pytest.MonkeyPatch) -> None:
    expand = membership.expand

    def through_all(direct: Members, others: Mapping[str, Sequence[str]], *, sealed: frozenset[str]) -> None:
        expand(direct, others, sealed=frozenset[str]() if sealed else sealed)

    monkeypatch.setattr(facts, "expand", through_all)


@mutant
def a_hidden_group_above_others_gets_a_space(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(facts, "without_hidden_parents", lambda directory: directory)
    monkeypatch.setattr(lineage, "_shown", lambda group: True)


@mutant
def a_hidden_group_below_others_makes_them_a_space(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lineage, "_shown", lambda group: True)


@mutant
def public_rooms_need_no_space_to_come_in(monkeypatch: pytest.MonkeyPatch) -> None:
    def opened(entrance: tuple[JoinRule, Any]) -> tuple[JoinRule, Any]:
        return (JoinRule.PUBLIC, ()) if entrance[0] is JoinRule.RESTRICTED else entrance

    monkeypatch.setattr(settings, "_entrance", after(settings._entrance, opened))


@mutant
def people_are_invited_before_the_acl_lets_them_in(monkeypatch: pytest.MonkeyPatch) -> None:
    def late(steps: list[tuple[Phase, RoomSettings]]) -> list[tuple[Phase, RoomSettings]]:
        return [(Phase.LOOSEN if phase is Phase.SET else phase, wanted) for phase, wanted in steps]

    monkeypatch.setattr(drifting, "_acl_steps", after(drifting._acl_steps, late))


@mutant
def whoever_no_longer_belongs_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(peopling, "_may_stay", lambda world, room, user: True)


@mutant
def leavers_of_the_company_keep_their_seats(monkeypatch: pytest.MonkeyPatch) -> None:
    def everybody(directory: Directory) -> Directory:
        people = {id_: replace(person, active=True) for id_, person in directory.people.items()}
        return replace(directory, people=people)

    monkeypatch.setattr(facts, "without_hidden_parents", after(lineage.without_hidden_parents, everybody))


@mutant
def the_brake_ignores_the_share(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(braking, "FEW", 10**9)


@mutant
def owners_are_as_powerful_as_the_bot(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(powers, "OWNERS", 100)


@mutant
def the_creator_is_named_where_it_must_not_be(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(powers, "creators_rule", lambda room_version: False)


@mutant
def a_room_that_moves_leaves_its_old_place_first(monkeypatch: pytest.MonkeyPatch) -> None:
    def early(links: Iterable[LinkChild]) -> Iterator[LinkChild]:
        return (replace(link, phase=Phase.TIGHTEN) for link in links)

    monkeypatch.setattr(planner, "stray_links", after(linking.stray_links, early))


@mutant
def drift_of_the_history_is_not_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    def unseen(changes: Iterable[SetState]) -> Iterator[SetState]:
        return (change for change in changes if change.setting != "history")

    monkeypatch.setattr(planner, "drift", after(drifting.drift, unseen))
