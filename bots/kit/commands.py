"""A command is a description: names in both languages, summary, parameters, who may run it, and what runs.

Bots declare ``Command`` values and build a ``table.CommandTable`` of them; parser, help and permission come from it.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from typing import Any, Final, TypeAlias

import click

from bridge.domain.document import Document, document, paragraph
from bridge.domain.messages import Language, Message, Text, say
from bridge.domain.viewers import Viewer

Words: TypeAlias = tuple[str, ...]
"""The name of a command: ``("group", "show")``."""

Progress: TypeAlias = Callable[[int, int], None]
"""Told how many steps are done and how many there are."""

CONFIRM_WITHIN: Final = timedelta(minutes=15)
"""Long enough to read a plan and to ask a colleague; short enough that nobody confirms on Monday what was shown on
Friday. The fingerprint guards what is done, the time guards what people remember of it."""


def silent(_done: int, _total: int) -> None:
    """Nobody watches."""


class Status(StrEnum):
    """What a reply says to machines (INTERFACE section 5)."""

    OK = "ok"
    DENIED = "denied"
    USAGE = "usage"
    HELD = "held"
    CONFIRM = "confirm"
    ERROR = "error"


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """What an executor learns: who asks, who reads the answer, where, and the arguments by their names.

    ``event_id`` is the origin of whatever the command does: a repeated event must find the effect of the first time.
    ``direct`` tells a conversation that holds the bot and the sender alone. ``progress`` is told how far work is that
    may take long; it shows only for commands that say so (``Command.long``) and for answers to questions.
    """

    viewer: Viewer
    sender: str
    room_id: str
    event_id: str
    language: Language
    direct: bool = False
    roles: frozenset[str] = frozenset()
    arguments: Mapping[str, Any] = field(default_factory=dict)
    progress: Progress = silent
    command: str = ""
    """The stable name that the reply carries."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Confirmation:
    """What ✅ under a reply, from the person who asked, will do.

    ``kind`` names the ``questions.Question`` that does it, ``document`` (JSON, stored) is all that it is told.
    """

    kind: str
    document: Mapping[str, Any]
    lasts: timedelta = CONFIRM_WITHIN


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A file on our homeserver (``mxc://``) that is shown below a reply; ``size`` in bytes, sides in pixels for a
    picture."""

    uri: str
    name: str
    mimetype: str
    size: int
    width: int = 0
    height: int = 0


@dataclass(frozen=True, slots=True)
class Reply:
    """What an executor gives back. ``reference`` joins the reply to a log line, a plan or a run. ``shown`` is told
    which events show it, and told again after a crash."""

    document: Document
    status: Status = Status.OK
    reference: str | None = None
    confirmation: Confirmation | None = None
    files: tuple[Attachment, ...] = ()
    shown: Callable[[Sequence[str]], Awaitable[None]] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """One argument or option: click's declaration for parsing, our words for people. ``label`` stands in usage."""

    declaration: click.Parameter
    label: Message
    help: Message | None = None

    @property
    def name(self) -> str:
        """The key in ``Call.arguments``."""
        return self.declaration.name or ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """One word that an argument may be, as help tells of it: how it is typed, which values go with it, what it does."""

    word: Text
    values: Text
    meaning: Message


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """One thing that people may ask for.

    ``path`` and ``french`` are its names, ``aliases`` more of them; capitals and accents do not matter in any.
    ``rights`` are roles of which the sender needs one; empty means everybody.
    """

    path: Words
    french: Words
    summary: Message
    run: Callable[[Call], Awaitable[Reply]]
    parameters: tuple[Parameter, ...] = ()
    rights: frozenset[str] = frozenset()
    aliases: tuple[Words, ...] = ()
    details: Message | None = None
    topics: tuple[Topic, ...] = ()
    """Shown in the help on this command alone."""
    section: Message | None = None
    """The heading under which help shows it among others."""
    long: bool = False
    """May take longer than people wait for without a word: ``Call.progress`` is shown."""
    offered_to: frozenset[str] = frozenset()
    """Roles of which one is needed for help to tell of it; empty: whoever may run it. Others who type it all the same
    are told why it is not for them."""
    concerns: Callable[[Call], bool] | None = None
    """Whether help names it to this caller among others, where that depends on more than their roles; None: always."""
    bare: Callable[[Words], bool] | None = None
    """Whether a line that begins with no command's name is for it all the same."""

    @property
    def name(self) -> str:
        """The stable name that replies carry for machines."""
        return " ".join(self.path)

    def words(self, language: Language) -> str:
        """The name that people of ``language`` are shown."""
        return " ".join(self.french if language == "fr" else self.path)


def argument(
    name: str,
    *,
    label: Message,
    help: Message | None = None,  # noqa: A002 - the word that click uses, too
    required: bool = True,
    **attributes: Any,
) -> Parameter:
    """A word by its place; ``attributes`` are click.Argument's: ``type``, ``default``, ``nargs`` (-1: the rest)."""
    return Parameter(declaration=click.Argument([name], required=required, **attributes), label=label, help=help)


def option(
    *names: str,
    label: Message,
    help: Message | None = None,  # noqa: A002 - as above
    **attributes: Any,
) -> Parameter:
    """A word that begins with ``--``, in both languages (``"--reason", "--raison", "reason"``: the last is the key).

    ``attributes`` are click.Option's: ``is_flag``, ``type``, ``default``, ``multiple``.
    """
    return Parameter(declaration=click.Option(list(names), **attributes), label=label, help=help)


def denied() -> Reply:
    """The one answer for what does not exist and for what this viewer may not know: the same to the last byte."""
    return Reply(document(paragraph(say("I know nothing by this name that I can show here."))), Status.DENIED)
