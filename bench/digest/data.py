"""The community's activity for learning and judging: where it lies, its judge, its rows as posts of the product."""

import importlib.util
import os
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, Final

from bridge.domain.activity import Post

ROOT: Final = Path(__file__).parents[2]
EVENTS: Final = "events_public.csv.gz"
QUESTION: Final = 1
CODE: Final = 2


def folder() -> Path | None:
    """Where the data lie: under ``PARVIS_SHARED`` or beside the project; None when they are absent."""
    path = Path(os.environ.get("PARVIS_SHARED", ROOT.parent / "shared")) / "data" / "community_activity"
    return path if (path / EVENTS).is_file() else None


@cache
def judge(path: Path) -> Any:
    """The module ``evaluate.py`` of the data: task, metrics, what others do."""
    spec = importlib.util.spec_from_file_location("community_judge", path / "evaluate.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def posts(history: Any, *, readable: bool = True) -> Iterator[Post]:
    """What people wrote, in order of time, as the product would have it; what machines wrote is left out.

    ``readable``: False leaves out what a bot cannot read in encrypted rooms: length, flags, mentions.
    """
    minute, group, thread, sender, bot, length, flags = (
        getattr(history, name).tolist() for name in ("minute", "group", "thread", "sender", "bot", "length", "flags")
    )
    for row, machine in enumerate(bot):
        if not machine:
            yield Post(
                minute=minute[row],
                group=str(group[row]),
                thread=str(thread[row]),
                sender=str(sender[row]),
                answers=tuple(str(sender[other]) for other in history.reply_to[row]),
                calls=tuple(map(str, history.mentions[row])) if readable else (),
                length=length[row] if readable else 0,
                question=readable and bool(flags[row] & QUESTION),
                code=readable and bool(flags[row] & CODE),
            )


def groups_of(history: Any, reader: int) -> frozenset[str]:
    """The groups whose member a reader of the archive is: those in which they have ever written."""
    return frozenset(map(str, set(history.group[history.rows_of_sender(reader)].tolist())))
