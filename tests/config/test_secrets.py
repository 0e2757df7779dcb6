from pathlib import Path

import pytest

from bridge.config.loading import load_config
from bridge.config.registration import registration_of
from bridge.config.tokens import SHIPPED_AS_TOKEN, refuse_weak_tokens
from tests.config.writing import AS_TOKEN, ENV, GOOD, HS_TOKEN, complaints, load

USER_TOKEN = "syt_aW5lcw_abcdefghijklmnopqrst_1a2b3c"


def test_a_secret_comes_from_a_file_beside_the_configuration(tmp_path: Path) -> None:
    (tmp_path / "keys").mkdir()
    (tmp_path / "keys/as_token").write_text(AS_TOKEN + "\n")
    config = load(tmp_path, GOOD.replace("env:PARVIS_AS_TOKEN", "file:keys/as_token"))
    assert config.appservice.as_token.same_as(AS_TOKEN)


@pytest.mark.parametrize(
    ("written", "complaint"),
    [
        ("env:NOWHERE", "The environment variable NOWHERE is not set, or is empty."),
        ("file:keys/none", "keys/none: This file does not exist."),
        ("file:.", "This is a folder; the name of a file is needed."),
        (f"env:{USER_TOKEN}", "After env: comes the name of a variable, not the secret itself."),
        (f"file:{USER_TOKEN}", "After file: comes the path of a file, not the secret itself."),
        ("two words", "A secret is one word without spaces."),
        ("[a, b]", "One value is expected here, not several."),
        (USER_TOKEN, "This is the access token of a user; here belongs a random word of our own."),
        ("env:PARVIS_HS_TOKEN", "as_token and hs_token are the same: whoever knows one would play both sides."),
    ],
)
def test_a_wrong_token_is_one_clear_sentence_that_does_not_show_it(
    tmp_path: Path, written: str, complaint: str
) -> None:
    (found,) = complaints(tmp_path, GOOD.replace("env:PARVIS_AS_TOKEN", written))
    assert found.endswith(complaint)
    assert USER_TOKEN not in found


@pytest.mark.parametrize(
    ("old", "path"),
    [
        ("http://127.0.0.1:8008", "homeserver.address"),
        ("127.0.0.1:29400", "appservice.listen"),
        ('"@ines:corp.example"', "admins[0]"),
        ("directory.yaml", "directory.path"),
    ],
)
def test_a_token_in_the_wrong_place_is_recognised_and_not_shown(tmp_path: Path, old: str, path: str) -> None:
    found = complaints(tmp_path, GOOD.replace(old, USER_TOKEN))
    assert any(line.split(": ")[1] == path and "This looks like an access token" in line for line in found)
    assert USER_TOKEN not in "".join(found)


def test_a_token_as_the_name_of_a_setting_is_not_shown(tmp_path: Path) -> None:
    found = complaints(tmp_path, GOOD + f"{USER_TOKEN}: x\n")
    assert USER_TOKEN not in "".join(found)


def test_a_secret_that_also_stands_in_the_open_is_told(tmp_path: Path) -> None:
    short = "hush-hush-hush"
    text = GOOD.replace("listen:", f"id: {short}\n  listen:")
    assert complaints(tmp_path, text, {**ENV, "PARVIS_AS_TOKEN": short}) == [
        "config.yaml:5: appservice.id: One of the secrets stands here, in the open."
    ]


def test_keys_are_checked_and_differ(tmp_path: Path) -> None:
    (short,) = complaints(tmp_path, GOOD, {**ENV, "DATA_KEY": "short"})
    assert "secrets.data_key: This is not a key as parvis init makes them" in short
    (same,) = complaints(tmp_path, GOOD.replace("env:AUDIT_KEY", "env:DATA_KEY"))
    assert "secrets.audit_key: data_key and audit_key are the same" in same


def test_an_admin_token_that_is_the_hs_token_is_told(tmp_path: Path) -> None:
    text = GOOD.replace("  server_name", "  admin_token: env:PARVIS_HS_TOKEN\n  server_name")
    (found,) = complaints(tmp_path, text)
    assert found.startswith("config.yaml:3: homeserver.admin_token: admin_token and hs_token are the same")


def test_a_secret_that_others_can_read_is_worth_a_warning(tmp_path: Path) -> None:
    for name, mode in (("open", 0o644), ("closed", 0o600)):
        (tmp_path / name).write_text(AS_TOKEN if name == "open" else HS_TOKEN)
        (tmp_path / name).chmod(mode)
    text = GOOD.replace("env:PARVIS_AS_TOKEN", "file:open").replace("env:PARVIS_HS_TOKEN", "file:closed")
    (warning,) = load(tmp_path, text).warnings
    assert warning.warning
    assert warning.spot.path == "appservice.as_token"


def test_good_tokens_are_not_refused(tmp_path: Path) -> None:
    assert refuse_weak_tokens(load(tmp_path)) == []


def test_shipped_and_short_tokens_are_refused(tmp_path: Path) -> None:
    config = load(tmp_path, GOOD, {**ENV, "PARVIS_AS_TOKEN": SHIPPED_AS_TOKEN, "PARVIS_HS_TOKEN": "x" * 31})
    assert [str(problem.message) for problem in refuse_weak_tokens(config)] == [
        "as_token is the one that everybody gets with the program: make one with parvis init.",
        "hs_token has fewer than 32 characters: it could be guessed.",
    ]


@pytest.mark.parametrize(
    ("colleague", "other"), [("env:PROBE", "secrecy.member.token"), ("env:PARVIS_AS_TOKEN", "appservice.as_token")]
)
def test_an_account_of_the_secrecy_check_that_is_another_one_as_well_is_told(
    tmp_path: Path, colleague: str, other: str
) -> None:
    text = GOOD + f"secrecy: {{member: {{token: env:PROBE}}, colleague: {{token: '{colleague}'}}}}\n"
    assert complaints(tmp_path, text, {**ENV, "PROBE": USER_TOKEN}) == [
        f"config.yaml:11: secrecy.colleague.token: This token is also {other}: each account is somebody else's."
    ]


def test_an_account_of_the_secrecy_check_may_have_its_token_in_the_configuration(tmp_path: Path) -> None:
    config = load(tmp_path, GOOD + f"secrecy: {{member: {{token: {USER_TOKEN}}}}}\n")
    assert config.secrecy.member is not None
    assert config.secrecy.member.token.same_as(USER_TOKEN)


def test_nobody_is_asked_in_the_name_of_our_own_homeserver(tmp_path: Path) -> None:
    key = "ed25519 a_key YJDBA9Xnr2sVqXD9Vj7XVUnmFZcZrlw8Md7kMW+3XA1"
    text = GOOD + "secrecy: {federation: {server: corp.example, key: env:KEY}}\n"
    (found,) = complaints(tmp_path, text, {**ENV, "KEY": key})
    assert "federation is our own homeserver" in found


@pytest.mark.parametrize("key", ["ed25519 a_key", "rsa a_key AAAA", "ed25519 a_key AAAA", "ed25519 a_key @@@"])
def test_what_is_no_signing_key_is_told_before_anything_is_signed(tmp_path: Path, key: str) -> None:
    text = GOOD + "secrecy: {federation: {server: acme.example, key: env:KEY}}\n"
    (found,) = complaints(tmp_path, text, {**ENV, "KEY": key})
    assert "This is no signing key of a homeserver" in found


def test_the_registration_claims_our_names_and_no_others(tmp_path: Path) -> None:
    registration = registration_of(load(tmp_path, GOOD.replace("listen:", "bot: par.vis\n  listen:")))
    assert registration["sender_localpart"] == "par.vis"
    assert registration["namespaces"] == {
        "users": [
            {"exclusive": True, "regex": r"@par\.vis:corp\.example"},
            {"exclusive": True, "regex": r"@parvis_.*:corp\.example"},
        ],
        "aliases": [{"exclusive": True, "regex": r"#grp_.*:corp\.example"}],
        "rooms": [],
    }


def test_without_secrets_all_of_them_have_stand_ins_whatever_their_form(tmp_path: Path) -> None:
    path = tmp_path / "config.yaml"
    path.write_text(
        GOOD.replace(
            "directory: {path: directory.yaml}",
            "directory: {type: keycloak, url: 'https://sso.example', realm: r, client_id: c, client_secret: env:NONE}\n"
            "secrecy: {federation: {server: acme.example, key: 'file:nowhere'}}",
        )
    )
    config = load_config(path, {}, stand_ins=True)
    assert config.secrecy is not None
    assert config.secrecy.federation is not None
    assert not config.secrecy.federation.key.same_as("")
