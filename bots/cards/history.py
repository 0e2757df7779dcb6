"""``!profile history``: what the two sides of a commercial relationship write down about it."""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Final

from bots.cards.showing import entry_row, person_link
from bots.cards.words import KINDS, kind_said
from bots.kit.commands import Call, Command, Parameter, Reply, Topic, argument, denied, option
from bots.kit.rendering import COLON
from bots.kit.tokens import as_typed
from bots.kit.wording import NAME, SENTENCE
from bridge.domain.cards import Entry, EntryKind, Version
from bridge.domain.document import Block, Code, Document, Inline, Items, Strong, document, paragraph
from bridge.domain.errors import InputError
from bridge.domain.messages import Message, Text, say, shown
from bridge.services.cards.desk import CardDesk
from bridge.services.cards.histories import Wording

MEMBERS: Final = frozenset({"partner_member"})
ADD: Final = {"en": "!profile history add visit 2026-03-02 …", "fr": "!profil historique ajouter visite 2026-03-02 …"}

ABOUT: Final = Text(en="--about @bob:acme.example", fr="--avec @bob:acme.example")


def history_commands(desk: CardDesk) -> list[Command]:
    """The commands of a person of a partner, and of who answers for them."""
    return [*_reading(desk), *_writing(desk)]


def _reading(desk: CardDesk) -> list[Command]:
    async def show(call: Call) -> Reply:
        text = call.arguments["person"]
        if not text and not desk.keeper.is_partner(call.sender):
            raise InputError(say("There is a history only with people of partners: say with whom."))
        view = await desk.views.find(call.viewer, text or call.sender)
        found = await desk.histories.entries(call.viewer, view.user) if view else None
        if view is None or found is None:
            return denied()
        if not found:
            nothing = paragraph(say("Nothing is written down yet."), " ", Code(ADD[call.language]))
            return Reply(document(_title(view.name), nothing))
        names = await _names(desk, call, {one.current.by for one in found})
        rows = tuple((*entry_row(one, named=view.keeps), *_author(one.current.by, names)) for one in reversed(found))
        return Reply(Document((_title(view.name), Items(rows))))

    async def versions(call: Call) -> Reply:
        entry = await desk.histories.entry(call.viewer, call.arguments["entry"])
        if entry is None:
            return denied()
        names = await _names(desk, call, {one.by for one in entry.versions})
        rows = tuple(_version_row(one, names) for one in reversed(entry.versions))
        title = paragraph(Strong(say("Every version, the newest first")), " – ", Code(entry.id))
        return Reply(Document((title, Items(rows))))

    person = argument("person", label=say("person"), help=say("Somebody of a partner."), required=False)
    return [
        _command((), (), say("What was written down about working with somebody of a partner."), show, person),
        _command(("versions",), ("versions",), say("What an entry said before, and who wrote it."), versions,
                 _entry()),
    ]  # fmt: skip


def _writing(desk: CardDesk) -> list[Command]:
    histories = desk.histories

    async def add(call: Call) -> Reply:
        user = await _subject(desk, call)
        if user is None:
            return denied()
        given = call.arguments
        said = Wording(kind=kind_said(given["kind"]), day=given["date"], text=as_typed(given["text"]))
        entry = await histories.add(user, said, by=call.sender, origin=call.event_id, today=desk.today())
        return Reply(_changed(say("Written down. To change it or to take it back, name it:"), entry))

    async def edit(call: Call) -> Reply:
        given = call.arguments
        entry = await histories.entry(call.viewer, given["entry"])
        if entry is None:
            return denied()
        kind = kind_said(given["kind"]) if given["kind"] else None
        said = Wording(kind=kind, day=given["date"], text=as_typed(given["text"]) or None)
        changed = await histories.edit(entry, said, by=call.sender, origin=call.event_id, today=desk.today())
        return Reply(_changed(say("Changed. Both sides still see what it said before."), changed))

    async def remove(call: Call) -> Reply:
        entry = await histories.entry(call.viewer, call.arguments["entry"])
        if entry is None:
            return denied()
        gone = await histories.withdraw(entry, by=call.sender, origin=call.event_id)
        return Reply(_changed(say("Taken back. Both sides still see what it said."), gone))

    about = option("--about", "--avec", "about", label=say("person"), type=NAME,
                   help=say("Whose history it is, where it is not yours."))  # fmt: skip
    added = (
        argument("kind", label=say("kind"), help=say("What it tells of.")),
        argument("date", label=say("date"), help=say("When it happened: today, 2026-03-02 or 02/03/2026.")),
        argument("text", label=say("text"), nargs=-1, type=SENTENCE),
        about,
    )
    changes = (
        argument("text", label=say("text"), nargs=-1, type=SENTENCE, required=False),
        option("--kind", "--genre", "kind", label=say("kind")),
        option("--date", "--jour", "date", label=say("date")),
    )
    return [
        _command(("add",), ("ajouter",), say("Write something down about working together."), add, *added,
                 topics=_kinds()),
        _command(("edit",), ("corriger",), say("Say an entry in other words, or of another day."), edit, _entry(),
                 *changes),
        _command(("remove",), ("retirer",), say("Take an entry back."), remove, _entry()),
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
        summary=summary,
        details=say("The person and who answers for them read and write it, and nobody else, unless the person and an "
                    "administrator both say so."),
        run=run,
        rights=MEMBERS,
        parameters=parameters,
        topics=topics,
    )  # fmt: skip


async def _subject(desk: CardDesk, call: Call) -> str | None:
    """Whose history the asker means and may write; None where there is nobody, or not for them."""
    about = call.arguments["about"]
    if not about and not desk.keeper.is_partner(call.sender):
        raise InputError(say("Say with whom: {option}.", option=ABOUT))
    view = await desk.views.find(call.viewer, about or call.sender)
    return desk.histories.subject(call.viewer, view.user) if view else None


def _changed(said: Message, entry: Entry) -> Document:
    return document(paragraph(said, " ", Code(entry.id)))


async def _names(desk: CardDesk, call: Call, authors: Iterable[str]) -> Mapping[str, str | Text]:
    """What those are called whom the reader may know."""
    views = {author: await desk.views.find(call.viewer, author) for author in authors}
    return {author: view.name for author, view in views.items() if view}


def _author(by: str, names: Mapping[str, str | Text]) -> tuple[Inline, ...]:
    """Nobody whom the reader may not know."""
    return (" – ", person_link(by, names[by])) if by in names else ()


def _version_row(version: Version, names: Mapping[str, str | Text]) -> tuple[Inline, ...]:
    row: list[Inline] = [shown(version.day), " – ", KINDS[version.kind][1], COLON, version.text,
                         *_author(version.by, names), ", ", shown(version.at)]  # fmt: skip
    return (*row, " – ", Strong(say("taken back"))) if version.withdrawn else tuple(row)


def _title(name: str | Text) -> Block:
    return paragraph(Strong(say("History with {name}", name=name)))


def _kinds() -> tuple[Topic, ...]:
    return tuple(Topic(word=KINDS[kind][0], values=Text(), meaning=KINDS[kind][1]) for kind in EntryKind)


def _entry() -> Parameter:
    return argument("entry", label=say("entry"), help=say("The eight letters and digits behind it."))
