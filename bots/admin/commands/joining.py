"""``!join``: ask to be let into a group; ``!join accept`` and ``!join refuse``, ✅ and ❌: answer who asks."""

from functools import partial
from typing import Final

from bots.admin.cards import who_may_help
from bots.admin.commands.verdicts import HANDLE, REASON, reason_in, told, verdict, verdict_question
from bots.kit.commands import Call, Command, Reply, Status, argument, denied
from bots.kit.questions import Answered, Outcome, Question
from bridge.domain.document import Block, Document, paragraph
from bridge.domain.messages import DayOf, Message, say
from bridge.rules.calling import called
from bridge.services.doorstep import JOIN_REQUEST
from bridge.services.requests import Asked, Entry, Requests

DECIDERS: Final = frozenset({"owner", "admin"})
LONGEST_NAME: Final = 8
"""Words of a group's name that are tried; what comes after them is the reason."""


def join_commands(requests: Requests) -> list[Command]:
    """The commands about coming in."""

    async def join(call: Call) -> Reply:
        """A name may have several words, a reason too: the longest name that there is counts."""
        words = call.arguments["group"]
        for length in range(min(len(words), LONGEST_NAME), 0, -1):
            name, reason = " ".join(words[:length]), " ".join(words[length:])
            asked = await requests.join(call.viewer, name, reason=reason, origin=call.event_id)
            if asked is not None:
                return _told(asked, requests)
        return denied()

    async def accept(call: Call) -> Reply:
        return await _answer(requests, call, yes=True)

    async def refuse(call: Call) -> Reply:
        return await _answer(requests, call, yes=False)

    return [
        Command(
            path=("join",),
            french=("rejoindre",),
            summary=say("Ask to be let into a group; say why behind its name."),
            run=join,
            parameters=(argument("group", label=say("group"), help=say("Its name or its id."), nargs=-1),),
        ),
        Command(
            path=("join", "accept"),
            french=("rejoindre", "accepter"),
            summary=say("Let somebody in who asked."),
            run=accept,
            rights=DECIDERS,
            parameters=(HANDLE,),
        ),
        Command(
            path=("join", "refuse"),
            french=("rejoindre", "refuser"),
            summary=say("Do not let somebody in who asked; they are told the reason."),
            run=refuse,
            rights=DECIDERS,
            parameters=(HANDLE, REASON),
        ),
    ]


def join_question(requests: Requests) -> Question:
    """What ✅ and ❌ under the card do."""
    return verdict_question(JOIN_REQUEST, "join", partial(_conclude, requests), may=requests.may_answer)


async def _answer(requests: Requests, call: Call, *, yes: bool) -> Reply:
    item = await requests.find(call.viewer, call.arguments["request"])
    if item is None:
        return denied()
    return await verdict(requests.store, requests.clock, item, call, partial(_conclude, requests), yes=yes)


async def _conclude(requests: Requests, answered: Answered, outcome: Outcome) -> Reply:
    item, call = answered.item, answered.call
    world = requests.society.world()
    name = called(world.facts, item.asker) if world else item.asker
    if outcome is Outcome.LATE:
        await requests.expire(item)
        return told(say("The time to answer this is over. {name} was told.", name=name), Status.ERROR)
    if outcome is Outcome.NO:
        await requests.refuse(item, by=call.sender, origin=call.event_id, reason=reason_in(call))
        return told(say("{name} is told that their request was not accepted.", name=name))
    if not await requests.accept(item, by=call.sender, origin=call.event_id):
        return told(say("Owners do not decide who belongs to this group any more, so nobody was let in."), Status.ERROR)
    return told(say("{name} is let in: an invitation is on its way.", name=name))


def _told(asked: Asked, requests: Requests) -> Reply:
    blocks: list[Block] = [paragraph(_sentence(asked))]
    if asked.entry in (Entry.CLOSED, Entry.DIRECTORY, Entry.BANNED) and asked.whom:
        world = requests.society.world()
        names = tuple(called(world.facts, user) for user in asked.whom) if world else asked.whom
        blocks.append(paragraph(who_may_help(names)))
    return Reply(Document(tuple(blocks)))


def _sentence(asked: Asked) -> Message:
    group = asked.group.name
    match asked.entry:
        case Entry.INSIDE:
            return say("You are in {group} already.", group=group)
        case Entry.INVITED:
            return say("Your invitation to {group} is on its way, unless it waits for you already.", group=group)
        case Entry.ASKED:
            return say("I have asked those who decide about {group}, and shall write to you what they say.",
                       group=group)  # fmt: skip
        case Entry.WAITING:
            since = DayOf(asked.since) if asked.since else ""
            return say("Your request to join {group} waits for an answer since {date}.", group=group, date=since)
        case Entry.DIRECTORY:
            return say("The directory alone says who belongs to {group}, so nobody can accept requests to join it.",
                       group=group)  # fmt: skip
        case Entry.BANNED:
            return say("You are banned from the room of {group}.", group=group)
        case Entry.CLOSED:
            return say("{group} takes no requests to join at the moment.", group=group)
