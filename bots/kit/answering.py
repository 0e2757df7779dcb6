"""From the words of a line to a reply: find the command, bind its arguments, run it, turn errors into sentences.

Called by ``talk``, which decides whether to answer at all and sends what comes out of here.
"""

from base64 import b32encode
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from hashlib import sha256
from typing import Any, Final

import structlog

from bots.kit.binding import bind, usage
from bots.kit.commands import Call, Command, Reply, Status
from bots.kit.helping import help_on, suggestion, unknown
from bots.kit.naming import PEOPLE, PERSON, doubtful, with_name, with_person, with_room
from bots.kit.people import no_group, nobody, nothing_near
from bots.kit.table import Allowed, CommandTable, Help, Match, Resolution, Suggestion
from bots.kit.wording import with_sentences
from bridge.domain.document import Code, Document, Inline, Strong, document, paragraph
from bridge.domain.errors import ErrorKind, HomeserverError, InputError, ParvisError, StoreError
from bridge.domain.messages import Language, Text, say
from bridge.domain.viewers import Viewer
from bridge.ports.language import Translator

CANDIDATES: Final = 8
"""People of one name who are listed."""
HELP: Final = "help"
"""The name that replies to ``!help`` carry."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Answer:
    """A reply and the stable name of the command that gave it; empty when none did."""

    reply: Reply
    command: str = ""


@dataclass(frozen=True, slots=True)
class Answering:
    """One bot's commands, ready to run."""

    table: CommandTable
    translator: Translator
    nearest: Callable[[Viewer, str, str], Awaitable[tuple[str, Text] | None]] = nothing_near
    names_group: Callable[[Viewer, str], bool] = no_group
    named: Callable[[Viewer, str], Awaitable[tuple[str, ...]]] = nobody

    async def answer(self, resolution: Resolution, call: Call, allowed: Allowed) -> Answer:
        """What ``resolution`` gives. Raises only what is to be tried again: a homeserver or store busy or down."""
        if isinstance(resolution, Match):
            reply = await self._run(resolution.command, resolution.rest, call)
            return Answer(reply, resolution.command.name)
        if isinstance(resolution, Help):
            offered = partial(is_offered, allowed=allowed, call=call, named=bool(resolution.topic))
            reply = help_on(self.table, resolution.topic, offered, call.language, self.translator)
            return Answer(reply, HELP if reply.status is Status.OK else "")
        if isinstance(resolution, Suggestion):
            return Answer(suggestion(resolution.command, call.language))
        return Answer(unknown(call.language, direct=call.direct))

    async def _run(self, command: Command, words: Sequence[str], call: Call) -> Reply:
        try:
            names = partial(self.names_group, call.viewer)
            whole = with_room(command, with_sentences(command, words), call.room_id, names)
            arguments = bind(command, with_person(command, with_name(command, whole, names)))
        except InputError as error:
            return self._misused(command, error, call.language)
        try:
            arguments = await self._with_person(arguments, call.viewer)
            reply = await command.run(replace(call, arguments=arguments, command=command.name))
        except Exception as error:  # noqa: BLE001 - told and logged by excuse, or raised again
            reply = excuse(error, call.event_id, command.name)
            if isinstance(error, Misnamed):
                arguments = {**arguments, PERSON: error.name}
        return await self._with_suggestion(reply, arguments, call.viewer)

    async def _with_person(self, arguments: dict[str, Any], viewer: Viewer) -> dict[str, Any]:
        """The arguments, with the user id in place of a person's name. Raises ``InputError`` where several bear it."""
        found = dict(arguments)
        for name in PEOPLE:
            text = arguments.get(name)
            people = await self.named(viewer, text) if isinstance(text, str) else ()
            if people:
                found[name] = the_one(people, str(text))
        return found

    async def _with_suggestion(self, reply: Reply, arguments: Mapping[str, Any], viewer: Viewer) -> Reply:
        """One group, partner or person that may have been meant, where there is none of this name for the viewer;
        chosen among those that they may know, so that a hidden one is neither named nor in the way."""
        tries = (await self.nearest(viewer, what, text) for what, text in doubtful(reply.status, arguments))
        near = await anext((one async for one in tries if one is not None), None)
        if near is None:
            return reply
        word, name = near
        aka: tuple[Inline, ...] = () if word in (name.en, name.fr) else (" (", Code(word), ")")
        meant = paragraph(say("Did you mean this one?"), " ", Strong(name), *aka)
        return replace(reply, document=Document((*reply.document.blocks, meant)))

    def _misused(self, command: Command, error: InputError, language: Language) -> Reply:
        form = Code(usage(command, language, self.translator))
        return Reply(
            document(paragraph(error.message), paragraph(say("It is used like this:"), " ", form)), Status.USAGE
        )


class Misnamed(InputError):
    """Among several who are named there is one of whom nobody has heard: somebody may be suggested."""

    def __init__(self, name: str) -> None:
        super().__init__(say("{text} is nobody of the company.", text=name))
        self.name = name


def is_offered(command: Command, *, allowed: Allowed, call: Call, named: bool) -> bool:
    """Whether help tells the caller of a command. One that they ask about by its name (``named``) is explained also
    while it does not concern them."""
    offered = allowed(command) and (not command.offered_to or not command.offered_to.isdisjoint(call.roles))
    return offered and (named or command.concerns is None or command.concerns(call))


def the_one(people: Sequence[str], name: str) -> str:
    """The only one of these who bear the name. Raises ``InputError`` where they are several, with their user ids."""
    if len(people) > 1:
        some = (*people[:CANDIDATES], *(("…",) if len(people) > CANDIDATES else ()))
        raise InputError(say("Several people are called {name}; say which one by the user id: {people}.",
                             name=name, people=some))  # fmt: skip
    return people[0]


def excuse(error: Exception, event_id: str, command: str) -> Reply:
    """What to say about an error. Raises it again when the event is to be tried later.

    Errors of ours tell their sentence; any other is logged whole under a reference that the person gets to see. The
    reference comes from the event, so that a repeated event says the same.
    """
    if isinstance(error, (HomeserverError, StoreError)) and error.kind is ErrorKind.TEMPORARY:
        raise error
    if isinstance(error, ParvisError):
        status = Status.USAGE if error.kind is ErrorKind.USAGE else Status.ERROR
        # What people may not, or mistype, is told to them alone: counted in the log, it would count hidden groups too.
        tell = log.debug if error.kind in (ErrorKind.USAGE, ErrorKind.REFUSED) else log.info
        tell("a command failed", command=command, event_id=event_id, kind=str(error.kind), detail=error.detail)
        return Reply(document(paragraph(error.message)), status)
    reference = reference_of(event_id)
    log.error("a command broke", command=command, event_id=event_id, reference=reference, exc_info=error)
    sentence = say(
        "Something went wrong on our side. Who looks after the bridge finds it under {reference}.", reference=reference
    )
    return Reply(document(paragraph(sentence)), Status.ERROR, reference)


def reference_of(event_id: str) -> str:
    """Eight letters and digits that stand for an event in a log and in a reply."""
    return b32encode(sha256(event_id.encode(errors="replace")).digest())[:8].decode().lower()
