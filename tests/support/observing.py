"""Runs the rows of ``outputs`` on a stage and keeps what was shown to whom, for comparing and searching."""

import asyncio
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from difflib import unified_diff
from functools import partial
from itertools import zip_longest
from typing import Any, Final

from deploy.demo.bot import OF_THE_QUESTION, REPLY, Conversation
from deploy.demo.people import Person
from deploy.demo.rooms import Event
from tests.e2e.journeys import seen
from tests.support.outputs import ALONE, LINES, OUTPUTS, OUTSIDERS, Line, Output, Place
from tests.support.plain import Plain
from tests.support.stage import Stage

FENCE: Final = "!help"
"""Always answered, and in order: what was not answered before it is not answered at all."""
AT_ONCE: Final = 10
"""Lines that are typed before their answers are waited for. Whoever types a hundred at once loses most of them: Synapse
sends a homeserver that falls behind only the last event of each room (seen: 31 of 126 arrived)."""
NO_GROUP: Final = "nowhere"
"""A way to name no group, beside those to name a hidden one."""
ENDED: Final = ("asleep", "ended")
"""Ways to name a hidden group that is archived, and one that is no more."""
APPLIED: Final = "what becomes of applying the plan"


@dataclass(slots=True)
class Observed:
    """What was shown, by output and by who saw it; ``controls`` the same for members."""

    shown: dict[str, dict[str, Any]] = field(default_factory=dict)
    controls: dict[str, dict[str, Any]] = field(default_factory=dict)

    def difference(self, other: "Observed", name: str) -> str:
        """To whom the output ``name`` is not the same in ``other``, line by line; empty when it is the same to all."""
        bare, full = self.shown[name], other.shown[name]
        assert bare.keys() == full.keys() != set()
        # Who was answered first is chance: the answers stand in the order of who asked.
        told = [(who, text_of(bare[who]).splitlines(), text_of(full[who]).splitlines()) for who in sorted(bare)]
        return "\n\n".join(_apart(name, *one) for one in told if one[1] != one[2])


def _apart(name: str, who: str, before: list[str], after: list[str]) -> str:
    """One line that says who saw the first difference where, and below it everything that is not the same."""
    pairs = enumerate(zip_longest(before, after, fillvalue="(nothing)"), start=1)
    number, (bare, full) = next((number, pair) for number, pair in pairs if pair[0] != pair[1])
    first = f"{name!r}, shown to {who or 'anybody'}, line {number}: without {bare.strip()}, with {full.strip()}"
    return "\n".join([first, *unified_diff(before, after, "without", "with", lineterm="", n=2)])


def text_of(shown: Any) -> str:
    """What was shown, to be compared and searched."""
    return json.dumps(shown, ensure_ascii=False, indent=1)


def ways(stage: Stage) -> dict[str, str]:
    """How the hidden groups are named in questions, and one name of nothing."""
    one, two = stage.canaries
    ended = zip(ENDED, (stage.mortals.asleep.id, stage.mortals.called.name) if stage.mortals else (), strict=False)
    return {
        "id": one.id, "name": two.name, "near id": one.near_misses[0], "near name": two.near_misses[1],
        NO_GROUP: "qqqqqqqqqqq", **dict(ended),
    }  # fmt: skip


def forms(line: Line, named: dict[str, str]) -> Iterator[tuple[str, str]]:
    """What a line is called in the results, and what is typed."""
    if "{id}" in line.text:
        yield line.text, line.text.replace("{id}", named["id"])
        return
    for way, words in named.items() if "{group}" in line.text else [("", "")]:
        if line.ended or way not in ENDED:
            yield line.text.replace("{group}", f"<{way}>"), line.text.replace("{group}", words)


async def observe(stage: Stage) -> Observed:
    """Everything, by everybody, once."""
    observed = Observed()
    await asyncio.gather(*(converse(stage, place, LINES, observed.shown) for place in OUTSIDERS))
    if stage.present:
        members = {line.found_by for line in LINES if line.found_by}
        await asyncio.gather(
            *(
                converse(stage, one, [line for line in LINES if line.found_by == one], observed.controls)
                for one in members
            )
        )
    await _quiet(stage)
    for output in OUTPUTS:
        await _probe(stage, output, observed)
    await _apply(stage, observed)
    return observed


async def converse(stage: Stage, place: Place, lines: Sequence[Line], into: dict[str, dict[str, Any]]) -> None:
    """Type the lines one after the other; afterwards nothing that the bot says to them is still to come."""
    talk = conversation(stage, place)
    typed = [named for line in lines for named in forms(line, ways(stage))]
    for start in range(0, len(typed), AT_ONCE):
        before = len(talk.person.joined[talk.room_id].messages)
        asked = [(name, await talk.person.say(talk.room_id, text)) for name, text in typed[start : start + AT_ONCE]]
        fence = await talk.person.say(talk.room_id, FENCE)
        await seen(talk.person, f"the answer to all that {place} asked", partial(replies, talk, fence, before), 60)
        for name, event_id in asked:
            into.setdefault(name, {})[str(place)] = [_plain(stage, reply) for reply in replies(talk, event_id, before)]


def conversation(stage: Stage, place: Place) -> Conversation:
    if place.room == ALONE:
        return stage.alone[place.person]
    return Conversation(stage.people[place.person], stage.rooms[place.room])


def replies(talk: Conversation, event_id: str, since: int = 0) -> list[Event]:
    """All pages of the reply to an event, among the messages ``since`` this one; none when the bot was silent."""
    messages = talk.person.joined[talk.room_id].messages[since:]
    return [one for one in messages if REPLY in one["content"] and _refers(one, event_id)]


def _refers(event: Event, event_id: str) -> bool:
    return bool(event["content"].get("m.relates_to", {}).get("m.in_reply_to", {}).get("event_id") == event_id)


def _plain(stage: Stage, reply: Event) -> Any:
    content = {key: value for key, value in reply["content"].items() if key not in OF_THE_QUESTION}
    return Plain(stage.names()).value(content)


async def _quiet(stage: Stage) -> None:
    """All that was said in shared rooms has reached everybody, the partner's homeserver too."""
    for marker, who in {"deal": ("claire", "bob"), "sales": ("luc", "claire")}.items():
        said = await stage.people["claire"].say(stage.rooms[marker], f"That is all for {marker}")
        for name in who:
            await heard(stage.people[name], stage.rooms[marker], said)
    ines, admins = stage.people["ines"], stage.rooms["room/admins"]
    await seen(ines, "the cards of both who broke the glass", lambda: len(_cards(ines, admins)) == 2)


def _cards(person: Person, room_id: str) -> list[Event]:
    """The cards about breaking the glass: Inès asked, and Hugo did before others."""
    said = [(one, str(one["content"].get("body", ""))) for one in person.joined[room_id].messages]
    return [one for one, body in said if "sans en être membre" in body or "without being a member" in body]


async def heard(person: Person, room_id: str, event_id: str) -> None:
    """Wait until the person's client shows this message."""
    messages = person.joined[room_id].messages
    await seen(person, "the last words", lambda: any(one["event_id"] == event_id for one in messages))


async def _probe(stage: Stage, output: Output, observed: Observed) -> None:
    shown = await asyncio.gather(*(output.probe(stage, person) for person in output.people))
    observed.shown[output.name] = dict(zip(output.people, shown, strict=True))
    if stage.present and output.found_by:
        observed.controls[output.name] = {output.found_by: await output.probe(stage, output.found_by)}


async def _apply(stage: Stage, observed: Observed) -> None:
    """An administrator applies what they see: the part of a hidden group stays, untold."""
    talk = conversation(stage, Place("ines"))
    planned = await talk.ask("!plan")
    applied = await talk.ask(f"!apply {planned.reference}")
    after = await talk.ask("!plan")
    content = [answer.own_words for answer in (planned, applied, after)]
    content[1][REPLY] |= {"reference": "the name of the run"}
    observed.shown[APPLIED] = {"ines": Plain(stage.names()).value(content)}
    if stage.present:
        left = await conversation(stage, Place("hugo")).ask("!plan")
        observed.controls[APPLIED] = {"hugo": Plain(stage.names()).value(left.own_words)}
