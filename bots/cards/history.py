"""``!profile history``: what the two sides of a commercial relationship write down about it."""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Final, TypeAlias

from bots.cards.history_words import (
    Names,
    Side,
    author,
    changed_document,
    doubt_words,
    history_document,
    removed_document,
    title_of,
    version_line,
)
from bots.cards.showing import entry_row, person_link
from bots.cards.words import KINDS, kind_said
from bots.kit.commands import Call, Command, Parameter, Reply, Topic, argument, denied, option
from bots.kit.tokens import as_typed
from bots.kit.wording import NAME, SENTENCE
from bridge.domain.cards import Entry, EntryKind
from bridge.domain.document import Code, Document, Items, Strong, document, paragraph
from bridge.domain.errors import InputError
from bridge.domain.messages import Message, Text, say
from bridge.rules.past_days import SaidDay, leading_day
from bridge.services.cards.desk import CardDesk
from bridge.services.cards.histories import Wording

MEMBERS: Final = frozenset({"partner_member"})
ABOUT: Final = Text(en="--about @bob:acme.example", fr="--avec @bob:acme.example")
LONGEST_NUMBER: Final = 4
"""Digits: what has more is an entry's letters, which may all be digits."""
Wake: TypeAlias = Callable[[], None]
"""Has the other side told soon."""


def history_commands(desk: CardDesk, wake: Wake) -> list[Command]:
    """The commands of a person of a partner, and of who answers for them."""
    return [*_reading(desk), *_writing(desk, wake), *_taking_back(desk, wake)]


def _reading(desk: CardDesk) -> list[Command]:
    async def show(call: Call) -> Reply:
        text = call.arguments["person"]
        if not text and not desk.keeper.is_partner(call.sender):
            return await _with_whom(desk, call)
        view = await desk.views.find(call.viewer, text or call.sender)
        found = await desk.histories.entries(call.viewer, view.user) if view else None
        if view is None or found is None:
            return denied()
        title, side = title_of(view.name), _side(call, view.user)
        if desk.histories.subject(call.viewer, view.user) and (
            all_of := await desk.histories.numbered(call.viewer, view.user)
        ):
            return Reply(history_document(title, all_of, await _names(desk, call, all_of.values()), side))
        if not found:
            way = side.typed("add", whose=True)
            return Reply(document(title, paragraph(say("Nothing is written down yet."), " ", way)))
        names = await _names(desk, call, found)
        rows = tuple((*entry_row(one), *author(one.current.by, names)) for one in reversed(found))
        return Reply(Document((title, Items(rows))))

    async def versions(call: Call) -> Reply:
        entry = await _meant(desk, call)
        if entry is None:
            return denied()
        names = await _names(desk, call, (entry,))
        rows = tuple(version_line(one, names) for one in reversed(entry.versions))
        number, side = await _number(desk, call, entry), _side(call, entry.user)
        title = paragraph(Strong(say("Every version, the newest first")), " – ", *side.called(number, entry))
        return Reply(Document((title, Items(rows))))

    return [
        _command((), (), say("What was written down about working with somebody of a partner."), show,
                 _person()),
        _command(("versions",), ("versions",), say("What an entry said before, and who wrote it."), versions,
                 _entry(), _about()),
    ]  # fmt: skip


def _writing(desk: CardDesk, wake: Wake) -> list[Command]:
    histories = desk.histories

    async def add(call: Call) -> Reply:
        user = await _subject(desk, call)
        if user is None:
            return denied()
        given = call.arguments
        kind = kind_said(given["kind"])
        read, typed, rest = _dated(desk, (given["date"], *given["text"]))
        said = Wording(kind=kind, day=read.day, text=as_typed(rest))
        entry = await histories.add(user, said, by=call.sender, origin=call.event_id)
        wake()
        return await _told(desk, call, say("Written down, as number"), entry, doubt_words(read, typed, call.language))

    async def edit(call: Call) -> Reply:
        given = call.arguments
        entry = await _meant(desk, call)
        if entry is None:
            return denied()
        kind = kind_said(given["kind"]) if given["kind"] else None
        words, doubt, read = [*given["text"]], None, None
        if given["date"]:
            read, typed, rest = _dated(desk, given["date"].split())
            words, doubt = [*words, *rest], doubt_words(read, typed, call.language)
        said = Wording(kind=kind, day=read.day if read else None, text=as_typed(words) or None)
        changed = await histories.edit(entry, said, by=call.sender, origin=call.event_id)
        wake()
        return await _told(desk, call, say("Changed. Both sides still see what it said before:"), changed, doubt)

    added = (
        argument("kind", label=say("kind"), help=say("What it tells of.")),
        argument("date", label=say("date"),
                 help=say("When it happened: today, yesterday, 2 March 2026, 2026-03-02 or 02/03/2026.")),
        argument("text", label=say("text"), nargs=-1, type=SENTENCE),
        _about(),
    )  # fmt: skip
    changes = (
        argument("text", label=say("text"), nargs=-1, type=SENTENCE, required=False),
        option("--kind", "--genre", "kind", label=say("kind")),
        option("--date", "--jour", "date", label=say("date"), type=SENTENCE),
        _about(),
    )
    return [
        _command(("add",), ("ajouter",), say("Write something down about working together."), add, *added,
                 topics=_kinds()),
        _command(("edit",), ("corriger",), say("Say an entry in other words, or of another day."), edit, _entry(),
                 *changes),
    ]  # fmt: skip


def _taking_back(desk: CardDesk, wake: Wake) -> list[Command]:
    async def removed(call: Call) -> Reply:
        text = call.arguments["person"]
        if not text and not desk.keeper.is_partner(call.sender):
            return await _with_whom(desk, call)
        view = await desk.views.find(call.viewer, text or call.sender)
        user = desk.histories.subject(call.viewer, view.user) if view else None
        if user is None:
            return denied()
        entries = await desk.histories.numbered(call.viewer, user)
        return Reply(removed_document(entries, await _names(desk, call, entries.values()), _side(call, user)))

    async def remove(call: Call) -> Reply:
        entry = await _meant(desk, call)
        if entry is None:
            return denied()
        gone = await desk.histories.withdraw(entry, by=call.sender, origin=call.event_id)
        wake()
        return await _told(desk, call, say("Taken back. Both sides still see what it said:"), gone)

    async def restore(call: Call) -> Reply:
        entry = await _meant(desk, call)
        if entry is None:
            return denied()
        back = await desk.histories.bring_back(entry, by=call.sender, origin=call.event_id)
        wake()
        return await _told(desk, call, say("It counts again:"), back)

    return [
        _command(("remove",), ("retirer",), say("Take an entry back."), remove, _entry(), _about()),
        _command(("removed",), ("retirées",), say("The entries that were taken back, to have one count again."),
                 removed, _person()),
        _command(("restore",), ("rétablir",), say("Have an entry count again that was taken back."), restore, _entry(),
                 _about()),
    ]  # fmt: skip


def _command(
    words: tuple[str, ...],
    french: tuple[str, ...],
    summary: Message,
    run: Callable[[Call], Awaitable[Reply]],
    *parameters: Parameter,
    topics: tuple[Topic, ...] = (),
) -> Command:
    return Command(
        path=("profile", "history", *words),
        french=("profil", "historique", *french),
        aliases=(("history", *words), ("historique", *french)),
        summary=summary,
        details=say("The person and who answers for them read and write it, and nobody else, unless the person and an "
                    "administrator both say so."),
        run=run,
        rights=MEMBERS,
        parameters=parameters,
        topics=topics,
    )  # fmt: skip


def _side(call: Call, user: str) -> Side:
    return Side(user=user, own=user == call.sender, language=call.language)


def _dated(desk: CardDesk, words: Sequence[str]) -> tuple[SaidDay, str, Sequence[str]]:
    """The day with which these words begin, as it was typed, and what follows. Raises ``InputError``."""
    read, count = leading_day(words, today=desk.today(), month_of=desk.formats.month)
    return read, " ".join(words[:count]), words[count:]


async def _with_whom(desk: CardDesk, call: Call) -> Reply:
    """An employee has several histories, or none. Raises ``InputError``."""
    users = await desk.histories.kept_by(call.viewer) if call.viewer.personal else ()
    views = [view for user in users if (view := await desk.views.find(call.viewer, user))]
    if not views:
        raise InputError(say("There is a history only with people of partners: say with whom."))
    ways = {"en": "!profile history", "fr": "!profil historique"}
    rows = tuple((person_link(one.user, one.name), " – ", Code(f"{ways[call.language]} {one.user}")) for one in views)
    return Reply(Document((paragraph(Strong(say("With whom?"))), Items(rows))))


async def _subject(desk: CardDesk, call: Call) -> str | None:
    """Whose history the asker means and may write; None where there is nobody, or not for them."""
    about = call.arguments["about"]
    if not about and not desk.keeper.is_partner(call.sender):
        raise InputError(say("Say with whom: {option}.", option=ABOUT))
    view = await desk.views.find(call.viewer, about or call.sender)
    return desk.histories.subject(call.viewer, view.user) if view else None


async def _meant(desk: CardDesk, call: Call) -> Entry | None:
    """The entry that is called so: by its number in a history, or by its letters."""
    text = str(call.arguments["entry"]).removeprefix("#")
    if not (text.isdecimal() and len(text) <= LONGEST_NUMBER):
        return await desk.histories.entry(call.viewer, text)
    user = await _subject(desk, call)
    return (await desk.histories.numbered(call.viewer, user)).get(int(text)) if user else None


async def _told(desk: CardDesk, call: Call, said: Message, entry: Entry, doubt: Message | None = None) -> Reply:
    number = await _number(desk, call, entry)
    first, *more = changed_document(said, number, entry, _side(call, entry.user), alone=call.viewer.personal).blocks
    return Reply(Document((first, *((paragraph(doubt),) if doubt else ()), *more)))


async def _number(desk: CardDesk, call: Call, entry: Entry) -> int:
    """Its number in its history, for one who keeps it; else 0."""
    if not desk.histories.subject(call.viewer, entry.user):
        return 0
    entries = await desk.histories.numbered(call.viewer, entry.user)
    return next((number for number, one in entries.items() if one.id == entry.id), 0)


async def _names(desk: CardDesk, call: Call, entries: Iterable[Entry]) -> Names:
    """What those are called whom the reader may know."""
    authors = {version.by for entry in entries for version in entry.versions}
    views = {author: await desk.views.find(call.viewer, author) for author in authors}
    return {author: view.name for author, view in views.items() if view}


def _kinds() -> tuple[Topic, ...]:
    return tuple(Topic(word=KINDS[kind][0], values=Text(), meaning=KINDS[kind][1]) for kind in EntryKind)


def _person() -> Parameter:
    return argument("person", label=say("person"), help=say("Somebody of a partner."), required=False)


def _entry() -> Parameter:
    return argument("entry", label=say("entry"), help=say("Its number in the history, or the eight letters behind it."))


def _about() -> Parameter:
    return option("--about", "--avec", "about", label=say("person"), type=NAME,
                  help=say("Whose history it is, where it is not yours."))  # fmt: skip
