"""The bridge as an operator has it: a folder made by ``parvis init``, a configuration, a running ``parvis run``."""

import asyncio
import json
import os
import shutil
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import yaml

from bridge.adapters.directory.source import directory_source
from bridge.domain.directory import Directory
from deploy.demo.errors import DemoError
from deploy.localnet.errors import LocalnetError, tail
from deploy.localnet.processes import GuardedProcess, minimal_environment
from deploy.localnet.requests import call

PROJECT: Final = Path(__file__).parents[2]
DIRECTORY: Final = Path(__file__).with_name("directory.yaml")
POLICIES: Final = Path(__file__).with_name("policies.yaml")
COMMAND: Final = (sys.executable, "-m", "bridge.app.cli")
DONE, TO_DO = 0, 3
"""Exit codes of the command line (INTERFACE section 2)."""

START_PATIENCE: Final = 30


@dataclass(frozen=True, kw_only=True)
class House:
    """One installation of the bridge in a folder of its own; the directory is a copy that the story may change."""

    folder: Path
    port: int
    server_name: str

    @property
    def directory(self) -> Path:
        return self.folder / "directory.yaml"

    @property
    def policies(self) -> Path:
        """What the company says of groups and partners beside it."""
        return self.folder / "policies.yaml"

    @property
    def log(self) -> Path:
        return self.folder / "parvis.log"

    @property
    def _config(self) -> Path:
        return self.folder / "config.yaml"

    async def build(self, admins: list[str], language: str) -> None:
        """What an operator does once: ``parvis init``, then the company's own values and directory."""
        await self._run("init", str(self.folder), "--server-name", self.server_name, configured=False)
        shutil.copyfile(DIRECTORY, self.directory)
        self.directory.chmod(0o600)  # it names hidden groups
        shutil.copyfile(POLICIES, self.policies)
        address = f"127.0.0.1:{self.port}"
        self.configure(
            {
                "appservice": {"listen": address, "address": f"http://{address}"},
                # The story itself says when the directory is read again.
                "directory": {"type": "yaml", "path": "directory.yaml", "every": "1h", "watch": False},
                "policies": self.policies.name,
                # What is asked for is done at once: nobody waits half an hour for the next step.
                "hidden": {"spread": "0"},
                "company": "Ateliers Lumière",
                "admins": admins,
                "language": language,
            }
        )

    def configure(self, values: Mapping[str, Any]) -> None:
        """Merge values into config.yaml."""
        config = yaml.safe_load(self._config.read_text(encoding="utf-8"))
        self._config.write_text(yaml.safe_dump(_merged(config, values), allow_unicode=True), encoding="utf-8")

    def keep_secret(self, name: str, value: str) -> str:
        """Write a secret into a file for the owner alone; returns what the configuration says instead of it."""
        path = self.folder / name
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
            file.write(value)
        return f"file:{name}"

    async def registration(self) -> dict[str, Any]:
        """What the homeserver gets to know about the bridge."""
        printed: dict[str, Any] = yaml.safe_load(await self._run("registration"))
        return printed

    async def read_directory(self) -> Directory:
        """People, groups and partners as the file says now."""
        return (await directory_source("yaml", self.directory, server_name=self.server_name).read()).directory

    async def check(self) -> None:
        """Configuration and directory, validated offline."""
        await self._run("check")

    async def plan(self) -> dict[str, Any]:
        """What ``parvis plan --json`` prints: everything that is still to do."""
        planned: dict[str, Any] = json.loads(await self._run("plan", "--json", fine=(DONE, TO_DO)))
        return planned

    def add_member(self, group_id: str, person_id: str) -> None:
        """What somebody in the personnel department does: one more member in a line of directory.yaml."""
        text = self.directory.read_text(encoding="utf-8")
        before, found, after = text.partition(f"  - id: {group_id}\n")
        start, members, rest = after.partition("members: [")
        if not found or not members:
            raise DemoError(f"{self.directory} has no group {group_id}")
        self.directory.write_text(f'{before}{found}{start}{members}"{person_id}", {rest}', encoding="utf-8")

    async def start(self) -> GuardedProcess:
        """``parvis run``, until it says that it is ready."""
        command = [*COMMAND, "--config", str(self._config), "run"]
        try:
            bridge = GuardedProcess(command, log=self.log, folder=self.folder, env=_environment(self.folder))
        except LocalnetError as error:
            raise DemoError(str(error)) from error
        try:
            await self._until_ready(bridge)
        except BaseException:
            bridge.kill()
            raise
        return bridge

    async def _until_ready(self, bridge: GuardedProcess) -> None:
        try:
            async with asyncio.timeout(START_PATIENCE):
                while not await self._ready():
                    if not bridge.running:
                        raise DemoError(f"The bridge ended at once:\n{tail(self.log)}")
                    await asyncio.sleep(0.05)
        except TimeoutError:
            raise DemoError(f"The bridge is not ready after {START_PATIENCE} s:\n{tail(self.log)}") from None

    async def _ready(self) -> bool:
        try:
            return (await call("GET", f"http://127.0.0.1:{self.port}/health/ready", seconds=2)).status == 200
        except (OSError, TimeoutError):
            return False

    async def _run(self, *words: str, configured: bool = True, fine: Sequence[int] = (DONE,)) -> str:
        """One verb of the command line; its standard output. Raises ``DemoError`` with what it said instead."""
        config = ["--config", str(self._config)] if configured else []
        process = await asyncio.create_subprocess_exec(
            *COMMAND, *config, *words,
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE, cwd=PROJECT, env=_environment(self.folder),
        )  # fmt: skip
        try:
            output, said = await process.communicate()
        finally:
            if process.returncode is None:
                process.kill()
        if process.returncode not in fine:
            raise DemoError(f"parvis {words[0]} failed: {said.decode(errors='replace').strip()}")
        return output.decode()


def _environment(home: Path) -> dict[str, str]:
    return minimal_environment(home) | {"PYTHONPATH": str(PROJECT)}


def _merged(base: Mapping[str, Any], values: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(base)
    for key, value in values.items():
        old = merged.get(key)
        both = isinstance(old, Mapping) and isinstance(value, Mapping)
        merged[key] = _merged(old, value) if both else value  # type: ignore[arg-type]
    return merged
