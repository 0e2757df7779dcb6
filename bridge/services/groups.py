"""Groups as a viewer may see them: every answer passes the gate first."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from urllib.parse import quote

from bridge.domain.directory import Group, GroupState, Visibility
from bridge.domain.messages import Language, Text
from bridge.domain.rooms import group_room
from bridge.domain.viewers import Viewer
from bridge.rules.calling import called
from bridge.rules.facts import Facts
from bridge.rules.naming import folded
from bridge.services.attendance import Attendance, attendance_of
from bridge.services.ended import Ended, ended
from bridge.services.seated import Seated, seated
from bridge.services.society import Society
from bridge.services.world import NOBODY, World


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupView:
    """What may be told of one group. ``link`` opens its room in any client, where the viewer may have the link;
    ``member`` and ``expected``, who belongs to it and is not in its room, are about the asker. ``bereft`` says that all
    owners who were named are gone, so that others own it. ``above`` is the group that it is part of, ``ended`` what
    became of it, unless it is active. ``seated`` are those in its room, ``attendance`` is for those who may see its
    inside, in a conversation of their own.
    """

    id: str
    name: Text
    purpose: Text
    visibility: Visibility
    listed: bool
    mandatory: bool
    member: bool
    expected: bool
    link: str | None
    members: int | None = None
    owners: tuple[str, ...] = ()
    moderators: tuple[str, ...] = ()
    bereft: bool = False
    above: Text | None = None
    partners: tuple[Text, ...] = ()
    seated: Seated | None = None
    attendance: Attendance | None = None
    state: GroupState = GroupState.ACTIVE
    ended: Ended | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Groups:
    """Answers about groups."""

    society: Society
    server_name: str

    async def visible(self, viewer: Viewer, language: Language = "en") -> Sequence[GroupView]:
        """Every group that the viewer may know and that is not retired, by its name in ``language``."""
        if (world := self.society.world()) is None:
            return ()
        views: dict[tuple[str, str], GroupView] = {}
        async for group in self.society.visible_groups(viewer):
            views[folded(group.name.in_language(language)), group.id] = self._view(world, group, viewer)
        return [views[place] for place in sorted(views)]

    async def find(self, viewer: Viewer, text: str, *, page: int = 1) -> GroupView | None:
        """The group that ``text`` names, with a ``page`` of those in its room; None alike when there is none and when
        it is not for this viewer."""
        world, access = self.society.world(), self.society.access()
        if world is None or access is None:
            return None
        group = access.find(viewer, text)
        if group is None:
            return None
        view = self._view(world, group, viewer, inside=access.may_read(viewer, group.id))
        people = await seated(world, access, viewer, group, but=self.society.service_users(), page=page)
        view = replace(view, seated=people, ended=await ended(self.society.store, access, viewer, group))
        if access.may_know(viewer, group.parent):
            view = replace(view, above=world.facts.directory.groups[group.parent].name)
        personal = viewer.cleared or viewer.personal
        if not personal or not access.may_inspect(viewer, group.id):
            return view
        return replace(view, attendance=await attendance_of(self.society.store, world.facts, group.id))

    def seen(self, group: Group, viewer: Viewer) -> GroupView | None:
        """What may be told of a group that the gate lets this viewer know."""
        world = self.society.world()
        return self._view(world, group, viewer) if world else None

    def _view(self, world: World, group: Group, viewer: Viewer, *, inside: bool = False) -> GroupView:
        room_id = world.room_ids().get(group_room(group.id))
        joined = world.joined.get(group_room(group.id), NOBODY)
        return GroupView(
            id=group.id,
            name=group.name,
            purpose=group.purpose,
            visibility=group.visibility,
            state=group.state,
            listed=group.listed,
            mandatory=group.mandatory,
            member=viewer.asker in joined,
            expected=viewer.asker not in joined and viewer.asker in world.facts.people_of(group.id),
            link=f"https://matrix.to/#/{quote(room_id, safe='!:')}?via={self.server_name}" if room_id else None,
            members=len(joined) - sum(user in joined for user in self.society.service_users()) if inside else None,
            owners=_names(world.facts, world.facts.owners.get(group.id)),
            moderators=_names(world.facts, world.facts.moderators.get(group.id)),
            bereft=bool(group.owners) and (group.id in world.facts.heirs or group.id not in world.facts.owners),
            partners=tuple(
                world.facts.directory.partners[one].name for one in group.partners if one in world.facts.partners
            ),
        )


def _names(facts: Facts, users: Collection[str] | None) -> tuple[str, ...]:
    """What these employees are called, in a fixed order."""
    return tuple(sorted(called(facts, user) for user in users or ()))
