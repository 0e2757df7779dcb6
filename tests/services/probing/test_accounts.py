"""A secrecy check with accounts that are not who they are taken for: it is not made, and nothing stays behind."""

from dataclasses import replace

import pytest

from bridge.domain.document import Code, Table
from bridge.domain.policy import FilePolicy
from bridge.domain.problems import InvalidInput
from bridge.domain.secrecy import Asker, Outcome, SecrecyReport, Seen, Verdict
from bridge.services.looking import Here
from bridge.services.probing.kept import last_report, state_of
from bridge.services.probing.words import report_document
from bridge.services.ruling import PolicyKeeper
from tests.fakes.probes import FakeProbes
from tests.services.household import Household
from tests.services.probing.test_running import ASKERS, company, probing
from tests.services.test_rules_and_rooms import Rules
from tests.world import user


async def refused(home: Household, probes: FakeProbes) -> set[str]:
    """The settings because of which no check is made."""
    with pytest.raises(InvalidInput) as error:
        await probing(home, probes).run("command line")
    assert not probes.made
    assert (await home.settle()).plan.empty
    assert {one.spot.file for one in error.value.problems} == {"config.yaml"}
    return {one.spot.path for one in error.value.problems}


async def test_what_nobody_of_a_partner_was_asked_is_never_said_to_have_held() -> None:
    home, probes = await company(), FakeProbes(users={**ASKERS, Asker.PARTNER: user("ann")})
    assert await refused(home, probes) == {"secrecy.partner"}
    assert await last_report(home.store) is None
    assert not probes.entered


async def test_a_colleague_who_is_the_member_is_no_leak_and_a_refused_token_is_told_at_the_same_time() -> None:
    refusal = {Asker.PARTNER: Seen(status=401, errcode="M_UNKNOWN_TOKEN")}
    probes = FakeProbes(users={Asker.MEMBER: user("probe"), Asker.COLLEAGUE: user("probe")}, mute=refusal)
    assert await refused(await company(), probes) == {"secrecy.colleague", "secrecy.partner.token"}


async def test_who_is_put_into_the_hidden_group_itself_finds_no_leak() -> None:
    home = await company()
    await probing(home, FakeProbes()).run("command line")
    group, here = (await state_of(home.store, home.chance)).group, home.reconciler.looker
    assert isinstance(here, Here)
    rules = Rules(FilePolicy(groups={group: {"moderators": [user("luc")]}}))
    here = replace(here, policies=PolicyKeeper(source=rules, store=home.store, clock=home.clock))
    home.reconciler = replace(home.reconciler, looker=here)
    home.policies = replace(home.policies, reconciler=home.reconciler)
    await home.settle()
    assert await refused(home, FakeProbes(users=dict(ASKERS))) == {"secrecy.colleague"}


def unproven(report: SecrecyReport) -> Table:
    """What is not proven, as people see it."""
    tables = [one for one in report_document(report, whole=False, plan="!plan").blocks if isinstance(one, Table)]
    return tables[0]


async def test_as_whom_nobody_was_asked_is_one_line_with_the_setting_and_machines_get_all() -> None:
    home = await company()
    report = await probing(home, FakeProbes(users={Asker.STRANGER: user("stranger")})).run("command line")
    vain = [row for row in report.rows if row.outcome is Outcome.NO_MEMBER]
    lines = [row for row in unproven(report).rows if isinstance(row[-1], Code)]
    assert {row[-1] for row in lines} == {
        Code(f"secrecy.{one}") for one in ("member", "colleague", "partner", "federation")
    }
    channels = sum(row.outcome is Outcome.NOBODY for row in report.rows)
    assert channels > 60
    assert sum(int(str(row[0]).split()[0]) for row in lines) == channels + len(vain)


async def test_a_homeserver_that_is_silent_takes_nothing_from_the_others_and_its_answer_is_told() -> None:
    users = dict(ASKERS)
    del users[Asker.PARTNER]
    probes = FakeProbes(users=users, mute={Asker.PARTNER: Seen(status=502)})
    report = await probing(await company(), probes).run("command line")
    assert {row.asker for row in report.rows if row.verdict is Verdict.UNPROVEN} == {Asker.PARTNER}
    (line,) = unproven(report).rows
    assert str(line[1]) == "somebody of a partner"
    assert line[-1] == "502"
