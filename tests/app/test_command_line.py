"""Bad input at the command line, in both languages: an exit code and one clear sentence, never a traceback."""

import asyncio
import sys
from pathlib import Path
from typing import Final

import pytest

from deploy.demo.house import PROJECT
from deploy.localnet.processes import minimal_environment
from tests.app.lines import DONE, FAILED, MISUSED, call, configure, project, sentences

pytestmark = pytest.mark.terminal

PERSON: Final = 'people:\n  - {id: "1", user: "@ann:corp.example", name: Ann}\n'
MEMBER_9: Final = 'groups:\n  - {id: g, name: G, visibility: public, owners: ["1"], members: ["9"]}\n'
DIRECTORIES: Final = {
    "empty": (b"", {"en": "This file is empty", "fr": "Ce fichier est vide"}),
    "truncated": (b"people: [", {"en": "is it truncated?", "fr": "est-il tronqué"}),
    "in another encoding": (PERSON.replace("Ann", "Zoé").encode("latin-1"), {"fr": "pas en UTF-8"}),
    "binary": (bytes(range(256)) * 20, {"en": "directory.yaml"}),
    "huge": (b" " * (17 * 1024 * 1024), {"fr": "dépasse 16 Mio"}),
    "a list": (b"- people\n- groups\n", {"en": "directory.yaml"}),
    "with an id twice": (
        (PERSON + PERSON.partition("\n")[2].replace("ann", "bob")).encode(),
        {"fr": "L’identifiant 1 est déjà celui de people[0] (ligne 2)."},
    ),
    "with an unknown member": ((PERSON + MEMBER_9).encode(), {"en": "There is no person 9."}),
}


async def test_a_fresh_project_is_well_and_is_never_overwritten(tmp_path: Path) -> None:
    folder = tmp_path / "new"
    made = await call(tmp_path, "init", str(folder), configured=False)
    assert (made.code, made.out) == (DONE, "")
    checked = await call(folder, "check")
    assert (checked.code, checked.err) == (DONE, "")
    assert "All is well" in checked.out
    for language, words in (("en", "is already there"), ("fr", "existe déjà")):
        again = await call(tmp_path, "init", str(folder), language=language, configured=False)
        assert again.code == MISUSED
        assert words in again.err


@pytest.mark.parametrize("what", DIRECTORIES)
async def test_a_directory_that_cannot_be_used_is_told_in_one_sentence(tmp_path: Path, what: str) -> None:
    folder, (content, told) = project(tmp_path), DIRECTORIES[what]
    (folder / "directory.yaml").write_bytes(content)
    for language, words in told.items():
        outcome = await call(folder, "check", language=language)
        assert (outcome.code, outcome.out) == (MISUSED, "")
        assert words in outcome.err
        assert len(sentences(outcome.err)) == 1
        assert str(folder / "directory.yaml") in outcome.err


async def test_everything_wrong_with_a_directory_is_told_at_once(tmp_path: Path) -> None:
    folder = project(tmp_path)
    groups = 'groups:\n  - {id: g, name: G, visibilty: public, owners: ["8"], partners: [zz], parent: g}\n'
    (folder / "directory.yaml").write_text(PERSON + groups)
    outcome = await call(folder, "check")
    assert outcome.code == MISUSED
    for words in ("did you mean visibility?", "There is no person 8.", "There is no partner zz.", "problems found"):
        assert words in outcome.err


async def test_a_policy_file_is_checked_with_the_directory(tmp_path: Path) -> None:
    folder = project(tmp_path)
    configure(folder, policies="policies.yaml")
    (folder / "policies.yaml").write_text("groups:\n  nowhere: {visibility: public}\n")
    warned = await call(folder, "check")
    assert warned.code == DONE
    assert "The policy file names the group nowhere, which the directory does not have." in warned.err
    (folder / "policies.yaml").write_text("groups:\n  nowhere: {visiblity: public}\n")
    (folder / "directory.yaml").write_text("people: []")
    wrong = await call(folder, "check")
    assert wrong.code == MISUSED
    for words in ("policies.yaml:2", "did you mean visibility?", "This directory has no people."):
        assert words in wrong.err


async def test_groups_are_taken_out_and_brought_in_again(tmp_path: Path) -> None:
    folder = project(tmp_path)
    exported = await call(folder, "group", "export")
    assert exported.code == DONE
    assert "  board:" in exported.out
    file = folder / "groups.yaml"
    file.write_text(exported.out, encoding="utf-8")
    assert "Nothing of this is otherwise" in (await call(folder, "group", "import", str(file))).said
    file.write_text("groups: {welcome: {posting: owners}}", encoding="utf-8")
    shown = await call(folder, "group", "import", str(file))
    assert (shown.code, "Owners and moderators write" in shown.said) == (3, True)
    assert (await call(folder, "group", "import", str(file), "--yes")).code == DONE
    assert "posting: owners" in (await call(folder, "group", "export", "welcome")).out
    assert (await call(folder, "group", "export", "nowhere")).code == MISUSED


async def test_a_configuration_that_is_missing_or_misspelt_is_told(tmp_path: Path) -> None:
    missing = await call(tmp_path, "check")
    assert (missing.code, len(sentences(missing.err))) == (MISUSED, 1)
    folder = project(tmp_path)
    configure(folder, databse={"url": "sqlite:///x.db"})
    misspelt = await call(folder, "check", language="fr")
    assert misspelt.code == MISUSED
    assert "vouliez-vous dire database" in misspelt.err
    assert "config.yaml:" in misspelt.err


@pytest.mark.parametrize("words", [("plan",), ("--help",)], ids=["a word", "help"])
async def test_what_cannot_be_imported_is_one_sentence_and_all_of_it_for_who_asks(
    tmp_path: Path, words: tuple[str, ...]
) -> None:
    broken = "import sys; sys.modules['bridge.app.rooms_cli'] = None; from bridge.app.cli import main; main()"

    async def said(*before: str) -> str:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-c", broken, *before, *words, stderr=asyncio.subprocess.PIPE, cwd=tmp_path,
            env=minimal_environment(tmp_path) | {"PYTHONPATH": str(PROJECT), "LANG": "en_GB.UTF-8"},
        )  # fmt: skip
        return (await process.communicate())[1].decode()

    (told,) = (await said()).splitlines()
    assert told.startswith("Something went wrong in Parvis itself (ModuleNotFoundError).")
    assert "Traceback" in await said("--verbose")


@pytest.mark.parametrize("words", [("frobnicate",), ("plan", "--nosuch"), ("init",), ("apply", "a", "b")])
async def test_words_that_mean_nothing_end_with_code_2(tmp_path: Path, words: tuple[str, ...]) -> None:
    outcome = await call(project(tmp_path), *words)
    assert outcome.code == MISUSED
    assert outcome.out == ""
    assert len(sentences(outcome.err)) == 1
    assert "--help" in outcome.err


async def test_help_and_errors_are_in_the_language_that_is_asked_for_or_else_configured(tmp_path: Path) -> None:
    folder = project(tmp_path, homeserver={"address": "http://127.0.0.1:9"})
    configure(folder, language="fr")
    for words, code, told in (
        (("--help",), DONE, "Usage :"),
        (("db",), MISUSED, "Met le schéma à jour"),
        (("plan", "--jsn"), MISUSED, "Vouliez-vous dire --json"),
        (("db", "backup", str(folder / "nowhere" / "copy.db")), MISUSED, "ce fichier ou ce dossier n’existe pas"),
    ):
        outcome = await call(folder, *words, language="fr")
        assert (outcome.code, told in in_one_line(outcome.said)) == (code, True), outcome.said
    silent = await call(folder, "plan", language="none")
    assert (silent.code, "ne répond pas" in silent.err) == (FAILED, True), silent.said


async def test_a_file_for_the_audit_log_that_is_no_text_is_told(tmp_path: Path) -> None:
    folder, file = project(tmp_path), tmp_path / "heads"
    file.write_bytes(b"\xff\xfe\x00")
    for words, code in ((("verify", "--heads"), DONE), (("rotate", "--old"), MISUSED)):
        outcome = await call(folder, "audit", *words, str(file))
        assert (outcome.code, "Parvis itself" in outcome.said) == (code, False)


def in_one_line(text: str) -> str:
    return " ".join(text.split())


async def test_a_homeserver_that_is_down_is_named(tmp_path: Path) -> None:
    folder = project(tmp_path, homeserver={"address": "http://127.0.0.1:9"})
    for verb in ("plan", "apply"):
        outcome = await call(folder, verb)
        assert outcome.code == FAILED
        assert "The homeserver at http://127.0.0.1:9 does not answer." in outcome.err
        assert len(sentences(outcome.err)) == 1


async def test_what_is_wrong_with_the_tokens_is_told_before_anything_starts(tmp_path: Path) -> None:
    folder = project(tmp_path)
    shipped = "example-as-token-never-use-this-one"
    for token, words in ((shipped, "everybody gets with the program"), ("short", "fewer than 32 characters")):
        configure(folder, appservice={"as_token": token})
        outcome = await call(folder, "run")
        assert outcome.code == MISUSED
        assert words in outcome.err
    configure(folder, appservice={"as_token": "file:keys/as_token"}, timezone="syt_YW5u_abcdefghijklmnopqrst_0a1b2c")
    misplaced = await call(folder, "check")
    assert misplaced.code == MISUSED
    assert "syt_" not in misplaced.said
