"""What has to be seen in the same way before a line of the secrecy check says that something held."""

from dataclasses import replace

from bridge.domain.secrecy import Asker, Question, Seen, Subject, Verdict
from bridge.rules.probing.channels import CHANNELS
from tests.fakes.probes import FakeProbes
from tests.services.probing.test_running import ASKERS, company, lines, probing


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


async def test_where_presence_is_off_everybody_is_offline_and_nothing_is_proven_about_it() -> None:
    report = await probing(await company(), FakeProbes(users=dict(ASKERS), keeps_presence=False)).run("command line")
    assert lines(report, Verdict.UNPROVEN) == {"presence"}
