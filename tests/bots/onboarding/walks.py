"""A small path, and somebody who walks it, for the tests of the pure core of onboarding."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final

from bots.onboarding.paths import END, Answer, Audience, Path, Show, Step, Who
from bots.onboarding.stepping import Taken, step
from bridge.domain.messages import Text
from bridge.domain.onboarding import Effect, EffectKind, Input, InputKind, Progress, Stage, Word, arrived

NOON: Final = datetime(2026, 11, 23, 12, tzinfo=UTC)
SMALL: Final = Path(
    id="small",
    name=Text(en="Small", fr="Petit"),
    audience=Audience(who=Who.EMPLOYEE),
    steps={
        one.id: one
        for one in (
            Step(
                id="hello",
                title=Text(en="Hello", fr="Bonjour"),
                say=Text(en="Hello {name}", fr="Bonjour {name}"),
                to="groups",
                ask=(
                    Answer(say=Text(en="Yes", fr="Oui"), words={"en": ("show me",), "fr": ("montrez",)}, to="groups"),
                    Answer(say=Text(en="No", fr="Non"), to="last"),
                ),
            ),
            Step(id="groups", say=Text(en="Yours", fr="Les vôtres"), to="boss", show=Show.GROUPS),
            Step(id="boss", say=Text(en="{manager}", fr="{manager}"), to="help", when=frozenset({"manager"})),
            Step(
                id="help",
                say=Text(en="Would you help?", fr="Aideriez-vous ?"),
                to="tomorrow",
                ask=(
                    Answer(say=Text(en="Gladly", fr="Volontiers"), to="tomorrow", effect=Effect(EffectKind.VOLUNTEER)),
                    Answer(say=Text(en="Rather not", fr="Plutôt pas"), to="tomorrow"),
                ),
            ),
            Step(id="tomorrow", say=Text(en="And?", fr="Alors ?"), to="last", after=timedelta(days=1)),
            Step(id="last", say=Text(en="Done", fr="Fini"), to=END),
        )
    },
)


@dataclass
class Walker:
    """Somebody on the path; ``said`` is all that they were told, in order."""

    language: str = "en"
    known: frozenset[str] = frozenset()
    now: datetime = NOON
    said: list[tuple[Word, str]] = field(default_factory=list)
    effects: list[Effect] = field(default_factory=list)
    count: int = 0

    def __post_init__(self) -> None:
        self.progress: Progress = arrived("@claire:corp.example", SMALL.id, self.now)
        self.does(InputKind.BEGIN)

    def does(self, kind: InputKind, text: str = "", *, instead: str = "", event: str = "") -> Taken:
        given = Input(kind=kind, text=text, instead=instead, event=event, language=self.language, known=self.known)
        taken = step(SMALL, self.progress, given, self.now)
        self.progress = taken.progress
        self.said += [(one.word, one.about) for one in taken.replies]
        self.effects += taken.effects
        for effect in taken.effects:
            if effect.kind is EffectKind.LANGUAGE:
                self.language = effect.value
        return taken

    def writes(self, *lines: str) -> list[tuple[Word, str]]:
        """What the last of these lines is answered."""
        before = len(self.said)
        for line in lines:
            before = len(self.said)
            self.count += 1
            self.does(InputKind.LINE, line, event=f"$line{self.count}")
        return self.said[before:]

    @property
    def stage(self) -> Stage:
        return self.progress.stage
