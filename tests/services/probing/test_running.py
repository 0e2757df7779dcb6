"""A whole secrecy check over fakes: what it makes, finds, keeps, and takes away again, also after a crash."""

from dataclasses import replace
from typing import Final

import pytest

from bridge.domain.directory import GroupState
from bridge.domain.errors import ErrorKind, ParvisError
from bridge.domain.secrecy import SAY, Asker, Outcome, Question, SecrecyReport, Seen, Subject, Verdict
from bridge.ports.probes import Traces
from bridge.rules.probing.channels import CHANNELS, LIMITS
from bridge.rules.probing.clients import INVITATION, SPACE
from bridge.rules.probing.shape import Channel, Proof
from bridge.rules.probing.timing import TIMED
from bridge.services.probing.kept import last_report, state_of
from bridge.services.probing.running import Probing
from tests.fakes.probes import ABSENT, FakeProbes, Leak
from tests.services.household import Household, Killed, Source
from tests.world import BOT, SERVER, directory, group, partner, user

ASKERS: Final = {
    Asker.STRANGER: user("stranger"),
    Asker.COLLEAGUE: user("luc"),
    Asker.PARTNER: "@bob:acme.example",
    Asker.MEMBER: user("probe"),
    Asker.PEER: "acme.example",
}
TWINS: Final = [channel for channel in CHANNELS if channel.proof is Proof.TWIN]
STEADY: Final = [channel for channel in CHANNELS if channel.proof is Proof.LIST and channel.steady]


async def company() -> Household:
    home = Household(
        Source(
            directory(
                group("news").called("Sales").listed().members("ann", "luc", "probe"),
                partners=[partner("acme", servers=["acme.example"], sponsor="ann")],
            )
        )
    )
    await home.settle()
    return home


def probing(home: Household, probes: FakeProbes) -> Probing:
    return Probing(policies=home.policies, probes=probes, bot=BOT, server=SERVER, aliases="grp_")


async def checked(home: Household, channel: str = "", leak: Leak = "") -> SecrecyReport:
    probes = FakeProbes(users=dict(ASKERS), leaks={channel: leak})
    return await probing(home, probes).run("command line")


def lines(report: SecrecyReport, verdict: Verdict) -> set[str]:
    return {row.channel for row in report.rows if row.verdict is verdict}


def named(channel: Channel) -> str:
    return channel.name


async def test_a_homeserver_that_keeps_everything_closed_holds_on_every_channel() -> None:
    report = await checked(await company())
    assert lines(report, Verdict.HELD) == {channel.name for channel in (*CHANNELS, *TIMED)}
    assert lines(report, Verdict.LIMIT) == LIMITS.keys()
    assert not lines(report, Verdict.UNPROVEN)
    assert not report.leaks


@pytest.mark.slow
@pytest.mark.parametrize("channel", CHANNELS, ids=named)
async def test_a_name_that_shows_on_one_channel_is_found_there_and_nowhere_else(channel: Channel) -> None:
    report = await checked(await company(), channel.name, "named")
    assert lines(report, Verdict.LIMIT if channel.carries else Verdict.LEAKS) >= {channel.name}
    assert {row.channel for row in report.leaks} == (set() if channel.carries else {channel.name})


@pytest.mark.slow
@pytest.mark.parametrize("channel", TWINS, ids=named)
async def test_an_answer_that_differs_from_that_about_nothing_is_found_there_and_nowhere_else(channel: Channel) -> None:
    report = await checked(await company(), channel.name, "told apart")
    assert lines(report, Verdict.LEAKS) == {channel.name}


@pytest.mark.slow
@pytest.mark.parametrize("channel", [one for one in TWINS if one.beside], ids=named)
async def test_an_answer_that_is_another_one_about_who_is_inside_is_told_as_that(channel: Channel) -> None:
    report = await checked(await company(), channel.name, "peopled")
    assert {row.outcome for row in report.rows if row.channel == channel.name} == {Outcome.BY_ID_PEOPLE}
    assert lines(report, Verdict.LIMIT) == {channel.name, *LIMITS}


@pytest.mark.slow
@pytest.mark.parametrize("channel", STEADY, ids=named)
async def test_a_list_that_is_longer_while_the_group_lives_is_found_there_and_nowhere_else(channel: Channel) -> None:
    report = await checked(await company(), channel.name, "counted")
    assert {row.outcome for row in report.leaks} == {Outcome.COUNTED}
    assert lines(report, Verdict.LEAKS) == {channel.name}


@pytest.mark.slow
@pytest.mark.parametrize("channel", CHANNELS, ids=named)
@pytest.mark.parametrize("leak", ["blind", "silent"])
async def test_a_probe_that_would_not_find_anything_is_never_passed(channel: Channel, leak: Leak) -> None:
    report = await checked(await company(), channel.name, leak)
    blind = channel.shows != "M_NOT_FOUND" or leak == "silent"
    assert (channel.name in lines(report, Verdict.HELD)) is not blind
    assert not report.leaks


@pytest.mark.slow
@pytest.mark.parametrize("channel", TIMED, ids=named)
async def test_answers_that_take_longer_about_the_group_are_found_there_and_nowhere_else(channel: Channel) -> None:
    report = await checked(await company(), channel.name, "longer")
    assert {row.outcome for row in report.leaks} == {Outcome.LONGER}
    assert lines(report, Verdict.LEAKS) == {channel.name}


@pytest.mark.slow
@pytest.mark.parametrize("channel", TIMED, ids=named)
@pytest.mark.parametrize(("leak", "outcome"), [("blind", Outcome.COARSE), ("silent", Outcome.UNANSWERED)])
async def test_times_that_would_show_nothing_are_never_passed(channel: Channel, leak: Leak, outcome: Outcome) -> None:
    report = await checked(await company(), channel.name, leak)
    assert {row.outcome for row in report.rows if row.channel == channel.name} == {outcome}
    assert lines(report, Verdict.UNPROVEN) == {channel.name}


async def test_without_accounts_what_anybody_may_ask_is_asked_and_the_rest_is_not_proven() -> None:
    report = await probing(await company(), FakeProbes()).run("command line")
    missing = {row.asker for row in report.rows if row.outcome is Outcome.NOBODY}
    assert missing == ASKERS.keys()
    assert {row.verdict for row in report.rows if row.outcome is Outcome.NOBODY} == {Verdict.UNPROVEN}
    assert {row.asker for row in report.rows} - missing == {Asker.ANYBODY, Asker.READER, Asker.SERVER}


async def test_what_the_bridge_answers_proves_nothing_before_a_member_found_the_group() -> None:
    users = dict(ASKERS)
    del users[Asker.MEMBER]
    report = await probing(await company(), FakeProbes(users=users)).run("command line")
    own = {channel.name for channel in CHANNELS if channel.question.bridge or channel.question.method == SAY}
    own |= {channel.name for channel in TIMED}
    assert own == lines(report, Verdict.UNPROVEN) - {"invitation", "push-content", "presence"}
    assert not report.leaks


async def test_a_bot_that_does_not_run_is_not_asked_and_is_missing_from_no_proof() -> None:
    probes = FakeProbes(users=dict(ASKERS), bots=frozenset())
    report = await probing(await company(), probes).run("command line")
    assert lines(report, Verdict.HELD) == {one.name for one in (*CHANNELS, *TIMED) if not one.question.bot}
    assert not lines(report, Verdict.UNPROVEN)


async def test_the_hidden_group_has_its_member_and_its_room_and_afterwards_neither() -> None:
    home, probes = await company(), FakeProbes(users=dict(ASKERS))
    before = set(home.homeserver.synapse.rooms)
    await probing(home, probes).run("command line")
    ((asker, room_id),) = probes.entered
    assert asker is Asker.MEMBER
    assert {one for one in home.homeserver.synapse.rooms if one not in before} == {room_id}
    assert not set(home.homeserver.synapse.inside(room_id).values()) & {"join", "invite"}
    assert not probes.made
    id_ = (await state_of(home.store, home.chance)).group
    assert (await home.settle()).facts.directory.groups[id_].state is GroupState.RETIRED
    assert (await home.settle()).plan.empty


async def test_runs_after_one_another_use_one_group_under_a_new_name_and_in_a_new_room() -> None:
    home, probes = await company(), FakeProbes(users=dict(ASKERS))
    names = set()
    for _ in range(2):
        await probing(home, probes).run("command line")
        await home.settle()
        names.add(probes.canary)
    assert len(names) == 2
    assert len({room for _, room in probes.entered}) == 2
    assert len([one for one in home.world.facts.directory.groups if one != "news"] if home.world else ()) == 1


@pytest.mark.parametrize("since", ["an earlier check", "the invitation"])
async def test_what_the_bot_told_a_member_in_an_earlier_check_is_no_leak_of_their_invitation(since: str) -> None:
    """All checks share one group: only its id stays the same."""
    home = await company()
    await checked(home)
    id_ = (await state_of(home.store, home.chance)).group

    class Remembering(FakeProbes):
        async def ask(self, asker: Asker, question: Question, about: Subject) -> Seen:
            seen = await super().ask(asker, question, about)
            told = since == "an earlier check" or about["event"] == ""  # as that of the hidden group is at first
            return replace(seen, text=f"{seen.text} {id_}") if question is INVITATION.question and told else seen

    report = await probing(home, Remembering(users=dict(ASKERS))).run("command line")
    assert {row.channel for row in report.leaks} == ({"invitation"} if since == "the invitation" else set())


@pytest.mark.parametrize("publishes", [True, False], ids=["let", "refused"])
async def test_where_no_group_is_listed_the_open_room_is_for_a_moment_so_that_the_list_shows_something(
    publishes: bool,
) -> None:
    home = Household(Source(directory(group("news").called("Sales").members("ann", "luc", "probe"))))
    await home.settle()
    users = dict(ASKERS)
    del users[Asker.PEER]
    probes = FakeProbes(users=users, publishes=publishes)
    report = await probing(home, probes).run("command line")
    proven = {row.verdict for row in report.rows if row.channel == "directory"}
    assert proven == {Verdict.HELD if publishes else Verdict.UNPROVEN}
    assert not probes.published
    assert not report.leaks


async def test_who_is_refused_the_space_of_the_company_is_shown_nothing_if_a_colleague_finds_it() -> None:
    stranger_alone = {Asker.STRANGER: ASKERS[Asker.STRANGER]}
    for users, verdict in ((dict(ASKERS), Verdict.HELD), (stranger_alone, Verdict.UNPROVEN)):
        report = await probing(await company(), Refusing(users=users)).run("command line")
        (row,) = [row for row in report.rows if (row.channel, row.asker) == ("space", Asker.STRANGER)]
        assert row.verdict is verdict


class Refusing(FakeProbes):
    """Strangers do not see the space of the company."""

    async def ask(self, asker: Asker, question: Question, about: Subject) -> Seen:
        seen = await super().ask(asker, question, about)
        return ABSENT if question is SPACE and asker is Asker.STRANGER else seen


async def test_the_last_run_is_kept_as_it_was() -> None:
    home = await company()
    assert await last_report(home.store) is None
    report = await checked(home, "alias", "named")
    assert await last_report(home.store) == report


async def test_a_second_run_beside_the_first_is_refused() -> None:
    home, refused = await company(), list[ParvisError]()

    class Again(FakeProbes):
        async def speak(self, room_id: str, text: str) -> str:
            with pytest.raises(ParvisError) as error:
                await probing(home, FakeProbes()).run("command line")
            refused.append(error.value)
            return await super().speak(room_id, text)

    await probing(home, Again(users=dict(ASKERS))).run("command line")
    assert {error.kind for error in refused} == {ErrorKind.CONFLICT}


@pytest.mark.slow
async def test_killed_at_any_moment_the_next_run_leaves_nothing_behind() -> None:
    home, at = await company(), 0
    while True:
        at += 3
        probes = FakeProbes(users=dict(ASKERS))
        home.fuse.at = home.fuse.steps + at
        try:
            await probing(home, probes).run("command line")
        except Killed:
            home.start()
            await home.clock.advance(3600)
            await home.settle()
            report = await probing(home, probes).run("command line")
            assert not report.leaks
            assert not probes.made
            assert (await home.settle()).plan.empty
        else:
            break
    assert at > 30


async def test_the_result_is_there_before_the_check_counts_as_over() -> None:
    home, found = await company(), list[SecrecyReport | None]()

    class Looking(FakeProbes):
        async def tidy(self, traces: Traces) -> None:
            found.append(await last_report(home.store))
            await super().tidy(traces)

    report = await probing(home, Looking()).run("command line")
    assert found == [report]
