"""How far the people are whom somebody looks after, through the gate. Pure; called by ``commands``."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bots.onboarding.hint_words import counted
from bots.onboarding.paths import Path
from bridge.domain.messages import Text
from bridge.domain.onboarding import Progress, Stage
from bridge.domain.viewers import Viewer
from bridge.rules.access import Access
from bridge.rules.calling import called
from bridge.rules.facts import Facts
from bridge.rules.looking_after import Care


@dataclass(frozen=True, slots=True)
class Walker:
    """One person on one path: ``done`` of ``steps``; ``silent`` when they have said nothing since they were invited."""

    user: str
    name: str
    path: Text
    stage: Stage
    done: int
    steps: int
    moved_at: datetime
    buddy: str = ""
    silent: bool = False


@dataclass(frozen=True, slots=True)
class Standing:
    """Those on their way, who waits longest first, then all others; how many are through."""

    people: Sequence[Walker]
    through: int


def standing_of(access: Access, viewer: Viewer, paths: Mapping[str, Path], everybody: Iterable[Progress]) -> Standing:
    """What the asker may be told of all these; themselves are left out."""
    care = Care(access, viewer)
    others = (one for one in everybody if one.begun and one.path in paths and one.user != viewer.asker)
    walkers = [_walker(access.facts, paths[one.path], one) for one in others if care.hears(one.user, one.subject)]
    ordered = sorted(walkers, key=lambda one: (not one.stage.open, one.moved_at, one.user))
    return Standing(ordered, sum(one.stage is Stage.DONE for one in walkers))


def _walker(facts: Facts, path: Path, progress: Progress) -> Walker:
    done, steps = counted(path, progress)
    silent = not (progress.heard or progress.trail) and progress.stage is Stage.UNDER_WAY
    name, buddy = called(facts, progress.user), progress.buddy and called(facts, progress.buddy)
    return Walker(progress.user, name, path.name, progress.stage, done, steps, progress.moved_at, buddy, silent)
