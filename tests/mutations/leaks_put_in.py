"""Leaks that somebody could put in, each as one replaced name, and the test that must notice it.

A leak that no test notices shows that a test is missing. ``docs/security.md`` lists them (``leaks_page``).
"""

from collections.abc import AsyncIterator, Callable, Collection
from dataclasses import dataclass, replace
from typing import Any, Final

import pytest
import structlog

from bridge.adapters.sealing import DataKeySealer
from bridge.domain.desired import JoinRule, RoomSettings
from bridge.domain.directory import Group
from bridge.domain.errors import InputError
from bridge.domain.messages import say
from bridge.domain.viewers import COMMAND_LINE, OPEN, Compartment, Viewer
from bridge.planning.plan import Plan, PlanPart
from bridge.rules import powers, settings
from bridge.rules.access import Access
from bridge.rules.membership import expand
from bridge.rules.settings import OWNERS
from bridge.services.applying.hands import Hands
from bridge.services.auditing import Auditing
from bridge.services.digests.composing import Composer
from bridge.services.groups import Groups
from bridge.services.person import Gathering
from bridge.services.plans import Plans
from bridge.services.society import Society
from bridge.services.status import StatusReport

WORLDS: Final = "tests/services/test_secrecy_of_worlds.py::test_the_tangled_company_shows_nothing_either"
PROMISES: Final = "tests/planning/test_promises.py::test_a_hidden_room_can_be_found_by_nobody"
POWERS: Final = "tests/rules/test_powers.py::test_everything_that_decides_visibility_is_the_bots_alone"
LOGS: Final = "tests/services/test_secrecy_in_chat.py::test_logs_do_not_count_what_is_hidden"
DIGESTS: Final = "tests/services/test_secrecy_of_digests.py::test_its_members_do_read_of_it"
CHAT: Final = "tests/mutations/test_same_work.py::test_a_hidden_group_and_none_get_the_same_answer_with_the_same_work"
FILES: Final = "tests/adapters/sql/test_secrecy.py::test_the_files_of_sqlite_do_not_contain_the_canary"

TURNS: Final = (
    "tests/services/test_spreading.py"
    "::test_the_owner_is_invited_at_once_and_the_others_at_their_moments_within_the_time"
)
LATER: Final = "tests/services/test_spreading.py::test_those_who_may_know_are_told_when_and_nobody_else_anything"

Patch = Callable[[pytest.MonkeyPatch], None]


@dataclass(frozen=True, slots=True)
class Mutation:
    """``seen_by`` is the test that notices it, as ``path::test``."""

    name: str
    put_in: Patch
    seen_by: str


MUTATIONS: Final[list[Mutation]] = []
NONE: Final = frozenset[str]()


def leak(seen_by: str) -> Callable[[Patch], Patch]:
    """Its name says what is wrong."""

    def listed(patch: Patch) -> Patch:
        MUTATIONS.append(Mutation(patch.__name__.replace("_", " "), patch, seen_by))
        return patch

    return listed


# ------------------------------------------------------------------------------------------------ the gate


@leak(WORLDS)
def the_gate_lets_insiders_know_of_hidden_groups(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bridge.rules.access.is_hidden", lambda _group: False)


@leak(WORLDS)
def everybody_may_see_the_part_of_a_hidden_group(monkeypatch: pytest.MonkeyPatch) -> None:
    right = Access.compartments
    monkeypatch.setattr(Access, "compartments", lambda gate, _viewer: right(gate, COMMAND_LINE))


@leak(WORLDS)
def a_suggestion_is_made_from_all_names(monkeypatch: pytest.MonkeyPatch) -> None:
    right = Access.closest
    monkeypatch.setattr(Access, "closest", lambda gate, _viewer, text: right(gate, COMMAND_LINE, text))


@leak(WORLDS)
def lists_and_counts_are_of_all_groups(monkeypatch: pytest.MonkeyPatch) -> None:
    async def everything(society: Society, _viewer: Viewer, **_: Any) -> AsyncIterator[Group]:
        access = society.access()
        assert access is not None
        for group in access.facts.directory.groups.values():
            yield group

    monkeypatch.setattr(Society, "visible_groups", everything)


@leak(WORLDS)
def a_plan_is_shown_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    right = Plans.show
    monkeypatch.setattr(Plans, "show", lambda plans, _viewer, **asked: right(plans, COMMAND_LINE, **asked))


@leak(WORLDS)
def the_status_counts_all_rooms(monkeypatch: pytest.MonkeyPatch) -> None:
    right = StatusReport.standing
    monkeypatch.setattr(StatusReport, "standing", lambda report, _viewer: right(report, COMMAND_LINE))


@leak(WORLDS)
def what_is_kept_about_somebody_names_all_their_groups(monkeypatch: pytest.MonkeyPatch) -> None:
    right = Gathering.dossier
    monkeypatch.setattr(Gathering, "dossier", lambda gathering, _viewer, named: right(gathering, COMMAND_LINE, named))


@leak(WORLDS)
def a_hidden_group_gives_its_members_away(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bridge.rules.facts.expand", lambda direct, others, **_: expand(direct, others, sealed=NONE))


@leak(WORLDS)
def hidden_rooms_are_planned_with_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bridge.planning.planner.compartment_of", lambda _room: OPEN)


# ------------------------------------------------------------------------------------------------ what is said


@leak(CHAT)
def a_hidden_group_is_refused_in_other_words(monkeypatch: pytest.MonkeyPatch) -> None:
    right = Groups.find

    async def telling(groups: Groups, viewer: Viewer, text: str, **asked: Any) -> Any:
        found = await right(groups, viewer, text, **asked)
        if found is None and _is_hidden(groups, text):
            raise InputError(say("You may not see this."))
        return found

    monkeypatch.setattr(Groups, "find", telling)


@leak(CHAT)
def a_hidden_group_takes_one_look_into_the_store_more(monkeypatch: pytest.MonkeyPatch) -> None:
    right = Groups.find

    async def looking(groups: Groups, viewer: Viewer, text: str, **asked: Any) -> Any:
        if _is_hidden(groups, text):
            async with groups.society.store.view():
                pass
        return await right(groups, viewer, text, **asked)

    monkeypatch.setattr(Groups, "find", looking)


@leak(CHAT)
def the_audit_log_is_read_in_all_compartments(monkeypatch: pytest.MonkeyPatch) -> None:
    right = Auditing.newest
    monkeypatch.setattr(
        Auditing, "newest", lambda auditing, _viewer, *asked, **how: right(auditing, COMMAND_LINE, *asked, **how)
    )


def _is_hidden(groups: Groups, text: str) -> bool:
    access = groups.society.access()
    return access is not None and bool(access.behind_glass(text))


@leak(DIGESTS)
def what_others_may_read_of_a_digest_names_hidden_groups(monkeypatch: pytest.MonkeyPatch) -> None:
    right = Composer.of_person

    def whole(composer: Composer, *reader: Any, **_: Any) -> Any:
        return right(composer, *reader, secrets=True)

    monkeypatch.setattr(Composer, "of_person", whole)


@leak(LOGS)
def a_line_of_the_log_names_the_room(monkeypatch: pytest.MonkeyPatch) -> None:
    right = Hands.record

    async def telling(hands: Hands, action: Any, *rest: Any) -> None:
        structlog.get_logger().info("doing", room=str(action.ref))
        await right(hands, action, *rest)

    monkeypatch.setattr(Hands, "record", telling)


# ------------------------------------------------------------------------------------------------ rooms and files


def _of_hidden(change: Callable[[RoomSettings], RoomSettings], monkeypatch: pytest.MonkeyPatch) -> None:
    right = settings._hidden
    monkeypatch.setattr(settings, "_hidden", lambda *asked: change(right(*asked)))


@leak(PROMISES)
def a_hidden_room_is_published(monkeypatch: pytest.MonkeyPatch) -> None:
    _of_hidden(lambda room: replace(room, published=True), monkeypatch)


@leak(PROMISES)
def a_hidden_room_can_be_knocked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    _of_hidden(lambda room: replace(room, join_rule=JoinRule.KNOCK), monkeypatch)


@leak(PROMISES)
def a_hidden_room_has_an_alias_of_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    _of_hidden(lambda room: replace(room, alias=f"#grp_{room.told_name}:corp.example"), monkeypatch)


@leak(PROMISES)
def a_hidden_room_has_its_name_for_a_topic(monkeypatch: pytest.MonkeyPatch) -> None:
    _of_hidden(lambda room: replace(room, topic=room.told_name), monkeypatch)


@leak(POWERS)
def owners_open_their_room_by_themselves(monkeypatch: pytest.MonkeyPatch) -> None:
    right = powers._events
    opened = {"m.room.join_rules": OWNERS}
    monkeypatch.setattr(powers, "_events", lambda *asked, **how: right(*asked, **how) | opened)


@leak(FILES)
def the_database_is_in_clear(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(DataKeySealer, "seal", lambda _sealer, plain, _context: plain)
    monkeypatch.setattr(DataKeySealer, "seal_all", lambda _sealer, plains, _context: list(plains))
    monkeypatch.setattr(DataKeySealer, "unseal", lambda _sealer, sealed, _context: sealed)


# ------------------------------------------------------------------------------------------------ what leaves it


@leak(TURNS)
def everybody_is_invited_to_a_hidden_group_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bridge.services.thinking.spaced", lambda plan, _desired, _spacing: plan)


@leak(TURNS)
def everybody_is_invited_to_a_hidden_group_at_the_same_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bridge.services.spreading.drawn_from", lambda _word, spacing: spacing.now + spacing.over)


@leak(LATER)
def others_are_told_who_is_invited_later(monkeypatch: pytest.MonkeyPatch) -> None:
    right = Plan.seen_by

    def seen_by(plan: Plan, compartments: Collection[Compartment]) -> Plan:
        own, more = right(plan, compartments), [part for part in plan.parts if part.compartment not in compartments]
        return Plan.of((*own.parts, *(PlanPart(compartment=part.compartment, later=part.later) for part in more)))

    monkeypatch.setattr(Plan, "seen_by", seen_by)
