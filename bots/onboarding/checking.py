"""What is wrong with a path as a whole: steps that nobody reaches, loops without a way out, places that stay empty.

Pure; called by ``reading`` for every file, and so by ``parvis check``.
"""

from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Final

from bots.onboarding.paths import ALWAYS, DEPENDING, END, MAX_ANSWERS, OF_AUDIENCE, Answer, Fact, Path, Step, places_in
from bots.onboarding.understanding import folded
from bridge.domain.messages import LANGUAGES, Message, Text, say
from bridge.domain.partners import PartnerKind
from bridge.files.spelling import closest, shown
from bridge.files.trees import Path as Place

MAX_REMINDERS: Final = 2
"""More is nagging."""
Fault = tuple[Place, Message]


def faults_of(path: Path) -> Iterator[Fault]:
    """All of them, each with its place in the file."""
    yield from _bad_audience(path)
    yield from _bad_reminders(path)
    lost = False
    for number, step in enumerate(path.steps.values()):
        place: Place = ("steps", number)
        leads = list(_bad_leads(path, step, place))
        lost = lost or bool(leads)
        yield from leads
        yield from _bad_conditions(step, place)
        yield from _bad_answers(step, place)
        yield from _bad_places(path, step, place)
    if not lost:  # else it would be told twice
        yield from _bad_ways(path)


def _bad_audience(path: Path) -> Iterator[Fault]:
    for kind in sorted(path.audience.kinds):
        if kind not in list(PartnerKind):
            yield ("audience", "kinds"), _unknown(kind, [one.value for one in PartnerKind])


def _bad_reminders(path: Path) -> Iterator[Fault]:
    if len(path.reminders) > MAX_REMINDERS:
        yield ("reminders",), say("There are at most {most} reminders; more would be nagging.", most=MAX_REMINDERS)
    times = (*path.reminders, *([path.hint] if path.hint is not None else []))
    if any(later <= sooner for sooner, later in pairwise(times)):
        yield ("reminders",), say("Each reminder comes later than the one before, and the hint after all of them.")


def _bad_leads(path: Path, step: Step, place: Place) -> Iterator[Fault]:
    leads = [(step.to, (*place, "to"))]
    leads += [(answer.to, (*place, "ask", number, "to")) for number, answer in enumerate(step.ask)]
    for to, where in leads:
        if to != END and to not in path.steps:
            yield where, _unknown(to, [*path.steps, END])


def _bad_conditions(step: Step, place: Place) -> Iterator[Fault]:
    facts = [one.value for one in Fact]
    for key, words in (("when", step.when), ("unless", step.unless)):
        for word in sorted(words - set(facts)):
            yield (*place, key), _unknown(word, facts)
    if step.when & step.unless:
        yield (*place, "unless"), say("The same is asked for by “when”: nobody would come to this step.")


def _bad_answers(step: Step, place: Place) -> Iterator[Fault]:
    if len(step.ask) > MAX_ANSWERS:
        yield (*place, "ask"), say("There are at most {most} answers.", most=MAX_ANSWERS)
    taken: dict[str, int] = {}
    for number, answer in enumerate(step.ask):
        for phrase in _phrases(answer):
            if taken.setdefault(phrase, number) != number:
                message = say("“{phrase}” means two answers of this step.", phrase=phrase)
                yield (*place, "ask", number), message


def _phrases(answer: Answer) -> set[str]:
    return {folded(phrase) for language in LANGUAGES for phrase in answer.phrases(language)}


def _bad_places(path: Path, step: Step, place: Place) -> Iterator[Fault]:
    given = ALWAYS | OF_AUDIENCE[path.audience.who]
    texts: list[tuple[Text, Place]] = [(step.say, (*place, "say")), (step.title, (*place, "title"))]
    texts += [(answer.say, (*place, "ask", number, "say")) for number, answer in enumerate(step.ask)]
    for text, where in texts:
        try:
            names = places_in(text)
        except ValueError:
            yield where, say("A brace is opened and not closed, or closed and not opened.")
            continue
        for name in sorted(names - given):
            if name not in DEPENDING:
                yield where, _unknown(name, sorted(given | {one.value for one in DEPENDING}))
            elif name not in step.when:
                message = say(
                    "{name} may be empty: ask for it under “when”, and say what else is said in another step.",
                    name=name,
                )
                yield where, message


def _bad_ways(path: Path) -> Iterator[Fault]:
    """Each step can be reached, and from each the end, by answers as well as by skipping alone."""
    numbers = {id_: number for number, id_ in enumerate(path.steps)}
    ways = {id_: _leads(step) for id_, step in path.steps.items()}
    reached = _reachable(path.first, ways)
    for id_ in path.steps:
        if id_ not in reached:
            yield ("steps", numbers[id_]), say("Nothing leads to this step.")
        elif END not in _reachable(id_, ways):
            yield ("steps", numbers[id_]), say("From here no way leads to the end.")
        elif END not in _reachable(id_, {one: {step.to} for one, step in path.steps.items()}):
            yield ("steps", numbers[id_]), say("Who skips from here on goes round in a circle.")


def _leads(step: Step) -> set[str]:
    return {step.to, *(answer.to for answer in step.ask)}


def _reachable(start: str, ways: Mapping[str, set[str]]) -> set[str]:
    reached, waiting = {start}, [start]
    while waiting:
        for to in ways.get(waiting.pop(), ()):
            if to not in reached:
                reached.add(to)
                waiting.append(to)
    return reached


def _unknown(word: str, known: list[str]) -> Message:
    near = closest(word, known)
    if near:
        return say("{word} is not known here. Did you mean {near}?", word=shown(word), near=near)
    return say("{word} is not known here; it may be {known}.", word=shown(word), known=tuple(known))
