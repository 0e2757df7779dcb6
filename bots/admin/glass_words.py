"""What is said of broken glass: the card for the other administrators, words for the asker, words inside. Pure.

The first two are the same whether what was typed names a hidden group or nothing.
"""

from datetime import timedelta
from typing import Final

from bridge.domain.document import Document, Items, Strong, document, paragraph
from bridge.domain.messages import Message, say, say_n
from bridge.ports.pending import Pending
from bridge.rules.calling import called
from bridge.rules.facts import Facts
from bridge.rules.glass import GlassLimits
from bridge.services.glazing import Happened, Step

ENDED: Final = {
    Step.GRANTED: say("agreed to"),
    Step.REFUSED: say("refused"),
    Step.LAPSED: say("not answered in time"),
    Step.WITHDRAWN: say("taken back"),
}
"""How a request ended, on its card."""


def card_of(request: Pending, facts: Facts, limits: GlassLimits) -> Document:
    """For the administrators' room: who asks for what, why, and how to answer."""
    return document(
        paragraph(Strong(_asks(request, facts))),
        Items(
            (
                (say("account"), ": ", request.asker),
                (say("typed"), ": ", request.document["typed"]),
                (say("reason"), ": ", request.document["reason"]),
            )
        ),
        paragraph(
            say("Whether there is such a group is told neither here nor to whoever asks. If there is, its members know "
                "of this request.")
        ),
        paragraph(
            say("Somebody else of you answers with ✅ or ❌ under this message, within {time}. ✅ shows what is called "
                "so to whoever asks, alone with me, for {long}.",
                time=spelled(limits.answer), long=spelled(limits.lasts))
        ),
    )  # fmt: skip


def closed_card(request: Pending, what: Step, facts: Facts) -> Document:
    """The same card once the request is answered."""
    return document(paragraph(_asks(request, facts), " – ", request.document["typed"], " – ", Strong(ENDED[what])))


def word_of(request: Pending, what: Happened, facts: Facts, limits: GlassLimits) -> Document | None:
    """For whoever asked; None where they did it themselves."""
    typed, by = request.document["typed"], called(facts, what.by) if what.by else ""
    match what.step:
        case Step.GRANTED:
            sentence = say("{name} agreed. For {long} from now on I show you here what is called “{typed}”, if there "
                           "is such a hidden group: in lists, plans, the audit log and my explanations.",
                           name=by, long=spelled(limits.lasts), typed=typed)  # fmt: skip
        case Step.REFUSED:
            sentence = say("{name} did not agree that you see “{typed}”.", name=by, typed=typed)
        case Step.LAPSED:
            sentence = say("No other administrator answered in time whether you may see “{typed}”. You may ask again.",
                           typed=typed)  # fmt: skip
        case Step.ENDED if what.by != request.asker:
            sentence = say("The time is over: “{typed}” is shown to you as to everybody else again.", typed=typed)
        case _:
            return None
    return document(paragraph(sentence))


def inside_word(request: Pending, what: Happened, facts: Facts, limits: GlassLimits) -> Document:
    """For those in the hidden group's room."""
    asker, by = _person(facts, request.asker), _person(facts, what.by) if what.by else ""
    match what.step:
        case Step.ASKED:
            return document(
                paragraph(say("{name}, an administrator, asks to see this group without being a member.", name=asker)),
                paragraph(say("The reason: {reason}", reason=request.document["reason"])),
                paragraph(say("Another administrator has to agree. You will read here what becomes of it.")),
            )
        case Step.GRANTED:
            sentence = say("{other} agreed: for {long} from now on {name} sees this group's name, its members, what is "
                           "planned and what was done. Nothing that is said here is shown.",
                           other=by, long=spelled(limits.lasts), name=asker)  # fmt: skip
        case Step.REFUSED:
            sentence = say("{other} did not agree that {name} sees this group. Nothing was shown.",
                           other=by, name=asker)  # fmt: skip
        case Step.LAPSED:
            sentence = say("Nobody agreed in time that {name} sees this group. Nothing was shown.", name=asker)
        case Step.WITHDRAWN:
            sentence = say("{name} does not ask to see this group any more. Nothing was shown.", name=asker)
        case Step.ENDED:
            sentence = say("{name} does not see this group any more.", name=asker)
    return document(paragraph(sentence))


def spelled(time: timedelta) -> Message:
    """A time in the largest unit that fits: a day, 4 hours, 90 minutes."""
    minutes = max(1, round(time.total_seconds() / 60))
    if minutes % (24 * 60) == 0:
        return say_n("{count} day", "{count} days", minutes // (24 * 60))
    if minutes % 60 == 0:
        return say_n("{count} hour", "{count} hours", minutes // 60)
    return say_n("{count} minute", "{count} minutes", minutes)


def _asks(request: Pending, facts: Facts) -> Message:
    return say("{name} asks to see a hidden group without being a member.", name=called(facts, request.asker))


def _person(facts: Facts, user: str) -> str:
    """By name and account: whoever reads it may want to ask them."""
    name = called(facts, user)
    return user if name == user else f"{name} ({user})"
