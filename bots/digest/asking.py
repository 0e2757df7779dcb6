"""``!digest now`` and ``!digest why``: the digest of the last seven days at once; why an item was in the latest one."""

from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Final

from bots.digest.preparing import Preparing, shown_in
from bots.digest.words import document_of, why
from bots.kit.commands import Call, Command, Reply, Status, argument, denied
from bridge.domain.activity import Reason, Why
from bridge.domain.digest import Item, Kind, Week
from bridge.domain.document import Inline, Items, Link, document, paragraph
from bridge.domain.errors import InputError
from bridge.domain.messages import Message, Text, say, say_n
from bridge.domain.rooms import group_room
from bridge.domain.sending import Delivery, Opinion, Sending, Shown, beside
from bridge.rules.access import Access
from bridge.rules.sending.favours import counted
from bridge.services.digests.items import link_to
from bridge.services.society import Society

BACK: Final = 4
"""Digests among which the latest is."""
KEPT: Final = say("It was chosen by who wrote when and to whom, how long, and whether they ask: words are not kept.")
NONE_YET: Final = say("You have had no digest with items yet. “digest now” shows your last seven days.")
NOTHING: Final = say("There was nothing in the last seven days that I would tell you.")


def asking_commands(asking: "Asking") -> tuple[Command, ...]:
    """The commands about single digests."""
    number = argument("number", label=say("number"), help=say("Of the item, as the digest counts them."))
    return (
        Command(
            path=("digest", "now"),
            french=("résumé", "maintenant"),
            summary=say("The digest of your last seven days, at once."),
            run=asking.now,
        ),
        Command(
            path=("digest", "why"),
            french=("résumé", "pourquoi"),
            summary=say("Why an item was in your latest digest."),
            run=asking.why,
            parameters=(number,),
        ),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """Answers the person alone with the bot. ``called`` gives what a digest calls somebody, of a user id and the group
    in which it mentions them."""

    society: Society
    preparing: Preparing
    called: Callable[[str, str], Awaitable[str]]

    async def now(self, call: Call) -> Reply:
        """What a digest tells of the last seven days, today among them. The weekly one comes all the same."""
        if not call.viewer.personal:
            return Reply(document(paragraph(say("I tell that where nobody else reads along."))), Status.DENIED)
        moment = self.preparing.clock.now()
        week = Week.around(moment)
        digest = (await self.preparing.prepare(call.sender, week, whole=True)).digest
        if digest is None:
            return Reply(document(paragraph(NOTHING)))
        given = Delivery(reader=call.sender, week=beside(str(week), call.event_id), ends=week.until,
                         state=Sending.SENT, at=moment, room=call.room_id, items=shown_in(digest))  # fmt: skip

        async def shown(events: Sequence[str]) -> None:
            async with self.society.store.work() as work:
                await work.digests.put(replace(given, events=tuple(events)))

        return Reply(document_of(digest), shown=shown)

    async def why(self, call: Call) -> Reply:
        """The reason of one item, and what the reader's thumbs change. Of groups that they may still know."""
        access, written = self.society.access(), call.arguments["number"]
        if not written.isdecimal():
            raise InputError(say("Items of a digest have numbers: 1, 2, and so on."), detail=written)
        async with self.society.store.view() as view:
            known = (*await view.digests.of_reader(call.sender, BACK), *await view.digests.asked_for(call.sender))
            opinions = (await view.digests.opinions([call.sender])).get(call.sender, ())
        latest = max(known, key=_sent_at, default=None)
        if latest is None or not latest.items:
            return Reply(document(paragraph(NONE_YET)), Status.ERROR)
        item = next((one for one in latest.items if one.number == int(written)), None)
        if item is None:
            return Reply(document(paragraph(_counted(len(latest.items)))), Status.ERROR)
        if access is None or not access.may_know(call.viewer, item.group):
            return denied()
        names = {user: await self.called(user, item.group) for user in _mentioned(item)}
        rows: list[tuple[Inline, ...]] = [
            (_group_name(access, item.group), ": ", _reason(item, names, call.sender), *self._link(item, call.sender))
        ]
        thumbs = counted(opinions, self.preparing.clock.now())
        rows += [(row,) for row in _thumbs(item, thumbs, _group_name(access, item.group))]
        rows.append((KEPT,))
        return Reply(document(Items(tuple(rows))))

    def _link(self, item: Shown, reader: str) -> Iterator[Inline]:
        """To the conversation itself: what it was called is not kept."""
        world = self.society.world()
        room = world.room_ids().get(group_room(item.group)) if world else None
        if room is not None:
            yield " – "
            yield Link(say("the conversation"), link_to(room, item.about, self.society.server_name, reader), below=True)


def _counted(items: int) -> Message:
    return say_n("Your latest digest has {count} item.", "Your latest digest has items 1 to {count}.", items)


def _sent_at(delivery: Delivery) -> datetime:
    return delivery.at if delivery.items else datetime.min.replace(tzinfo=UTC)


def _group_name(access: Access, group_id: str) -> Text:
    return access.facts.directory.groups[group_id].name


def _mentioned(shown: Shown) -> list[str]:
    return sorted({*shown.near, *shown.people, *shown.marked_by, shown.by} - {""})


def _reason(shown: Shown, names: Mapping[str, str], reader: str) -> Message:
    item = Item(
        number=shown.number,
        kind=Kind(shown.kind),
        thread=shown.about,
        group=shown.group,
        url="",
        reason=Reason(Why(shown.why), shown.near),
        by=shown.by,
        people=shown.people,
        writers=shown.writers,
        marked_by=shown.marked_by,
        moved=shown.moved,
        last=datetime.min.replace(tzinfo=UTC),
    )
    return why(item, names, reader=reader)


def _thumbs(item: Shown, opinions: Sequence[Opinion], group: Text) -> Iterator[Message]:
    """What the reader's own thumbs have to do with it: each counts once, under however many items it was put."""
    kinds = [liked for _, liked in {(one.event, one.liked) for one in opinions if one.kind == item.kind}]
    groups = [liked for _, liked in {(one.event, one.liked) for one in opinions if one.group == item.group}]
    if down := kinds.count(False):
        yield say_n("{count} time you put 👎 on such an item: there are fewer of them.",
                    "{count} times you put 👎 on such an item: there are fewer of them.", down)  # fmt: skip
    if up := kinds.count(True):
        yield say_n("{count} time you put 👍 on such an item: there are more of them.",
                    "{count} times you put 👍 on such an item: there are more of them.", up)  # fmt: skip
    if down := groups.count(False):
        yield say_n("{count} time you put 👎 on something of {group}: there is less of it.",
                    "{count} times you put 👎 on something of {group}: there is less of it.",
                    down, group=group)  # fmt: skip
    if up := groups.count(True):
        yield say_n("{count} time you put 👍 on something of {group}: there is more of it.",
                    "{count} times you put 👍 on something of {group}: there is more of it.",
                    up, group=group)  # fmt: skip
