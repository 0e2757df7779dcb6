"""Terms and kinds of partners in the policy file."""

from datetime import date
from pathlib import Path

import pytest

from bridge.adapters.policies.source import PolicyFile
from bridge.domain.messages import Text
from bridge.domain.policy import FilePolicy, KindPolicy, Terms
from bridge.domain.problems import InvalidInput

GOOD = """
terms:
  network:
    version: 0012
    by: 2026-12-31
    text: {fr: Rien ne sort., en: Nothing leaves.}
partners:
  reseller: {terms: network, template: partner-programme}
  other:
"""


def read(folder: Path, text: str) -> FilePolicy:
    file = folder / "policies.yaml"
    file.write_text(text, encoding="utf-8")
    return PolicyFile(file).read_now().policy


def complaints(folder: Path, text: str) -> list[str]:
    with pytest.raises(InvalidInput) as invalid:
        read(folder, text)
    return [f"{problem.spot.path}: {problem.message}" for problem in invalid.value.problems]


def test_terms_and_kinds_are_read(tmp_path: Path) -> None:
    policy = read(tmp_path, GOOD)
    text = Text(fr="Rien ne sort.", en="Nothing leaves.")
    assert policy.terms == {"network": Terms(version="0012", text=text, by=date(2026, 12, 31))}
    assert policy.kinds == {
        "reseller": KindPolicy(terms="network", template="partner-programme"),
        "other": KindPolicy(),
    }


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("version: 0012", "version:", "terms.network.version: version is missing or empty."),
        ("    text: {fr: Rien ne sort., en: Nothing leaves.}", "", "terms.network.text: text is missing or empty."),
        ("2026-12-31", "soon", "terms.network.by: soon is not a date such as 2027-06-30."),
        ("{terms: network,", "{terms: netwrok,", "partners.reseller.terms: netwrok is not known here; did you mean ne"),
        ("programme}", "program}", "partners.reseller.template: partner-program is not known here; did you mean part"),
        ("reseller:", "resellers:", "partners.resellers: resellers is not known here; did you mean reseller?"),
        ("by:", "until:", "terms.network.until: until is not known here; it may be one of: version, text, by."),
        ("Nothing leaves.", "x" * 20_001, "terms.network.text: This is too long: at most 20000 characters."),
    ],
)
def test_what_is_wrong_with_them_is_told_with_its_place(tmp_path: Path, old: str, new: str, complaint: str) -> None:
    assert old in GOOD
    assert any(line.startswith(complaint) for line in complaints(tmp_path, GOOD.replace(old, new, 1)))
