from pathlib import Path

import pytest

from bridge.adapters.policies.source import PolicyFile, PolicyFileSource, shipped_templates
from bridge.domain.messages import Text
from bridge.domain.policy import Template
from bridge.domain.problems import InvalidInput
from bridge.rules.policy import IN_FILES

GOOD = """\
defaults:
  posting: all
  encrypted: no
templates:
  club:
    name: {fr: Club, en: Club}
    visibility: public
    welcome: {fr: Bienvenue, en: Welcome}
    indicators: [active members]
  project: {name: Chantier}
groups:
  sales:
    visibility: hidden
    owners: ["0123", "@ann:corp.example"]
    template: club
"""


def written(folder: Path, text: str) -> PolicyFile:
    path = folder / "policies.yaml"
    path.write_text(text)
    return PolicyFile(path)


def complaints(folder: Path, text: str) -> list[str]:
    with pytest.raises(InvalidInput) as caught:
        written(folder, text).read_now()
    return [str(problem).removeprefix(f"{folder}/policies.yaml:").lstrip() for problem in caught.value.problems]


def test_a_good_file_becomes_defaults_templates_and_values_of_groups(tmp_path: Path) -> None:
    reading = written(tmp_path, GOOD).read_now()
    policy = reading.policy
    assert policy.defaults == {"posting": "all", "encrypted": "no"}
    assert policy.groups["sales"]["owners"] == ["0123", "@ann:corp.example"]
    assert policy.templates["club"] == Template(
        name=Text.same("Club"),
        values={"visibility": "public", "welcome": {"fr": "Bienvenue", "en": "Welcome"}},
        indicators=("active members",),
    )
    assert (reading.spots["sales"].line, reading.spots["sales"].path) == (12, "groups.sales")


def test_a_template_of_the_house_replaces_the_shipped_one_of_its_name(tmp_path: Path) -> None:
    templates = written(tmp_path, GOOD).read_now().policy.templates
    assert templates["project"] == Template(name=Text.same("Chantier"))
    assert templates["deal-room"] == shipped_templates()["deal-room"]


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("defaults:", "default:", "1: default: default is not known here; did you mean defaults?"),
        ("posting: all", "posting: everybody", "2: defaults.posting: everybody is not known here; it may be one of"),
        ("posting: all", "name: All", "2: defaults.name: name is not known here"),
        ("encrypted: no", "encrypted: perhaps", "3: defaults.encrypted: perhaps is neither true nor false."),
        ("{fr: Club, en: Club}", "", "6: templates.club.name: A name is needed here."),
        ("name: {fr: Club, en: Club}", "mandatory: yes", "5: templates.club: name is missing or empty."),
        ("visibility: public", "listed: true", "7: templates.club.listed: listed is not known here"),
        ("[active members]", "many", "9: templates.club.indicators: A list is expected here."),
        ("{name: Chantier}", "[x]", "10: templates.project: A table of keys and values is expected here."),
        ("visibility: hidden", "visibility: hiden", "13: groups.sales.visibility: hiden is not known here; did you me"),
        ("visibility: hidden", "state: retired", "13: groups.sales.state: state is not known here"),
        ("visibility: hidden", "colour: red", "13: groups.sales.colour: colour is not known here"),
        ("template: club", "template: clubb", "15: groups.sales.template: clubb is not known here; did you mean club?"),
        ("template: club", "listed: yes", "15: groups.sales.listed: Only a public group can be listed; this one is hi"),
        ("template: club", "history: shared", "15: groups.sales.history: Members of a hidden group read what was"),
        ("template: club", "requests: knock", "15: groups.sales.requests: Nobody can knock at a hidden group."),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_with_line_and_path(tmp_path: Path, old: str, new: str, complaint: str) -> None:
    assert old in GOOD
    found = complaints(tmp_path, GOOD.replace(old, new, 1))
    assert any(line.startswith(complaint) for line in found), found


def test_everything_wrong_is_told_at_once(tmp_path: Path) -> None:
    text = GOOD.replace("posting: all", "posting: x").replace("visibility: hidden", "visibility: y")
    assert len(complaints(tmp_path, text)) == 2


async def test_a_file_is_understood_again_only_when_it_changed(tmp_path: Path) -> None:
    file = written(tmp_path, GOOD)
    source = PolicyFileSource(file)
    first = await source.read()
    assert await source.read() is first
    written(tmp_path, GOOD.replace("hidden", "public"))
    assert (await source.read()).stamp != first.stamp


def test_without_a_file_there_are_the_shipped_templates() -> None:
    policy = PolicyFile().read_now().policy
    assert set(policy.templates) == {
        "sales-team", "deal-room", "partner-programme", "support", "project", "executive-committee",
    }  # fmt: skip
    assert not policy.groups
    assert not policy.defaults


@pytest.mark.parametrize("name", sorted(shipped_templates()))
def test_shipped_templates_speak_french_and_english(name: str) -> None:
    template = shipped_templates()[name]
    assert template.name.fr
    assert template.name.en
    for field in ("purpose", "welcome"):
        value = template.values[field]
        assert isinstance(value, dict)
        assert set(value) == {"fr", "en"}
    assert template.values["visibility"]
    assert 2 <= len(template.indicators) <= 5


def test_the_example_in_the_documents_is_valid(tmp_path: Path) -> None:
    page = (Path(__file__).parents[3] / "docs" / "policies.md").read_text()
    example = page.partition("<!-- example: policies.yaml -->\n```yaml\n")[2].partition("```")[0]
    policy = written(tmp_path, example).read_now().policy
    assert set(policy.groups) == {"welcome", "board"}


def test_the_documents_name_every_field_and_template() -> None:
    page = (Path(__file__).parents[3] / "docs" / "policies.md").read_text()
    assert [name for name in (*IN_FILES, *shipped_templates()) if f"`{name}`" not in page] == []
