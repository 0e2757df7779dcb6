import datetime
from pathlib import Path

import pytest

from bridge.config.directories import FileDirectory
from bridge.config.values import Listen
from bridge.domain.directory import Visibility
from tests.config.writing import AS_TOKEN, ENV, GOOD, complaints, load


def test_a_short_configuration_is_filled_with_defaults(tmp_path: Path) -> None:
    config = load(tmp_path)
    assert config.appservice.listen == Listen("127.0.0.1", 29400)
    assert config.appservice.address == "http://127.0.0.1:29400"
    assert (config.appservice.bot, config.appservice.prefix, config.appservice.aliases) == ("parvis", "parvis_", "grp_")
    assert config.sources[""].every == datetime.timedelta(minutes=5)
    assert config.sources[""].visibility is Visibility.INVITE_ONLY
    assert (config.safety.max_removals, config.safety.max_removal_share) == (20, 0.25)
    assert (config.language, config.timezone, config.admin_room) == ("fr", "Europe/Paris", "auto")
    assert config.homeserver.admin_token is None
    assert config.bots == ()


def test_relative_paths_start_at_the_folder_of_the_file(tmp_path: Path) -> None:
    config = load(tmp_path)
    assert isinstance(config.sources[""], FileDirectory)
    assert config.sources[""].path == tmp_path / "directory.yaml"
    assert config.database.url == f"sqlite:///{tmp_path}/parvis.db"


def test_the_address_follows_listen_unless_it_is_given(tmp_path: Path) -> None:
    assert load(tmp_path, GOOD.replace("29400", "29411")).appservice.address == "http://127.0.0.1:29411"


def test_what_a_bot_is_told_stays_text(tmp_path: Path) -> None:
    config = load(
        tmp_path, GOOD + 'bots: [{module: bots.digest.bot.DigestBot, config: {when: "0 8 * * MON", n: 010}}]\n'
    )
    assert config.bots[0].config == {"when": "0 8 * * MON", "n": "010"}


def test_every_mistake_is_told_at_once_with_its_place(tmp_path: Path) -> None:
    text = GOOD.replace("server_name", "serveur_name").replace("listen: 127.0.0.1:29400", "listen: here\n  adress: x")
    text += "bots:\n - modul: x\nsafety: {max_removals: many, max_removal_share: 3}\nlanguage: frr\ntimezone: Paris\n"
    assert complaints(tmp_path, text) == [
        "config.yaml:1: homeserver.server_name: server_name is missing.",
        "config.yaml:3: homeserver.serveur_name: There is no setting serveur_name here; did you mean server_name?",
        "config.yaml:5: appservice.listen: here is not an address such as 127.0.0.1:29400.",
        "config.yaml:6: appservice.adress: There is no setting adress here; did you mean address?",
        "config.yaml:13: bots[0].modul: There is no setting modul here; did you mean module?",
        "config.yaml:13: bots[0].module: module is missing.",
        "config.yaml:14: safety.max_removal_share: This number must be at most 1.0.",
        "config.yaml:14: safety.max_removals: A whole number is expected here.",
        "config.yaml:15: language: frr is not known here; did you mean fr?",
        "config.yaml:16: timezone: Paris is not a time zone such as Europe/Paris.",
    ]


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ("policies: nowhere.yaml", "policies: This file does not exist."),
        ("database: [x]", "database: A table of keys and values is expected here."),
        ("bots: {}", "bots: A list is expected here."),
        ("policies: [a, b]", "policies: One value is expected here, not several."),
        ("timezone: {}", "timezone: One value is expected here, not several."),
        ("database: {url: [x]}", "database.url: One value is expected here, not several."),
        ("admin_room: parvis", "admin_room: This is neither auto nor the id of a room."),
        ("language: [fr]", "language: ['fr'] is not known here; it may be one of: fr, en."),
        (
            "database: {url: 'mysql://root:hunter2@host/x'}",
            "database.url: This is not a database such as sqlite:///parvis.db or postgresql://user@host/name.",
        ),
        (
            "database: {url: 'sqlite://'}",
            "database.url: A database in memory would forget everything: name a file, such as sqlite:///parvis.db.",
        ),
        (
            "database: {url: 'postgresql://host'}",
            "database.url: The address of the database does not name a database: postgresql://user@host/name.",
        ),
        (
            "bots: [{module: AdminBot}]",
            "bots[0].module: AdminBot is not the path of a class such as bots.admin.bot.AdminBot.",
        ),
        (
            "homeservers: x",
            "homeservers: There is no setting homeservers here; did you mean homeserver?",
        ),
    ],
)
def test_a_wrong_line_is_one_clear_sentence(tmp_path: Path, line: str, complaint: str) -> None:
    assert complaints(tmp_path, GOOD + line + "\n") == [f"config.yaml:11: {complaint}"]


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("@ines:corp.example", "@ines:other.example", "admins: @ines:other.example is not a user id of our own server"),
        ("path: directory.yaml", "path: d.yaml, every: often", "often is not a duration such as 30s, 5m, 2h or 1d."),
        ("path: directory.yaml", "path: d.yaml, every: 0s", "A duration of zero would never let anything rest."),
        ("path: directory.yaml", "path: d.yaml, type: yml", "yml is not known here; did you mean yaml?"),
        ("path: directory.yaml", "path: d.yaml, memberships: m.csv", "Only a directory of type csv has a second file."),
        ("corp.example\n", "https://corp.example\n", "A server name is what stands after the colon of user ids"),
        ("corp.example\n", "corp example\n", "corp example is not a server name such as corp.example."),
        ("http://127.0.0.1:8008", "127.0.0.1:8008", "This is not an address such as http://127.0.0.1:8008."),
        ("http://127.0.0.1:8008", "http://ines:pw@host", "An address has no user, password or token in it"),
        ("listen: 127.0.0.1:29400", "listen: 127.0.0.1:99999", "is not an address such as 127.0.0.1:29400."),
        ("listen: 127.0.0.1:29400", "bot: Parvis", "Parvis is no part of a user id: small letters, digits"),
    ],
)  # fmt: skip
def test_a_wrong_value_is_one_clear_sentence(tmp_path: Path, old: str, new: str, complaint: str) -> None:
    assert old in GOOD
    (found,) = complaints(tmp_path, GOOD.replace(old, new))
    assert complaint in found


@pytest.mark.parametrize(
    ("written", "seconds"), [("30s", 30), ("5m", 300), ("2h", 7200), ("1d", 86400), ("1h30m", 5400)]
)
def test_durations_are_written_with_their_unit(tmp_path: Path, written: str, seconds: int) -> None:
    config = load(tmp_path, GOOD.replace("path: directory.yaml", f"path: x, every: {written}"))
    assert config.sources[""].every.total_seconds() == seconds


def test_an_ipv6_address_may_listen(tmp_path: Path) -> None:
    config = load(tmp_path, GOOD.replace("listen: 127.0.0.1:29400", 'listen: "[::1]:29400"'))
    assert config.appservice.listen == Listen("::1", 29400)
    assert config.appservice.address == "http://[::1]:29400"


def test_postgresql_may_be_written_either_way(tmp_path: Path) -> None:
    text = GOOD + "database: {url: env:DB}\n"
    assert (
        load(tmp_path, text, {**ENV, "DB": "postgres://u:pw@host/parvis"}).database.url
        == "postgresql://u:pw@host/parvis"
    )


def test_a_setting_after_which_nothing_stands_has_its_default(tmp_path: Path) -> None:
    assert load(tmp_path, GOOD + "safety:\nlanguage:\n").safety.max_removals == 20


def test_nothing_of_the_configuration_shows_a_secret(tmp_path: Path) -> None:
    config = load(tmp_path, GOOD + "database: {url: 'postgresql://u:hunter2@host/db'}\n")
    assert config.appservice.as_token.reveal() == AS_TOKEN
    for shown in (repr(config), str(config), f"{config.appservice.as_token}", repr(config.model_dump()["appservice"])):
        assert "hunter2" not in shown
        assert not any(secret in shown for secret in ENV.values())


def test_a_file_that_is_no_table_is_one_sentence(tmp_path: Path) -> None:
    assert complaints(tmp_path, "[]") == ["config.yaml: A table of keys and values is expected here."]
