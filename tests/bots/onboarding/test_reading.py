"""Paths in YAML: what is wrong with one is said at once, each with its line and what was meant."""

from pathlib import Path as File

import pytest

from bots.onboarding.library import library, shipped
from bots.onboarding.paths import END, Fact, Path, Who
from bots.onboarding.reading import path_in
from bridge.domain.messages import LANGUAGES
from bridge.domain.problems import InvalidInput

GOOD = """
id: small
name: {en: Small, fr: Petit}
audience: {who: employee}
steps:
  - id: hello
    say: {en: "Hello {name}", fr: "Bonjour {name}"}
    ask:
      - {say: {en: "Yes", fr: Oui}, to: more, effect: volunteer}
      - {say: {en: "No", fr: Non}, to: end}
  - id: more
    when: manager
    say: {en: "Ask {manager}", fr: "Voyez {manager}"}
    after: 2d
"""


def problems(text: str) -> list[str]:
    try:
        path_in(text, "small.yaml")
    except InvalidInput as invalid:
        return [str(problem) for problem in invalid.problems]
    return []


def test_a_path_is_read_whole() -> None:
    path = path_in(GOOD, "small.yaml")
    assert list(path.steps) == ["hello", "more"]
    assert path.steps["more"].to == END
    assert path.steps["more"].after.days == 2
    assert (path.reminders, path.hint) == ((2, 7), 9)


@pytest.mark.parametrize(
    ("written", "instead", "told"),
    [
        ("to: more", "to: mroe", "small.yaml:9: steps[0].ask[0].to: mroe is not known here. Did you mean more?"),
        ("fr: Oui", "fr: ''", "The French text is missing."),
        ("{en: Small, fr: Petit}", "{fr: Petit}", "The English text is missing."),
        ("Hello {name}", "Hello {nmae}", "nmae is not known here. Did you mean name?"),
        ("Hello {name}", "Hello {manager}", "manager may be empty"),
        ("Hello {name}", "Hello {name", "A brace is opened"),
        ("when: manager", "when: mananger", "Did you mean manager?"),
        ("after: 2d", "after: soon", "This is no time to wait"),
        ("effect: volunteer", "effect: dance", "dance is not known here"),
        ("effect: volunteer", "effect: language de", "A language is one of"),
        ("who: employee", "who: employe", "Did you mean employee?"),
        ("who: employee", "who: employee, kinds: [friend]", "friend is not known here"),
        ("fr: Non", "fr: Oui", "“oui” means two answers of this step."),
        ("id: more", "id: hello", "There is another step hello."),
        ("steps:", "reminders: [2, 7, 9]\nsteps:", "There are at most 2 reminders"),
        ("steps:", "reminders: [7, 2]\nsteps:", "Each reminder comes later"),
        ("after: 2d", "aftr: 2d", "Did you mean after?"),
    ],
)  # fmt: skip
def test_whatever_is_wrong_is_said_with_its_place(written: str, instead: str, told: str) -> None:
    text = GOOD.replace(written, instead, 1)
    assert text != GOOD
    assert any(told in problem for problem in problems(text)), problems(text)


def test_all_problems_are_told_at_once() -> None:
    text = GOOD.replace("fr: Oui", "").replace("after: 2d", "after: x").replace("id: small", "id: Small!")
    assert len(problems(text)) == 3


def test_a_step_to_which_nothing_leads_and_one_without_a_way_out_are_found() -> None:
    alone = GOOD.replace("to: more", "to: end").replace("- id: hello", "- id: hello\n    to: end")
    assert any("Nothing leads to this step." in problem for problem in problems(alone))
    round_and_round = GOOD.replace("to: end", "to: more").replace("after: 2d", "to: hello")
    assert any("From here no way leads to the end." in problem for problem in problems(round_and_round))


def test_who_skips_on_and_on_comes_to_the_end() -> None:
    text = GOOD.replace("    after: 2d", "    to: hello")
    assert any("Who skips from here on goes round in a circle." in problem for problem in problems(text))


@pytest.mark.parametrize("path", shipped(), ids=lambda path: path.id)
def test_every_step_of_the_shipped_paths_is_reached_and_speaks_both_languages(path: Path) -> None:
    for step in path.steps.values():
        assert all((step.say.fr, step.say.en))
        assert all((answer.say.fr, answer.say.en) for answer in step.ask)
        assert len(step.say.en) < 420, "a short message, not a wall of text"
        assert len(step.say.fr) < 480


def test_there_is_a_shipped_path_for_everybody() -> None:
    assert {library().path_for(who) is not None for who in Who} == {True}
    assert library().path_for(Who.PARTNER, kind="customer") is not None
    assert set(LANGUAGES) == {"en", "fr"}
    assert Fact.GROUPS in {fact for step in shipped()[0].steps.values() for fact in step.when}


def test_an_organisations_own_path_takes_the_place_of_a_shipped_one_and_a_narrower_one_goes_first(
    tmp_path: File,
) -> None:
    (tmp_path / "employee.yaml").write_text(GOOD.replace("id: small", "id: employee"))
    (tmp_path / "sales.yaml").write_text(
        GOOD.replace("id: small", "id: sales").replace("who: employee", "who: employee, departments: [Ventes]")
    )
    own = library(tmp_path)
    general, sales = own.path_for(Who.EMPLOYEE, department="Achats"), own.path_for(Who.EMPLOYEE, department="Ventes")
    assert general is not None
    assert list(general.steps) == ["hello", "more"]
    assert sales is not None
    assert sales.id == "sales"


def test_two_files_with_one_id_and_a_folder_that_is_none_are_refused(tmp_path: File) -> None:
    for name in ("one", "two"):
        (tmp_path / f"{name}.yaml").write_text(GOOD)
    with pytest.raises(InvalidInput, match="same id"):
        library(tmp_path)
    with pytest.raises(InvalidInput, match="does not exist"):
        library(tmp_path / "nowhere")
