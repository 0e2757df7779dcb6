"""One Synapse: its files, its process, and the few requests that every test and the demo need."""

import asyncio
import json
import secrets
import shutil
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import yaml

from deploy.localnet import launcher, requests
from deploy.localnet.cache import make_folder, write_atomically
from deploy.localnet.certificates import Keys
from deploy.localnet.configuration import Place, homeserver_config, log_config, registration_file
from deploy.localnet.errors import LocalnetError, tail
from deploy.localnet.processes import GuardedProcess, minimal_environment
from deploy.localnet.requests import Reply, call
from deploy.localnet.specs import Account, ServerSpec

START_PATIENCE = 90


@dataclass(frozen=True, kw_only=True)
class Surroundings:
    """What a server shares with its network."""

    python: Path
    names: Mapping[str, int]
    keys: Keys
    template: Path | None = None


class Server:
    """Made by `network`; keeps its ports, its database and its accounts over stop, kill and start."""

    def __init__(self, spec: ServerSpec, place: Place, surroundings: Surroundings) -> None:
        self.spec = spec
        self.server_name = spec.server_name
        self.folder = place.folder
        self.log_path = place.folder / "homeserver.log"
        self.client_url = f"http://127.0.0.1:{place.client_port}"
        self.client_port, self.federation_port = place.client_port, place.federation_port
        self.used_template = False
        self._place, self._surroundings = place, surroundings
        self._secret = ""
        self._process: GuardedProcess | None = None
        self._admin: Account | None = None

    @property
    def pid(self) -> int | None:
        """Synapse's own process id; None while it does not run."""
        return self._process.pid if self._process and self._process.running else None

    @property
    def running(self) -> bool:
        return self.pid is not None

    @property
    def process_ids(self) -> tuple[int, ...]:
        """Every process of this server: Synapse and its guard."""
        return (self._process.pid, self._process.guard_pid) if self._process and self._process.running else ()

    def prepare(self) -> None:
        """Write every file; a database that is there already stays."""
        try:
            self._write_files()
        except OSError as error:
            raise LocalnetError(f"cannot write the files of {self.server_name} in {self.folder}: {error}") from error

    async def start(self) -> None:
        """Returns when the server answers on both ports. Nothing to do if it runs."""
        if self.running:
            return
        self.kill_now()  # reaps what ended by itself
        self._process = self._launch()
        try:
            await self._until_healthy(self._process)
        except BaseException:
            self.kill_now()
            raise

    async def stop(self) -> None:
        """SIGTERM and, after ten seconds, SIGKILL."""
        if self._process:
            await self._process.stop()

    async def kill(self) -> None:
        """SIGKILL, as in a crash; returns when it is gone."""
        self.kill_now()

    def kill_now(self) -> None:
        if self._process:
            self._process.kill()

    def pause(self) -> None:
        """SIGSTOP: the ports accept and nobody answers, a hanging peer."""
        if self._process:
            self._process.pause()

    def resume(self) -> None:
        if self._process:
            self._process.resume()

    def reconfigure(self, spec: ServerSpec) -> None:
        """Other settings for the same server, from its next start on."""
        if spec.server_name != self.server_name:
            raise LocalnetError(f"{self.server_name} cannot become {spec.server_name}")
        self.spec = spec
        self.prepare()

    async def request(
        self, method: str, path: str, *,
        token: str | None = None, body: object = None, query: Mapping[str, str] | None = None,
    ) -> Reply:  # fmt: skip
        """Any call to the client port; path as in /_matrix/client/v3/..., already quoted."""
        return await call(method, self.client_url + path, token=token, body=body, query=query)

    async def register(
        self, name: str, *, password: str | None = None, admin: bool = False, display_name: str | None = None
    ) -> Account:
        """Make a user and log in; without a password a random one."""
        password = password or secrets.token_urlsafe(12)
        reply = await requests.register(
            self.client_url, self._secret, name, password=password, admin=admin, display_name=display_name
        )
        return requests.account_from(reply.ok(f"registering {name} on {self.server_name}"), password)

    async def log_in(self, name: str, password: str) -> Account:
        """A new device for a user who exists."""
        reply = await requests.log_in(self.client_url, name, password)
        return requests.account_from(reply.ok(f"logging {name} in on {self.server_name}"), password)

    async def admin(self) -> Account:
        """The server's own administrator, made when first asked for."""
        if not self._admin:
            name, password = "localnet-admin", f"admin-{self._secret}"
            reply = await requests.register(
                self.client_url, self._secret, name, password=password, admin=True, display_name="Synapse admin"
            )
            taken = reply.status == 400 and reply.content.get("errcode") == "M_USER_IN_USE"
            self._admin = (
                await self.log_in(name, password)
                if taken
                else requests.account_from(reply.ok(f"making the admin of {self.server_name}"), password)
            )
        return self._admin

    def _write_files(self) -> None:
        folder, keys = self.folder, self._surroundings.keys
        make_folder(folder)
        self._secret = self._kept_secret()
        write_atomically(folder / "authority.crt", keys.authority)
        write_atomically(folder / "tls.crt", keys.certificate)
        write_atomically(folder / "tls.key", keys.private_key)
        write_atomically(folder / "signing.key", keys.signing_key)
        _write_yaml(folder / "log.yaml", log_config(self.spec.log_level))
        make_folder(self._place.registration_files)
        for registration in self.spec.appservices:
            _write_yaml(registration_file(self._place, registration), dict(registration))
        _write_yaml(folder / "homeserver.yaml", homeserver_config(self.spec, self._place, self._secret))
        template = self._surroundings.template
        if template and not self._place.database.exists():
            shutil.copyfile(template, self._place.database)
            self.used_template = True

    def _kept_secret(self) -> str:
        """The same on every start in this folder: it is the admin's password and opens old sessions."""
        path = self.folder / "secret"
        if not path.exists():
            write_atomically(path, secrets.token_urlsafe(24).encode())
        return path.read_text()

    def _launch(self) -> GuardedProcess:
        names = json.dumps(dict(self._surroundings.names))
        python, config = str(self._surroundings.python), str(self.folder / "homeserver.yaml")
        return GuardedProcess(
            [python, "-I", launcher.__file__, names, "--config-path", config],
            log=self.log_path,
            folder=self.folder,
            env=minimal_environment(self.folder) | ({"LOCALNET_DURABLE": "yes"} if self.spec.durable else {}),
        )

    async def _until_healthy(self, process: GuardedProcess) -> None:
        deadline = time.monotonic() + START_PATIENCE
        while not await self._healthy():
            if not process.running:
                raise LocalnetError(self._failure(f"ended at once (exit code {process.exit_code})"))
            if time.monotonic() > deadline:
                raise LocalnetError(self._failure(f"does not answer after {START_PATIENCE} s"))
            await asyncio.sleep(0.02)

    async def _healthy(self) -> bool:
        try:
            return (await call("GET", f"{self.client_url}/health", seconds=2)).status == 200
        except (aiohttp.ClientError, TimeoutError):
            return False

    def _failure(self, what: str) -> str:
        return f"Synapse for {self.server_name} {what}; the end of {self.log_path}:\n{tail(self.log_path)}"


def _write_yaml(path: Path, content: Mapping[str, object]) -> None:
    write_atomically(path, yaml.safe_dump(dict(content), sort_keys=False).encode())
