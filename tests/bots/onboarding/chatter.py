"""People in conversation with a path: whatever they may do, in any order, and a record of what it led to."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from bots.onboarding.paths import Fact, Path
from bots.onboarding.reminding import nudge_for
from bots.onboarding.stepping import Taken, step
from bots.onboarding.understanding import CONTROLS
from bridge.domain.onboarding import Effect, EffectKind, Input, InputKind, Owed, Progress, arrived
from bridge.rules.working import WorkingTime

PARIS = ZoneInfo("Europe/Paris")
HOURS = WorkingTime()
MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
WORDS = [phrase for languages in CONTROLS.values() for phrases in languages.values() for phrase in phrases]
ODD_TEXTS = [
    *(
        "",
        " ",
        "1",
        "2",
        "9",
        "42",
        "yes",
        "oui",
        "non",
        "no",
        "👍",
        "🦄",
        "\u202e",
        "{name}",
        "stpo",
        "<b>x</b>",
        "!help",
    ),
    "what is this and who are you please",
    "je ne comprends pas, qui est ce que vous",
    "a" * 5000,
]
GO_ON = {"en": "next", "fr": "suite"}

Deed = tuple[str, str, int]
"""What somebody does, with a text and a number."""


def deeds(path: Path) -> st.SearchStrategy[Deed]:
    """Anything that may happen on this path."""
    answers = [word for one in path.steps.values() for answer in one.ask for word in
               (*answer.phrases("en"), *answer.phrases("fr"))]  # fmt: skip
    texts = st.sampled_from([*WORDS, *answers, *ODD_TEXTS]) | st.text(max_size=12)
    emoji = st.sampled_from(["1️⃣", "2️⃣", "9️⃣", "✅", "👍🏽", "❌", "🦄", ""])
    kinds = ["odd", "edit", "again", "later", "stop", "back-after-a-crash"]
    return st.one_of(
        st.tuples(st.just("line"), texts, st.just(0)),
        st.tuples(st.just("line"), st.sampled_from([*answers, "next", "suite"]), st.just(0)),
        st.tuples(st.just("reaction"), emoji, st.just(0)),
        st.tuples(st.just("repeated"), st.just(""), st.integers(0, 20)),
        st.tuples(st.just("pause"), st.just(""), st.sampled_from([1, 5, 24, 72, 24 * 21])),
        st.tuples(st.sampled_from(kinds), st.just(""), st.just(0)),
    )


@dataclass
class Stroll:
    """One person on a path; ``known`` are the facts about them. What was owed is said at once."""

    path: Path
    language: str = "en"
    known: frozenset[str] = frozenset(Fact)
    now: datetime = MONDAY
    progress: Progress = field(init=False)
    said: list[Owed] = field(default_factory=list)
    effects: list[Effect] = field(default_factory=list)
    nudges: list[InputKind] = field(default_factory=list)
    events: list[Input] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.progress = arrived("@ann:corp.example", self.path.id, self.now)
        self.take(self.given(InputKind.BEGIN))

    def given(self, kind: InputKind, text: str = "", event: str = "") -> Input:
        return Input(kind=kind, text=text, event=event, language=self.language, known=self.known)

    def take(self, given: Input) -> Taken:
        """One input, and what comes of it."""
        taken = step(self.path, self.progress, given, self.now)
        self.said += taken.replies
        self.effects += taken.effects
        languages = [one.value for one in taken.effects if one.kind is EffectKind.LANGUAGE]
        self.language = languages[-1] if languages else self.language
        self.progress = replace(taken.progress, owed=(), doing=())
        return taken

    def hear(self, kind: InputKind, text: str) -> Taken:
        """An event that nobody has sent before."""
        given = self.given(kind, text, f"$event{len(self.events)}")
        self.events.append(given)
        return self.take(given)

    def twin(self) -> "Stroll":
        """Somebody else who has come just as far."""
        twin = Stroll(self.path, language=self.language, known=self.known, now=self.now)
        twin.progress, twin.events = self.progress, [*self.events]
        return twin

    def do(self, deed: Deed) -> None:
        """One deed of theirs, or of time."""
        kind, text, number = deed
        self.now += timedelta(minutes=1)
        if kind == "pause":
            self.wait(number)
        elif kind == "repeated":
            self.repeat(number)
        elif kind == "edit":
            self.hear(InputKind.EDIT, self.events[-1].event if self.events else "$before")
        elif kind == "odd":
            self.hear(InputKind.ODD, "")
        elif kind in ("again", "later", "stop"):
            self.hear(InputKind(kind), "")
        elif kind == "back-after-a-crash":
            self.take(self.given(InputKind.BEGIN))
        else:
            self.hear(InputKind(kind), text)

    def repeat(self, back: int) -> None:
        """An event comes a second time, as after a crash, within what the bot remembers."""
        if len(self.events) > back and self.events[-1 - back].event in self.progress.heard:
            before = self.progress
            assert not self.take(self.events[-1 - back]).replies
            assert self.progress == before

    def wait(self, hours: int) -> None:
        """Time passes, and each hour somebody looks whether something is due."""
        for _ in range(hours):
            self.now += timedelta(hours=1)
            if self.progress.due is not None and self.progress.due <= self.now:
                self.take(self.given(InputKind.TIME))
            self._follow()

    def _follow(self) -> None:
        kind = nudge_for(self.path, self.progress, self.now, HOURS, PARIS)
        if kind is not None:
            assert HOURS.is_open(self.now, PARIS)
            assert self.take(self.given(kind)).heeded
            self.nudges.append(kind)

    def come_to_time(self) -> bool:
        """Wait for the step that comes by itself, if there is one."""
        if self.progress.due is None:
            return False
        self.now = self.progress.due
        self.take(self.given(InputKind.TIME))
        return True

    def leave(self, word: str) -> None:
        """Say the word that leads out; an offer to change the language, made once, is answered first."""
        self.hear(InputKind.LINE, word)
        if self.progress.offer:
            self.hear(InputKind.LINE, "no")

    def to_the_end(self) -> Iterator[str]:
        """Answer whatever is asked with the first answer, else go on, until the path is done; gives where they were."""
        for _ in range(3 * len(self.path.steps) + 3):
            if self.progress.due is None:
                yield self.progress.step
            if not self.progress.stage.open:
                return
            if self.come_to_time():
                continue
            asked = self.path.steps[self.progress.step].ask
            self.hear(InputKind.LINE, asked[0].phrases(self.language)[0] if asked else GO_ON[self.language])
