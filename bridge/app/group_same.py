"""``parvis group same`` and ``parvis group other``: which groups are those of before. For ``group_cli``.

The command line is cleared for everything.
"""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final

from bridge.app.bots import users_of
from bridge.app.pairs import Line, pairs_in
from bridge.app.terminal import Terminal
from bridge.app.verbs import DONE, PLAN, TO_DO
from bridge.app.wiring import Assembly, assembly, rules_of
from bridge.config.settings import Config
from bridge.domain.document import Block, CodeBlock, Document, Inline, Items, Table, paragraph
from bridge.domain.errors import InputError
from bridge.domain.messages import Message, say, say_n
from bridge.domain.problems import Problem, Spot
from bridge.files.yaml_writing import yaml_text
from bridge.rules.awaiting import Alike
from bridge.rules.decisions import VISIBILITIES
from bridge.rules.sameness import counting, policy_as
from bridge.services.sameness import Change, Pair, SameGroups
from bridge.services.undone import COMMAND_LINE as ACTOR
from bridge.services.world import World

OLD: Final = say("OLD")
NEW: Final = say("NEW")


async def same(
    config: Config, terminal: Terminal, old: str | None, new: str | None, *, yes: bool, file: Path | None
) -> int:
    """List, or say so of one pair, of those in a file, or of all that are likely."""
    if (old is not None and new is None) or [old is not None, yes, file is not None].count(True) > 1:
        raise InputError(say("Name both, the group that vanished and the one that it is now, or say --yes of all, or"
                             " --from with a file of pairs."))  # fmt: skip
    lines, wrong = pairs_in(file) if file else ([], [])
    async with assembly(config, bots=users_of(config)) as parts:
        groups = await _groups(parts)
        found = groups.world.sameness
        likely = [(one.old, one.new) for one in found.likely()]
        written = _meant(groups, lines, wrong)
        pairs = [pair for _, pair in written] or (likely if yes else [])
        if old is not None and new is not None:
            pairs = [groups.meant(old, new)]
        listed = [(one.old, one.new) for one in found.alike]
        changes = [change for pair in pairs or listed if (change := groups.change(pair))]
        if pairs or wrong:
            await groups.say_same(pairs, [spot for spot, _ in written], wrong)
    if pairs:
        terminal.show(Document((*_said(pairs), *_becoming(changes), *_lost(changes, config), *_next())))
    else:
        terminal.show(Document((*_listed(groups.world, likely), *_lost(changes, config))))
    return TO_DO if (found.alike or found.unpaired.held) and not pairs else DONE


async def other(config: Config, terminal: Terminal, news: Sequence[str]) -> int:
    """Say that they are none of before."""
    async with assembly(config, bots=users_of(config)) as parts:
        groups = await _groups(parts)
        meant = list(dict.fromkeys(groups.meant_new(new) for new in news))
        were = await groups.say_other(meant)
    terminal.show(Document(tuple(paragraph(_own(new, were.get(new, ""))) for new in meant)))
    return DONE


def _own(new: str, was: str) -> Message:
    if not was:
        return say("{new} is a group of its own from now on, and gets a room of its own at the next look.", new=new)
    return say("{new} is a group of its own from now on, and no longer {old}. What follows at the next look:"
               " {command}.", new=new, old=was, command=PLAN)  # fmt: skip


async def _groups(parts: Assembly) -> SameGroups:
    world = await parts.reconciler.glance()
    policy = (await rules_of(parts.config).read()).policy
    filed = policy_as(policy, counting(world.sameness.said, world.facts.directory.groups)).groups
    return SameGroups(store=parts.store, world=world, clock=parts.clock, chance=parts.chance, by=ACTOR, filed=filed)


def _meant(groups: SameGroups, lines: Sequence[Line], wrong: list[Problem]) -> list[tuple[Spot, Pair]]:
    """The pairs that lines mean, where they stand; adds to what is ``wrong`` the lines that mean none."""
    pairs: list[tuple[Spot, Pair]] = []
    for spot, old, new in lines:
        try:
            pairs.append((spot, groups.meant(old, new)))
        except InputError as error:
            wrong.append(Problem(spot, error.message))
    return pairs


def _said(pairs: Sequence[Pair]) -> Iterator[Block]:
    yield paragraph(
        say_n("{count} group is the one of before: it keeps its room, its people and all that is decided about it.",
              "{count} groups are those of before: they keep their rooms, their people and all that is decided about"
              " them.", len(pairs))
    )  # fmt: skip


def _becoming(changes: Iterable[Change]) -> Iterator[Block]:
    """Those that will be more or less visible."""
    rows: list[tuple[Inline, ...]] = [
        (say("{name}: {before} before, {now} from then on", name=one.name, before=VISIBILITIES[one.before],
             now=VISIBILITIES[one.after]),)
        for one in changes if one.before is not one.after
    ]  # fmt: skip
    if rows:
        yield paragraph(say("With this, other people may know of them, and come in, than before:"))
        yield Items(tuple(rows))


def _lost(changes: Iterable[Change], config: Config) -> Iterator[Block]:
    """What goes with the source of before, as lines for the policy file."""
    changes = tuple(changes)
    lines = {one.pair[1]: one.lost for one in changes if one.lost}
    if lines:
        file = str(config.policies) if config.policies else say("the policy file")
        yield paragraph(
            say("The source of before said this of them, and that of now says nothing of it. What is to stay goes into"
                " {file} before the bridge looks next, or the rooms follow without it:", file=file)
        )  # fmt: skip
        yield CodeBlock(yaml_text({"groups": lines}))
    if count := sum(one.unnamed for one in changes):
        yield paragraph(
            say_n("{count} owner, moderator or delegate of before has no account yet and can be named by none: say it"
                  " of them once they have signed in.",
                  "{count} owners, moderators or delegates of before have no account yet and can be named by none: say"
                  " it of them once they have signed in.", count)
        )  # fmt: skip


def _next() -> Iterator[Block]:
    yield paragraph(say("Here it goes by the id of before. What follows at the next look: {command}.", command=PLAN))


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
        named = {one.new for one in found.alike}
        waiting = len(found.waiting & named)
        if waiting < len(named):
            yield paragraph(
                say_n("{count} of these groups waits for that without a room of its own, the others do not.",
                      "{count} of these groups wait for that without rooms of their own, the others do not.", waiting)
            )  # fmt: skip
    yield from _others(world)
    yield from _held(world)
    if found.vanished:
        yield paragraph(
            say("Of one pair, by ids or names: {same}. Of many, in a file with two columns: {file}. Who is in the room"
                " and not in the group now is taken out of it. That one is another group: {other}. The ids of all that"
                " are there now: {show}.",
                same=say("parvis group same {old} {new}", old=OLD, new=NEW),
                file="parvis group same --from pairs.csv",
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


def _held(world: World) -> Iterator[Block]:
    """Those that wait because their source was replaced, and are called like none that vanished."""
    found = world.sameness
    if waiting := sorted(found.unpaired.held - {one.new for one in found.alike}):
        yield paragraph(say("These are new, called like none that vanished, and wait as well, as the groups of their"
                            " source went all at once:"))  # fmt: skip
        yield Table(head=(say("Name"), say("Now")), rows=tuple((found.held[id_].name, id_) for id_ in waiting))


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
