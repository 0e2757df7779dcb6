"""``!group list`` and ``!group show``: what the viewer may know of groups, and nothing that tells of others."""

from collections.abc import Iterator, Sequence
from typing import Final

from bots.admin.commands.standing import standing_blocks
from bots.kit.commands import Call, Command, Reply, argument, denied, option
from bridge.domain.directory import GroupState, Visibility
from bridge.domain.document import Block, Code, Document, Inline, Items, Link, Paragraph, Strong, document, paragraph
from bridge.domain.messages import Language, Message, say, say_n
from bridge.services.attendance import Attendance
from bridge.services.ended import Ended
from bridge.services.groups import Groups, GroupView
from bridge.services.policies import Policies
from bridge.services.seated import Seat
from bridge.services.standings import standings_of

VISIBILITIES: Final = {
    Visibility.PUBLIC: say("public"),
    Visibility.INVITE_ONLY: say("invite-only"),
    Visibility.HIDDEN: say("hidden"),
}

SHOW: Final = {"en": "!group show", "fr": "!groupe montrer"}
REOPEN: Final = {"en": "!group reopen", "fr": "!groupe rouvrir"}

STATES: Final = {GroupState.ARCHIVED: say("archived"), GroupState.RETIRED: say("retired")}

SHOWN: Final = 20
"""People named in one line; the number says how many there are."""

HEIRS: Final = say("all owners that were named are gone, so others own it until somebody is named")
NOBODY: Final = say("all owners that were named are gone: it needs another")


def group_commands(groups: Groups, policies: Policies) -> list[Command]:
    """The commands about groups."""

    async def list_groups(call: Call) -> Reply:
        views = await groups.visible(call.viewer, call.language)
        if not views:
            return Reply(document(paragraph(say("There is no group that I can show here."))))
        count = say_n("{count} group", "{count} groups", len(views))
        rows = tuple(group_row(view, personal=call.direct) for view in views)
        return Reply(Document((paragraph(Strong(count)), Items(rows))))

    async def show_group(call: Call) -> Reply:
        page = call.arguments["page"]
        view = await groups.find(call.viewer, " ".join(call.arguments["group"]), page=page)
        if view is None:
            return denied()
        people = _seated_blocks(view, call.language)
        if page > 1:
            return Reply(Document((paragraph(Strong(view.name)), *people)))
        details = _details(view, call.language, personal=call.direct)
        found = await standings_of(policies, call.viewer, view.id) if call.direct else None
        policy = standing_blocks(found, view.id, call.language) if found else ()
        return Reply(Document((*details.blocks, *people, *policy)))

    return [
        Command(
            path=("group", "list"),
            french=("groupe", "liste"),
            aliases=(("groups",), ("groupes",), ("group", "ls")),
            summary=say("The groups that you may know."),
            run=list_groups,
        ),
        Command(
            path=("group", "show"),
            french=("groupe", "montrer"),
            aliases=(("groupe", "voir"),),
            summary=say("What I know about a group."),
            run=show_group,
            parameters=(
                argument("group", label=say("group"), help=say("Its name or its id."), nargs=-1),
                option("--page", "page", label=say("number"), help=say("Further members."), type=int, default=1),
            ),
        ),
    ]


def group_row(view: GroupView, *, personal: bool) -> tuple[Inline, ...]:
    """A group in a list; what it is to the asker only where the conversation is ``personal``."""
    name: Inline = Link(view.name, view.link) if view.link else Strong(view.name)
    row: list[Inline] = [name, " – ", VISIBILITIES[view.visibility]]
    row += [", ", STATES[view.state]] if view.state in STATES else []
    if personal and view.member:
        row += [", ", say("you are a member")]
    return tuple(row)


def _details(view: GroupView, language: Language, *, personal: bool) -> Document:
    title: Inline = Link(view.name, view.link) if view.link else Strong(view.name)
    blocks: list[Block] = [paragraph(title, " – ", VISIBILITIES[view.visibility])]
    if view.ended:
        blocks.append(ended_paragraph(view.ended, language))
    if view.purpose:
        blocks.append(paragraph(view.purpose))
    facts: list[tuple[Inline, ...]] = [(say("id"), ": ", view.id)]
    if view.owners:
        facts.append((say("owners"), ": ", ", ".join(view.owners)))
    if view.bereft:
        facts.append((HEIRS if view.owners else NOBODY,))
    if view.moderators:
        facts.append((say("moderators"), ": ", ", ".join(view.moderators)))
    if view.above:
        facts.append((say("part of"), ": ", view.above))
    if view.members is not None:
        facts.append((say("members in the room"), ": ", str(view.members)))
    facts += [(say("open to"), " ", partner) for partner in view.partners]
    if view.state is GroupState.ACTIVE:
        facts.append(
            (say("your place"), ": ", _place(view)) if personal else (say("who may join"), ": ", _entrance(view))
        )
    facts += _attendance(view.attendance) if view.attendance else []
    return Document((*blocks, Items(tuple(facts))))


def _seated_blocks(view: GroupView, language: Language) -> tuple[Block, ...]:
    """Those in the room, a page of them, and how to see more."""
    seated = view.seated
    if seated is None or not seated.in_all:
        return ()
    if not seated.seats:
        return (paragraph(say("There are no further members.")),)
    rows = tuple(_seat_row(seat) for seat in seated.seats)
    blocks: tuple[Block, ...] = (paragraph(Strong(say("Who is in the room"))), Items(rows))
    if not seated.more:
        return blocks
    more = say_n("and {count} more", "and {count} more", seated.more)
    return (*blocks, paragraph(more, ": ", Code(f"{SHOW[language]} {view.id} --page {seated.page + 1}")))


def _seat_row(seat: Seat) -> tuple[Inline, ...]:
    row: list[Inline] = [seat.name]
    row += [", ", seat.organisation] if seat.organisation else []
    if seat.owner or seat.moderator:
        row += [" – ", say("owner") if seat.owner else say("moderator")]
    return tuple(row)


def ended_paragraph(ended: Ended, language: Language) -> Paragraph:
    """What became of the group, when, by whom, and the way back for who may take it."""
    if ended.state is GroupState.RETIRED:
        told = (
            say("It was retired on {day} by {user}.", day=ended.on, user=ended.by)
            if ended.on
            else say("It is retired.")
        )
        back = say("To open it again makes a new room; what was said in the old one stays there:")
    else:
        told = (
            say("It was archived on {day} by {user}.", day=ended.on, user=ended.by)
            if ended.on
            else say("It is archived.")
        )
        back = say("To open it again:")
    if not ended.undo:
        return paragraph(told)
    return paragraph(told, " ", back, " ", Code(f"{REOPEN[language]} {ended.undo}"))


def _attendance(attendance: Attendance) -> list[tuple[Inline, ...]]:
    """Who is not in the room and why; nothing where everybody is."""
    invited = [
        say("{user} (since {day})", user=user, day=since) if since else user for user, since in attendance.invited
    ]
    asking = [f"{user} ({handle})" for user, handle in attendance.asking]
    rows: list[tuple[Message, Sequence[str | Message]]] = [
        (say("ask to be let in"), asking),
        (say("invited, without an answer yet"), invited),
        (say("left or declined"), attendance.left),
        (say("cannot be invited: they or their server block it"), attendance.blocked),
        (say("did not answer the invitation in time"), attendance.lapsed),
    ]
    return [(title, f" ({len(users)})", ": ", *_some(users)) for title, users in rows if users]


def _some(users: Sequence[str | Message]) -> Iterator[Inline]:
    """As many as fit into a line that is read."""
    for place, user in enumerate(users[:SHOWN]):
        yield from (", ", user) if place else (user,)
    if len(users) > SHOWN:
        yield ", …"


def _place(view: GroupView) -> Message:
    if view.member:
        return say("you are a member")
    return say("you belong to it, and are not in its room yet") if view.expected else _entrance(view)


def _entrance(view: GroupView) -> Message:
    if view.visibility is Visibility.PUBLIC:
        return say("anyone in its audience may join")
    return say("by invitation")
