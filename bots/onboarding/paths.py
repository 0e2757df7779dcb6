"""Paths of onboarding as values: steps, what they say and ask, and where each answer leads.

Read from YAML by ``reading``, judged by ``checking``, walked by ``stepping``. Pure.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from string import Formatter
from typing import Final

from bridge.domain.messages import LANGUAGES, NOTHING, Language, Text
from bridge.domain.onboarding import Effect

END: Final = "end"
"""Where a path leads when it is over; no step is called so."""
MAX_ANSWERS: Final = 9
"""As many as there are keys with one digit."""


class Who(StrEnum):
    """For whom a path is."""

    EMPLOYEE = "employee"
    PARTNER = "partner"
    """People of partners who take part and have accepted whatever terms there are."""
    OWNER = "owner"
    """Whoever has come to own a group; the path is about that group."""


class Show(StrEnum):
    """What a step shows below its words, through the gate."""

    GROUPS = "groups"
    """The person's own groups, with links."""
    SUGGESTIONS = "suggestions"
    """Groups that they might like, with reasons."""
    CONTACTS = "contacts"
    """Whom to ask, with links."""
    CARD = "card"
    """Their own profile card."""
    CHECKLIST = "checklist"
    """What they have done on this path, and what is left."""


class Fact(StrEnum):
    """What a condition may ask about the person, and what must hold where a place of this name stands."""

    GROUPS = "groups"
    SUGGESTIONS = "suggestions"
    MANAGER = "manager"
    BUDDY = "buddy"
    SPONSOR = "sponsor"
    DEPARTMENT = "department"
    CONTACTS = "contacts"
    CARD = "card"
    """Something stands on their profile card."""
    CARDS = "cards"
    """There are profile cards to fill in."""
    BUDDIES = "buddies"
    """They may offer to accompany newcomers."""


ALWAYS: Final = frozenset({"name", "company", "bot"})
"""Places that always have something to say; ``bot`` is the one that everybody asks for everything."""
OF_AUDIENCE: Final = {
    Who.EMPLOYEE: frozenset[str](),
    Who.PARTNER: frozenset({"partner"}),
    Who.OWNER: frozenset({"group"}),
}
"""Places that this audience always has."""
DEPENDING: Final = frozenset({Fact.MANAGER, Fact.BUDDY, Fact.SPONSOR, Fact.DEPARTMENT})
"""Places that may be empty: only where ``when`` asks for the fact of this name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One way to answer: ``say`` is how it is offered, ``words`` are others that mean it, by language."""

    say: Text
    words: Mapping[Language, tuple[str, ...]] = field(default_factory=dict)
    to: str = ""
    effect: Effect | None = None

    def phrases(self, language: Language) -> tuple[str, ...]:
        """All that means this answer in one language."""
        offered = self.say.fr if language == "fr" else self.say.en
        return (*((offered,) if offered else ()), *self.words.get(language, ()))


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One message of the bot. ``when`` and ``unless`` are facts: else the step is passed over. ``after`` is how long to
    wait before it is said. ``title`` names it in the checklist, where steps without one do not stand. ``to`` is where
    it leads when nothing is asked, or the question is skipped."""

    id: str
    say: Text
    to: str
    title: Text = NOTHING
    ask: tuple[Answer, ...] = ()
    show: Show | None = None
    when: frozenset[str] = frozenset()
    unless: frozenset[str] = frozenset()
    after: timedelta = timedelta()

    def applies(self, known: frozenset[str]) -> bool:
        """Whether it is for somebody of whom these facts are known."""
        return self.when <= known and self.unless.isdisjoint(known)

    @property
    def is_last(self) -> bool:
        """Whether nothing is expected after it."""
        return not self.ask and self.to == END


@dataclass(frozen=True, slots=True, kw_only=True)
class Audience:
    """For whom a path is; ``departments`` and ``kinds`` (of partners) narrow it, empty for all."""

    who: Who
    departments: frozenset[str] = frozenset()
    kinds: frozenset[str] = frozenset()

    @property
    def narrow(self) -> int:
        """How particular it is: the most particular path that fits is taken."""
        return bool(self.departments) + bool(self.kinds)


@dataclass(frozen=True, slots=True, kw_only=True)
class Path:
    """``steps`` by id, in the order of the file, the first one being where it begins. ``reminders`` are working days
    without an answer after which each comes; ``hint`` the same for the hint to whoever looks after the person."""

    id: str
    name: Text
    audience: Audience
    steps: Mapping[str, Step]
    reminders: tuple[int, ...] = (2, 7)
    hint: int | None = 9

    @property
    def first(self) -> str:
        """Where it begins."""
        return next(iter(self.steps))

    def passing(self, step_id: str, known: frozenset[str]) -> str:
        """This step, or the first after it that is for somebody with these facts; ``END`` where there is none."""
        seen: set[str] = set()
        while step_id in self.steps and step_id not in seen:
            if self.steps[step_id].applies(known):
                return step_id
            seen.add(step_id)
            step_id = self.steps[step_id].to
        return END

    def onward(self, step_id: str, known: frozenset[str] | None = None) -> frozenset[str]:
        """This step and all that may still come after it, to somebody with these facts if they are known."""
        found: set[str] = set()
        waiting = [step_id]
        while waiting:
            here = self.steps.get(waiting.pop())
            if here is not None and here.id not in found:
                found.add(here.id)
                applies = known is None or here.applies(known)
                waiting += [here.to, *(answer.to for answer in here.ask if applies)]
        return frozenset(one for one in found if known is None or self.steps[one].applies(known))

    @property
    def listed(self) -> tuple[Step, ...]:
        """The steps that stand in the checklist."""
        return tuple(step for step in self.steps.values() if step.title)


def places_in(text: Text) -> frozenset[str]:
    """The names of the places in a text, in either language. Raises ``ValueError`` where the braces do not fit."""
    parts = (part for language in LANGUAGES for part in Formatter().parse(_in(text, language)))
    return frozenset(name for _, name, _, _ in parts if name is not None)


def _in(text: Text, language: Language) -> str:
    return text.fr if language == "fr" else text.en
