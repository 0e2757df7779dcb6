"""``!digest``: what one chooses about one's own digest, and owners about that of their group's room."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final, TypeAlias

from bots.digest.choice_words import choice_document, groups_document
from bots.digest.rooms import GroupRooms, impossible
from bots.digest.roster import Roster
from bots.digest.settings import Settings
from bots.digest.wishes import Wishing, day_in, hour_in, muting, setting, threads_in, truth_in
from bots.kit.commands import Call, Command, Parameter, Reply, Status, argument, denied
from bridge.domain.directory import Group
from bridge.domain.document import document, paragraph
from bridge.domain.messages import Message, say
from bridge.domain.rooms import group_room
from bridge.domain.sending import Because, room_reader
from bridge.services.society import Society
from bridge.services.world import NOBODY

Run: TypeAlias = Callable[[Call], Awaitable[Reply]]
OWNERS: Final = frozenset({"owner"})
GROUP: Final = argument("group", label=say("group"), help=say("Its name or its id."))
TRUTH: Final = argument("answer", label=say("yes or no"))


def choice_commands(choosing: "Choosing") -> tuple[Command, ...]:
    """The commands by which people choose."""

    def one(word: str, french: str, summary: Message, run: Run, *parameters: Parameter,
            aliases: Sequence[tuple[str, ...]] = ()) -> Command:  # fmt: skip
        return Command(
            path=("digest", *word.split()),
            french=("résumé", *french.split()),
            aliases=tuple(aliases),
            summary=summary,
            run=run,
            parameters=parameters,
        )

    day = argument("day", label=say("day"), help=say("Such as Monday; “usual” for that of the company."))
    hour = argument("hour", label=say("hour"), help=say("From 0 to 23, on your own clock; “usual” for the company's."))
    number = argument("number", label=say("conversations"), help=say("From 1 to 10; “usual” for the company's."))
    return (
        one("status", "état", say("Your weekly digest: when it comes, and what you chose."), choosing.status,
            aliases=(("digest",), ("résumé",))),
        one("on", "activer", say("Get the weekly digest."), choosing.switching(on=True)),
        one("off", "arrêter", say("No weekly digest any more."), choosing.switching(on=False),
            aliases=(("digest", "stop"),)),
        one("weekday", "jour", say("The day on which your digest comes."), choosing.weekday, day,
            aliases=(("digest", "day"),)),
        one("hour", "heure", say("The hour at which your digest comes."), choosing.hour, hour),
        one("length", "longueur", say("How many conversations your digest holds at most."), choosing.length, number),
        one("e-mail", "courriel", say("Whether your digest also comes by e-mail."), choosing.mail, TRUTH,
            aliases=(("digest", "email"), ("digest", "mail"), ("résumé", "mail"))),
        one("groups", "groupes", say("The groups of which your digest tells, and those you muted."), choosing.groups),
        one("groups mute", "groupes taire", say("Hear nothing of a group in your digest."), choosing.muting(mute=True),
            GROUP, aliases=(("digest", "mute"), ("résumé", "taire"))),
        one("groups unmute", "groupes rétablir", say("Hear of a group in your digest again."),
            choosing.muting(mute=False), GROUP, aliases=(("digest", "unmute"), ("résumé", "rétablir"))),
        replace(
            one("room", "salon", say("Whether a digest of the group is posted in its room each week."), choosing.room,
                GROUP, TRUTH),
            rights=OWNERS,
        ),
    )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Choosing:
    """``mails``: whether the bridge sends e-mail at all; ``mailable`` tells of whom the directory knows an address."""

    society: Society
    wishing: Wishing
    roster: Roster
    settings: Settings
    mails: bool
    mailable: Callable[[str], bool]
    rooms: GroupRooms

    async def status(self, call: Call) -> Reply:
        """What the asker chose, and what the rest is."""
        choices = await self.wishing.of(call.sender)
        return Reply(
            choice_document(
                choices,
                call.language,
                wanted=self.roster.wants(choices),
                when=self.settings.timing.when,
                length=self.settings.length,
                zone=await self.roster.zone_now(call.sender),
                mailable=self.mailable(call.sender),
                muted=[group.name for group in self._known(call, choices.muted)],
            )
        )

    def switching(self, *, on: bool) -> Run:
        """The command that asks for the digest, or for none."""

        async def switch(call: Call) -> Reply:
            await self.wishing.change(call.sender, setting("on", on), anew=on)
            return (
                await self.status(call) if on else _told(say("You get no digest any more. !digest on brings it back."))
            )

        return switch

    async def weekday(self, call: Call) -> Reply:
        """Another day, from the next one on."""
        day = day_in(call.arguments["day"])
        await self.wishing.change(call.sender, setting("weekday", day), anew=True)
        return await self.status(call)

    async def hour(self, call: Call) -> Reply:
        """Another hour, from the next one on."""
        hour = hour_in(call.arguments["hour"])
        await self.wishing.change(call.sender, setting("hour", hour), anew=True)
        return await self.status(call)

    async def length(self, call: Call) -> Reply:
        """More or fewer conversations."""
        await self.wishing.change(call.sender, setting("length", threads_in(call.arguments["number"])))
        return await self.status(call)

    async def mail(self, call: Call) -> Reply:
        """Also as a letter, to the address that the directory tells."""
        wanted = truth_in(call.arguments["answer"])
        if wanted and not self.mailable(call.sender):
            none = say("I cannot write to you by e-mail: the bridge sends none.")
            unknown = say("I cannot write to you by e-mail: the directory tells no address of yours that I may use.")
            return _told(unknown if self.mails else none, Status.ERROR)
        await self.wishing.change(call.sender, setting("mail", wanted))
        return await self.status(call)

    async def groups(self, call: Call) -> Reply:
        """Which groups it tells of."""
        access, choices = self.society.access(), await self.wishing.of(call.sender)
        found = [group async for group in self.society.visible_groups(call.viewer)] if access else []
        mine = [group for group in found if self._told_of(call, group)]
        owned = [group.id for group in mine if access and access.owns(call.sender, group.id)]
        posted = [one for one in owned if (await self.wishing.of(room_reader(one))).on]
        return Reply(groups_document(sorted(mine, key=_name_of), choices.muted, call.language, posted=posted))

    def muting(self, *, mute: bool) -> Run:
        """The command that mutes a group, or lets it be heard again."""

        async def change(call: Call) -> Reply:
            group = self._group(call)
            if group is None:
                return denied()
            await self.wishing.change(call.sender, muting(group.id, mute=mute))
            said = say("Your digest tells nothing of {group} any more.", group=group.name)
            return _told(said if mute else say("Your digest tells of {group} again.", group=group.name))

        return change

    async def room(self, call: Call) -> Reply:
        """A digest for all who sit in the room of a group, which its owners decide."""
        group, access = self._group(call), self.society.access()
        if group is None or access is None:
            return denied()
        if not access.owns(call.sender, group.id):
            return _told(say("That is for the owners of {group} to decide.", group=group.name), Status.DENIED)
        wanted = truth_in(call.arguments["answer"])
        if wanted and (why_not := await self._why_not(group)):
            return _told(why_not, Status.ERROR)
        await self.wishing.change(room_reader(group.id), setting("on", wanted), anew=wanted)
        if not wanted:
            return _told(say("No digest is posted in the room of {group} any more.", group=group.name))
        return _told(
            say("A digest of {group} is posted in its room each week, for all who are in it: the first one when digests"
                " are sent next.", group=group.name)
        )  # fmt: skip

    def _told_of(self, call: Call, group: Group) -> bool:
        """Whether the asker's digest may tell of what is said there: they are in the room, and may read it."""
        access, world = self.society.access(), self.society.world()
        inside = world.joined.get(group_room(group.id), NOBODY) if world else NOBODY
        return bool(group.digest and call.sender in inside and access and access.may_read(call.viewer, group.id))

    async def _why_not(self, group: Group) -> Message | None:
        """Why none can be posted in its room."""
        if not group.digest:
            return say("{group} has no part in weekly digests: its policy “digest” says no.", group=group.name)
        return impossible(group) if await self.rooms.place(group.id) is Because.ENCRYPTED else None

    def _group(self, call: Call) -> Group | None:
        access = self.society.access()
        return access.find(call.viewer, call.arguments["group"]) if access else None

    def _known(self, call: Call, ids: frozenset[str]) -> list[Group]:
        access = self.society.access()
        return sorted(access.visible_groups(call.viewer, ids), key=_name_of) if access else []


def _name_of(group: Group) -> tuple[str, str]:
    return group.name.en or group.name.fr, group.id


def _told(message: Message, status: Status = Status.OK) -> Reply:
    return Reply(document(paragraph(message)), status)
