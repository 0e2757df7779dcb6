"""Whatever people do on a path, in whatever order: never an exception, always a way out, never one reminder more."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bots.onboarding.library import shipped
from bots.onboarding.paths import Fact, Path
from bridge.domain.onboarding import InputKind, Stage
from tests.bots.onboarding.chatter import Deed, Stroll, deeds
from tests.bots.onboarding.walks import SMALL

pytestmark = pytest.mark.slow

PATHS = {"small": SMALL, **{path.id: path for path in shipped()}}
LANGUAGES = ("en", "fr")
AT_MOST = 3
"""Messages in answer to one thing that somebody does."""

facts = st.sets(st.sampled_from([str(one) for one in Fact])).map(frozenset)
languages = st.sampled_from(LANGUAGES)


@st.composite
def conversations(draw: st.DrawFn, path: Path) -> tuple[Stroll, list[Deed]]:
    """Somebody at the beginning, and what they are going to do."""
    stroll = Stroll(path, language=draw(languages), known=draw(facts))
    return stroll, draw(st.lists(deeds(path), max_size=25))


@pytest.mark.parametrize("name", PATHS)
def test_whatever_is_done_nobody_is_flooded_and_nobody_is_nagged(name: str) -> None:
    path = PATHS[name]

    @given(conversations(path))
    def holds(conversation: tuple[Stroll, list[Deed]]) -> None:
        stroll, doing = conversation
        for deed in doing:
            before = len(stroll.said)
            stroll.do(deed)
            if deed[0] != "pause":
                assert len(stroll.said) - before <= AT_MOST
        stroll.wait(24 * 30)
        assert stroll.nudges.count(InputKind.REMIND) <= len(path.reminders)
        assert stroll.nudges.count(InputKind.HINT) <= (path.hint is not None)
        said = [(one.turn, one.part) for one in stroll.said]
        assert len(set(said)) == len(said), "a claim would be used twice, and one of the messages never sent"

    holds()


@pytest.mark.parametrize("name", PATHS)
def test_from_anywhere_a_word_leads_out_and_answering_leads_to_the_end(name: str) -> None:
    path = PATHS[name]

    @given(conversations(path))
    def holds(conversation: tuple[Stroll, list[Deed]]) -> None:
        stroll, doing = conversation
        for deed in doing:
            stroll.do(deed)
        if stroll.progress.stage.open:
            for word in ("stop", "arrêter"):
                out = stroll.twin()
                out.leave(word)
                assert out.progress.stage is Stage.STOPPED
        if stroll.progress.stage is not Stage.UNREACHABLE:
            stroll.hear(InputKind.LINE, "again")
            assert [*stroll.to_the_end()]
            assert stroll.progress.stage is Stage.DONE

    holds()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", PATHS)
def test_a_path_is_walked_to_its_end_in_every_language_by_its_answers_alone(name: str, language: str) -> None:
    for known in (frozenset(Fact), frozenset[str]()):
        stroll = Stroll(PATHS[name], language=language, known=known)
        steps = [*stroll.to_the_end()]
        assert stroll.progress.stage is Stage.DONE
        assert len(set(steps[:-1])) == len(steps[:-1]), "a step came twice"
        assert stroll.language == language


@pytest.mark.parametrize("name", PATHS)
def test_every_step_is_reached_by_some_answers(name: str) -> None:
    path = PATHS[name]
    everything = frozenset[str](Fact)
    kinds = [frozenset[str](), everything, *(everything - {one} for one in everything)]
    assert set().union(*(_reached(path, known) for known in kinds)) == path.steps.keys()


def _reached(path: Path, known: frozenset[str]) -> set[str]:
    """The steps to which answers lead somebody of whom these facts are known."""
    waiting, seen = [Stroll(path, known=known)], set[str]()
    while waiting:
        stroll = waiting.pop()
        stroll.come_to_time()
        here = path.steps.get(stroll.progress.step)
        if here is None or here.id in seen:
            continue
        seen.add(here.id)
        for number in range(1, max(1, len(here.ask)) + 1):
            on = stroll.twin()
            on.hear(InputKind.LINE, str(number) if here.ask else "next")
            waiting.append(on)
    return seen
