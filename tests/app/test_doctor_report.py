"""What the doctor found is read in the order in which somebody has to do something about it."""

from pathlib import Path

import pytest

from bridge.adapters.language import Catalogues
from bridge.app.doctor_report import report
from bridge.app.terminal import Terminal
from bridge.domain.diagnosis import Diagnosis, Verdict
from bridge.domain.document import Document
from bridge.domain.messages import say
from bridge.rules.doctor import outside, registration

SILENT = say("The homeserver did not answer.")
CLOCK = Diagnosis(check="running.clock", place="here", verdict=Verdict.UNKNOWN, found=SILENT)
BROKEN = Diagnosis(check="token", place="there", verdict=Verdict.FAULT, found=SILENT)
WELL = Diagnosis(check="names", place="there", verdict=Verdict.GOOD, found=say("As it should be."))
WEAK = Diagnosis(
    check="guests",
    place="there",
    verdict=Verdict.WARNING,
    found=say("Guests come in without an account."),
    why=say("Listed groups are for employees."),
    remedy="allow_guest_access: false",
)


def lines(capsys: pytest.CaptureFixture[str], found: list[Diagnosis], *files: Path, language: str = "en") -> list[str]:
    catalogues = Catalogues.load()
    document = Document(tuple(report(found, files, lambda message: catalogues.translate(message, language))))
    Terminal(translator=catalogues, language=language).show(document)
    return capsys.readouterr().out.splitlines()


@pytest.mark.parametrize(
    ("language", "told"), [("en", "files that are there"), ("fr", "des fichiers qui sont là")], ids=["en", "fr"]
)
def test_what_is_said_of_lines_to_paste_stands_behind_them_in_the_readers_language(
    capsys: pytest.CaptureFixture[str], language: str, told: str
) -> None:
    found = registration.unread("/etc/none.yaml", SILENT, missing=True)
    said = lines(capsys, [found], language=language)
    assert said[1] == f"    app_service_config_files: [/etc/parvis/registration.yaml]   # {told}"


def test_faults_come_first_with_reason_and_remedy_and_what_is_well_is_counted(
    capsys: pytest.CaptureFixture[str],
) -> None:
    said = lines(capsys, [WELL, CLOCK, WEAK, BROKEN], Path("homeserver.yaml"))
    assert said == [
        "✗ token – The homeserver did not answer. (there)",
        "! guests – Guests come in without an account. Listed groups are for employees. (there)",
        "    allow_guest_access: false",
        "? running.clock – The homeserver did not answer. (here)",
        "1 thing is as it should be.",
        "What real clients see of a hidden group is asked by: parvis audit secrecy",
    ]


def test_what_could_not_be_looked_at_for_one_reason_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    said = lines(capsys, [*outside.unseen("corp.example"), CLOCK])
    assert said[:2] == [
        f"? {', '.join(outside.CHECKS)} – Not looked at: with --offline nobody is asked. (https://corp.example)",
        "? running.clock – The homeserver did not answer. (here)",
    ]


def test_without_the_homeservers_files_it_is_said_what_was_not_read(capsys: pytest.CaptureFixture[str]) -> None:
    assert "--homeserver homeserver.yaml" in lines(capsys, [WELL])[-1]
