"""What has to be seen in the same way before a line of the secrecy check says that something held."""

from dataclasses import replace
from typing import Final

from bots.kit.rendering import Renderer
from bridge.domain.secrecy import Asker, Outcome, Probed, Question, SecrecyReport, Seen, Subject, Verdict
from bridge.rules.probing.channels import CHANNELS
from bridge.rules.probing.timing import TIMED
from bridge.services.probing.words import leaks_table, outcome_words, report_document
from tests.fakes.clock import START
from tests.fakes.probes import FakeProbes
from tests.services.probing.test_running import ASKERS, company, lines, probing
from tests.services.talking import CATALOGUES

TIMES: Final = [channel.name for channel in TIMED]


def shown(report: SecrecyReport, *, whole: bool = False) -> str:
    """As people read it."""
    document = report_document(report, whole=whole, plan="!plan")
    return "\n".join(page.body for page in Renderer(CATALOGUES).pages(document, "en"))


async def test_nobody_is_asked_for_a_list_before_the_member_finds_the_group_in_theirs() -> None:
    """A bridge that runs hears later that the member came in: until then it has nothing to hide in that list."""
    names = {one.question.path: one.name for one in CHANNELS if one.witness and one.witness[0] is Asker.MEMBER}
    asked, late = dict[str, list[Asker]](), 5

    class Late(FakeProbes):
        async def ask(self, asker: Asker, question: Question, about: Subject) -> Seen:
            seen, name = await super().ask(asker, question, about), names.get(question.path)
            if name is None or about["event"] != "$secret":
                return seen
            asked.setdefault(name, []).append(asker)
            early = asker is Asker.MEMBER and len(asked[name]) < late
            return replace(seen, text=seen.text.replace(about["name"], "")) if early else seen

    report = await probing(await company(), Late(users=dict(ASKERS))).run("command line")
    assert asked.keys() == {"bot-list", "digest-groups"}
    assert all(
        askers[:late] == [Asker.MEMBER] * late and Asker.MEMBER not in askers[late:] for askers in asked.values()
    )
    assert asked.keys() <= lines(report, Verdict.HELD) - lines(report, Verdict.UNPROVEN)


async def test_where_presence_is_off_everybody_is_offline_and_that_is_the_reason_and_no_proof() -> None:
    home, probes = await company(), FakeProbes(users=dict(ASKERS), keeps_presence=False)
    report = await probing(home, probes).run("command line")
    assert not lines(report, Verdict.UNPROVEN)
    assert lines(report, Verdict.ABSENT) == {"presence"}
    told = shown(report)
    assert "presence of a member" in told.partition("This is not kept")[2]
    del probes.users[Asker.MEMBER]  # then it is nobody's presence that was asked for
    probes.online = False
    report = await probing(home, probes).run("command line")
    assert {row.outcome for row in report.rows if row.channel == "presence"} == {Outcome.NO_MEMBER}


async def test_what_hangs_on_a_member_is_one_line_per_asker_with_the_setting_and_machines_get_all() -> None:
    home, users = await company(), {Asker.STRANGER: ASKERS[Asker.STRANGER]}
    report = await probing(home, FakeProbes(users=users)).run("command line")
    hanging = [row for row in report.rows if row.outcome is Outcome.NO_MEMBER]
    assert {row.asker for row in hanging} == {Asker.STRANGER, Asker.ANYBODY}
    assert {row.verdict for row in hanging} == {Verdict.UNPROVEN}
    assert {row.channel for row in hanging} >= {"bot-show", "bot-list", "metrics", "health", "presence", *TIMES}
    told = shown(report)
    assert told.count("there was no member to find what a member may see") == 2
    assert told.count("secrecy.member") == 3  # with the line as whom else nobody was asked
    assert "stand in the section secrecy of config.yaml" in told


async def test_the_headline_counts_what_shows_anyway_and_the_short_table_says_where_the_long_one_is() -> None:
    home = await company()
    report = await probing(home, FakeProbes(users=dict(ASKERS))).run("command line")
    told = shown(report)
    assert f"Below stand {report.count(Verdict.LIMIT)} things, too, that Matrix" in told.splitlines()[0]
    assert "What held is listed by a check in the terminal: parvis audit secrecy" in told
    assert "What held is listed" not in shown(report, whole=True)


async def test_without_a_token_that_could_delete_files_none_is_asked_for_and_the_setting_is_named() -> None:
    class Keeping(FakeProbes):
        async def reserve(self) -> str:
            return ""

    home, users = await company(), dict(ASKERS)
    del users[Asker.PARTNER]
    report = await probing(home, Keeping(users=users)).run("command line")
    assert {row.channel for row in report.rows if row.outcome is Outcome.UNASKED} == {"file", "open-file", "peer-file"}
    assert shown(report).count("without homeserver.admin_token nobody could delete the file again") == 4


def test_the_log_and_a_database_server_are_told_apart_and_replies_of_bots_are_in_words() -> None:
    def row(channel: str, outcome: Outcome, seen: str = "") -> Probed:
        return Probed(channel=channel, asker=Asker.READER, outcome=outcome, verdict=Verdict.UNPROVEN, seen=seen)

    log, database = (str(outcome_words(row(one, Outcome.UNREAD))) for one in ("log", "database"))
    assert "!audit secrecy --now" in log
    assert "a database server keeps it" in database
    seen = {"bot-show": "200 denied / –", "bot-find": "200 ok", "state": "200 / –", "bot-why": "403 M_FORBIDDEN"}
    rows = (replace(row(one, Outcome.NAMED, answer), verdict=Verdict.LEAKS) for one, answer in seen.items())
    table = leaks_table(SecrecyReport(at=START, by="", rows=tuple(rows)))
    assert [str(cells[-1]) for cells in table.rows] == ["a refusal / –", "an answer", "200 / –", "403 M_FORBIDDEN"]
