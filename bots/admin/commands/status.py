"""``!status``: how things stand."""

from datetime import datetime, timedelta

from bots.kit.commands import Call, Command, Reply
from bridge.domain.document import Block, Code, Document, Inline, Items, Strong, paragraph
from bridge.domain.messages import DayOf, Message, Text, say, say_n
from bridge.ports.activity import Backfill
from bridge.ports.clock import Clock
from bridge.services.remarks import findings_blocks
from bridge.services.sources_read import SourceRead
from bridge.services.status import Standing, StatusReport


def status_command(report: StatusReport, clock: Clock) -> Command:
    """The command for administrators."""

    async def tell(call: Call) -> Reply:
        standing = await report.standing(call.viewer)
        return Reply(_document(standing, clock.now()))

    return Command(
        path=("status",),
        french=("état",),
        aliases=(("statut",),),
        summary=say("How things stand with the bridge."),
        run=tell,
        rights=frozenset({"admin"}),
    )


def _document(standing: Standing, now: datetime) -> Document:
    age = now - standing.looked_at if standing.looked_at else None
    rows: list[tuple[Inline, ...]] = [
        (Strong(say("Homeserver")), ": ", standing.homeserver or say("answers")),
        *([(Strong(say("Directory")), ": ", say("read just now"))] if standing.fresh else []),
        *(_source(one, now) for one in standing.sources),
        (Strong(say("Last look at the rooms")), ": ", _ago(age)),
        (
            Strong(say("Groups")),
            ": ",
            say_n("{count}, of which {rooms} with a room", "{count}, of which {rooms} with a room", standing.groups,
                  rooms=standing.rooms),
        ),
        (Strong(say("Events")), ": ", say("{waiting} waiting, {retrying} to be tried again, {aside} set aside",
                                          waiting=standing.inbox.waiting, retrying=standing.inbox.retrying,
                                          aside=standing.inbox.set_aside)),
    ]  # fmt: skip
    rows += [(Strong(say("Past of a room")), ": ", _past(one, standing.called[one.group])) for one in standing.pasts]
    if standing.trouble:
        rows.append((Strong(say("Trouble")), ": ", standing.trouble))
    blocks: list[Block] = [Items(tuple(rows))]
    if standing.held:
        held: tuple[Inline, ...] = (Strong(say("A plan is held:")), " ", standing.held)
        blocks.append(paragraph(*held, " ", say("It is shown by:"), " ", Code("!plan")))
    blocks += findings_blocks(standing.findings, standing.called)
    if len(blocks) == 1:
        blocks.append(paragraph(say("Nothing needs your attention.")))
    return Document(tuple(blocks))


def _source(read: SourceRead, now: datetime) -> tuple[Inline, ...]:
    """Whether a source is being read, and how old is what counts of it."""
    name: tuple[Inline, ...] = (Strong(say("Directory")), *([" ", read.source] if read.source else []), ": ")
    going: tuple[Inline, ...] = (say("is being read now"), "; ") if read.under_way(now) else ()
    return (*name, *going, say("last good reading: {when}", when=_ago(now - read.good if read.good else None)))


def _past(past: Backfill, group: Text) -> Message:
    """How far the past of a room that was adopted is read, for digests."""
    if past.reached is None:
        return say("that of {group} is about to be read for weekly digests", group=group)
    return say_n(
        "that of {group} is being read for weekly digests: {count} message so far, back to {day}",
        "that of {group} is being read for weekly digests: {count} messages so far, back to {day}",
        past.count,
        group=group,
        day=DayOf(past.reached),
    )


def _ago(age: timedelta | None) -> Message:
    if age is None:
        return say("not yet")
    minutes = int(age.total_seconds() // 60)
    if minutes < 1:
        return say("just now")
    if age < timedelta(hours=2):
        return say_n("{count} minute ago", "{count} minutes ago", minutes)
    if age < timedelta(days=2):
        return say_n("{count} hour ago", "{count} hours ago", minutes // 60)
    return say_n("{count} day ago", "{count} days ago", age.days)
