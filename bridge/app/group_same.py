"""``parvis group same`` and ``parvis group other``: which groups are those of before. For ``group_cli``.

The command line is cleared for everything.
"""

from collections.abc import Iterator, Sequence
from typing import Final

from bridge.app.bots import users_of
from bridge.app.terminal import Terminal
from bridge.app.verbs import DONE, TO_DO
from bridge.app.wiring import Assembly, assembly
from bridge.config.settings import Config
from bridge.domain.document import Block, Document, Inline, Table, paragraph
from bridge.domain.errors import InputError
from bridge.domain.messages import say, say_n
from bridge.rules.awaiting import Alike
from bridge.rules.decisions import VISIBILITIES
from bridge.services.sameness import Pair, SameGroups
from bridge.services.undone import COMMAND_LINE as ACTOR
from bridge.services.world import World

OLD: Final = say("OLD")
NEW: Final = say("NEW")


async def same(config: Config, terminal: Terminal, old: str | None, new: str | None, *, yes: bool) -> int:
    """List, or say so of one pair or of all that are likely."""
    if old is not None and (new is None or yes):
        raise InputError(say("Name both, the group that vanished and the one that it is now, or say --yes of all."))
    async with assembly(config, bots=users_of(config)) as parts:
        groups = await _groups(parts)
        found = groups.world.sameness
        likely = [(one.old, one.new) for one in found.likely()]
        pairs = [(old, new)] if old is not None and new is not None else likely if yes else []
        if pairs:
            await groups.say_same(pairs)
    if pairs:
        terminal.show(Document(tuple(_said(pairs))))
    else:
        terminal.show(Document(tuple(_listed(groups.world, likely))))
    return TO_DO if found.alike and not pairs else DONE


async def other(config: Config, terminal: Terminal, new: str) -> int:
    """Say that it is none of before."""
    async with assembly(config, bots=users_of(config)) as parts:
        was = await (await _groups(parts)).say_other(new)
    text = say("{new} is a group of its own from now on, and gets a room of its own at the next look.", new=new)
    if was:
        text = say("{new} is a group of its own from now on, and no longer {old}. What follows at the next look:"
                   " {command}.", new=new, old=was, command="parvis plan")  # fmt: skip
    terminal.show(Document((paragraph(text),)))
    return DONE


async def _groups(parts: Assembly) -> SameGroups:
    world = await parts.reconciler.glance()
    return SameGroups(store=parts.store, world=world, clock=parts.clock, chance=parts.chance, by=ACTOR)


def _said(pairs: Sequence[Pair]) -> Iterator[Block]:
    yield paragraph(
        say_n("{count} group is the one of before: it keeps its room, its people and all that is decided about it.",
              "{count} groups are those of before: they keep their rooms, their people and all that is decided about"
              " them.", len(pairs))
    )  # fmt: skip
    yield paragraph(say("Here it goes by the id of before. What follows at the next look: {command}.",
                        command="parvis plan"))  # fmt: skip


def _listed(world: World, likely: Sequence[Pair]) -> Iterator[Block]:
    found = world.sameness
    if not found.alike:
        yield paragraph(say("No group that vanished from the directory has a room and is called like one that is there"
                            " now."))  # fmt: skip
    else:
        yield Table(
            head=(say("Name"), say("Before"), say("Now"), say("In the room"), say("Of these in it now"),
                  say("Others in it"), say("The same?")),
            rows=tuple(_row(one, likely=(one.old, one.new) in likely) for one in found.alike),
        )  # fmt: skip
        if likely:
            yield paragraph(
                say_n("{count} is the same as far as can be seen. If it is, say so: {command}.",
                      "{count} are the same as far as can be seen. If they are, say so: {command}.",
                      len(likely), command="parvis group same --yes")
            )  # fmt: skip
        waiting = len(found.waiting)
        if waiting < len({one.new for one in found.alike}):
            yield paragraph(
                say_n("{count} of these groups waits for that without a room of its own, the others do not.",
                      "{count} of these groups wait for that without rooms of their own, the others do not.", waiting)
            )  # fmt: skip
    yield from _others(world)
    if found.vanished:
        yield paragraph(
            say("Of one pair, by ids: {same}. Who is in the room and not in the group now is taken out of it. That one"
                " is another group: {other}. The ids of all that are there now: {show}.",
                same=say("parvis group same {old} {new}", old=OLD, new=NEW),
                other=say("parvis group other {new}", new=NEW), show="parvis directory show")
        )  # fmt: skip
    told = sorted((old, new) for new, old in found.said.items())
    if told:
        head = (say("Known here as"), say("In the directory"))
        yield paragraph(say("Said before:"))
        yield Table(head=head, rows=tuple((old, new if new != old else say("a group of its own")) for old, new in told))


def _others(world: World) -> Iterator[Block]:
    """Those that vanished and are called like none that is there now."""
    groups, alike = world.facts.directory.groups, {one.old for one in world.sameness.alike}
    if left := sorted(world.sameness.vanished - alike):
        yield paragraph(say("These have vanished too and have a room, and none that is there now is called like them:"))
        rows = tuple((groups[id_].name if id_ in groups else "–", id_) for id_ in left)
        yield Table(head=(say("Name"), say("Before")), rows=rows)


def _row(one: Alike, *, likely: bool) -> tuple[Inline, ...]:
    return (one.name, one.old, one.new, str(one.here), str(one.same), str(one.others), _verdict(one, likely=likely))


def _verdict(one: Alike, *, likely: bool) -> Inline:
    """Whether it can be said with all others, and why not."""
    changes = one.visibility is not one.becomes
    if likely and not changes:
        return say("yes, as far as can be seen")
    if one.roomed:
        return say("has a room of its own")
    if likely:
        return say("yes, as far as can be seen; {before} before, {now} from then on",
                   before=VISIBILITIES[one.visibility], now=VISIBILITIES[one.becomes])  # fmt: skip
    if changes:
        return say("{before} before, {now} now", before=VISIBILITIES[one.visibility], now=VISIBILITIES[one.becomes])
    if not one.overlaps:
        return say("mostly other people")
    return say("several of this name")
