"""Synapse in a virtual environment of its own, made on first use and kept in the cache."""

import os
import platform
import shutil
import sys
from functools import partial
from pathlib import Path

from deploy.localnet.cache import cache_folder, locked, make_folder
from deploy.localnet.errors import LocalnetError, tail
from deploy.localnet.processes import GuardedProcess
from deploy.localnet.specs import SYNAPSE_VERSION, Progress, silent
from deploy.localnet.waiting import until

INSTALL_PATIENCE = 900


async def installed_synapse(progress: Progress = silent, version: str = SYNAPSE_VERSION) -> Path:
    """The Python that can run this Synapse; installs it on first use, once even if many ask at once."""
    key = f"synapse-{version}-{platform.python_implementation().lower()}{platform.python_version()}"
    venv = make_folder(cache_folder() / "venvs") / key
    if not _is_ready(venv):
        waiting = partial(progress, "Waiting for another process that installs Synapse")
        async with locked(venv.with_name(f"{key}.lock"), waiting) as lock:
            if not _is_ready(venv):
                progress(f"Installing Synapse {version} into the cache (once, about half a minute)")
                await _install(venv, version, lock)
        progress("Synapse is installed")
    return venv / "bin" / "python"


def _is_ready(venv: Path) -> bool:
    # A venv cannot be moved into place, so a marker says that it is whole; its Python may have been removed since.
    return (venv / "ready").exists() and (venv / "bin" / "python").exists()


async def _install(venv: Path, version: str, lock: int) -> None:
    shutil.rmtree(venv, ignore_errors=True)
    log = venv.with_name(f"{venv.name}.log")
    log.unlink(missing_ok=True)
    await _run([sys.executable, "-m", "venv", str(venv)], log, lock, "make a virtual environment (python3-venv?)")
    pip = [str(venv / "bin" / "python"), "-I", "-m", "pip", "install", "--no-input", "--disable-pip-version-check"]
    await _run([*pip, f"matrix-synapse=={version}"], log, lock, f"install matrix-synapse {version} with pip")
    (venv / "ready").touch()


async def _run(command: list[str], log: Path, lock: int, purpose: str) -> None:
    # The child inherits the lock: if we are killed, nobody rebuilds the folder before it has ended too.
    process = GuardedProcess(command, log=log, folder=log.parent, env=dict(os.environ), pass_fds=[lock])
    try:
        await until(lambda: not process.running, INSTALL_PATIENCE)
    except TimeoutError:
        raise LocalnetError(f"could not {purpose} within {INSTALL_PATIENCE} s:\n{tail(log)}") from None
    finally:
        process.kill()
    if process.exit_code != 0:
        raise LocalnetError(f"could not {purpose}:\n{tail(log)}")
