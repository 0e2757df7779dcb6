"""The command line in a process of its own, forked from one that has imported all its words already.

What a call does is the same, without the second and more of imports before it; ``tests/house/test_starting.py`` holds
what those are. Nobody else may be at the same terminal: for signals and for long runs start a whole process.
"""

import asyncio
import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from bridge.app.cli import main

SERVER: Final = get_context("forkserver")
SERVER.set_forkserver_preload(["tests.support.every_word"])


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one call of the command line ended."""

    code: int
    out: str
    err: str

    @property
    def said(self) -> str:
        """Everything that a person at the terminal sees."""
        return self.out + self.err


async def parvis_forked(words: Sequence[str], folder: Path, environment: Mapping[str, str], seconds: float) -> Outcome:
    """Wait for its end, ``seconds`` at most; raises ``TimeoutError``, and ends it."""
    with TemporaryDirectory(prefix="parvis-call-") as kept:
        out, err = Path(kept) / "out", Path(kept) / "err"
        process = SERVER.Process(target=_run, args=(tuple(words), folder, dict(environment), out, err))
        process.start()
        try:
            await asyncio.to_thread(process.join, seconds)
            if process.exitcode is None:
                raise TimeoutError(f"parvis {' '.join(words)}: not over after {seconds:g} s")
            return Outcome(process.exitcode, out.read_text(encoding="utf-8"), err.read_text(encoding="utf-8"))
        finally:
            process.kill()
            await asyncio.to_thread(process.join)
            process.close()


def _run(words: Sequence[str], folder: Path, environment: Mapping[str, str], out: Path, err: Path) -> None:
    """As the new process: with nothing of the environment that the server was started in."""
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(folder)
    for number, path in ((1, out), (2, err)):
        file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        os.dup2(file, number)
        os.close(file)
    sys.argv = ["parvis", *words]
    main()
