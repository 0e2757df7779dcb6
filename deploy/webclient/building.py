"""Hydrogen, a real Matrix web client, bundled once and kept in the cache. Called by the demo and the browser tests."""

import hashlib
import os
import shutil
from functools import partial
from pathlib import Path
from typing import Final

from deploy.localnet.cache import cache_folder, locked, make_folder
from deploy.localnet.errors import LocalnetError, tail
from deploy.localnet.processes import GuardedProcess
from deploy.localnet.specs import Progress, silent
from deploy.localnet.waiting import until

SOURCES: Final = Path(__file__).parent
SOURCE_NAMES: Final = ("package.json", "index.html", "main.js")
PATIENCE: Final = 300


class WebClientError(Exception):
    """The web client cannot be had; the sentence says why."""


async def built_client(progress: Progress = silent) -> Path:
    """The folder of static files; installs and bundles on first use. Raises ``WebClientError``."""
    folder = make_folder(cache_folder() / "webclient") / _key()
    if not _is_ready(folder):
        npm, node = shutil.which("npm"), shutil.which("node")
        if not npm or not node:
            raise WebClientError("The web client needs node and npm, which are not installed on this machine.")
        waiting = partial(progress, "Waiting for another process that builds the web client")
        async with locked(folder.with_name(f"{folder.name}.lock"), waiting) as lock:
            if not _is_ready(folder):
                progress("Building the web client (once, a few seconds)")
                await _build(folder, npm, node, lock)
    return folder / "public"


def _key() -> str:
    """Other sources are another client."""
    return hashlib.sha256(b"\0".join((SOURCES / name).read_bytes() for name in SOURCE_NAMES)).hexdigest()[:16]


def _is_ready(folder: Path) -> bool:
    return (folder / "ready").exists()


async def _build(folder: Path, npm: str, node: str, lock: int) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    public = make_folder(folder / "public")
    for name in SOURCE_NAMES:
        shutil.copy(SOURCES / name, folder)
    # Scripts of packages do not run: none of these needs any.
    install = [npm, "install", "--ignore-scripts", "--no-package-lock", "--no-audit", "--no-fund", "--loglevel=error"]
    await _run(install, folder, lock, "install the web client's packages with npm")
    bundle = [node, "node_modules/esbuild/bin/esbuild", "main.js", "--bundle", "--minify", "--format=esm"]
    # Hydrogen's cryptography names these modules of node, and a browser never reaches them.
    outside = [f"--external:{module}" for module in ("fs", "path", "crypto")]
    await _run([*bundle, *outside, "--outfile=public/app.js"], folder, lock, "bundle the web client")
    _copy_assets(folder / "node_modules", public)
    shutil.rmtree(folder / "node_modules")
    (folder / "ready").touch()


def _copy_assets(modules: Path, public: Path) -> None:
    hydrogen, olm = modules / "hydrogen-view-sdk", modules / "@matrix-org" / "olm"
    shutil.copy(SOURCES / "index.html", public)
    shutil.copytree(hydrogen / "asset-build" / "assets", public / "assets")
    shutil.copy(hydrogen / "asset-build" / "assets" / "main.js", public / "worker.js")
    for file in (
        hydrogen / "asset-build" / "assets" / "download-sandbox.html",
        hydrogen / "lib-build" / "sw.js",
        *olm.glob("olm*.js"),
        olm / "olm.wasm",
    ):
        shutil.copy(file, public)


async def _run(command: list[str], folder: Path, lock: int, purpose: str) -> None:
    log = folder / "build.log"
    # The child inherits the lock: if we are killed, nobody builds in this folder before it has ended too.
    try:
        process = GuardedProcess(command, log=log, folder=folder, env=dict(os.environ), pass_fds=[lock])
        try:
            await until(lambda: not process.running, PATIENCE)
        finally:
            process.kill()
    except (LocalnetError, TimeoutError) as error:
        raise WebClientError(f"Could not {purpose}: {error or f'no end after {PATIENCE} s'}\n{tail(log)}") from error
    if process.exit_code != 0:
        raise WebClientError(f"Could not {purpose}:\n{tail(log)}")
