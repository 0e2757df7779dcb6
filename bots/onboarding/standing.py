"""How far the people are whom somebody looks after, through the gate. Pure; called by ``commands``."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bots.onboarding.hint_words import counted
from bots.onboarding.paths import Path
from bridge.domain.ids import localpart_of
from bridge.domain.messages import Text
from bridge.domain.onboarding import Progress, Stage
from bridge.domain.viewers import Viewer
from bridge.rules.access import Access
from bridge.rules.calling import called
from bridge.rules.looking_after import Care, Tie


@dataclass(frozen=True, slots=True)
class Walker:
    """One person on one path: ``done`` of ``steps``; ``silent`` when they have said nothing since they were invited."""

    user: str
    name: str | Text
    path: Text
    stage: Stage
    done: int
    steps: int
    moved_at: datetime
    buddy: str = ""
    silent: bool = False
    tie: Tie = Tie.ADMIN


@dataclass(frozen=True, slots=True)
class Standing:
    """By why the asker looks after them: those on their way, who waits longest first, then all others. And how many are
    through."""

    people: Sequence[Walker]
    through: int


def standing_of(
    access: Access,
    viewer: Viewer,
    paths: Mapping[str, Path],
    everybody: Iterable[Progress],
    names: Mapping[str, str | Text],
) -> Standing:
    """What the asker may be told of all these; themselves are left out. ``names`` are those that people gave themselves
    and that the asker may see, for whom the directory does not know."""
    care = Care(access, viewer)
    others = (one for one in everybody if one.begun and one.path in paths and one.user != viewer.asker)
    walkers = [_walker(care, paths[one.path], one, names) for one in others if care.hears(one.user, one.subject)]
    ordered = sorted(walkers, key=lambda one: (one.tie, not one.stage.open, one.moved_at, one.user))
    return Standing(ordered, sum(one.stage is Stage.DONE for one in walkers))


def _walker(care: Care, path: Path, progress: Progress, names: Mapping[str, str | Text]) -> Walker:
    facts, user = care.access.facts, progress.user
    done, steps = counted(path, progress)
    silent = not (progress.heard or progress.trail) and progress.stage is Stage.UNDER_WAY
    name = called(facts, user) if user in facts.accounts else names.get(user, f"{localpart_of(user)} ({user})")
    return Walker(user, name, path.name, progress.stage, done, steps, progress.moved_at,
                  progress.buddy and called(facts, progress.buddy), silent, care.tie(user) or Tie.ADMIN)  # fmt: skip
