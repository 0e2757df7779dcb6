"""Names, ports, keys, locks and guarded children, without any homeserver."""

import asyncio
import os
import socket
import sqlite3
import sys
from contextlib import closing
from pathlib import Path

import pytest
from cryptography import x509

from deploy.localnet.__main__ import registration_in
from deploy.localnet.cache import ClaimedFolder, locked
from deploy.localnet.certificates import keys_for
from deploy.localnet.errors import LocalnetError
from deploy.localnet.launcher import hasty, resolver
from deploy.localnet.ports import ReservedPort
from deploy.localnet.processes import GuardedProcess, minimal_environment
from deploy.localnet.waiting import until

lookup = resolver({"corp.test": 4001}, socket.getaddrinfo)


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PARVIS_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


def test_a_database_in_haste_waits_for_no_disk(tmp_path: Path) -> None:
    with closing(hasty(sqlite3.connect)(tmp_path / "file.db")) as connection:
        assert connection.execute("PRAGMA synchronous").fetchone() == (0,)


@pytest.mark.parametrize("name", ["corp.test", "CORP.test", "corp.test.", b"corp.test"])
def test_a_name_of_the_network_leads_to_its_tls_port_whatever_port_is_asked_for(name: str | bytes) -> None:
    assert {answer[4] for answer in lookup(name, 443, type=socket.SOCK_STREAM)} == {("127.0.0.1", 4001)}


def test_literal_addresses_and_localhost_keep_their_port() -> None:
    assert lookup("127.0.0.1", 9, 0, socket.SOCK_STREAM)[0][4] == ("127.0.0.1", 9)
    assert lookup("localhost", 9, 0, socket.SOCK_STREAM)[0][4] == ("127.0.0.1", 9)


@pytest.mark.parametrize("name", ["matrix.org", "xcorp.test", "acme.test", "corp.test.evil"])
def test_every_other_name_is_refused_at_once(name: str) -> None:
    with pytest.raises(socket.gaierror):
        lookup(name, 443)


def test_a_reserved_port_is_given_to_nobody_else_but_a_server_may_listen_on_it() -> None:
    reserved = [ReservedPort() for _ in range(200)]
    try:
        assert len({port.number for port in reserved}) == 200
        with socket.create_server(("127.0.0.1", reserved[0].number)) as server:  # sets SO_REUSEADDR, as Twisted does
            socket.create_connection(server.getsockname()).close()
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", reserved[0].number))
    finally:
        for port in reserved:
            port.release()


async def test_keys_are_made_once_and_kept_for_their_owner_only(cache: Path) -> None:
    first = await keys_for(["corp.test", "acme.test"])

    assert await keys_for(["corp.test", "acme.test"]) == first
    assert first["corp.test"].signing_key != first["acme.test"].signing_key
    assert {path.stat().st_mode & 0o077 for path in (cache / "keys").iterdir()} == {0}


async def test_a_certificate_names_its_server_and_is_signed_by_the_authority(cache: Path) -> None:
    keys = (await keys_for(["corp.test"]))["corp.test"]
    certificate = x509.load_pem_x509_certificate(keys.certificate)

    certificate.verify_directly_issued_by(x509.load_pem_x509_certificate(keys.authority))
    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.DNSName) == ["corp.test"]


async def test_a_certificate_that_expires_within_the_month_is_made_anew(
    cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("deploy.localnet.certificates.SERVER_DAYS", 20)
    old = (await keys_for(["corp.test"]))["corp.test"]
    monkeypatch.undo()
    monkeypatch.setenv("PARVIS_CACHE", str(cache))
    new = (await keys_for(["corp.test"]))["corp.test"]

    assert new.certificate != old.certificate
    assert new.authority == old.authority
    assert new.signing_key == old.signing_key
    assert (await keys_for(["corp.test"]))["corp.test"] == new


async def test_a_new_authority_brings_new_certificates(cache: Path) -> None:
    old = (await keys_for(["corp.test"]))["corp.test"]
    (cache / "keys" / "authority.key").write_bytes(b"damaged")
    new = (await keys_for(["corp.test"]))["corp.test"]

    assert new.authority != old.authority
    assert new.certificate != old.certificate


async def test_a_lock_is_held_by_one_at_a_time(tmp_path: Path) -> None:
    inside: list[int] = []

    async def work() -> None:
        async with locked(tmp_path / "lock"):
            inside.append(1)
            await asyncio.sleep(0)
            assert len(inside) == 1
            inside.pop()

    await asyncio.gather(*(work() for _ in range(8)))


def test_a_folder_belongs_to_one_network_at_a_time(tmp_path: Path) -> None:
    first = ClaimedFolder(tmp_path)
    with pytest.raises(LocalnetError, match="in use by another network"):
        ClaimedFolder(tmp_path)
    first.release()
    ClaimedFolder(tmp_path).release()


def sleeper(folder: Path, code: str = "import time; time.sleep(600)") -> GuardedProcess:
    log = folder / "log"
    return GuardedProcess([sys.executable, "-c", code], log=log, folder=folder, env=minimal_environment(folder))


async def test_a_child_that_ignores_sigterm_is_killed_in_the_end(tmp_path: Path) -> None:
    stubborn = "import signal, time; signal.signal(15, signal.SIG_IGN); print('deaf', flush=True); time.sleep(600)"
    process = sleeper(tmp_path, stubborn)
    await until(lambda: "deaf" in (tmp_path / "log").read_text(), 60)
    await process.stop(patience=0.1)

    assert process.exit_code == 128 + 9


async def test_a_paused_child_can_be_stopped(tmp_path: Path) -> None:
    process = sleeper(tmp_path)
    process.pause()
    await process.stop()

    assert process.exit_code == 128 + 15


async def test_a_program_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(LocalnetError, match="cannot start /nowhere/python"):
        GuardedProcess(["/nowhere/python"], log=tmp_path / "log", folder=tmp_path, env={})


async def test_orders_to_a_child_that_has_ended_do_no_harm(tmp_path: Path) -> None:
    process = sleeper(tmp_path, "raise SystemExit(3)")
    await until(lambda: not process.running, 60)
    process.pause()
    await process.stop()
    process.kill()

    assert process.exit_code == 3


def test_the_childs_environment_has_no_proxy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("https_proxy", "http://proxy.example:1")

    assert not [name for name in minimal_environment(tmp_path) if "proxy" in name.lower()]
    assert os.environ["https_proxy"]


@pytest.mark.parametrize(("text", "says"), [(None, "cannot read"), ("a: [", "cannot read"), ("- 1\n", "has no id")])
def test_a_registration_that_is_none_is_refused(tmp_path: Path, text: str | None, says: str) -> None:
    file = tmp_path / "registration.yaml"
    if text is not None:
        file.write_text(text, encoding="utf-8")
    with pytest.raises(LocalnetError, match=says):
        registration_in(file)


def test_a_registration_is_read_as_it_stands(tmp_path: Path) -> None:
    file = tmp_path / "registration.yaml"
    file.write_text("id: parvis\nurl: null\n", encoding="utf-8")
    assert registration_in(file) == {"id": "parvis", "url": None}
